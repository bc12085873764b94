# SPDX-License-Identifier: GPL-3.0-or-later
"""Micro-lesson 水的三态变化, second half: evaporation, the changes, the cycle, a question."""

import math

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath

from resources_cache.authoring.starter import figures, look, water_figures
from resources_cache.authoring.starter.motion import Cue, Scene, between, bounce, phase, said, sway

CUP = QRectF(800, 210, 190, 260)
CUP_DROPS = [
    (790, 250),
    (1000, 290),
    (786, 340),
    (1004, 380),
    (792, 410),
    (1000, 220),
    (784, 290),
    (1006, 335),
]


def _evaporation(painter: QPainter, now_s: float) -> None:
    painter.setPen(look.pen(look.LINE, 4))
    painter.drawLine(QPointF(640, 120), QPointF(640, 540))
    figures.sun(painter, QPointF(180, 190), 50, now_s * 8)
    painter.setPen(look.NO_PEN)
    painter.setBrush(look.PALE_SUN)
    painter.drawRoundedRect(QRectF(100, 470, 480, 40), 20, 20)
    dried = phase(now_s, 1.0, 7.0)
    if dried < 0.97:
        water_figures.puddle(painter, QPointF(350, 482), 190 * (1 - dried))
    _rising(painter, now_s, 1 - phase(now_s, 7.6, 1.0))
    painter.setOpacity(phase(now_s, 3.6, 0.5))
    look.write(painter, QRectF(330, 118, 280, 60), "蒸发", 46, look.CORAL, 700)
    painter.setOpacity(1)
    painter.setOpacity(phase(now_s, 6.6, 0.6))
    look.write(painter, QRectF(100, 290, 500, 110), "变成水蒸气，\n飞到空气中", 40, look.TEAL, 700)
    painter.setOpacity(1)
    if now_s > 9.0:
        painter.setOpacity(phase(now_s, 9.0, 0.6))
        water_figures.beaker(painter, CUP, 0.8, now_s)
        for number, (x, y) in enumerate(((820, 262), (900, 256), (858, 300))):
            ice = QRectF(x, y + sway(now_s, 3, 3, number * 0.3), 62, 58)
            water_figures.ice_block(painter, ice)
        painter.setOpacity(1)
        water_figures.drops_on(painter, CUP_DROPS, phase(now_s, 10.6, 5.0))
        painter.setOpacity(phase(now_s, 12.6, 0.5))
        look.write(painter, QRectF(670, 118, 280, 60), "凝结", 46, water_figures.BLUE, 700)
        look.write(painter, QRectF(800, 490, 190, 48), "冰水", 34, look.SOFT_INK, 700)
        painter.setOpacity(1)


def _rising(painter: QPainter, now_s: float, strength: float) -> None:
    dashed = look.pen(look.alpha(look.SKY, max(0.0, strength)), 4)
    dashed.setDashPattern([2, 2.4])
    painter.setPen(dashed)
    painter.setBrush(look.NO_BRUSH)
    for number in range(12):
        rise = (now_s * 0.25 + number / 12) % 1.0
        x = 230 + (number * 73) % 250 + 8 * math.sin(now_s * 2 + number)
        painter.setOpacity(math.sin(math.pi * rise) * max(0.0, strength))
        painter.drawEllipse(QPointF(x, 462 - rise * 230), 11, 11)
    painter.setOpacity(1)


EVAPORATION = Scene(
    "蒸发和凝结",
    19.5,
    _evaporation,
    said(
        (0.4, "地上的水，太阳一晒，到哪里去了？"),
        (3.6, "不到 100 ℃，水也会慢慢变成水蒸气：*蒸发*"),
        (9.0, "冰水杯外面的水珠，又是从哪里来的？"),
        (12.6, "空气中的水蒸气遇冷，变成小水珠：*凝结*"),
        (16.6, "蒸发要*吸热*，凝结会*放热*"),
        until_s=19.1,
    ),
    (Cue(3.7, "pop"), Cue(9.1, "drop"), Cue(11.4, "drop"), Cue(12.7, "pop")),
)

STATE_X = (210.0, 640.0, 1070.0)


