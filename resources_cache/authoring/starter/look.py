# SPDX-License-Identifier: GPL-3.0-or-later
"""The common look of all lessons: palette, fonts and text drawing; knows no lesson."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QGuiApplication,
    QPainter,
    QPainterPath,
    QPen,
)

SANS = "Noto Sans CJK SC"
SERIF = "Noto Serif CJK SC"

PAPER = QColor("#FBF6EC")
CARD = QColor("#FFFFFF")
INK = QColor("#27353D")
SOFT_INK = QColor("#5C6B73")
LINE = QColor("#DDD5C5")
TEAL = QColor("#22757E")
PALE_TEAL = QColor("#D5EAE8")
CORAL = QColor("#D9573F")
PALE_CORAL = QColor("#F9DDD3")
SUN = QColor("#F2B134")
PALE_SUN = QColor("#FCEBC2")
LEAF = QColor("#5E9C5A")
PALE_LEAF = QColor("#DCEBD3")
SKY = QColor("#5BA3CF")
PALE_SKY = QColor("#DCEEF7")
PLUM = QColor("#7D619E")
CRUST = QColor("#C98A3D")
DARK_CRUST = QColor("#9C6526")
FILLING = QColor("#E9BE7B")

NO_PEN = QPen(Qt.PenStyle.NoPen)
NO_BRUSH = QBrush(Qt.BrushStyle.NoBrush)
CENTRE = Qt.AlignmentFlag.AlignCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
TOP_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


class MissingFontError(RuntimeError):
    """A font the lessons are drawn with is not installed."""


def start_drawing() -> QGuiApplication:
    """Start Qt without a display and prove that the Chinese fonts are really there."""
    app = QGuiApplication.instance() or QGuiApplication(["authoring"])
    assert isinstance(app, QGuiApplication)
    families = set(QFontDatabase.families())
    for family in (SANS, SERIF):
        metrics = QFontMetricsF(QFont(family))
        if family not in families or not all(metrics.inFontUcs4(ord(c)) for c in "分霜℃ǎ"):
            raise MissingFontError(f"{family} is missing: install the package fonts-noto-cjk")
    return app


def font(size_px: float, weight: int = 400, family: str = SANS) -> QFont:
    """A font measured in pixels of the painter's own coordinates."""
    made = QFont(family)
    made.setPixelSize(max(1, round(size_px)))
    made.setWeight(QFont.Weight.Bold if weight >= 600 else QFont.Weight.Normal)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


def alpha(colour: QColor, opacity: float) -> QColor:
    """The colour at an opacity from 0 to 1."""
    made = QColor(colour)
    made.setAlphaF(min(1.0, max(0.0, opacity)) * colour.alphaF())
    return made


def mix(first: QColor, second: QColor, share: float) -> QColor:
    """The colour `share` (0 to 1) of the way from `first` to `second`."""
    rest = 1.0 - share
    return QColor.fromRgbF(
        first.redF() * rest + second.redF() * share,
        first.greenF() * rest + second.greenF() * share,
        first.blueF() * rest + second.blueF() * share,
        first.alphaF() * rest + second.alphaF() * share,
    )


@contextmanager
def saved(painter: QPainter) -> Iterator[QPainter]:
    """Restore the painter's state afterwards."""
    painter.save()
    try:
        yield painter
    finally:
        painter.restore()


def pen(colour: QColor, width: float) -> QPen:
    """A solid pen with round ends and joins."""
    return QPen(
        QBrush(colour),
        width,
        Qt.PenStyle.SolidLine,
        Qt.PenCapStyle.RoundCap,
        Qt.PenJoinStyle.RoundJoin,
    )


def panel(
    painter: QPainter, rect: QRectF, fill: QColor, radius: float = 18, edge: QColor | None = None
) -> None:
    """A rounded card, with a thin edge when asked."""
    painter.setPen(pen(edge, 2.5) if edge else NO_PEN)
    painter.setBrush(fill)
    painter.drawRoundedRect(rect, radius, radius)


def write(
    painter: QPainter,
    rect: QRectF,
    words: str,
    size_px: float,
    colour: QColor = INK,
    weight: int = 400,
    align: Qt.AlignmentFlag = CENTRE,
    family: str = SANS,
) -> None:
    """Draw words inside a rectangle; `\\n` starts a new line and nothing is cut off."""
    painter.setPen(colour)
    painter.setFont(font(size_px, weight, family))
    painter.drawText(rect, int(align) | int(Qt.TextFlag.TextDontClip), words)


