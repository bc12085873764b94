# SPDX-License-Identifier: GPL-3.0-or-later
"""Small things every delegate paints: text in a few lines, chips, pictures with round corners."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPixmap,
    QTextLayout,
    QTextOption,
)

_ELLIPSIS = "…"


@lru_cache(maxsize=4096)
def _lines(text: str, font_key: str, width: int, max_lines: int) -> tuple[str, ...]:
    font = QFont()
    font.fromString(font_key)
    return break_lines(text, font, width, max_lines)


def break_lines(text: str, font: QFont, width: int, max_lines: int) -> tuple[str, ...]:
    """The text in at most `max_lines` lines; the last one ends in … when something was left out."""
    flat = " ".join(text.split())
    metrics = QFontMetricsF(font)
    if metrics.horizontalAdvance(flat) <= width:
        return (flat,) if flat else ()
    layout = QTextLayout(flat, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    lines: list[str] = []
    layout.beginLayout()
    while len(lines) < max_lines:
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(width)
        start = line.textStart()
        if len(lines) == max_lines - 1:
            rest = flat[start : start + 400]
            lines.append(metrics.elidedText(rest, Qt.TextElideMode.ElideRight, width))
        else:
            lines.append(flat[start : start + line.textLength()].rstrip())
    layout.endLayout()
    return tuple(lines)


def draw_lines(
    painter: QPainter, rect: QRect, text: str, font: QFont, colour: QColor, max_lines: int = 1
) -> int:
    """Paint the text from the top of `rect`, at its leading edge; returns the height used."""
    lines = _lines(text, font.toString(), rect.width(), max_lines)
    painter.setFont(font)
    painter.setPen(colour)
    step = painter.fontMetrics().height()
    flags = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
    flags_visual = int(flags) | int(Qt.TextFlag.TextSingleLine)
    y = rect.top()
    for line in lines:
        painter.drawText(QRect(rect.left(), y, rect.width(), step), flags_visual, line)
        y += step
    return step * len(lines)


def chip_width(text: str, font: QFont, pad_px: int, icon_px: int = 0) -> int:
    """How wide `draw_chip` will be."""
    gap = pad_px // 2 if icon_px else 0
    return round(QFontMetricsF(font).horizontalAdvance(text)) + 2 * pad_px + icon_px + gap


def draw_chip(
    painter: QPainter,
    rect: QRect,
    text: str,
    font: QFont,
    *,
    fill: QColor,
    colour: QColor,
    icon: QPixmap | None = None,
) -> None:
    """A rounded label that fills `rect`; an icon stands at its leading edge."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawRoundedRect(QRectF(rect), rect.height() / 2, rect.height() / 2)
    painter.setFont(font)
    painter.setPen(colour)
    inner = rect
    if icon is not None:
        side = round(icon.width() / icon.devicePixelRatio())
        pad = rect.height() // 3
        is_mirrored = painter.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left = rect.right() - pad - side if is_mirrored else rect.left() + pad
        painter.drawPixmap(QPointF(left, rect.center().y() - side / 2 + 0.5), icon)
        shift = side + pad // 2
        inner = rect.adjusted(0 if is_mirrored else shift, 0, -shift if is_mirrored else 0, 0)
    painter.drawText(inner, int(Qt.AlignmentFlag.AlignCenter), text)


def rounded_path(rect: QRectF, radius: float, *, is_top_only: bool = False) -> QPainterPath:
    """A rectangle with round corners, or only its upper two."""
    path = QPainterPath()
    if not is_top_only:
        path.addRoundedRect(rect, radius, radius)
        return path
    path.addRoundedRect(rect.adjusted(0, 0, 0, radius), radius, radius)
    square = QPainterPath()
    square.addRect(rect)
    return path.intersected(square)


def mix(first: QColor, second: QColor, share: float) -> QColor:
    """`share` of the first colour, the rest of the second."""
    rest = 1 - share
    return QColor(
        round(first.red() * share + second.red() * rest),
        round(first.green() * share + second.green() * rest),
        round(first.blue() * share + second.blue() * rest),
    )
