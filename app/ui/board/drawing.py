# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of a stroke, piece by piece while it grows and whole afterwards.

Straight pieces between what the board reports look like a polygon; curves through the middles of
those pieces, with the reported points as their handles, do not. The last half piece is straight,
so that the line always reaches the tip of the pen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPen, QPolygonF

from app.ui.board.ink_tiles import InkTiles, ink_pen
from app.ui.board.pens import HIGHLIGHTER_OPACITY
from app.ui.board.strokes import Stroke, Tool

_STRETCH_PIECES = 8


def _middle(first: QPointF, second: QPointF) -> QPointF:
    return (first + second) / 2


def piece(points: list[QPointF], at: int) -> QPainterPath:
    """The curve that the point number `at` (from 1) made certain."""
    if at == 1:
        path = QPainterPath(points[0])
        path.lineTo(_middle(points[0], points[1]))
        return path
    path = QPainterPath(_middle(points[at - 2], points[at - 1]))
    path.quadTo(points[at - 1], _middle(points[at - 1], points[at]))
    return path


def tip(points: list[QPointF]) -> QPainterPath:
    """The straight rest up to the last point; a dot for a single one."""
    if len(points) == 1:
        path = QPainterPath(points[0])
        path.lineTo(points[0] + QPointF(0.01, 0))
        return path
    path = QPainterPath(_middle(points[-2], points[-1]))
    path.lineTo(points[-1])
    return path


def stretches(points: list[QPointF]) -> Iterator[QPainterPath]:
    """The finished line in stretches, so that each meets few tiles: a scribble meets them all."""
    if len(points) == 1:
        yield tip(points)
        return
    path = QPainterPath(points[0])
    path.lineTo(_middle(points[0], points[1]))
    for at in range(2, len(points)):
        if at % _STRETCH_PIECES == 0:
            yield path
            path = QPainterPath(path.currentPosition())
        path.quadTo(points[at - 1], _middle(points[at - 1], points[at]))
    path.lineTo(points[-1])
    yield path


def to_widget(stroke: Stroke, area: QRectF) -> list[QPointF]:
    """A stroke's points over a picture that lies in `area`."""
    return [
        QPointF(area.left() + x * area.width(), area.top() + y * area.width())
        for x, y in stroke.points
    ]


def draw_strokes(tiles: InkTiles, strokes: list[Stroke], area: QRectF, ratio: float) -> None:
    """Draw finished strokes in their order."""
    for stroke in strokes:
        pen = ink_pen(stroke.colour, max(0.5, stroke.width * area.width()))
        is_highlighter = stroke.tool is Tool.HIGHLIGHTER
        layer = InkTiles(ratio) if is_highlighter else tiles
        for path in stretches(to_widget(stroke, area)):
            layer.draw(path, pen, is_erasing=stroke.tool is Tool.ERASER)
        if is_highlighter:
            tiles.merge(layer, HIGHLIGHTER_OPACITY)


@dataclass(slots=True)
class Line:
    """A stroke that is being drawn."""

    tool: Tool
    colour: str
    width_px: float
    points: list[QPointF] = field(default_factory=list)
    layer: InkTiles | None = None  # a highlighter's own: it must not darken itself

    @property
    def draws_tip(self) -> bool:
        """An eraser's tip cannot be painted above, a highlighter's would darken what it meets."""
        return self.tool is not Tool.PEN

    def pen(self) -> QPen:
        """What draws it."""
        return ink_pen(self.colour, self.width_px)

    def reach(self, box: QRectF) -> QRectF:
        """What drawing inside `box` changes on the screen."""
        side = self.width_px / 2 + 2
        return box.adjusted(-side, -side, side, side)

    def extend(self, tiles: InkTiles, point: QPointF) -> QRectF:
        """Draw on to `point`; returns what must be repainted."""
        if not self.points:
            self.points.append(point)
            if self.draws_tip:
                self._draw(tiles, tip(self.points))
            return self.reach(tip(self.points).boundingRect())
        changed = self.reach(tip(self.points).boundingRect())
        self.points.append(point)
        curve = piece(self.points, len(self.points) - 1)
        self._draw(tiles, curve)
        if self.draws_tip:
            self._draw(tiles, tip(self.points))
        return changed.united(self.reach(curve.boundingRect() | tip(self.points).boundingRect()))

    def finish(self, tiles: InkTiles) -> QRectF:
        """Make the tip certain; returns what must be repainted."""
        self._draw(tiles, tip(self.points))
        if self.layer is not None:
            tiles.merge(self.layer, HIGHLIGHTER_OPACITY)
            self.layer = None
        return (
            self.reach(QPolygonF(self.points).boundingRect())  # curves stay inside
            if self.tool is Tool.HIGHLIGHTER
            else self.reach(tip(self.points).boundingRect())
        )

    def _draw(self, tiles: InkTiles, path: QPainterPath) -> None:
        layer = self.layer if self.layer is not None else tiles
        layer.draw(path, self.pen(), is_erasing=self.tool is Tool.ERASER)
