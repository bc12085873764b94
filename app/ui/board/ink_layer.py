# SPDX-License-Identifier: GPL-3.0-or-later
"""The transparent widget above the picture that takes pen, fingers and palm and shows the ink.

While no pen is in the hand, presses go through to the lesson below; while there is no ink either,
it is hidden and costs nothing. Each contact draws a line of its own: several pupils may write at
once. Only what changed is painted again.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QCursor,
    QEventPoint,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QTouchEvent,
)
from PySide6.QtWidgets import QWidget

from app.ui.board.contacts import Touches, size_mm
from app.ui.board.drawing import Line, draw_strokes, tip
from app.ui.board.ink_tiles import InkTiles
from app.ui.board.pens import HIGHLIGHTER_OPACITY, PenCase
from app.ui.board.strokes import Stroke, Tool

_MOUSE = -1  # the contact of a mouse; fingers count from 0
_NEAREST_PX = 0.8  # points closer together tell nothing new
_MOST_POINTS = 8_000


class InkLayer(QWidget):
    """Signals: drawn(Stroke) when a line is finished; began() when the first contact comes down."""

    drawn = Signal(Stroke)
    began = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._case = PenCase()
        self._is_writing = False
        self._area = QRectF(0, 0, 1, 1)
        self._strokes: list[Stroke] = []
        self._tiles = InkTiles(1.0)
        self._lines: dict[int, Line] = {}
        self._palms: set[int] = set()
        self._touches = Touches()
        self.palm_erases = True
        self.pointer_scale = 1.0
        self.painted_lines = 0  # how often fresh ink came on the screen; for measuring
        self._take_presses(False)

    # -- what is shown -----------------------------------------------------------------------

    @property
    def is_writing(self) -> bool:
        """Whether a pen is in the hand."""
        return self._is_writing

    @property
    def is_drawing(self) -> bool:
        """Whether something touches the board now."""
        return bool(self._lines)

    @property
    def strokes(self) -> list[Stroke]:
        """What is shown."""
        return list(self._strokes)

    @property
    def tiles(self) -> InkTiles:
        """The drawn ink."""
        return self._tiles

    def take_pen(self, case: PenCase | None) -> None:
        """Write with this pen from now on; None puts it away."""
        if case is not None:
            self._case = case
        is_writing = case is not None
        if not is_writing:
            self.finish_lines()
        if is_writing != self._is_writing:
            self._is_writing = is_writing
            self._take_presses(is_writing)
        if is_writing:
            self.setCursor(self._cursor())
        else:
            self.unsetCursor()
        self._show_if_needed()

    def show_strokes(self, strokes: list[Stroke], area: QRectF) -> None:
        """Show exactly these, over a picture that lies in `area` of this widget."""
        self.finish_lines()
        self._strokes = list(strokes)
        self._area = QRectF(area) if area.width() >= 1 else QRectF(0, 0, 1, 1)
        before = self._tiles.region()
        self._tiles = InkTiles(self.devicePixelRatioF())
        draw_strokes(self._tiles, self._strokes, self._area, self.devicePixelRatioF())
        self.update(before + self._tiles.region())
        if self._is_writing:
            self.setCursor(self._cursor())
        self._show_if_needed()

    def paint_over(self, painter: QPainter) -> None:
        """Paint the ink over a picture of the same size (for saving)."""
        self._tiles.paint(painter, QRectF(self.rect()))

    def _take_presses(self, is_taken: bool) -> None:
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not is_taken)

    def _show_if_needed(self) -> None:
        self.setVisible(self._is_writing or not self._tiles.is_blank)

    def _cursor(self) -> QCursor:
        ratio = self.devicePixelRatioF()
        width = self._case.width * self._area.width()
        side = max(14.0 * self.pointer_scale, min(96.0, width)) + 4
        pixmap = QPixmap(round(side * ratio), round(side * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = QRectF(2, 2, side - 4, side - 4)
        is_eraser = self._case.tool is Tool.ERASER
        painter.setBrush(QColor(255, 255, 255, 120) if is_eraser else QColor(self._case.colour))
        painter.setPen(QColor("#202020"))
        painter.drawEllipse(ring)
        painter.setPen(QColor("#ffffff"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(ring.adjusted(1, 1, -1, -1))
        painter.end()
        return QCursor(pixmap, round(side / 2), round(side / 2))

    # -- lines -------------------------------------------------------------------------------

    def _begin(self, contact: int, at: QPointF, width_px: float | None = None) -> None:
        if not self._lines:
            self.began.emit()
        case = self._case if width_px is None else self._case.with_tool(Tool.ERASER)
        width = width_px if width_px is not None else case.width * self._area.width()
        line = Line(case.tool, case.colour, max(1.0, width))
        if case.tool is Tool.HIGHLIGHTER:
            line.layer = InkTiles(self.devicePixelRatioF())
        self._lines[contact] = line
        self._repaint(line.extend(self._tiles, at))

    def _move(self, contact: int, at: QPointF) -> None:
        line = self._lines.get(contact)
        if line is None:
            return
        last = line.points[-1]
        if (at - last).manhattanLength() < _NEAREST_PX:
            return
        self._repaint(line.extend(self._tiles, at))
        if len(line.points) >= _MOST_POINTS:  # an endless line is cut, unseen
            self._end(contact)
            self._begin(contact, at, line.width_px if contact in self._palms else None)

    def _end(self, contact: int) -> None:
        line = self._lines.pop(contact, None)
        if line is None:
            return
        self._repaint(line.finish(self._tiles))
        stroke = self._stroke_of(line)
        self._strokes.append(stroke)
        self.drawn.emit(stroke)

    def _drop(self, contact: int) -> None:
        """It was no line after all (a palm that came down edge first)."""
        if self._lines.pop(contact, None) is not None:
            others = list(self._lines.values())
            self._tiles = InkTiles(self.devicePixelRatioF())
            draw_strokes(self._tiles, self._strokes, self._area, self.devicePixelRatioF())
            for line in others:  # what others are drawing meanwhile stays
                points, line.points = line.points, []
                if line.layer is not None:
                    line.layer = InkTiles(self.devicePixelRatioF())
                for point in points:
                    line.extend(self._tiles, point)
            self.update()

    def finish_lines(self) -> None:
        """Whatever is being drawn ends here."""
        for contact in list(self._lines):
            self._end(contact)
        self._palms.clear()

    def _stroke_of(self, line: Line) -> Stroke:
        unit = self._area.width()
        points = tuple(
            ((p.x() - self._area.left()) / unit, (p.y() - self._area.top()) / unit)
            for p in line.points
        )
        return Stroke(line.tool, line.colour, min(1.0, line.width_px / unit), points)

    def _repaint(self, area: QRectF) -> None:
        self.update(area.toAlignedRect())

    # -- Qt ----------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Finished ink, lines that grow, and their tips."""
        painter = QPainter(self)
        area = QRectF(event.rect())
        self._tiles.paint(painter, area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for line in self._lines.values():
            if line.layer is not None:
                painter.setOpacity(HIGHLIGHTER_OPACITY)
                line.layer.paint(painter, area)
                painter.setOpacity(1.0)
            elif not line.draws_tip:
                painter.strokePath(tip(line.points), line.pen())
        painter.end()
        if self._lines:
            self.painted_lines += 1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The left button draws."""
        event.accept()
        if event.button() is Qt.MouseButton.LeftButton:
            self._begin(_MOUSE, event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """On with it."""
        event.accept()
        self._move(_MOUSE, event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The line is finished."""
        event.accept()
        if event.button() is Qt.MouseButton.LeftButton:
            self._end(_MOUSE)

    def hideEvent(self, _event: QEvent) -> None:
        """What is under way is finished, not lost."""
        self.finish_lines()

    def event(self, event: QEvent) -> bool:
        """Fingers, several at once."""
        kind = event.type()
        if isinstance(event, QTouchEvent) and self._is_writing:
            if kind == QEvent.Type.TouchCancel:
                self.finish_lines()
            else:
                for point in event.points():
                    size = point.ellipseDiameters()
                    diameter = max(size.width(), size.height())
                    self.take_contact(point.id(), point.state(), point.position(), diameter)
            event.accept()
            return True
        return super().event(event)

    def take_contact(
        self, contact: int, state: QEventPoint.State, at: QPointF, diameter_px: float
    ) -> None:
        """A finger, a pen or a palm did something; `diameter_px` is 0 where boards tell no size."""
        if state == QEventPoint.State.Pressed:
            self._put_down(contact, at, diameter_px)
        elif state == QEventPoint.State.Updated:
            is_new_palm = contact not in self._palms and self._is_palm(diameter_px)
            if is_new_palm and contact in self._lines:
                self._drop(contact)
                self._put_down(contact, at, diameter_px)
            else:
                self._move(contact, at)
        elif state == QEventPoint.State.Released:
            self._move(contact, at)
            self._end(contact)
            self._palms.discard(contact)

    def _put_down(self, contact: int, at: QPointF, diameter_px: float) -> None:
        self._touches.note(self._size_mm(diameter_px))
        if not self._is_palm(diameter_px):
            self._begin(contact, at)
            return
        self._palms.add(contact)
        if self.palm_erases:
            self._begin(contact, at, diameter_px)

    def _is_palm(self, diameter_px: float) -> bool:
        return self._touches.is_palm(self._size_mm(diameter_px))

    def _size_mm(self, diameter_px: float) -> float:
        screen = self.screen()
        height_mm = screen.physicalSize().height()
        return size_mm(diameter_px, screen.size().height(), height_mm)