def _changes(painter: QPainter, now_s: float) -> None:
    for x, name in zip(STATE_X, ("冰", "水", "水蒸气"), strict=True):
        painter.setPen(look.pen(look.LINE, 4))
        painter.setBrush(look.CARD)
        painter.drawEllipse(QPointF(x, 330), 118, 118)
        look.write(painter, QRectF(x - 118, 372, 236, 50), name, 40, look.INK, 700)
    water_figures.ice_block(painter, QRectF(165, 272, 90, 84))
    figures.drop(painter, QPointF(640, 244), 104, water_figures.WATER)
    water_figures.vapour(painter, QPointF(1070, 300), 120, now_s)
    _bend(painter, now_s, 1.0, STATE_X[0], STATE_X[1], -1, "融化", water_figures.RED)
    _bend(painter, now_s, 3.4, STATE_X[1], STATE_X[2], -1, "蒸发、沸腾", water_figures.RED)
    _bend(painter, now_s, 7.0, STATE_X[2], STATE_X[1], 1, "凝结", water_figures.BLUE)
    _bend(painter, now_s, 9.4, STATE_X[1], STATE_X[0], 1, "结冰", water_figures.BLUE)
    for start_s, y, words, colour in (
        (5.0, 104.0, "吸热 →", water_figures.RED),
        (11.0, 508.0, "← 放热", water_figures.BLUE),
    ):
        painter.setOpacity(phase(now_s, start_s, 0.5))
        look.panel(painter, QRectF(565, y, 150, 50), colour, 25)
        look.write(painter, QRectF(565, y, 150, 50), words, 32, look.CARD, 700)
        painter.setOpacity(1)


def _bend(
    painter: QPainter,
    now_s: float,
    start_s: float,
    from_x: float,
    to_x: float,
    side: int,
    words: str,
    colour: QColor,
) -> None:
    """A curved arrow above (side −1) or below (1) that grows; its name stands on it."""
    share = phase(now_s, start_s, 1.0)
    if share <= 0:
        return
    towards = 1 if to_x > from_x else -1
    begin = QPointF(from_x + towards * 92, 330 + side * 88)
    end = QPointF(to_x - towards * 98, 330 + side * 84)
    peak = QPointF((from_x + to_x) / 2, 330 + side * 166)
    path = QPainterPath(begin)
    path.quadTo(peak, end)
    drawn = QPainterPath(begin)
    steps = max(2, round(24 * share))
    for step in range(1, steps + 1):
        drawn.lineTo(path.pointAtPercent(min(0.93, step / 24)))
    painter.setBrush(look.NO_BRUSH)
    painter.setPen(look.pen(colour, 8))
    painter.drawPath(drawn)
    if share > 0.98:
        look.arrow(painter, path.pointAtPercent(0.9), end, colour, 8)
    painter.setOpacity(share)
    y = 330 + side * 160
    look.write(painter, QRectF(peak.x() - 140, y - 26, 280, 52), words, 36, colour, 700)
    painter.setOpacity(1)


CHANGES = Scene(
    "变来变去的水",
    17.0,
    _changes,
    said(
        (0.4, "冰*融化*成水，水*蒸发、沸腾*变成水蒸气"),
        (4.8, "这些变化都要*吸热*"),
        (7.0, "水蒸气*凝结*成水，水*结冰*变成冰"),
        (10.8, "这些变化都会*放热*"),
        (13.4, "温度变了，水的样子就可能变"),
        until_s=16.6,
    ),
    (Cue(1.0, "swish"), Cue(3.4, "swish"), Cue(7.0, "swish"), Cue(9.4, "swish"), Cue(13.5, "drop")),
)


def _cycle(painter: QPainter, now_s: float) -> None:
    painter.save()
    clip = QPainterPath()
    clip.addRoundedRect(QRectF(64, 100, 1152, 460), 26, 26)
    painter.setClipPath(clip)
    sky = QLinearGradient(0, 100, 0, 560)
    sky.setColorAt(0, QColor("#BFE1F2"))
    sky.setColorAt(1, QColor("#EEF7FA"))
    painter.fillRect(QRectF(64, 100, 1152, 460), sky)
    figures.sun(painter, QPointF(200, 178), 42, now_s * 8)
    _land(painter)
    _sea(painter, now_s)
    drift = phase(now_s, 6.0, 4.0)
    cloud_x = between(380, 830, drift)
    grown = phase(now_s, 3.4, 2.4)
    grey = look.mix(look.CARD, QColor("#A9B8C2"), phase(now_s, 9.4, 1.0))
    if now_s > 9.8:
        _rain(painter, now_s, cloud_x, phase(now_s, 9.8, 0.6))
    if grown > 0.02:
        figures.cloud(painter, QPointF(cloud_x, 210), 240 * grown, grey)
        figures.cloud(painter, QPointF(cloud_x + 130, 236), 170 * grown, grey)
    _rising_from_sea(painter, now_s)
    painter.restore()
    for start_s, x, y, words in (
        (1.0, 110.0, 300.0, "蒸发"),
        (4.6, 520.0, 120.0, "凝结成云"),
        (10.2, 975.0, 250.0, "下雨、下雪"),
        (13.4, 640.0, 490.0, "流回大海"),
    ):
        shown = phase(now_s, start_s, 0.5)
        if shown > 0:
            painter.setOpacity(shown)
            width = look.width_of(words, 32, 700) + 40
            look.panel(painter, QRectF(x, y, width, 54), look.CARD, 27)
            look.write(painter, QRectF(x, y, width, 54), words, 32, look.TEAL, 700)
            painter.setOpacity(1)


