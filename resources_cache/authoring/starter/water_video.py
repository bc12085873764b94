# SPDX-License-Identifier: GPL-3.0-or-later
"""Micro-lesson 水的三态变化, first half: three states, particles, melting, boiling."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from resources_cache.authoring.starter import figures, look, water_figures
from resources_cache.authoring.starter.film import Film
from resources_cache.authoring.starter.motion import Cue, Scene, between, phase, said, sway
from resources_cache.authoring.starter.water_video_part2 import (
    CHANGES,
    CYCLE,
    EVAPORATION,
    QUESTION,
    SUMMARY,
)

STATES = (
    ("冰", "固态", water_figures.ICE_EDGE),
    ("水", "液态", look.SKY),
    ("水蒸气", "气态", look.SOFT_INK),
)


def _title(painter: QPainter, now_s: float) -> None:
    painter.setPen(look.NO_PEN)
    painter.setBrush(look.PALE_SKY)
    painter.drawEllipse(QPointF(330, 360), 262, 262)
    water_figures.ice_block(painter, QRectF(150, 400 + sway(now_s, 4, 5), 150, 120))
    figures.drop(painter, QPointF(410, 330 + sway(now_s, 4, 7, 0.3)), 170, water_figures.WATER)
    water_figures.vapour(painter, QPointF(320, 220), 190, now_s)
    look.write(painter, QRectF(630, 210, 620, 110), "水的三态变化", 88, look.INK, 700, look.LEFT)
    painter.fillRect(QRectF(634, 338, 96, 8), look.SKY)
    look.write(
        painter, QRectF(630, 368, 620, 60), "冰 · 水 · 水蒸气", 50, look.TEAL, 700, look.LEFT
    )
    box = QRectF(630, 440, 620, 50)
    look.write(painter, box, "小学科学 · 三年级 · 上册", 34, look.SOFT_INK, 400, look.LEFT)


def _states(painter: QPainter, now_s: float) -> None:
    for number, (name, state, colour) in enumerate(STATES):
        start_s = (0.6, 5.2, 10.4)[number]
        shown = phase(now_s, start_s, 0.6)
        if shown <= 0:
            continue
        painter.setOpacity(shown)
        x = 84 + number * 382.0
        look.panel(painter, QRectF(x, 116, 348, 432), look.CARD, 24, look.LINE)
        _state_picture(painter, number, QPointF(x + 174, 300), now_s - start_s)
        look.write(painter, QRectF(x, 430, 348, 60), name, 46, look.INK, 700)
        look.panel(painter, QRectF(x + 114, 492, 120, 44), colour, 22)
        look.write(painter, QRectF(x + 114, 492, 120, 44), state, 28, look.CARD, 700)
        painter.setOpacity(1)


def _state_picture(painter: QPainter, number: int, centre: QPointF, since_s: float) -> None:
    x, y = centre.x(), centre.y()
    if number == 0:
        water_figures.ice_block(painter, QRectF(x - 80, y - 60, 160, 140))
    elif number == 1:
        calm = min(1.0, max(0.2, since_s / 4))
        water_figures.beaker(painter, QRectF(x - 84, y - 130, 168, 220), 0.62, since_s, calm)
    else:
        box = QRectF(x - 118, y - 140, 236, 236)
        painter.setPen(look.pen(look.LINE, 4))
        painter.setBrush(look.PAPER)
        painter.drawRoundedRect(box, 20, 20)
        water_figures.vapour(painter, box.center(), 216, since_s)


STATES_SCENE = Scene(
    "水有三种样子",
    20.0,
    _states,
    said(
        (0.5, "冰是*固态*，有固定的形状"),
        (5.2, "水是*液态*，会流动，形状随容器改变"),
        (10.2, "水蒸气是*气态*，没有固定形状，*看不见*"),
        (14.8, "冰、水、水蒸气，都是*同一种物质*"),
        until_s=19.6,
    ),
    (Cue(0.7, "drop"), Cue(5.3, "drop"), Cue(10.5, "drop")),
)


def _particles(painter: QPainter, now_s: float) -> None:
    notes = ("排列整齐，原地振动", "挨得近，可以滑动", "离得远，自由飞散")
    for number, state in enumerate(("solid", "liquid", "gas")):
        shown = phase(now_s, (1.0, 6.0, 11.0)[number], 0.6)
        if shown <= 0:
            continue
        painter.setOpacity(shown)
        x = 84 + number * 382.0
        box = QRectF(x, 150, 348, 300)
        painter.setPen(look.pen(look.LINE, 5))
        painter.setBrush(look.CARD)
        painter.drawRoundedRect(box, 22, 22)
        water_figures.particles(painter, box.adjusted(18, 16, -18, -14), state, now_s, 17)
        look.write(painter, QRectF(x, 100, 348, 48), STATES[number][0], 38, look.INK, 700)
        look.write(painter, QRectF(x - 10, 466, 368, 50), notes[number], 34, look.TEAL, 700)
        painter.setOpacity(1)
    look.write(
        painter, QRectF(64, 522, 1152, 36), "示意图：真正的微粒小得看不见", 26, look.SOFT_INK
    )


PARTICLES = Scene(
    "看不见的小微粒",
    20.0,
    _particles,
    said(
        (0.4, "如果能放大很多很多倍……"),
        (3.0, "*冰*：微粒排得整整齐齐，只在原地振动"),
        (7.0, "*水*：微粒挨在一起，可以滑来滑去"),
        (11.8, "*水蒸气*：微粒离得很远，到处飞散"),
        (16.0, "微粒没有变，变的是它们的*排列和运动*"),
        until_s=19.6,
    ),
    (Cue(1.0, "pop"), Cue(6.0, "pop"), Cue(11.0, "pop"), Cue(16.0, "drop")),
)


def _melting_celsius(now_s: float) -> float:
    """Ice warms from −10 ℃, stays at 0 ℃ while it melts, then the water warms."""
    if now_s < 6.0:
        return between(-10, 0, min(1.0, max(0.0, (now_s - 1.0) / 5.0)))
    return 0.0 if now_s < 15.0 else min(12.0, (now_s - 15.0) * 2.4)


def _melting(painter: QPainter, now_s: float) -> None:
    melted = min(1.0, max(0.0, (now_s - 6.0) / 9.0))
    glass = QRectF(120, 170, 250, 260)
    water_figures.beaker(painter, glass, 0.06 + 0.4 * melted, now_s)
    floating = 46 * melted
    for number, x in enumerate((150, 246)):
        ice = QRectF(x, 320 - floating + sway(now_s, 3, 3 * melted, number * 0.4), 96, 96)
        water_figures.ice_block(painter, ice, melted)
    _lamp(painter, QRectF(96, 436, 298, 110), QPointF(245, 492), now_s)
    celsius = _melting_celsius(now_s)
    water_figures.thermometer(painter, QRectF(430, 130, 60, 410), celsius, -20, 20, 10)
    water_figures.reading(painter, QRectF(600, 116, 190, 76), celsius)
    points = [(t / 4, _melting_celsius(t / 4)) for t in range(4, min(80, round(now_s * 4)) + 1)]
    _graph(painter, points, (-20, 20), 0, "0 ℃", "冰和水都有")


def _lamp(painter: QPainter, ring: QRectF, foot: QPointF, now_s: float) -> None:
    water_figures.stand(painter, ring)
    water_figures.flame(painter, foot, 54, now_s)


def _graph(
    painter: QPainter,
    points: list[tuple[float, float]],
    scale: tuple[float, float],
    level: float,
    level_name: str,
    plateau: str,
) -> None:
    """Temperature against time, growing while the film runs; `level` is the flat part."""
    box = QRectF(690, 226, 470, 270)

    def place(time_s: float, celsius: float) -> QPointF:
        height = (celsius - scale[0]) / (scale[1] - scale[0])
        return QPointF(
            box.left() + box.width() * (time_s - 1) / 19, box.bottom() - box.height() * height
        )

    painter.setPen(look.pen(look.SOFT_INK, 4))
    painter.drawLine(box.topLeft(), box.bottomLeft())
    painter.drawLine(box.bottomLeft(), box.bottomRight())
    look.write(painter, QRectF(820, 130, 300, 48), "温度变化图", 32, look.SOFT_INK, 700, look.LEFT)
    look.write(painter, QRectF(1060, 502, 120, 36), "时间 →", 28, look.SOFT_INK)
    dashed = look.pen(look.LINE, 4)
    dashed.setDashPattern([3, 3])
    painter.setPen(dashed)
    painter.drawLine(place(1, level), place(20, level))
    look.write(
        painter,
        QRectF(box.left() - 112, place(1, level).y() - 20, 102, 40),
        level_name,
        28,
        water_figures.RED,
        700,
        look.RIGHT,
    )
    if len(points) > 1:
        painter.setPen(look.pen(water_figures.RED, 7))
        painter.drawPolyline([place(*point) for point in points])
        painter.setBrush(look.CARD)
        painter.drawEllipse(place(*points[-1]), 9, 9)
    flat = [time_s for time_s, celsius in points if abs(celsius - level) < 0.01]
    if len(flat) > 8:
        middle = place((flat[0] + flat[-1]) / 2, level)
        box_text = QRectF(middle.x() - 150, middle.y() - 62, 300, 44)
        look.write(painter, box_text, plateau, 30, look.TEAL, 700)


MELTING = Scene(
    "冰融化了",
    22.0,
    _melting,
    said(
        (0.4, "给冰慢慢加热，看温度计"),
        (3.4, "温度升到 *0 ℃*，冰开始*融化*"),
        (7.6, "融化时一直在*吸热*"),
        (11.2, "只要冰没化完，温度就停在 *0 ℃*"),
        (15.2, "冰全部化成水，温度才继续上升"),
        (18.6, "反过来，水降到 0 ℃，继续放热就会*结冰*"),
        until_s=21.6,
    ),
    (Cue(1.2, "swish"), Cue(6.0, "drop"), Cue(10.0, "drop"), Cue(15.0, "answer")),
)


def _boiling_celsius(now_s: float) -> float:
    """Water warms from 20 ℃ and stays at 100 ℃ while it boils."""
    return 20 + 80 * min(1.0, max(0.0, (now_s - 1.0) / 8.0))


def _boiling(painter: QPainter, now_s: float) -> None:
    if now_s < 14.4:
        _boiling_in_glass(painter, now_s)
    else:
        _white_mist(painter, now_s - 14.4)


def _boiling_in_glass(painter: QPainter, now_s: float) -> None:
    boils = phase(now_s, 7.6, 1.6)
    glass = QRectF(120, 170, 250, 260)
    painter.save()
    water_figures.mist(painter, QPointF(245, 190), now_s, 80, 92, boils)
    painter.restore()
    water_figures.beaker(painter, glass, 0.66 - 0.05 * boils, now_s, 1 - boils)
    count = round(between(0, 26, phase(now_s, 3.0, 6.0)))
    water_figures.bubbles(painter, QRectF(130, 272, 230, 156), now_s, count)
    _lamp(painter, QRectF(96, 436, 298, 110), QPointF(245, 492), now_s)
    celsius = _boiling_celsius(now_s)
    water_figures.thermometer(painter, QRectF(430, 130, 60, 410), celsius, 0, 120, 20)
    water_figures.reading(painter, QRectF(600, 116, 190, 76), celsius)
    points = [(t / 4, _boiling_celsius(t / 4)) for t in range(4, min(80, round(now_s * 4)) + 1)]
    _graph(painter, points, (0, 120), 100, "100 ℃", "沸腾")


def _white_mist(painter: QPainter, now_s: float) -> None:
    water_figures.kettle(painter, QPointF(330, 390), 280)
    mouth = QPointF(520, 316)
    with look.saved(painter):
        painter.translate(mouth + QPointF(70, -16))
        painter.rotate(62)
        water_figures.mist(painter, QPointF(0, 0), now_s + 3, 46, 300, 2.0)
    first, second = phase(now_s, 0.8, 0.5), phase(now_s, 4.0, 0.5)
    painter.setOpacity(first)
    look.arrow(painter, QPointF(560, 470), QPointF(546, 330), water_figures.BLUE)
    look.panel(painter, QRectF(490, 474, 320, 76), look.CARD, 18, look.LINE)
    look.write(painter, QRectF(490, 474, 320, 76), "水蒸气（看不见）", 34, water_figures.BLUE, 700)
    painter.setOpacity(second)
    look.arrow(painter, QPointF(900, 330), QPointF(790, 250), look.TEAL)
    look.panel(painter, QRectF(760, 336, 424, 76), look.CARD, 18, look.LINE)
    look.write(painter, QRectF(760, 336, 424, 76), "白气：遇冷变成的小水珠", 34, look.TEAL, 700)
    painter.setOpacity(1)


BOILING = Scene(
    "水沸腾了",
    22.5,
    _boiling,
    said(
        (0.4, "继续加热，水里的气泡越来越多"),
        (5.0, "大气泡上升、破裂：水*沸腾*了"),
        (9.2, "标准大气压下，水在 *100 ℃* 沸腾"),
        (14.5, "壶嘴旁边看不见的，才是*水蒸气*"),
        (18.4, "“白气”是水蒸气遇冷变成的*小水珠*"),
        until_s=22.1,
    ),
    (Cue(1.2, "swish"), Cue(5.2, "drop"), Cue(9.2, "answer"), Cue(14.6, "pop"), Cue(18.4, "pop")),
)

TITLE = Scene(
    "水的三态变化", 6.5, _title, (), (Cue(0.8, "drop"), Cue(2.2, "drop"), Cue(3.4, "pop"))
)

FILM = Film(
    "水的三态变化",
    QColor("#3E8FC0"),
    (
        TITLE,
        STATES_SCENE,
        PARTICLES,
        MELTING,
        BOILING,
        EVAPORATION,
        CHANGES,
        CYCLE,
        QUESTION,
        SUMMARY,
    ),
)
