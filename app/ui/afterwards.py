# SPDX-License-Identifier: GPL-3.0-or-later
"""What a start does once its first page is shown: in steps, between which taps are answered."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QTimer, Slot

# Together the steps took 0.2 s of a quiet machine and 0.4 s of a busy one: too long for one piece.
_PAUSE_MS = 40


class Afterwards(QObject):
    """Runs one step each time the event loop has had a moment."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps: deque[Callable[[], object]] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._next)

    def begin(self, steps: Iterable[Callable[[], object]]) -> None:
        """The first step comes after the page that is due has been painted."""
        self._steps.extend(steps)
        self._timer.start()

    def close(self) -> None:
        """The window has closed: what has not begun does not begin."""
        self._steps.clear()
        self._timer.stop()

    @Slot()
    def _next(self) -> None:
        if self._steps:
            self._steps.popleft()()
        if not self._steps:
            self._timer.stop()
