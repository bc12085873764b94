# SPDX-License-Identifier: GPL-3.0-or-later
"""Micro-lesson 分数的初步认识, second half: folding paper, comparing, questions, summary."""

import math

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from resources_cache.authoring.starter import figures, look
from resources_cache.authoring.starter.motion import Cue, Scene, between, bounce, phase, said

SHEET = 300.0
SHEET_FRONT = QColor("#BFE0DD")
SHEET_BACK = QColor("#8CC5C2")


def _fold(painter: QPainter, now_s: float) -> None:
    if now_s < 14.2:
        _folding(painter, now_s)
    else:
        _three_ways(painter, now_s)


def _folding(painter: QPainter, now_s: float) -> None:
    """A sheet folded left over right, then top over bottom, opened again and coloured."""
    first = phase(now_s, 1.2, 1.6) - phase(now_s, 8.0, 1.2)
    second = phase(now_s, 4.2, 1.6) - phase(now_s, 6.8, 1.2)
    slide = phase(now_s, 10.6, 0.8)
    left, top, half = between(490, 300, slide), 172.0, SHEET / 2
    is_open = now_s > 9.2
    painter.setPen(look.pen(look.TEAL, 3))
    painter.setBrush(SHEET_FRONT)
    visible_top = top + half if second > 0.5 else top
    height = half if second > 0.5 else SHEET
    if first <= 0.0:
        painter.drawRect(QRectF(left, top, SHEET, SHEET))
    else:
        painter.drawRect(QRectF(left + half, visible_top, half, height))
        _flap_across(painter, left + half, visible_top, half, height, first)
    if second > 0:
        _flap_down(painter, left + half, top + half, half, second)
    _fold_label(painter, now_s)
    if is_open:
        _creases(painter, left, top)
        _quarter(painter, now_s, left, top)


def _fold_label(painter: QPainter, now_s: float) -> None:
    for start_s, end_s, words in (
        (1.2, 4.0, "第 1 次对折"),
        (4.2, 6.6, "第 2 次对折"),
        (6.8, 9.9, "打开"),
    ):
        shown = min(phase(now_s, start_s, 0.4), 1 - phase(now_s, end_s - 0.3, 0.3))
        if shown > 0:
            painter.setOpacity(shown)
            look.panel(painter, QRectF(120, 284, 260, 76), look.PALE_TEAL, 38)
            look.write(painter, QRectF(120, 284, 260, 76), words, 38, look.TEAL, 700)
            painter.setOpacity(1)


def _flap_across(
    painter: QPainter, axis: float, top: float, half: float, height: float, folded: float
) -> None:
    width = half * math.cos(math.pi * folded)
    lift = 26 * math.sin(math.pi * folded)
    painter.setBrush(SHEET_BACK if folded > 0.5 else SHEET_FRONT)
    figures.polygon(
        painter,
        [
            (axis, top),
            (axis - width, top - lift),
            (axis - width, top + height - lift),
            (axis, top + height),
        ],
        SHEET_BACK if folded > 0.5 else SHEET_FRONT,
        look.TEAL,
    )


def _flap_down(painter: QPainter, left: float, axis: float, half: float, folded: float) -> None:
    height = half * math.cos(math.pi * folded)
    lean = 26 * math.sin(math.pi * folded)
    figures.polygon(
        painter,
        [
            (left, axis),
            (left + half, axis),
            (left + half + lean, axis - height),
            (left + lean, axis - height),
        ],
        SHEET_FRONT if folded > 0.5 else SHEET_BACK,
        look.TEAL,
    )


def _creases(painter: QPainter, left: float, top: float) -> None:
    dashed = look.pen(look.TEAL, 3)
    dashed.setDashPattern([4, 4])
    painter.setPen(dashed)
    middle = SHEET / 2
    painter.drawLine(QPointF(left + middle, top), QPointF(left + middle, top + SHEET))
    painter.drawLine(QPointF(left, top + middle), QPointF(left + SHEET, top + middle))


