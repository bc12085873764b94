# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast all transfers together may go: a token bucket, and one throttle that transfers share.

`TokenBucket` and `rate_now` decide without waiting or reading a clock; `Throttle` waits.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from app.base.errors import CancelledError
from app.sync.errors import TransferPausedError

# A longer run than half a second at the set rate would break "10 % over any ten seconds".
_BURST_S = 0.5
_LOOK_AGAIN_S = 0.5
# What goes through at once: large enough for a quick line, small beside a slow limit.
LARGEST_CHUNK_BYTES = 16 * 1024
_SMALLEST_CHUNK_BYTES = 1024
_CHUNK_S = 0.25


class TokenBucket:
    """Bytes earned over time; taking more than is there gives a debt that must be waited off."""

    def __init__(self, rate_bytes_s: float | None, now_s: float) -> None:
        self._rate = rate_bytes_s
        self._level = 0.0
        self._at_s = now_s

    @property
    def rate_bytes_s(self) -> float | None:
        """The limit; None means no limit."""
        return self._rate

    def set_rate(self, rate_bytes_s: float | None, now_s: float) -> None:
        """Change the limit; what was earned or owed in seconds is forgotten above one burst."""
        self._earn(now_s)
        self._rate = rate_bytes_s
        if rate_bytes_s is not None:
            self._level = max(self._level, -rate_bytes_s * _BURST_S)

    def take(self, size_bytes: int, now_s: float) -> None:
        """Spend bytes that have just been transferred."""
        self._earn(now_s)
        if self._rate is not None:
            self._level -= size_bytes

    def wait_s(self, now_s: float) -> float:
        """How long to wait before the next bytes may go."""
        self._earn(now_s)
        if self._rate is None or self._level >= 0:
            return 0.0
        return -self._level / self._rate

    def _earn(self, now_s: float) -> None:
        if self._rate is None:
            self._level = 0.0
        else:
            earned = self._rate * max(0.0, now_s - self._at_s)
            self._level = min(self._level + earned, self._rate * _BURST_S)
        self._at_s = now_s


@dataclass(frozen=True, slots=True)
class BandwidthPolicy:
    """What the school allows; all rates in bytes a second, None for no limit."""

    limit_bytes_s: float | None = None
    line_bytes_s: float | None = None
    lesson_share: float = 0.25
    lessons_from: dt.time = dt.time(7, 30)
    lessons_to: dt.time = dt.time(17, 30)
    night_from: dt.time = dt.time(21, 0)
    night_to: dt.time = dt.time(6, 0)
    is_metered: bool = False


def rate_now(policy: BandwidthPolicy, local: dt.time, is_school_day: bool) -> float | None:
    """The limit at a local time of day: free at night, a share in lesson hours, else the limit."""
    if _is_between(local, policy.night_from, policy.night_to):
        return None if not policy.is_metered else policy.limit_bytes_s
    if is_school_day and _is_between(local, policy.lessons_from, policy.lessons_to):
        base = policy.limit_bytes_s or policy.line_bytes_s
        return base * policy.lesson_share if base is not None else None
    return policy.limit_bytes_s


def _is_between(moment: dt.time, start: dt.time, end: dt.time) -> bool:
    if start <= end:
        return start <= moment < end
    return moment >= start or moment < end


class Throttle:
    """The one gate all transfers pass; safe from any thread, effective at once when changed."""

    def __init__(
        self,
        rate_bytes_s: float | None = None,
        clock_s: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        """`wait` is called, with the gate held, for as long as nothing may go."""
        self._clock_s = clock_s
        self._changed = threading.Condition()
        self._wait = wait if wait is not None else self._changed.wait
        self._bucket = TokenBucket(rate_bytes_s, clock_s())
        self._is_paused = False
        self._is_stopped = False
        self._passed_bytes = 0

    @property
    def is_paused(self) -> bool:
        """Whether transfers stand still by wish."""
        return self._is_paused

    @property
    def rate_bytes_s(self) -> float | None:
        """The limit; None means no limit."""
        return self._bucket.rate_bytes_s

    @property
    def chunk_bytes(self) -> int:
        """How many bytes to hand over at once, so that a slow limit is kept evenly."""
        rate = self._bucket.rate_bytes_s
        if rate is None:
            return LARGEST_CHUNK_BYTES
        return min(LARGEST_CHUNK_BYTES, max(_SMALLEST_CHUNK_BYTES, int(rate * _CHUNK_S)))

    @property
    def passed_bytes(self) -> int:
        """All bytes since the start, both ways; speed is measured from it."""
        return self._passed_bytes

    def set_rate(self, rate_bytes_s: float | None) -> None:
        """Change the limit for everything that is running."""
        with self._changed:
            if rate_bytes_s != self._bucket.rate_bytes_s:
                self._bucket.set_rate(rate_bytes_s, self._clock_s())
                self._changed.notify_all()

    def pause(self) -> None:
        """Hold every transfer: running ones end with `TransferPausedError` and keep their part."""
        self._set(is_paused=True)

    def resume(self) -> None:
        """Let transfers go again."""
        self._set(is_paused=False)

    def stop(self) -> None:
        """End every transfer with `CancelledError`, now and later."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()

    def check(self) -> None:
        """Raise when transfers are paused or the agent stops."""
        if self._is_stopped:
            raise CancelledError()
        if self._is_paused:
            raise TransferPausedError()

    def pass_bytes(self, size_bytes: int) -> float:
        """Account for bytes and wait until more may go; returns the seconds waited.

        Raises:
            CancelledError, TransferPausedError: nothing more may go.
        """
        with self._changed:
            self._passed_bytes += size_bytes
            started_s = self._clock_s()
            self._bucket.take(size_bytes, started_s)
            while True:
                self.check()
                wait_s = self._bucket.wait_s(self._clock_s())
                if wait_s <= 0:
                    return self._clock_s() - started_s
                self._wait(min(wait_s, _LOOK_AGAIN_S))

    def _set(self, *, is_paused: bool) -> None:
        with self._changed:
            self._is_paused = is_paused
            self._changed.notify_all()
