# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys, mouse and fingers where they enter the window, whatever widget has the focus."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QTouchEvent, QWindow
from PySide6.QtWidgets import QWidget

LONG_PRESS_MS = 650
_STILL_PX = 18.0
_Type = QEvent.Type


class StageInput(QObject):
    """Signals:
    stirred(): mouse or finger moved or pressed.
    pressed(QPointF): something came down there (global).
    long_pressed(QPointF): and stayed there; also the right mouse button.
    touched(): it was a finger.
    """

    stirred = Signal()
    pressed = Signal(QPointF)
    long_pressed = Signal(QPointF)
    touched = Signal()

    def __init__(self, parent: QObject, on_key: Callable[[QKeyEvent], bool]) -> None:
        super().__init__(parent)
        self._on_key = on_key
        self._window: QWidget | None = None
        self._handle: QWindow | None = None
        self._down_at: QPointF | None = None
        self._last_at = QPointF(-1, -1)
        self._timer = QTimer(self, interval=LONG_PRESS_MS, singleShot=True)
        self._timer.timeout.connect(self._stayed)

    def watch(self, widget: QWidget) -> None:
        """Listen to the window that holds `widget`, also when Qt gives it another handle.

        It does with the first web courseware, which is drawn in another way than plain widgets.
        """
        self.rest()
        self._window = widget.window()
        self._window.installEventFilter(self)
        self._follow()

    def rest(self) -> None:
        """Listen no more."""
        self._timer.stop()
        if self._window is not None:
            self._window.removeEventFilter(self)
        if self._handle is not None:
            self._handle.removeEventFilter(self)
            self._handle.destroyed.disconnect(self._lose)
        self._window = self._handle = None

    def _follow(self) -> None:
        handle = self._window.windowHandle() if self._window is not None else None
        if handle is not None and handle is not self._handle:
            handle.installEventFilter(self)
            handle.destroyed.connect(self._lose)
            self._handle = handle

    @Slot()
    def _lose(self) -> None:
        self._handle = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at everything, take only keys that mean something."""
        kind = event.type()
        if watched is self._window:
            if kind == _Type.WinIdChange:
                self._follow()
            return False
        if isinstance(event, QKeyEvent) and kind == _Type.KeyPress:
            return self._on_key(event)
        if isinstance(event, QMouseEvent):
            self._mouse(event)
        elif isinstance(event, QTouchEvent):
            self._touch(event)
        return super().eventFilter(watched, event)

    def _mouse(self, event: QMouseEvent) -> None:
        at = event.globalPosition()
        kind = event.type()
        if kind == _Type.MouseButtonPress:
            if event.button() is Qt.MouseButton.RightButton:
                self.long_pressed.emit(at)
                return
            self._down(at)
        elif kind == _Type.MouseButtonRelease:
            self._up()
        elif kind == _Type.MouseMove and at != self._last_at:
            # The system repeats the last move when windows change below a resting pointer.
            self._last_at = at
            self._moved(at)
            self.stirred.emit()

    def _touch(self, event: QTouchEvent) -> None:
        kind, points = event.type(), event.points()
        if kind == _Type.TouchBegin:
            self.touched.emit()
            self._down(points[0].globalPosition())
        elif kind == _Type.TouchUpdate and len(points) == 1:
            self._moved(points[0].globalPosition())
        else:
            self._up()

    def _down(self, at: QPointF) -> None:
        self.stirred.emit()
        self.pressed.emit(at)
        self._down_at = at
        self._timer.start()

    def _moved(self, at: QPointF) -> None:
        if self._down_at is not None and (at - self._down_at).manhattanLength() > _STILL_PX:
            self._up()

    def _up(self) -> None:
        self._down_at = None
        self._timer.stop()

    @Slot()
    def _stayed(self) -> None:
        at, self._down_at = self._down_at, None
        if at is not None:
            self.long_pressed.emit(at)