def _quarter(painter: QPainter, now_s: float, left: float, top: float) -> None:
    painted = phase(now_s, 10.6, 0.8)
    if painted > 0:
        painter.fillRect(
            QRectF(left + 2, top + 2, SHEET / 2 - 3, (SHEET / 2 - 3) * painted), look.CORAL
        )
    if now_s > 11.6:
        grown = max(0.1, bounce(now_s, 11.6, 0.6))
        look.fraction(painter, QPointF(830, 320), "1", "4", 120 * grown, look.CORAL)
        painter.setOpacity(phase(now_s, 12, 0.4))
        look.write(painter, QRectF(900, 280, 280, 70), "四分之一", 52, look.INK, 700)
        painter.setOpacity(1)


def _three_ways(painter: QPainter, now_s: float) -> None:
    for number in range(3):
        shown = phase(now_s, 14.4 + number * 0.9, 0.5)
        if shown <= 0:
            continue
        painter.setOpacity(shown)
        x = 214 + number * 426.0
        _way(painter, number, x - 105, 150)
        look.fraction(painter, QPointF(x, 472), "1", "4", 58, look.CORAL)
        painter.setOpacity(1)


def _way(painter: QPainter, number: int, x: float, y: float) -> None:
    size = 210.0
    pieces: list[list[tuple[float, float]]]
    if number == 0:
        h = size / 2
        corners = [(0.0, 0.0), (h, 0.0), (0.0, h), (h, h)]
        pieces = [[(a, b), (a + h, b), (a + h, b + h), (a, b + h)] for a, b in corners]
    elif number == 1:
        q = size / 4
        pieces = [
            [(i * q, 0), ((i + 1) * q, 0), ((i + 1) * q, size), (i * q, size)] for i in range(4)
        ]
    else:
        c = (size / 2, size / 2)
        ring = [(0.0, 0.0), (size, 0.0), (size, size), (0.0, size)]
        pieces = [[ring[i], ring[(i + 1) % 4], c] for i in range(4)]
    for index, piece in enumerate(pieces):
        fill = look.CORAL if index == 0 else SHEET_FRONT
        figures.polygon(painter, [(x + a, y + b) for a, b in piece], fill, look.TEAL)


FOLD = Scene(
    "折一折，涂一涂",
    23.0,
    _fold,
    said(
        (0.4, "拿一张正方形纸，*对折*"),
        (3.8, "再*对折*一次"),
        (6.8, "打开看看：平均分成了 *4 份*"),
        (10.4, "其中的 1 份，就是它的*四分之一*"),
        (14.2, "折法不同，为什么都是四分之一？"),
        (18.0, "因为都是平均分成 *4 份*，取了 *1 份*"),
        until_s=22.6,
    ),
    (
        Cue(1.6, "swish"),
        Cue(4.6, "swish"),
        Cue(7.2, "swish"),
        Cue(10.7, "pop"),
        Cue(11.6, "drop"),
        Cue(18.0, "answer"),
    ),
)

BARS = ((1, look.SUN), (2, look.SKY), (4, look.LEAF), (8, look.PLUM))


def _compare(painter: QPainter, now_s: float) -> None:
    for row, (parts, colour) in enumerate(BARS):
        start_s = 0.8 + row * 2.6
        shown = phase(now_s, start_s, 0.5)
        if shown <= 0:
            continue
        painter.setOpacity(shown)
        _strip(painter, 116 + row * 112.0, parts, colour, phase(now_s, start_s + 0.6, 0.9))
        painter.setOpacity(1)
    if now_s > 12.6:
        painter.setOpacity(phase(now_s, 12.6, 0.5))
        look.panel(painter, QRectF(890, 116, 326, 432), look.CARD, 24, look.LINE)
        for row, (number, words) in enumerate((("2", "＞"), ("4", "＞"), ("8", ""))):
            y = 190 + row * 138.0
            look.fraction(painter, QPointF(1000, y), "1", number, 54, BARS[row + 1][1])
            look.write(painter, QRectF(1010, y + 40, 130, 60), words, 54, look.INK, 700)
        for row, words in enumerate(("大", "", "小")):
            look.write(
                painter, QRectF(1090, 160 + row * 138, 110, 60), words, 44, look.SOFT_INK, 700
            )
        painter.setOpacity(1)


