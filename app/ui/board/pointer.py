# SPDX-License-Identifier: GPL-3.0-or-later
"""A pointer that can be seen from three metres on a TV."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QCursor, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QApplication

_SIDE_PX = 56
# The usual arrow, its tip at the origin, in a square of side 1.
_ARROW = (
    (0.0, 0.0),
    (0.0, 0.84),
    (0.2, 0.65),
    (0.33, 0.97),
    (0.47, 0.91),
    (0.34, 0.6),
    (0.6, 0.6),
)


def large_pointer(ratio: float) -> QCursor:
    """A white arrow with a black rim, `_SIDE_PX` logical pixels high."""
    pixmap = QPixmap(round(_SIDE_PX * ratio), round(_SIDE_PX * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    side = _SIDE_PX - 6
    shape = QPolygonF([QPointF(3 + x * side, 3 + y * side) for x, y in _ARROW])
    painter.setPen(QPen(QColor("#101010"), 3, j=Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(QColor("#ffffff"))
    painter.drawPolygon(shape)
    painter.end()
    return QCursor(pixmap, 3, 3)


class Pointer:
    """What the mouse looks like over the whole program."""

    def __init__(self) -> None:
        self._shown: float | None = None  # the density it was drawn for; 0 while hidden

    def show(self, *, is_large: bool, ratio: float) -> None:
        """The usual pointer of each place, or the large one everywhere."""
        if not is_large:
            self.restore()
        elif self._shown is None:
            QApplication.setOverrideCursor(large_pointer(ratio))
            self._shown = ratio
        elif self._shown != ratio:
            QApplication.changeOverrideCursor(large_pointer(ratio))
            self._shown = ratio

    def hide(self) -> None:
        """Nothing to see until the mouse moves."""
        if self._shown:
            QApplication.changeOverrideCursor(QCursor(Qt.CursorShape.BlankCursor))
            self._shown = 0.0

    def restore(self) -> None:
        """Each place has its own pointer again."""
        if self._shown is not None:
            QApplication.restoreOverrideCursor()
            self._shown = None
