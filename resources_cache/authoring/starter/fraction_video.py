# SPDX-License-Identifier: GPL-3.0-or-later
"""Micro-lesson 分数的初步认识: first half; sharing, halves, writing a fraction, equal parts."""

import math

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from resources_cache.authoring.starter import figures, look
from resources_cache.authoring.starter.film import Film
from resources_cache.authoring.starter.fraction_video_part2 import COMPARE, FOLD, QUESTIONS, SUMMARY
from resources_cache.authoring.starter.motion import Cue, Scene, between, bounce, phase, said, sway

CHILDREN_Y = 556.0


def _title(painter: QPainter, now_s: float) -> None:
    apart = 34 * phase(now_s, 1.6, 1.0)
    centre = QPointF(330, 350 + sway(now_s, 5, 5))
    painter.setPen(look.NO_PEN)
    painter.setBrush(look.PALE_SUN)
    painter.drawEllipse(QPointF(330, 360), 262, 262)
    figures.moon_cake(painter, centre - QPointF(apart, 0), 185, 90, 180)
    figures.moon_cake(painter, centre + QPointF(apart, 0), 185, -90, 180)
    look.write(painter, QRectF(620, 210, 620, 110), "分数的初步认识", 82, look.INK, 700, look.LEFT)
    painter.fillRect(QRectF(624, 338, 96, 8), look.CORAL)
    look.write(painter, QRectF(620, 368, 620, 60), "几分之一", 50, look.CORAL, 700, look.LEFT)
    look.write(
        painter,
        QRectF(620, 440, 620, 50),
        "小学数学 · 三年级 · 上册",
        34,
        look.SOFT_INK,
        400,
        look.LEFT,
    )


def _table(painter: QPainter) -> None:
    painter.setPen(look.NO_PEN)
    painter.setBrush(look.PALE_LEAF)
    painter.drawRoundedRect(QRectF(330, 430, 620, 34), 17, 17)


def _children(painter: QPainter, joy: float) -> None:
    figures.child(painter, QPointF(190, CHILDREN_Y), 330, figures.BOY, joy)
    figures.child(painter, QPointF(1090, CHILDREN_Y), 330, figures.GIRL, joy)
    for x, name in ((190, "小明"), (1090, "小红")):
        look.write(painter, QRectF(x - 100, 108, 200, 44), name, 32, look.SOFT_INK, 700)


def _share(painter: QPainter, now_s: float) -> None:
    joy = phase(now_s, 4.6, 0.5) * (1 - phase(now_s, 7.2, 0.5))
    joy += phase(now_s, 10.6, 0.5) * (1 - phase(now_s, 12.6, 0.5))
    _children(painter, joy)
    _table(painter)
    if now_s < 7.6:
        _handed_out(painter, now_s, 2.6, 2)
        _tally(painter, now_s, 4.4, "4 ÷ 2 = 2（块）", 7.4)
    elif now_s < 13.2:
        _handed_out(painter, now_s, 9.2, 1)
        _tally(painter, now_s, 10.4, "2 ÷ 2 = 1（块）", 13.0)
    else:
        size = 118 * bounce(now_s, 13.2, 0.6)
        figures.moon_cake(painter, QPointF(640, 318), max(1, size))
        grown = phase(now_s, 14.6, 0.5)
        if grown > 0:
            look.write(painter, QRectF(780, 180, 90, 120), "？", 90 * grown, look.CORAL, 700)


def _handed_out(painter: QPainter, now_s: float, start_s: float, each: int) -> None:
    for side, goal in ((-1, 478), (1, 802)):
        for number in range(each):
            share = phase(now_s, start_s + number * 0.5, 0.9)
            x = between(
                640 + side * (55 + number * 112),
                goal + side * (number - (each - 1) / 2) * 116,
                share,
            )
            lift = -70 * math.sin(math.pi * share)
            grown = bounce(now_s, start_s - 2.4 if each == 2 else start_s - 1.5, 0.5)
            figures.moon_cake(painter, QPointF(x, 368 + lift), max(1, 54 * grown))


def _tally(painter: QPainter, now_s: float, start_s: float, words: str, end_s: float) -> None:
    painter.setOpacity(phase(now_s, start_s, 0.4) * (1 - phase(now_s, end_s - 0.3, 0.3)))
    look.panel(painter, QRectF(455, 150, 370, 84), look.CARD, 20, look.LINE)
    look.write(painter, QRectF(455, 150, 370, 84), words, 42, look.TEAL, 700)
    painter.setOpacity(1)