def _strip(painter: QPainter, y: float, parts: int, colour: QColor, cut: float) -> None:
    left, whole, height = 84.0, 640.0, 84.0
    part = whole / parts
    painter.setPen(look.pen(look.INK, 3))
    painter.setBrush(look.mix(colour, look.CARD, 0.72))
    painter.drawRect(QRectF(left, y, whole, height))
    painter.setBrush(colour)
    painter.drawRect(QRectF(left, y, between(whole, part, cut), height))
    for number in range(1, parts):
        x = left + number * part
        painter.drawLine(QPointF(x, y), QPointF(x, y + height * cut))
    if parts == 1:
        look.write(painter, QRectF(left + whole + 16, y, 120, height), "1", 54, look.INK, 700)
    else:
        look.fraction(
            painter, QPointF(left + whole + 76, y + height / 2), "1", str(parts), 42, look.INK
        )


COMPARE = Scene(
    "比一比，谁大",
    23.0,
    _compare,
    said(
        (0.4, "同样长的纸条，一整条就是 *1*"),
        (3.2, "平均分成 2 份，1 份是*二分之一*"),
        (6.0, "平均分成 4 份，1 份是*四分之一*"),
        (8.6, "平均分成 8 份，1 份是*八分之一*"),
        (12.4, "同一个东西，分的份数*越多*……"),
        (15.8, "每一份反而*越小*"),
        (19.0, "分子都是 1 时，分母大的分数反而小"),
        until_s=22.6,
    ),
    (
        Cue(0.9, "pop"),
        Cue(3.6, "pop"),
        Cue(6.2, "pop"),
        Cue(8.8, "pop"),
        Cue(12.6, "drop"),
        Cue(15.8, "answer"),
    ),
)


def _questions(painter: QPainter, now_s: float) -> None:
    if now_s < 16.0:
        _ribbon(painter, now_s)
    else:
        _which_is_bigger(painter, now_s - 16.0)


def _ribbon(painter: QPainter, now_s: float) -> None:
    look.write(
        painter, QRectF(64, 120, 1152, 60), "红色部分是这条彩带的几分之几？", 46, look.INK, 700
    )
    for number in range(5):
        piece = QRectF(190 + number * 180, 224, 180, 104)
        painter.setPen(look.pen(look.INK, 4))
        painter.setBrush(look.CORAL if number == 3 else look.PALE_CORAL)
        painter.drawRect(piece)
        count = phase(now_s, 11.2 + number * 0.25, 0.3)
        if count > 0:
            painter.setOpacity(count)
            look.write(
                painter,
                piece,
                str(number + 1),
                46,
                look.CARD if number == 3 else look.SOFT_INK,
                700,
            )
            painter.setOpacity(1)
    _ring_or_answer(painter, now_s, 3.6, 7.0, "1", "5")


def _ring_or_answer(
    painter: QPainter, now_s: float, start_s: float, wait_s: float, top: str, bottom: str
) -> None:
    """A ring while the class thinks, then the fraction that answers."""
    end_s = start_s + wait_s
    if start_s <= now_s < end_s:
        left = str(math.ceil(end_s - now_s))
        figures.waiting_ring(painter, QPointF(640, 450), 66, (now_s - start_s) / wait_s, left)
    elif now_s >= end_s:
        grown = max(0.1, bounce(now_s, end_s + 0.2, 0.6))
        look.fraction(painter, QPointF(640, 450), top, bottom, 82 * grown, look.CORAL)
        look.tick(painter, QPointF(760, 450), 36, grown)


