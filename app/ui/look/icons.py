# SPDX-License-Identifier: GPL-3.0-or-later
"""Our icons: 24 × 24 strokes in SVG files, coloured when they are drawn."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.base.resources import read_text


@lru_cache(maxsize=128)
def _source(name: str) -> str:
    return read_text(f"ui/assets/icons/{name}.svg")


@lru_cache(maxsize=512)
def icon_pixmap(name: str, colour: str, size_px: int, ratio: float) -> QPixmap:
    """The icon drawn `size_px` logical pixels wide; `currentColor` in the file becomes `colour`."""
    device_px = max(1, round(size_px * ratio))
    pixmap = QPixmap(device_px, device_px)
    pixmap.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode()))
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, device_px, device_px))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
