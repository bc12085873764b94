# SPDX-License-Identifier: GPL-3.0-or-later
"""White letters with a dark edge, readable on any picture in daylight."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPainterPathStroker,
    QPixmap,
    QTextLayout,
    QTextOption,
)

_EDGE_SHARE = 0.09  # of the letter height
_EDGE_COLOUR = QColor(0, 0, 0, 225)


def outlined_text(text: str, font: QFont, width: float, pixel_ratio: float) -> QPixmap:
    """The text, wrapped to `width` and centred, on a transparent picture just large enough."""
    edge = max(1.5, QFontMetricsF(font).height() * _EDGE_SHARE)
    lines = [line for part in text.split("\n") for line in _wrapped(part, font, width - 2 * edge)]
    metrics = QFontMetricsF(font)
    path = QPainterPath()
    for row, line in enumerate(lines):
        shift = -metrics.horizontalAdvance(line) / 2
        path.addText(QPointF(shift, metrics.ascent() + row * metrics.lineSpacing()), font, line)
    bounds = path.boundingRect().adjusted(-edge, -edge, edge, edge)
    height = max(bounds.bottom(), len(lines) * metrics.lineSpacing()) + edge
    area = QRectF(bounds.left(), -edge, bounds.width(), height + edge)
    picture = QPixmap(
        max(1, math.ceil(area.width() * pixel_ratio)),
        max(1, math.ceil(area.height() * pixel_ratio)),
    )
    picture.setDevicePixelRatio(pixel_ratio)
    picture.fill(Qt.GlobalColor.transparent)
    stroker = QPainterPathStroker()
    stroker.setWidth(2 * edge)
    stroker.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(-area.topLeft())
    painter.fillPath(stroker.createStroke(path), _EDGE_COLOUR)
    painter.fillPath(path, Qt.GlobalColor.white)
    painter.end()
    return picture


def _wrapped(text: str, font: QFont, width: float) -> list[str]:
    """Lines of about equal length: no single character alone on the last one."""
    lines = _broken(text, font, width)
    if len(lines) < 2:
        return lines
    narrow, wide = width / len(lines), width
    while wide - narrow > 2:
        middle = (narrow + wide) / 2
        if len(_broken(text, font, middle)) > len(lines):
            narrow = middle
        else:
            wide = middle
    return _broken(text, font, wide)


def _broken(text: str, font: QFont, width: float) -> list[str]:
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    lines = []
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(1.0, width))
        lines.append(text[line.textStart() : line.textStart() + line.textLength()].strip())
    layout.endLayout()
    return lines or [""]