def _which_is_bigger(painter: QPainter, now_s: float) -> None:
    answered = now_s >= 10.0
    for side, (number, colour) in enumerate((("3", look.SKY), ("6", look.LEAF))):
        x = 330 + side * 620.0
        look.fraction(painter, QPointF(x, 300), "1", number, 118, colour if answered else look.INK)
        if answered:
            box = QRectF(x - 200, 464, 400, 70)
            painter.setPen(look.pen(look.INK, 3))
            painter.setBrush(look.mix(colour, look.CARD, 0.72))
            painter.drawRect(box)
            painter.setBrush(colour)
            share = phase(now_s, 10.6, 0.8)
            painter.drawRect(
                QRectF(box.left(), box.top(), between(400, 400 / int(number), share), 70)
            )
            for cut in range(1, int(number)):
                at = box.left() + 400 / int(number) * cut
                painter.drawLine(QPointF(at, box.top()), QPointF(at, box.bottom()))
    if answered:
        look.write(
            painter,
            QRectF(540, 220, 200, 160),
            "＞",
            110 * max(0.1, bounce(now_s, 10.0)),
            look.CORAL,
            700,
        )
    elif now_s < 3.0:
        look.write(painter, QRectF(540, 220, 200, 160), "○", 110, look.SOFT_INK, 400)
    else:
        figures.waiting_ring(
            painter, QPointF(640, 300), 66, (now_s - 3) / 7, str(math.ceil(10 - now_s))
        )


QUESTIONS = Scene(
    "想一想",
    33.0,
    _questions,
    said(
        (0.4, "第 1 题：彩带平均分成了几份？"),
        (3.6, "想一想，也可以按*暂停*讨论"),
        (10.7, "平均分成 5 份，红色占 1 份，是*五分之一*"),
        (16.3, "第 2 题：*三分之一*和*六分之一*，哪个大？"),
        (19.0, "想一想，说出你的理由"),
        (26.1, "分的份数少，每份就大：*三分之一大*"),
        until_s=32.6,
    ),
    (
        *(Cue(3.6 + number, "tick") for number in range(7)),
        Cue(10.8, "answer"),
        *(Cue(19.0 + number, "tick") for number in range(7)),
        Cue(26.1, "answer"),
    ),
)

POINTS = (
    ("平", "先看是不是平均分", look.TEAL),
    ("写", "先写分数线，再写分母，最后写分子", look.SKY),
    ("比", "分子是 1：分母越大，分数越小", look.CORAL),
)


def _summary(painter: QPainter, now_s: float) -> None:
    for row, (mark, words, colour) in enumerate(POINTS):
        shown = phase(now_s, 0.6 + row * 3.2, 0.6)
        if shown <= 0:
            continue
        painter.setOpacity(shown)
        y = 128 + row * 142.0
        x = between(150, 110, shown)
        look.panel(painter, QRectF(x, y, 1060, 118), look.CARD, 24, look.LINE)
        painter.setPen(look.NO_PEN)
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(x + 70, y + 59), 42, 42)
        look.write(painter, QRectF(x + 20, y + 9, 100, 100), mark, 46, look.CARD, 700)
        look.write(painter, QRectF(x + 144, y, 900, 118), words, 46, look.INK, 700, look.LEFT)
        painter.setOpacity(1)


SUMMARY = Scene(
    "这节课我们学会了",
    14.0,
    _summary,
    said(
        (0.5, "平均分成几份，取 1 份，就是*几分之一*"),
        (6.8, "分子是 1 的分数，看分母就能比大小"),
        (10.4, "请找一找：生活中哪里有几分之一？"),
        until_s=13.6,
    ),
    (Cue(0.6, "pop"), Cue(3.8, "pop"), Cue(7.0, "pop"), Cue(11.0, "answer")),
)