def _land(painter: QPainter) -> None:
    painter.setPen(look.NO_PEN)
    for colour, points in (
        (
            QColor("#9FC3B0"),
            ((700, 470), (850, 270), (960, 400), (1080, 240), (1240, 460), (1240, 560), (640, 560)),
        ),
        (look.LEAF, ((560, 520), (760, 430), (950, 440), (1240, 400), (1240, 570), (520, 570))),
    ):
        path = QPainterPath(QPointF(*points[0]))
        for x, y in points[1:]:
            path.lineTo(x, y)
        painter.setBrush(colour)
        painter.drawPath(path)
    painter.setBrush(look.CARD)
    for x, y in ((850, 270), (1080, 240)):
        snow = QPainterPath(QPointF(x, y))
        snow.lineTo(x + 30, y + 38)
        snow.lineTo(x + 8, y + 30)
        snow.lineTo(x - 8, y + 44)
        snow.lineTo(x - 28, y + 38)
        painter.drawPath(snow)
    river = QPainterPath(QPointF(962, 404))
    river.cubicTo(900, 470, 800, 440, 560, 512)
    river.lineTo(560, 540)
    river.cubicTo(800, 486, 930, 500, 972, 408)
    painter.setBrush(water_figures.WATER)
    painter.drawPath(river)


def _sea(painter: QPainter, now_s: float) -> None:
    for depth, colour in enumerate((water_figures.WATER, water_figures.DEEP_WATER)):
        path = QPainterPath(QPointF(40, 570))
        for step in range(31):
            x = 40 + step * 20
            lift = 5 * math.sin(step * 0.6 + now_s * (1.6 - depth * 0.5) + depth)
            edge = 60 * max(0.0, (x - 480) / 160) ** 2
            path.lineTo(x, 470 + depth * 34 + lift + edge)
        path.lineTo(640, 570)
        painter.setPen(look.NO_PEN)
        painter.setBrush(colour)
        painter.drawPath(path)


def _rising_from_sea(painter: QPainter, now_s: float) -> None:
    for number in range(5):
        share = (now_s * 0.35 + number * 0.2) % 1.0
        x = 210 + number * 62 + 6 * math.sin(now_s * 2 + number)
        painter.setOpacity(math.sin(math.pi * share) * phase(now_s, 0.8, 0.6))
        foot = QPointF(x, 450 - share * 110)
        look.arrow(painter, foot, foot - QPointF(0, 56), water_figures.DEEP_WATER, 7)
    painter.setOpacity(1)


def _rain(painter: QPainter, now_s: float, cloud_x: float, strength: float) -> None:
    painter.setPen(look.pen(look.alpha(water_figures.DEEP_WATER, strength), 4))
    for number in range(34):
        share = (now_s * 0.9 + number * 0.381) % 1.0
        x = cloud_x - 110 + (number * 53) % 320
        y = 250 + share * 180
        painter.drawLine(QPointF(x, y), QPointF(x - 5, y + 18))


CYCLE = Scene(
    "水的旅行",
    18.0,
    _cycle,
    said(
        (0.4, "太阳晒，江河湖海的水*蒸发*到空中"),
        (4.4, "高空很冷，水蒸气*凝结*成云"),
        (8.4, "小水滴越聚越大，落下来就是*雨*"),
        (13.0, "雨水汇进江河，又流回大海：*水循环*"),
        until_s=17.6,
    ),
    (Cue(1.0, "drop"), Cue(4.6, "pop"), Cue(9.9, "drop"), Cue(10.6, "drop"), Cue(13.4, "swish")),
)

CHOICES = (("A", "窗外的雨渗进来了"), ("B", "室内的水蒸气遇冷凝结"), ("C", "玻璃自己出汗了"))
WINDOW_DROPS = [
    (150, 200),
    (230, 260),
    (335, 190),
    (370, 270),
    (190, 350),
    (250, 380),
    (400, 220),
    (340, 430),
    (150, 420),
    (420, 380),
]


