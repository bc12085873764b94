# SPDX-License-Identifier: GPL-3.0-or-later
"""A page or picture that is fitted, zoomed and moved with wheel, mouse and two fingers."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QWidget

from app.player.item import Fit

Paint = Callable[[QPainter, QRectF], None]

ZOOM_STEP = 1.25
# Eight times the fitted size: a single word fills a board.
_LARGEST = 8.0
_WHEEL_NOTCH = 120
_WHEEL_PX = 100


class ZoomCanvas(QWidget):
    """Shows one rectangle of content; who owns it paints it through `paint`.

    Signals:
        pushed(int): the wheel went on (1) or back (-1) beyond the edge of the content.
        moved(): zoom or offset changed.
    """

    pushed = Signal(int)
    moved = Signal()

    def __init__(self, paint: Paint, background: QColor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._paint = paint
        self._background = background
        self._content = QSizeF()
        self._mode = Fit.PAGE
        self._zoom = 1.0  # of the fitted page
        self._offset = QPointF()
        self._drag_from: QPointF | None = None
        self._wheel = 0
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.grabGesture(Qt.GestureType.PinchGesture)

    # -- state -------------------------------------------------------------------------------

    @property
    def mode(self) -> Fit:
        """How the content fills the widget."""
        return self._mode

    @property
    def zoom(self) -> float:
        """Size against the fitted page."""
        return self._scale() / self._page_scale() if not self._content.isEmpty() else 1.0

    @property
    def shares(self) -> tuple[float, float]:
        """How far it is scrolled, each 0–1."""
        room = self._room()
        x = self._offset.x() / room.width() if room.width() > 0 else 0.0
        y = self._offset.y() / room.height() if room.height() > 0 else 0.0
        return x, y

    def shown_size(self) -> QSizeF:
        """Size of the content on the widget."""
        return self._content * self._scale()

    def target(self) -> QRectF:
        """Where the whole content lies, maybe larger than the widget; on whole pixels."""
        size, room = self.shown_size(), self._room()
        x = -self._offset.x() if room.width() > 0 else (self.width() - size.width()) / 2
        y = -self._offset.y() if room.height() > 0 else (self.height() - size.height()) / 2
        ratio = self.devicePixelRatioF()
        return QRectF(QPointF(round(x * ratio) / ratio, round(y * ratio) / ratio), size)

    # -- change ------------------------------------------------------------------------------

    def set_content(self, size: QSizeF) -> None:
        """A new page or picture of this shape; zoom stays, offset is kept inside."""
        self._content = size
        self._settle()

    def set_view(self, mode: Fit, zoom: float, x: float, y: float) -> None:
        """Come back to where one was."""
        self._mode, self._zoom = mode, zoom
        room = self._room()
        self._offset = QPointF(x * room.width(), y * room.height())
        self._settle()

    def fit(self, mode: Fit) -> None:
        """Fill the widget; FREE keeps the size."""
        if mode is Fit.FREE:
            self._zoom = self.zoom
        self._mode = mode
        self._offset = QPointF()
        self._settle()

    def zoom_by(self, factor: float, anchor: QPointF | None = None) -> None:
        """Grow or shrink; the point under `anchor` (else the middle) stays where it is."""
        if self._content.isEmpty():
            return
        point = anchor if anchor is not None else QRectF(self.rect()).center()
        before = self.target()
        old = self._scale()
        self._zoom = min(_LARGEST, max(self._smallest(), self.zoom * factor))
        self._mode = Fit.FREE
        grown = self._scale() / old
        self._offset = (point - before.topLeft()) * grown - point
        self._settle()

    def scroll_by(self, dx: float, dy: float) -> bool:
        """Move the content; False when its edge was already reached."""
        before = QPointF(self._offset)
        self._offset += QPointF(dx, dy)
        self._settle()
        return self._offset != before

    def to_top(self) -> None:
        """Start of the page."""
        self._offset = QPointF(self._offset.x(), 0)
        self._settle()

    def to_bottom(self) -> None:
        """End of the page."""
        self._offset = QPointF(self._offset.x(), self._room().height())
        self._settle()

    def reveal(self, area: QRectF) -> None:
        """Scroll so that `area` (in shares of the content, 0–1) is in view."""
        size, room = self.shown_size(), self._room()
        if not room.isEmpty() or room.height() > 0 or room.width() > 0:
            x = area.center().x() * size.width() - self.width() / 2
            y = area.center().y() * size.height() - self.height() / 2
            self._offset = QPointF(x, y)
        self._settle()

    # -- sizes -------------------------------------------------------------------------------

    def _page_scale(self) -> float:
        if self._content.isEmpty():
            return 1.0
        across = self.width() / self._content.width()
        return max(1e-6, min(across, self.height() / self._content.height()))

    def _scale(self) -> float:
        if self._content.isEmpty():
            return 1.0
        if self._mode is Fit.WIDTH:
            return max(1e-6, self.width() / self._content.width())
        return self._page_scale() * (self._zoom if self._mode is Fit.FREE else 1.0)

    def _smallest(self) -> float:
        return 0.5

    def _room(self) -> QSizeF:
        size = self.shown_size()
        return QSizeF(
            max(0.0, size.width() - self.width()), max(0.0, size.height() - self.height())
        )

    def _settle(self) -> None:
        room = self._room()
        self._offset = QPointF(
            min(room.width(), max(0.0, self._offset.x())),
            min(room.height(), max(0.0, self._offset.y())),
        )
        self.update()
        self.moved.emit()

    # -- Qt ----------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Background and content."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._background)
        if not self._content.isEmpty():
            self._paint(painter, self.target())
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit again, keeping the place."""
        super().resizeEvent(event)
        old = QSizeF(event.oldSize())
        if old.width() > 0 and old.height() > 0:
            self._offset = QPointF(
                self._offset.x() * self.width() / old.width(),
                self._offset.y() * self.height() / old.height(),
            )
        self._settle()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl zooms; else scroll, and beyond the edge say so once per notch."""
        event.accept()
        notches = event.angleDelta().y()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(ZOOM_STEP ** (notches / _WHEEL_NOTCH), event.position())
            return
        if self.scroll_by(
            -event.angleDelta().x() / _WHEEL_NOTCH * _WHEEL_PX, -notches / _WHEEL_NOTCH * _WHEEL_PX
        ):
            self._wheel = 0
            return
        self._wheel += notches
        if abs(self._wheel) >= _WHEEL_NOTCH:
            self.pushed.emit(-1 if self._wheel > 0 else 1)
            self._wheel = 0

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the page; a mere tap does nothing."""
        if event.button() is Qt.MouseButton.LeftButton and not self._room().isNull():
            self._drag_from = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            return
        event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pull the page."""
        if self._drag_from is None:
            event.ignore()
            return
        step = self._drag_from - event.position()
        self._drag_from = event.position()
        self.scroll_by(step.x(), step.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if self._drag_from is None:
            event.ignore()
            return
        self._drag_from = None
        self.unsetCursor()

    def event(self, event: QEvent) -> bool:
        """Two fingers zoom and move; they never rotate."""
        if event.type() == QEvent.Type.Gesture and isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                step = pinch.lastCenterPoint() - pinch.centerPoint()
                self._drag_from = None
                middle = self.mapFromGlobal(pinch.centerPoint())
                if pinch.scaleFactor() > 0 and pinch.scaleFactor() != 1.0:
                    self.zoom_by(pinch.scaleFactor(), middle)
                self.scroll_by(step.x(), step.y())
                event.accept()
                return True
        return super().event(event)