SHARE = Scene(
    "分月饼",
    20.0,
    _share,
    said(
        (0.4, "把 *4 块*月饼平均分给 2 人"),
        (4.2, "每人分得 *2 块*，一样多"),
        (7.8, "把 *2 块*月饼平均分给 2 人，每人 *1 块*"),
        (13.2, "只有 *1 块*月饼，怎样分才公平？"),
        (16.6, "同学们，先说说你的办法"),
        until_s=19.6,
    ),
    (Cue(2.7, "pop"), Cue(4.5, "pop"), Cue(9.3, "pop"), Cue(13.2, "pop")),
)


def _half(painter: QPainter, now_s: float) -> None:
    _children(painter, phase(now_s, 7.6, 0.6) * (1 - phase(now_s, 11, 0.6)))
    _table(painter)
    centre = QPointF(640, 318)
    apart = 16 * phase(now_s, 2.4, 0.5)
    away = phase(now_s, 6.2, 1.2)
    left = QPointF(between(centre.x() - apart, 480, away), between(318, 300, away))
    right = QPointF(between(centre.x() + apart, 800, away), between(318, 300, away))
    figures.moon_cake(painter, left, 118, 90, 180)
    figures.moon_cake(painter, right, 118, -90, 180)
    if now_s < 3.6:
        depth = phase(now_s, 0.9, 1.2)
        painter.setOpacity(1 - phase(now_s, 2.9, 0.5))
        figures.knife(painter, QPointF(636, between(176, 440, depth)), 150)
        painter.setOpacity(1)
    if now_s > 8.4:
        painter.setOpacity(phase(now_s, 8.4, 0.5))
        for x in (432, 848):
            look.write(painter, QRectF(x - 110, 112, 220, 50), "一半", 40, look.CORAL, 700)
        painter.setOpacity(1)
    if now_s > 12.4:
        grown = bounce(now_s, 12.4, 0.6)
        look.panel(
            painter, QRectF(570, 190, 140, 200), look.alpha(look.CARD, min(1, grown)), 22, look.LINE
        )
        look.fraction(painter, QPointF(640, 292), "1", "2", 76 * grown, look.CORAL)


HALF = Scene(
    "一半怎么表示",
    19.0,
    _half,
    said(
        (0.4, "从正中间切开"),
        (3.6, "分成的两份*同样多*，这就是*平均分*"),
        (8.0, "每一份都是这块月饼的*一半*"),
        (12.2, "一半，可以写成*二分之一*"),
        until_s=18.6,
    ),
    (Cue(1.3, "swish"), Cue(6.3, "pop"), Cue(12.4, "answer")),
)


def _writing(painter: QPainter, now_s: float) -> None:
    figures.moon_cake(painter, QPointF(290, 330), 150)
    cut = phase(now_s, 5.2, 0.7)
    painter.setPen(look.pen(look.CARD, 10))
    if cut > 0:
        painter.drawLine(QPointF(290, 166), QPointF(290, between(166, 494, cut)))
    glow = phase(now_s, 9.4, 0.6)
    if glow > 0:
        painter.setPen(look.pen(look.alpha(look.CORAL, glow), 8))
        painter.setBrush(look.alpha(look.CORAL, 0.35 * glow))
        painter.drawPie(QRectF(128, 168, 324, 324), 90 * 16, 180 * 16)
    look.panel(painter, QRectF(500, 130, 300, 400), look.CARD, 26, look.LINE)
    bar = phase(now_s, 1.2, 1.2)
    if bar > 0:
        painter.setPen(look.pen(look.INK, 11))
        painter.drawLine(QPointF(575, 330), QPointF(between(575, 725, bar), 330))
    _appearing(painter, QRectF(550, 345, 200, 160), "2", 140, now_s, 6.2, look.TEAL)
    _appearing(painter, QRectF(550, 150, 200, 160), "1", 140, now_s, 10.4, look.CORAL)
    _label(painter, now_s, 2.4, 330, "分数线", "表示平均分", look.INK)
    _label(painter, now_s, 7.0, 440, "分母", "平均分成 2 份", look.TEAL)
    _label(painter, now_s, 11.2, 220, "分子", "取其中的 1 份", look.CORAL)


def _appearing(
    painter: QPainter,
    rect: QRectF,
    words: str,
    size: float,
    now_s: float,
    start_s: float,
    colour: QColor,
) -> None:
    if now_s > start_s:
        look.write(painter, rect, words, size * max(0.1, bounce(now_s, start_s, 0.6)), colour, 700)


