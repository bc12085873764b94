# SPDX-License-Identifier: GPL-3.0-or-later
"""Collects cyclic garbage on the GUI thread and nowhere else.

Python's collector runs on whichever thread allocates. On a worker it may destroy a QObject of the
window: that one holds a lock of Qt and waits for the interpreter, while the GUI thread holds the
interpreter and waits for the lock. Both wait for ever (seen in a test run, with gdb).
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

_LOOK_MS = 1000


class Rubbish(QObject):
    """From its making on nothing is collected by itself; a timer does it when enough has come."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    @Slot()
    def look(self) -> None:
        """Collect the oldest generation that is due, as Python would."""
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > gc.get_threshold()[generation]:
                gc.collect(generation)
                return

    def close(self) -> None:
        """The window has closed; the rest goes with the process."""
        self._timer.stop()
