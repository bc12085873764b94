# SPDX-License-Identifier: GPL-3.0-or-later
"""「选择」: a loop around ink or a tap on it takes hold of it; it is carried, copied, deleted.

Lies above the ink while it is wanted. What is held is shown here while it moves; the sheet learns
of it in one step when it is put down, so that one undo takes one move back.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from app.ui.board.drawing import draw_strokes
from app.ui.board.ink_tiles import InkTiles
from app.ui.board.lesson_ink import LessonInk
from app.ui.board.selection import bounds, carried, nearest, pieces_of, within
from app.ui.board.stage_button import StageButton
from app.ui.board.strokes import Point, Stroke
from app.ui.look.theme import Theme

_TAP_PX = 14.0
_REACH_PX = 26.0  # a finger is broad
_EDGE_PX = 14.0  # of the frame around what is held
_COPY_STEP_PX = 36.0
_FRAME, _SHADE = QColor("#57cdb0"), QColor(0, 0, 0, 150)


class SelectLayer(QWidget):
    """Takes presses while shown; `held` is what was taken hold of.

    Signals: began() when the hand comes down; rested() when it is lifted.
    """

    began = Signal()
    rested = Signal()

    def __init__(self, theme: Theme, ink: LessonInk, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._ink = theme, ink
        self.held: tuple[Stroke, ...] = ()
        self._loop: list[QPointF] = []
        self._from: QPointF | None = None
        self._offset = QPointF()
        self._tiles: InkTiles | None = None
        self._is_editing = False
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.strip = QFrame(self)
        self.strip.setObjectName("bar")
        line = QHBoxLayout(self.strip)
        line.setContentsMargins(*(theme.px(4),) * 4)
        self.copy_button = StageButton(theme, "copy", self.tr("Copy"), "copy")
        self.delete_button = StageButton(theme, "delete", self.tr("Delete"), "delete")
        for made, slot in ((self.copy_button, self.copy), (self.delete_button, self.delete)):
            made.clicked.connect(slot)
            line.addWidget(made)
        self.strip.hide()
        self.hide()
        ink.laid.connect(self._laid)

    # -- life --------------------------------------------------------------------------------

    def begin(self) -> None:
        """Ready to take hold of something."""
        self.let_go()
        self.show()

    def put_away(self) -> None:
        """Presses are for the pen again."""
        self.let_go()
        self.hide()

    def let_go(self) -> None:
        """Hold nothing."""
        if self._tiles is not None:
            self._ink.show_all()
        self.held, self._loop, self._from, self._tiles = (), [], None, None
        self._offset = QPointF()
        self._show_strip()

    @Slot()
    def _laid(self) -> None:
        """Another page, another zoom, an undo: what was held may not be there any more."""
        if not self._is_editing and not self.isHidden():
            self.held, self._loop, self._from, self._tiles = (), [], None, None
            self._show_strip()

    # -- what can be done --------------------------------------------------------------------

    @Slot()
    def delete(self) -> None:
        """Away with it; undo brings it back."""
        self._edit(self.held, ())

    @Slot()
    def copy(self) -> None:
        """The same once more, beside it, and in the hand."""
        step = _COPY_STEP_PX / self._ink.area.width()
        self._edit((), carried(self.held, step, step))

    def _edit(self, removed: tuple[Stroke, ...], added: list[Stroke] | tuple[()]) -> None:
        if not removed and not added:
            return
        self._is_editing = True
        self._tiles = None
        self._ink.edit(removed, tuple(added))
        self._is_editing = False
        self.held, self._offset = tuple(added), QPointF()
        self._show_strip()

    # -- hand --------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """On what is held: carry it. Elsewhere: a new loop."""
        event.accept()
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        self.began.emit()
        at = event.position()
        if self.held and self._frame().contains(at):
            self._from = at
            self._lift()
            return
        self.let_go()
        self._loop = [at]

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Carry, or go on with the loop."""
        event.accept()
        at = event.position()
        if self._from is not None:
            self._offset = at - self._from
            self._show_strip()
        elif self._loop and (at - self._loop[-1]).manhattanLength() >= 2:
            self._loop.append(at)
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Put it down, or take hold of what the loop holds."""
        event.accept()
        if self._from is not None:
            self._put_down()
        elif self._loop:
            loop, self._loop = self._loop, []
            self._take(loop)
        self.rested.emit()

    def _take(self, loop: list[QPointF]) -> None:
        strokes, area = self._ink.strokes, self._ink.area
        points = [self._share(at) for at in loop]
        size = QPolygonF(loop).boundingRect()
        if max(size.width(), size.height()) < _TAP_PX:
            found = nearest(strokes, points[0], _REACH_PX / area.width())
        else:
            found = within(strokes, points)
        pieces = [piece for at in found for piece in pieces_of(strokes, at)]
        whole = tuple(strokes[at] for at in found)
        if pieces and tuple(pieces) != whole:
            self._edit(whole, pieces)  # from now on they are what is seen of them
        else:
            self.held = whole if pieces else ()
            self._show_strip()

    def _lift(self) -> None:
        """Show what is held here alone while it moves."""
        area, ratio = self._ink.area, self.devicePixelRatioF()
        self._tiles = InkTiles(ratio)
        draw_strokes(self._tiles, list(self.held), area, ratio)
        self._ink.show_without(self.held)
        self.strip.hide()

    def _put_down(self) -> None:
        self._from = None
        unit = self._ink.area.width()
        across, down = self._offset.x() / unit, self._offset.y() / unit
        if across or down:
            self._edit(self.held, carried(self.held, across, down))
        else:
            self._tiles = None
            self._ink.show_all()
            self._show_strip()

    def _share(self, at: QPointF) -> Point:
        area = self._ink.area
        return (at.x() - area.left()) / area.width(), (at.y() - area.top()) / area.width()

    # -- look --------------------------------------------------------------------------------

    def _frame(self) -> QRectF:
        """Around what is held, where it is now."""
        if not self.held:
            return QRectF()
        area = self._ink.area
        left, top, right, bottom = (side * area.width() for side in bounds(self.held))
        frame = QRectF(left, top, right - left, bottom - top).translated(area.topLeft())
        edge = self._theme.px(_EDGE_PX)
        return frame.adjusted(-edge, -edge, edge, edge).translated(self._offset)

    def _show_strip(self) -> None:
        """Copy and delete stand above what is held, never off the stage."""
        self.strip.setVisible(bool(self.held) and self._from is None)
        if self.held:
            self.strip.adjustSize()
            frame, size = self._frame().toAlignedRect(), self.strip.size()
            top = frame.top() - size.height() - 6
            place = QRect(frame.center().x() - size.width() // 2, top, size.width(), size.height())
            if top < 0:
                place.moveTop(min(frame.bottom() + 6, self.height() - size.height()))
            place.moveLeft(max(0, min(place.left(), self.width() - size.width())))
            self.strip.setGeometry(place)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The loop, or what is held and its frame."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._tiles is not None:
            painter.save()
            painter.translate(self._offset)
            everywhere = QRectF(self.rect()).translated(-self._offset)
            self._tiles.paint(painter, everywhere)
            painter.restore()
        for colour, width in ((_SHADE, 5.0), (_FRAME, 2.5)):
            pen = QPen(colour, self._theme.px(width))
            pen.setStyle(Qt.PenStyle.DashLine if colour is _FRAME else Qt.PenStyle.SolidLine)
            painter.setPen(pen)
            if len(self._loop) > 1:
                painter.drawPolyline(QPolygonF(self._loop))
            if self.held:
                painter.drawRoundedRect(self._frame(), 10, 10)
        painter.end()

    def hideEvent(self, _event: QEvent) -> None:
        """Nothing is held unseen."""
        if self.held or self._loop:
            self.let_go()
