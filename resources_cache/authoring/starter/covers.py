# SPDX-License-Identifier: GPL-3.0-or-later
"""The small picture of every lesson, 480 × 270, in the look of the lesson it stands for."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath

from resources_cache.authoring.starter import figures, film, look, mountain, water_figures

WIDTH, HEIGHT = 480, 270
MAX_BYTES = 30_000


@dataclass(frozen=True, slots=True)
class CoverArt:
    """Words and colours of a cover, and who draws its picture."""

    title: str
    kind: str
    subject: str
    accent: QColor
    ground: QColor
    picture: Callable[[QPainter], None]


def write_cover(art: CoverArt, path: Path) -> None:
    """Draw at four times the size, shrink, and save with at most 256 colours."""
    large = film.new_image(WIDTH * 2, HEIGHT * 2)
    painter = film.antialiased(large)
    painter.scale(2, 2)
    painter.fillRect(QRectF(0, 0, WIDTH, HEIGHT), art.ground)
    with look.saved(painter):
        art.picture(painter)
    _title(painter, art)
    painter.end()
    smooth = Qt.TransformationMode.SmoothTransformation
    small = large.scaled(WIDTH, HEIGHT, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
    pixels = small.convertToFormat(QImage.Format.Format_RGB888)
    size = (WIDTH, HEIGHT)
    full = Image.frombytes(
        "RGB", size, bytes(pixels.constBits()), "raw", "RGB", pixels.bytesPerLine()
    )
    flat = full.quantize(200, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    flat.save(path, format="PNG", optimize=True)
    if path.stat().st_size > MAX_BYTES:
        raise RuntimeError(f"the cover of {path.parent.name} is larger than {MAX_BYTES} bytes")


def _title(painter: QPainter, art: CoverArt) -> None:
    lines = art.title.split("\n")
    top = 108 - len(lines) * 31
    painter.fillRect(QRectF(0, 0, 10, HEIGHT), art.accent)
    for row, line in enumerate(lines):
        look.write(painter, QRectF(32, top + row * 60, 300, 60), line, 50, look.INK, 700, look.LEFT)
    look.panel(painter, QRectF(32, 202, 86, 38), art.accent, 19)
    look.write(painter, QRectF(32, 202, 86, 38), art.kind, 24, look.CARD, 700)
    look.write(painter, QRectF(132, 202, 130, 38), art.subject, 24, look.SOFT_INK, 400, look.LEFT)


def _half_cake(painter: QPainter) -> None:
    figures.moon_cake(painter, QPointF(358, 135), 88, 90, 180)
    figures.moon_cake(painter, QPointF(376, 135), 88, -90, 180)


def _plan(painter: QPainter) -> None:
    look.panel(painter, QRectF(290, 34, 156, 202), look.CARD, 12, look.LINE)
    for row in range(4):
        y = 66 + row * 44.0
        look.tick(painter, QPointF(318, y), 12)
        look.panel(painter, QRectF(342, y - 6, (84, 70, 84, 56)[row], 12), look.LINE, 6)


def _sheet(painter: QPainter) -> None:
    look.panel(painter, QRectF(290, 30, 156, 210), look.CARD, 12, look.LINE)
    for row, (top, bottom) in enumerate((("1", "2"), ("1", "4"))):
        look.fraction(painter, QPointF(330, 86 + row * 98), top, bottom, 34, look.CORAL)
        for column in range(2 + row * 2):
            width = 76 / (2 + row * 2)
            box = QRectF(358 + column * width, 66 + row * 98, width, 40)
            painter.setPen(look.pen(look.INK, 2))
            painter.setBrush(look.CORAL if column == 0 else look.PALE_CORAL)
            painter.drawRect(box)


def _water(painter: QPainter) -> None:
    water_figures.ice_block(painter, QRectF(290, 148, 78, 72))
    figures.drop(painter, QPointF(408, 100), 96, water_figures.WATER)
    water_figures.vapour(painter, QPointF(366, 74), 96, 0)


def _mountain(painter: QPainter) -> None:
    with look.saved(painter):
        painter.scale(0.375, 0.375)
        mountain.landscape(painter)
    look.panel(painter, QRectF(18, 62, 150, 92), look.alpha(look.PAPER, 0.9), 14)
    look.panel(painter, QRectF(22, 192, 190, 58), look.alpha(look.PAPER, 0.9), 26)


def _paints(painter: QPainter) -> None:
    colours = ("#D93A2E", "#F4C020", "#2F78C4", "#4C9A48", "#F0862B", "#7D4F9A")
    painter.setPen(look.NO_PEN)
    for number, colour in enumerate(colours):
        angle = math.radians(number * 60 - 90)
        painter.setBrush(QColor(colour))
        painter.drawEllipse(QPointF(366 + 66 * math.cos(angle), 128 + 66 * math.sin(angle)), 29, 29)


def _wheel(painter: QPainter) -> None:
    colours = ("#D93A2E", "#F0862B", "#F4C020", "#4C9A48", "#2F78C4", "#7D4F9A")
    painter.setPen(look.pen(look.PAPER, 4))
    for number, colour in enumerate(colours):
        painter.setBrush(QColor(colour))
        painter.drawPie(QRectF(272, 38, 188, 188), (60 - number * 60) * 16, 60 * 16)
    painter.setBrush(look.PAPER)
    painter.drawEllipse(QPointF(366, 132), 32, 32)


def _clock(painter: QPainter) -> None:
    centre = QPointF(362, 130)
    painter.setPen(look.pen(look.TEAL, 12))
    painter.setBrush(look.CARD)
    painter.drawEllipse(centre, 94, 94)
    for hour in range(12):
        turn = math.radians(hour * 30)
        ray = QPointF(math.sin(turn), -math.cos(turn))
        painter.setPen(look.pen(look.INK, 5 if hour % 3 == 0 else 3))
        painter.drawLine(centre + ray * 72, centre + ray * 80)
    for degrees, length, width, colour in (
        (225.0, 42, 9, look.CORAL),
        (180.0, 66, 6, QColor("#2B6EA3")),
    ):
        turn = math.radians(degrees)
        painter.setPen(look.pen(colour, width))
        painter.drawLine(centre, centre + QPointF(math.sin(turn), -math.cos(turn)) * length)
    painter.setPen(look.NO_PEN)
    painter.setBrush(look.INK)
    painter.drawEllipse(centre, 8, 8)


def _drum(painter: QPainter) -> None:
    painter.setPen(look.NO_PEN)
    body = QPainterPath(QPointF(280, 112))
    body.lineTo(290, 200)
    body.cubicTo(310, 226, 424, 226, 444, 200)
    body.lineTo(454, 112)
    painter.setBrush(look.CORAL)
    painter.drawPath(body)
    painter.setPen(look.pen(look.SUN, 5))
    zigzag = QPainterPath(QPointF(284, 128))
    for number in range(1, 9):
        zigzag.lineTo(284 + number * 20.5, 204 if number % 2 else 134)
    painter.setBrush(look.NO_BRUSH)
    painter.drawPath(zigzag)
    painter.setPen(look.pen(look.SUN.darker(112), 6))
    painter.setBrush(QColor("#FFF6E2"))
    painter.drawEllipse(QPointF(367, 112), 88, 26)
    for start, end in (
        (QPointF(300, 40), QPointF(340, 100)),
        (QPointF(440, 36), QPointF(398, 100)),
    ):
        painter.setPen(look.pen(QColor("#8A6A4F"), 8))
        painter.drawLine(start, end)
        painter.setPen(look.NO_PEN)
        painter.setBrush(look.TEAL)
        painter.drawEllipse(end, 11, 11)


WARM, COOL, GREEN, VIOLET = (
    QColor("#FDEBD8"),
    QColor("#E3F1F8"),
    QColor("#E6F1E2"),
    QColor("#EFE8F5"),
)
BLUE, PLUM = QColor("#3E8FC0"), look.PLUM

ART: dict[str, CoverArt] = {
    "starter-fraction-video": CoverArt(
        "分数的\n初步认识", "微课", "数学", look.CORAL, WARM, _half_cake
    ),
    "starter-fraction-plan": CoverArt("分数的\n初步认识", "教案", "数学", look.CORAL, WARM, _plan),
    "starter-fraction-exercises": CoverArt("几分之一", "练习", "数学", look.CORAL, WARM, _sheet),
    "starter-water-video": CoverArt("水的\n三态变化", "微课", "科学", BLUE, COOL, _water),
    "starter-poem-slides": CoverArt("山行", "课件", "语文", QColor("#B23A2A"), WARM, _mountain),
    "starter-colours-slides": CoverArt("Colours", "课件", "英语", PLUM, VIOLET, _paints),
    "starter-clock-courseware": CoverArt("认识钟表", "课件", "数学", look.TEAL, GREEN, _clock),
    "starter-rhythm-audio": CoverArt("感受节拍", "音频", "音乐", look.TEAL, WARM, _drum),
    "starter-rhythm-plan": CoverArt("感受节拍", "教案", "音乐", look.TEAL, WARM, _plan),
    "starter-paint-courseware": CoverArt("三原色\n与间色", "课件", "美术", PLUM, VIOLET, _wheel),
}