def _question(painter: QPainter, now_s: float) -> None:
    _window(painter, now_s)
    for number, (letter, words) in enumerate(CHOICES):
        shown = phase(now_s, 3.0 + number * 0.8, 0.5)
        if shown <= 0:
            continue
        is_right = letter == "B" and now_s >= 14.4
        painter.setOpacity(shown if now_s < 14.4 or is_right else 0.35)
        box = QRectF(530, 130 + number * 104.0, 650, 86)
        look.panel(
            painter,
            box,
            look.PALE_LEAF if is_right else look.CARD,
            22,
            look.LEAF if is_right else look.LINE,
        )
        painter.setPen(look.NO_PEN)
        painter.setBrush(look.LEAF if is_right else look.TEAL)
        painter.drawEllipse(QPointF(580, box.center().y()), 28, 28)
        look.write(painter, QRectF(552, box.top(), 56, 86), letter, 34, look.CARD, 700)
        look.write(painter, QRectF(630, box.top(), 540, 86), words, 39, look.INK, 700, look.LEFT)
        painter.setOpacity(1)
    if 6.4 <= now_s < 14.4:
        figures.waiting_ring(
            painter, QPointF(855, 496), 54, (now_s - 6.4) / 8, str(math.ceil(14.4 - now_s))
        )
    elif now_s >= 14.4:
        look.tick(painter, QPointF(1135, 277), 30, max(0.1, bounce(now_s, 14.6)))


def _window(painter: QPainter, now_s: float) -> None:
    frame = QRectF(100, 122, 380, 420)
    look.panel(painter, frame, QColor("#A8794A"), 14)
    for column in range(2):
        for row in range(2):
            pane = QRectF(116 + column * 178, 138 + row * 198, 170, 190)
            painter.fillRect(pane, QColor("#C9DFEA"))
    painter.setPen(look.NO_PEN)
    for number in range(16):
        fall = (now_s * 0.16 + number * 0.27) % 1.0
        x = 124 + (number * 83) % 330
        if not 284 < x < 296:
            painter.setBrush(look.CARD)
            painter.drawEllipse(QPointF(x, 142 + fall * 370), 5, 5)
    water_figures.drops_on(painter, WINDOW_DROPS, 0.3 + 0.7 * phase(now_s, 0.5, 4))


QUESTION = Scene(
    "想一想",
    21.5,
    _question,
    said(
        (0.4, "冬天，教室窗户*内侧*的水珠从哪里来？"),
        (6.4, "想一想，也可以按*暂停*讨论"),
        (14.4, "选 *B*：室内的水蒸气遇到冷玻璃，*凝结*成水珠"),
        until_s=21.1,
    ),
    (
        Cue(3.0, "pop"),
        Cue(3.8, "pop"),
        Cue(4.6, "pop"),
        *(Cue(6.4 + n, "tick") for n in range(8)),
        Cue(14.5, "answer"),
    ),
)

POINTS = (
    ("三", "水有三态：固态、液态、气态", look.TEAL),
    ("热", "融化、蒸发要吸热；凝结、结冰会放热", look.CORAL),
    ("温", "0 ℃ 结冰或融化；100 ℃ 沸腾（标准大气压）", look.SKY),
)


def _summary(painter: QPainter, now_s: float) -> None:
    for row, (mark, words, colour) in enumerate(POINTS):
        shown = phase(now_s, 0.6 + row * 2.8, 0.6)
        if shown <= 0:
            continue
        painter.setOpacity(shown)
        y = 128 + row * 142.0
        x = between(150, 110, shown)
        look.panel(painter, QRectF(x, y, 1060, 118), look.CARD, 24, look.LINE)
        painter.setPen(look.NO_PEN)
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(x + 70, y + 59), 42, 42)
        look.write(painter, QRectF(x + 20, y + 9, 100, 100), mark, 44, look.CARD, 700)
        look.write(painter, QRectF(x + 144, y, 900, 118), words, 40, look.INK, 700, look.LEFT)
        painter.setOpacity(1)


SUMMARY = Scene(
    "这节课我们学会了",
    12.5,
    _summary,
    said(
        (0.5, "温度变化，会让水的*状态*发生变化"),
        (6.0, "找一找：家里哪些地方水在蒸发？哪里在凝结？"),
        until_s=12.1,
    ),
    (Cue(0.6, "pop"), Cue(3.4, "pop"), Cue(6.2, "pop")),
)
