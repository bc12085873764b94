# SPDX-License-Identifier: GPL-3.0-or-later
"""How a worker that copies is stopped, counted and slowed down."""

from __future__ import annotations

import time
from collections.abc import Callable

from app.base.errors import CancelledError


class Stop:
    """Tells a worker to end; it looks between two chunks. `pace` may make it wait there."""

    def __init__(self, pace: Callable[[int], None] = lambda _: None) -> None:
        self._is_set = False
        self._pace = pace
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

    def __call__(self, size_bytes: int) -> None:
        """Wait until these bytes are earned."""
        rate = self._bytes_per_s()
        now_s = self._clock_s()
        if rate is None:
            self._free_at_s = now_s
            return
        self._free_at_s = max(self._free_at_s, now_s) + size_bytes / rate
        self._wait(self._free_at_s - now_s)