def width_of(words: str, size_px: float, weight: int = 400, family: str = SANS) -> float:
    """Advance width in pixels."""
    return QFontMetricsF(font(size_px, weight, family)).horizontalAdvance(words)


def write_marked(
    painter: QPainter,
    middle: QPointF,
    words: str,
    size_px: float,
    colour: QColor = INK,
    accent: QColor = CORAL,
    weight: int = 700,
) -> None:
    """Draw one centred line in which `*words*` between stars take the accent colour."""
    pieces = [piece for piece in re.split(r"(\*[^*]+\*)", words) if piece]
    plain = words.replace("*", "")
    x = middle.x() - width_of(plain, size_px, weight) / 2
    for piece in pieces:
        shown = piece.strip("*") if piece.startswith("*") else piece
        width = width_of(shown, size_px, weight)
        rect = QRectF(x, middle.y() - size_px, width, size_px * 2)
        write(painter, rect, shown, size_px, accent if piece != shown else colour, weight, LEFT)
        x += width


def fraction(
    painter: QPainter,
    centre: QPointF,
    top: str,
    bottom: str,
    size_px: float,
    colour: QColor = INK,
) -> None:
    """A fraction written as children write it: bar, number below, number above."""
    half = size_px * (0.42 + 0.28 * (max(len(top), len(bottom)) - 1))
    painter.setPen(pen(colour, max(2.0, size_px * 0.075)))
    painter.drawLine(QPointF(centre.x() - half, centre.y()), QPointF(centre.x() + half, centre.y()))
    box = QRectF(centre.x() - size_px * 2, centre.y() - size_px * 1.12, size_px * 4, size_px)
    write(painter, box, top, size_px, colour, 700)
    box.moveTop(centre.y() + size_px * 0.10)
    write(painter, box, bottom, size_px, colour, 700)


def arrow(
    painter: QPainter, start: QPointF, end: QPointF, colour: QColor, width: float = 6
) -> None:
    """A straight arrow with a filled head."""
    dx, dy = end.x() - start.x(), end.y() - start.y()
    length = max(1e-6, (dx * dx + dy * dy) ** 0.5)
    ux, uy = dx / length, dy / length
    head = width * 3.2
    neck = QPointF(end.x() - ux * head, end.y() - uy * head)
    painter.setPen(pen(colour, width))
    if length > head:
        painter.drawLine(start, neck)
    path = QPainterPath(end)
    path.lineTo(neck.x() - uy * head * 0.6, neck.y() + ux * head * 0.6)
    path.lineTo(neck.x() + uy * head * 0.6, neck.y() - ux * head * 0.6)
    path.closeSubpath()
    painter.setPen(NO_PEN)
    painter.setBrush(colour)
    painter.drawPath(path)


def tick(painter: QPainter, centre: QPointF, size: float, grown: float = 1.0) -> None:
    """A green tick in a disc, growing with `grown` from 0 to 1."""
    _badge(painter, centre, size * grown, LEAF, [(-0.4, 0.02), (-0.12, 0.3), (0.42, -0.3)])


def cross(painter: QPainter, centre: QPointF, size: float, grown: float = 1.0) -> None:
    """A red cross in a disc, growing with `grown` from 0 to 1."""
    _badge(painter, centre, size * grown, CORAL, [(-0.32, -0.32), (0.32, 0.32)])
    _strokes(painter, centre, size * grown, [(0.32, -0.32), (-0.32, 0.32)])


def _badge(
    painter: QPainter,
    centre: QPointF,
    radius: float,
    fill: QColor,
    points: list[tuple[float, float]],
) -> None:
    if radius < 1:
        return
    painter.setPen(NO_PEN)
    painter.setBrush(fill)
    painter.drawEllipse(centre, radius, radius)
    _strokes(painter, centre, radius, points)


def _strokes(
    painter: QPainter, centre: QPointF, radius: float, points: list[tuple[float, float]]
) -> None:
    if radius < 1:
        return
    painter.setPen(pen(CARD, radius * 0.2))
    painter.setBrush(NO_BRUSH)
    path = QPainterPath(
        QPointF(centre.x() + points[0][0] * radius, centre.y() + points[0][1] * radius)
    )
    for x, y in points[1:]:
        path.lineTo(centre.x() + x * radius, centre.y() + y * radius)
    painter.drawPath(path)
