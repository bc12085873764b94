# SPDX-License-Identifier: GPL-3.0-or-later
"""聚光灯: all is dark but a round place that follows the finger."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QResizeEvent,
    QTouchEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from app.ui.board.stage_button import StageButton
from app.ui.look.theme import Theme

_DARK = QColor(0, 0, 0, 215)
_SMALLEST, _USUAL, _LARGEST = 0.06, 0.18, 0.6  # radius as a share of the height
_STEP = 1.25


class Spotlight(QWidget):
    """Signals: closed()."""

    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._at = QPointF(0.5, 0.45)  # in shares, so that another screen size changes nothing
        self._share = _USUAL
        self._pinch_px = 0.0
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.SizeAllCursor)
        self.strip = QFrame(self)
        self.strip.setObjectName("bar")
        line = QHBoxLayout(self.strip)
        line.setContentsMargins(*(theme.px(side) for side in (8, 4, 8, 4)))
        self.smaller = StageButton(theme, "smaller", self.tr("Smaller"), "zoom_out")
        self.larger = StageButton(theme, "larger", self.tr("Larger"), "zoom_in")
        self.close_button = StageButton(theme, "close", self.tr("Lights on"), "close")
        for made, slot in (
            (self.smaller, self.shrink),
            (self.larger, self.grow),
            (self.close_button, self.put_away),
        ):
            made.clicked.connect(slot)
            line.addWidget(made)
        self.hide()

    @property
    def spot(self) -> QRectF:
        """The lit place."""
        radius = self._share * self.height()
        middle = QPointF(self._at.x() * self.width(), self._at.y() * self.height())
        return QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)

    @Slot()
    def grow(self) -> None:
        """Light more."""
        self._resize(_STEP)

    @Slot()
    def shrink(self) -> None:
        """Light less."""
        self._resize(1 / _STEP)

    @Slot()
    def put_away(self) -> None:
        """Lights on."""
        self.hide()
        self.closed.emit()

    def _resize(self, factor: float) -> None:
        self._share = min(_LARGEST, max(_SMALLEST, self._share * factor))
        self.update()

    def _move_to(self, at: QPointF) -> None:
        x = min(1.0, max(0.0, at.x() / max(1, self.width())))
        y = min(1.0, max(0.0, at.y() / max(1, self.height())))
        self._at = QPointF(x, y)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Darkness with a hole."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        path = QPainterPath()
        path.addRect(QRectF(self.rect()))
        path.addEllipse(self.spot)
        painter.fillPath(path, _DARK)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The light comes here."""
        event.accept()
        self._move_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """And follows."""
        event.accept()
        self._move_to(event.position())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Larger and smaller."""
        event.accept()
        self._resize(_STEP if event.angleDelta().y() > 0 else 1 / _STEP)

    def event(self, event: QEvent) -> bool:
        """One finger moves it, two change its size."""
        if isinstance(event, QTouchEvent):
            self._touch(event)
            event.accept()
            return True
        return super().event(event)

    def _touch(self, event: QTouchEvent) -> None:
        points = event.points()
        if len(points) == 1:
            self._pinch_px = 0.0
            self._move_to(points[0].position())
        elif len(points) >= 2:
            first, second = points[0].position(), points[1].position()
            apart = (first - second).manhattanLength()
            if self._pinch_px > 0 and apart > 0:
                self._resize(apart / self._pinch_px)
            self._pinch_px = apart
            self._move_to((first + second) / 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The buttons stay in the upper middle."""
        super().resizeEvent(event)
        size = self.strip.sizeHint()
        left = (self.width() - size.width()) // 2
        self.strip.setGeometry(left, self._theme.px(14), size.width(), size.height())
