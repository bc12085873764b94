# SPDX-License-Identifier: GPL-3.0-or-later
"""Drawn ink as small pictures where there is ink, and nothing where there is none.

A whole transparent picture over a 4K video would have to be blended with every frame; tiles cost
only what is written on. All positions are in the widget's logical pixels.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen, QRegion

TILE_PX = 256  # device pixels


def ink_pen(colour: str, width_px: float) -> QPen:
    """Round at both ends and at every bend."""
    return QPen(
        QBrush(QColor(colour)),
        width_px,
        Qt.PenStyle.SolidLine,
        Qt.PenCapStyle.RoundCap,
        Qt.PenJoinStyle.RoundJoin,
    )


class InkTiles:
    """One layer of ink."""

    def __init__(self, ratio: float) -> None:
        """`ratio` is device pixels a logical one."""
        self._ratio = ratio
        self._tiles: dict[tuple[int, int], QImage] = {}

    @property
    def is_blank(self) -> bool:
        """Whether nothing was drawn."""
        return not self._tiles

    @property
    def bytes_held(self) -> int:
        """Memory of the pictures."""
        return len(self._tiles) * TILE_PX * TILE_PX * 4

    def region(self) -> QRegion:
        """Where there may be ink."""
        found = QRegion()
        for at in self._tiles:
            found += self._place(at).toAlignedRect()
        return found

    def draw(self, path: QPainterPath, pen: QPen, *, is_erasing: bool = False) -> None:
        """Draw a path with a pen, or rub it out."""
        side = pen.widthF() / 2 + 1.5
        area = path.boundingRect().adjusted(-side, -side, side, side)
        for at in self._tiles_in(area):
            image = self._tiles.get(at)
            if image is None:
                if is_erasing:
                    continue
                image = self._tiles[at] = self._new_tile()
            painter = QPainter(image)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if is_erasing:
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOut)
            painter.translate(-at[0] * TILE_PX, -at[1] * TILE_PX)
            painter.scale(self._ratio, self._ratio)
            painter.strokePath(path, pen)
            painter.end()

    def merge(self, other: InkTiles, opacity: float) -> None:
        """Put another layer on this one."""
        for at, image in other._tiles.items():
            under = self._tiles.get(at)
            if under is None:
                under = self._tiles[at] = self._new_tile()
            painter = QPainter(under)
            painter.setOpacity(opacity)
            painter.drawImage(0, 0, image)
            painter.end()

    def paint(self, painter: QPainter, area: QRectF) -> None:
        """Paint what lies in `area`, pixel by pixel."""
        painter.save()
        painter.scale(1 / self._ratio, 1 / self._ratio)  # device pixels: a copy, nothing is scaled
        for at, image in self._tiles.items():
            if self._place(at).intersects(area):
                painter.drawImage(at[0] * TILE_PX, at[1] * TILE_PX, image)
        painter.restore()

    def _new_tile(self) -> QImage:
        image = QImage(TILE_PX, TILE_PX, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        return image

    def _place(self, at: tuple[int, int]) -> QRectF:
        side = TILE_PX / self._ratio
        return QRectF(at[0] * side, at[1] * side, side, side)

    def _tiles_in(self, area: QRectF) -> list[tuple[int, int]]:
        side = TILE_PX / self._ratio
        left, right = int(area.left() // side), int(area.right() // side)
        top, bottom = int(area.top() // side), int(area.bottom() // side)
        return [(x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)]
