# SPDX-License-Identifier: GPL-3.0-or-later
"""Insists on the picture of a seek while paused, which libvlc now and then does not show.

While it is paused libvlc 3 shows the picture that it has again and again, every 80 ms (its
VOUT_REDISPLAY_DELAY). A seek empties it; when the picture of the seek then gets lost, nothing
comes any more, and what stood there stays for good: one seek in twelve, measured under load.

Seeks in quick succession, as of a dragged bar, would each throw away the picture of the last: the
next is asked when one has come.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, QTimer

_LOOK_MS = 300
# Of pictures that come every 80 ms; a late one from before the seek comes alone.
_FLOW_PICTURES = 2
# The first may be what came before the seek was taken up.
_FLOWING_LOOKS = 2
# Asking again starts the decoding from the key frame again, which may lie ten seconds back: each
# time twice as much patience, 9 s in all.
_LEAST_PATIENCE_LOOKS, _MOST_PATIENCE_LOOKS = 2, 16
_PACE_MS = 40
_MOST_PACES = 12


class Pictures(Protocol):
    """How many were shown so far."""

    count: int


class InsistentSeek(QObject):
    """Asks again until pictures keep coming after a seek."""

    def __init__(
        self, pictures: Pictures, move: Callable[[], None], is_wanted: Callable[[], bool]
    ) -> None:
        super().__init__()
        self._pictures, self._move, self._is_wanted = pictures, move, is_wanted
        self._count = self._flowing = self._empty = 0
        self._patience_looks = _LEAST_PATIENCE_LOOKS
        self._timer = QTimer(self, interval=_LOOK_MS, singleShot=True)
        self._timer.timeout.connect(self._look)
        self._moved_at_count = self._paces = 0
        self._is_due = False
        self._pace = QTimer(self, interval=_PACE_MS)
        self._pace.timeout.connect(self._follow)

    @property
    def is_busy(self) -> bool:
        """Whether it still looks after a seek."""
        return self._timer.isActive()

    def begin(self) -> None:
        """Seek as soon as the last one has shown something, and look after it."""
        self._flowing = self._empty = 0
        self._patience_looks = _LEAST_PATIENCE_LOOKS
        if self._pace.isActive():
            self._is_due = True
        else:
            self._ask()
        self._wait()

    def stop(self) -> None:
        """Leave it at what is shown."""
        self._timer.stop()
        self._pace.stop()

    def _ask(self) -> None:
        self._is_due = False
        self._moved_at_count, self._paces = self._pictures.count, 0
        self._pace.start()
        self._move()

    def _follow(self) -> None:
        self._paces += 1
        if self._pictures.count == self._moved_at_count and self._paces < _MOST_PACES:
            return
        self._pace.stop()
        if self._is_due:
            self._ask()

    def _wait(self) -> None:
        self._count = self._pictures.count
        self._timer.start()

    def _look(self) -> None:
        came = self._pictures.count - self._count
        self._flowing = self._flowing + 1 if came >= _FLOW_PICTURES else 0
        self._empty = 0 if came else self._empty + 1
        if self._flowing == _FLOWING_LOOKS or not self._is_wanted():
            return
        if self._empty == self._patience_looks:
            if self._patience_looks == _MOST_PATIENCE_LOOKS:
                return
            self._empty = 0
            self._patience_looks *= 2
            self._ask()
        self._wait()
