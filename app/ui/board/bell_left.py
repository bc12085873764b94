# SPDX-License-Identifier: GPL-3.0-or-later
"""How long until the bell: quiet words beside the title, there only while somebody looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal, Slot

if TYPE_CHECKING:
    from app.ui.classroom import Classroom

_LOOK_MS = 5_000


class BellLeft(QObject):
    """Signals: changed() when the words are others."""

    changed = Signal()

    def __init__(self, classroom: Classroom, parent: QObject) -> None:
        super().__init__(parent)
        self._classroom = classroom
        self.words = ""
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self.look)

    @property
    def seconds(self) -> int | None:
        """Until the bell; None when no timetable says so."""
        return self._classroom.seconds_left

    def watch(self) -> None:
        """A lesson runs."""
        self.look()
        self._timer.start()

    def rest(self) -> None:
        """It is over."""
        self._timer.stop()

    @Slot()
    def look(self) -> None:
        """What the clock says now."""
        words = bell_words(self.seconds)
        if words != self.words:
            self.words = words
            self.changed.emit()


def bell_words(seconds_left: int | None) -> str:
    """Whole minutes, rounded up: the last one is said until the bell rings."""
    if seconds_left is None:
        return ""
    minutes = max(1, -(-seconds_left // 60))
    return QCoreApplication.translate("BellLeft", "%n min to the bell", "", minutes)
