# SPDX-License-Identifier: GPL-3.0-or-later
"""Insists on the picture of a seek while paused, which libvlc now and then does not show.

A picture that was still on its way when it paused looks like the answer to a seek right after;
measured under load, one such seek in twelve left the old picture standing for good.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, QTimer

_WAIT_MS = 300
# Nothing older can still come once no picture has come for so long.
_QUIET_S = 0.25
# A seek may lie behind seconds of decoding; after these tries nothing better will come.
_MOST_TRIES = 12


class Pictures(Protocol):
    """What was shown so far, and when the last one was (`time.monotonic`)."""

    count: int
    shown_at: float


class InsistentSeek(QObject):
    """Asks again until a seek that nothing older can have answered brought a picture."""

    def __init__(
        self, frames: Pictures, move: Callable[[], None], is_wanted: Callable[[], bool]
    ) -> None:
        super().__init__()
        self._frames, self._move, self._is_wanted = frames, move, is_wanted
        self._count = self._tries = 0
        self._is_from_quiet = False
        self._timer = QTimer(self, interval=_WAIT_MS, singleShot=True)
        self._timer.timeout.connect(self._look)

    def begin(self) -> None:
        """Seek now, and look after it."""
        self._tries = 0
        self._try()

    def stop(self) -> None:
        """Leave it at what is shown."""
        self._timer.stop()

    def _try(self) -> None:
        self._tries += 1
        self._count = self._frames.count
        self._is_from_quiet = time.monotonic() - self._frames.shown_at > _QUIET_S
        self._move()
        self._timer.start()

    def _look(self) -> None:
        is_answered = self._is_from_quiet and self._frames.count > self._count
        if self._is_wanted() and not is_answered and self._tries < _MOST_TRIES:
            self._try()
