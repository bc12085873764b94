# SPDX-License-Identifier: GPL-3.0-or-later
"""How workers that copy are stopped, counted and slowed down, however many there are."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

from app.base.errors import CancelledError


class Stop:
    """Tells workers to end; they look between two chunks. `pace` may make it wait there."""

    def __init__(self, pace: Callable[[int], None] = lambda _: None) -> None:
        self._is_set = False
        self._pace = pace
        self._lock = Lock()
        self.done_bytes = 0

    def set(self) -> None:
        """End soon."""
        self._is_set = True

    def look(self, size_bytes: int) -> None:
        """So many bytes went by, for a check only; raises CancelledError when it is to end."""
        if self._is_set:
            raise CancelledError()
        self._pace(size_bytes)

    def passed(self, size_bytes: int) -> None:
        """So many bytes were copied; raises CancelledError when it is to end."""
        self.look(size_bytes)
        with self._lock:
            self.done_bytes += size_bytes


class Pace:
    """Slows a copy down while a lesson plays from the same disk."""

    def __init__(
        self,
        bytes_per_s: Callable[[], float | None],
        wait: Callable[[float], object],
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bytes_per_s = bytes_per_s
        self._wait = wait
        self._clock_s = clock_s
        self._free_at_s = 0.0
        self._lock = Lock()

    def __call__(self, size_bytes: int) -> None:
        """Wait until these bytes are earned."""
        rate = self._bytes_per_s()
        if rate is None:
            return
        with self._lock:
            now_s = self._clock_s()
            self._free_at_s = max(self._free_at_s, now_s) + size_bytes / rate
            wait_s = self._free_at_s - now_s
        self._wait(wait_s)
