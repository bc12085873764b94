# SPDX-License-Identifier: GPL-3.0-or-later
"""Insists on the picture of a seek while paused, which libvlc now and then does not show.

While it is paused libvlc 3 shows the picture that it has again and again, every 80 ms (its
VOUT_REDISPLAY_DELAY). A seek empties it; when the picture of the seek then gets lost, nothing
comes any more, and what stood there stays for good: one seek in twelve, measured under load.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, QTimer

_LOOK_MS = 300
# Of pictures that come every 80 ms, one this old was the last.
_FLOWING_S = 0.2
# Once may be what came before the seek was taken up.
_LOOKS_IN_A_ROW = 2
# A seek may lie behind seconds of decoding; after these looks nothing better will come.
_MOST_LOOKS = 20


class Pictures(Protocol):
    """How many were shown so far, and when the last one was (`time.monotonic`)."""

    count: int
    shown_at: float


class InsistentSeek(QObject):
    """Asks again until pictures keep coming after a seek."""

    def __init__(
        self, pictures: Pictures, move: Callable[[], None], is_wanted: Callable[[], bool]
    ) -> None:
        super().__init__()
        self._pictures, self._move, self._is_wanted = pictures, move, is_wanted
        self._count = self._looks = self._good_looks = 0
        self._timer = QTimer(self, interval=_LOOK_MS, singleShot=True)
        self._timer.timeout.connect(self._look)

    @property
    def is_busy(self) -> bool:
        """Whether it still looks after a seek."""
        return self._timer.isActive()

    def begin(self) -> None:
        """Seek now, and look after it."""
        self._looks = self._good_looks = 0
        self._move()
        self._wait()

    def stop(self) -> None:
        """Leave it at what is shown."""
        self._timer.stop()

    def _wait(self) -> None:
        self._count = self._pictures.count
        self._timer.start()

    def _look(self) -> None:
        self._looks += 1
        self._good_looks = self._good_looks + 1 if self._is_flowing() else 0
        is_over = self._good_looks == _LOOKS_IN_A_ROW or self._looks == _MOST_LOOKS
        if is_over or not self._is_wanted():
            return
        if not self._good_looks:
            self._move()
        self._wait()

    def _is_flowing(self) -> bool:
        age_s = time.monotonic() - self._pictures.shown_at
        return self._pictures.count > self._count and age_s < _FLOWING_S
