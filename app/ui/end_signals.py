# SPDX-License-Identifier: GPL-3.0-or-later
"""A system that asks the program to end (SIGTERM at the end of a session) is obeyed in order."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, Signal, Slot

_SIGNALS = ("SIGTERM", "SIGINT", "SIGHUP")


class EndSignals(QObject):
    """Signals: asked(). Windows has no such signals; there it does nothing."""

    asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._ends: tuple[int, ...] = ()
        self._notifier: QSocketNotifier | None = None
        self._before: dict[signal.Signals, object] = {}

    def listen(self) -> None:
        """Begin; for the main thread."""
        if sys.platform == "win32":
            return
        self._ends = reader, writer = os.pipe()
        for end in self._ends:
            os.set_blocking(end, False)
        # The handlers of Python run between two lines of Python: the pipe wakes Qt's loop for it.
        self._notifier = QSocketNotifier(reader, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._heard)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        for name in _SIGNALS:
            number = signal.Signals[name]
            self._before[number] = signal.signal(number, _leave_it_to_qt)

    def close(self) -> None:
        """The signals mean again what they meant before."""
        if self._notifier is not None:
            self._notifier.setEnabled(False)
            signal.set_wakeup_fd(-1)
            for number, handler in self._before.items():
                signal.signal(number, handler)  # type: ignore[arg-type]
        for end in self._ends:
            os.close(end)
        self._ends = ()

    @Slot()
    def _heard(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._ends[0], 64)
        self.asked.emit()


def _leave_it_to_qt(_number: int, _frame: FrameType | None) -> None:
    """The pipe has told Qt already."""
