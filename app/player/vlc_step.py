# SPDX-License-Identifier: GPL-3.0-or-later
"""Single pictures forward, as many as were asked for, each once libvlc can take it.

Seeking by a picture's length does not do: with B frames libvlc 3 lands up to four pictures beside
its goal (it ends its preroll by decoding times), so that most steps would show nothing new.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage

_LOOK_MS = 20
# libvlc loses one step in forty, when its decoder has nothing ready; a picture that came shows
# within two looks. Asked once more: what still looks the same is a still.
_LOST_LOOKS = 6


class QueuedSteps(QObject):
    """Hands out steps one by one; those asked for during a seek wait for its end.

    `step` is told whether it only repeats a step that got lost.
    """

    def __init__(
        self,
        step: Callable[[bool], None],
        picture: Callable[[], QImage],
        is_possible: Callable[[], bool],
    ) -> None:
        super().__init__()
        self._step, self._picture, self._is_possible = step, picture, is_possible
        self._waiting = self._looks = 0
        self._before = QImage()
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._go)

    @property
    def is_busy(self) -> bool:
        """Whether steps still wait or have not shown yet."""
        return self._timer.isActive()

    def add(self) -> None:
        """One more."""
        self._waiting += 1
        if not self._timer.isActive():
            self._timer.start()
            self._go()

    def drop(self) -> None:
        """Forget what is waiting."""
        self._waiting = 0
        self._before = QImage()
        self._timer.stop()

    def _go(self) -> None:
        if not self._is_possible():
            return
        if not self._before.isNull() and self._picture() == self._before:
            self._look()
        elif self._waiting:
            self._waiting -= 1
            self._looks = 0
            self._before = self._picture().copy()
            self._step(False)
        else:
            self.drop()

    def _look(self) -> None:
        self._looks += 1
        if self._looks == _LOST_LOOKS:
            self._step(True)
        elif self._looks == 2 * _LOST_LOOKS:
            self._before = QImage()