def _label(
    painter: QPainter,
    now_s: float,
    start_s: float,
    y: float,
    name: str,
    meaning: str,
    colour: QColor,
) -> None:
    shown = phase(now_s, start_s, 0.5)
    if shown <= 0:
        return
    painter.setOpacity(shown)
    x = between(860, 836, shown)
    look.panel(painter, QRectF(x, y - 38, 8, 76), colour, 4)
    look.write(painter, QRectF(x + 26, y - 46, 380, 48), name, 38, colour, 700, look.LEFT)
    look.write(painter, QRectF(x + 26, y + 2, 380, 44), meaning, 31, look.SOFT_INK, 400, look.LEFT)
    painter.setOpacity(1)


WRITING = Scene(
    "分数怎么写",
    21.0,
    _writing,
    said(
        (0.4, "先画一条短横线：*分数线*，表示平均分"),
        (5.0, "平均分成 *2* 份，在横线下面写 2：*分母*"),
        (9.2, "取其中的 *1* 份，在横线上面写 1：*分子*"),
        (14.0, "读作：*二分之一*"),
        (17.0, "请伸出手指，和我一起写一写"),
        until_s=20.6,
    ),
    (Cue(1.3, "swish"), Cue(6.2, "pop"), Cue(10.4, "pop"), Cue(14.2, "answer")),
)

SHAPES_S = (1.0, 5.4, 9.8)


def _equal(painter: QPainter, now_s: float) -> None:
    for number, start_s in enumerate(SHAPES_S):
        shown = phase(now_s, start_s, 0.5)
        if shown <= 0:
            continue
        painter.setOpacity(shown)
        x = 84 + number * 382
        look.panel(painter, QRectF(x, 122, 350, 420), look.CARD, 24, look.LINE)
        _cut_shape(painter, number, QPointF(x + 175, 270))
        painter.setOpacity(1)
        verdict_s = start_s + 2.2
        grown = bounce(now_s, verdict_s, 0.5)
        centre = QPointF(x + 106, 476)
        if now_s > verdict_s:
            (look.cross if number == 1 else look.tick)(painter, centre, 36, grown)
            if number == 1:
                box = QRectF(x + 146, 446, 190, 60)
                look.write(painter, box, "不是平均分", 33, look.CORAL, 700)
            else:
                look.fraction(
                    painter, QPointF(x + 230, 478), "1", "2", 50 * max(0.1, grown), look.LEAF
                )


def _cut_shape(painter: QPainter, number: int, centre: QPointF) -> None:
    x, y = centre.x(), centre.y()
    if number == 0:
        figures.polygon(
            painter,
            [(x - 130, y - 85), (x, y - 85), (x, y + 85), (x - 130, y + 85)],
            look.SKY,
            look.INK,
        )
        figures.polygon(
            painter,
            [(x, y - 85), (x + 130, y - 85), (x + 130, y + 85), (x, y + 85)],
            look.PALE_SKY,
            look.INK,
        )
    elif number == 1:
        painter.setPen(look.pen(look.INK, 4))
        painter.setBrush(look.PALE_SUN)
        painter.drawEllipse(centre, 108, 108)
        painter.setBrush(look.SUN)
        painter.drawChord(QRectF(x - 108, y - 108, 216, 216), 120 * 16, 120 * 16)
    else:
        figures.polygon(
            painter, [(x, y - 105), (x, y + 95), (x - 135, y + 95)], look.LEAF, look.INK
        )
        figures.polygon(
            painter, [(x, y - 105), (x + 135, y + 95), (x, y + 95)], look.PALE_LEAF, look.INK
        )


EQUAL = Scene(
    "必须平均分",
    20.0,
    _equal,
    said(
        (0.4, "涂色部分是不是二分之一？仔细看"),
        (3.0, "长方形从中间分开，两份一样大，*是*"),
        (5.4, "圆分成了两份，可是一份小、一份大"),
        (7.6, "*不是平均分*，不能用二分之一表示"),
        (11.6, "两个三角形完全一样，*是*二分之一"),
        (15.2, "要用分数表示，先看：是不是*平均分*"),
        until_s=19.6,
    ),
    (
        Cue(1.0, "pop"),
        Cue(3.2, "drop"),
        Cue(5.4, "pop"),
        Cue(7.6, "no"),
        Cue(9.8, "pop"),
        Cue(12.0, "drop"),
    ),
)

TITLE = Scene("分数的初步认识", 6.5, _title, (), (Cue(1.7, "swish"), Cue(2.6, "pop")))

FILM = Film(
    "分数的初步认识",
    look.CORAL,
    (TITLE, SHARE, HALF, WRITING, EQUAL, FOLD, COMPARE, QUESTIONS, SUMMARY),
)
