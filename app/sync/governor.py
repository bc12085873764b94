# SPDX-License-Identifier: GPL-3.0-or-later
"""How many streams a line is worth: more while goodput grows, fewer when it does not.

Measured: with a lossy line and a server that uses cubic, one stream gets a third of 1 Mbit/s and
a thirtieth of 10 Mbit/s, six get nearly six times as much; with BBR one is enough. Pure decisions:
time and byte counts come from outside.
"""

from __future__ import annotations

from collections.abc import Callable

FEWEST, USUAL, MOST = 1, 4, 6
# Shorter than this, chance alone makes a tenth of a difference on the worst line.
WINDOW_S = 8.0
# A fresh stream starts slowly: ten round trips of 300 ms.
SETTLE_S = 3.0
# Two per cent more is worth a connection at the server; the sixth stream brings three at 1 Mbit/s.
WORTH_IT = 1.02
# Two at once: what one brings is lost in the noise of eight seconds.
STEP = 2
HOLD_S = 60.0
BUSY_HOLD_S = 600.0


class StreamGovernor:
    """The number of streams of all downloads together."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._count = USUAL
        # The streams and the goodput to go back to, while more are tried.
        self._before: tuple[int, float] | None = None
        self._hold_until_s = 0.0
        self._started: tuple[float, int] | None = None
        self._settled_s = 0.0

    @property
    def count(self) -> int:
        """How many streams to use now."""
        return self._count

    def passed(self, total_bytes: int, *, is_full: bool) -> None:
        """Called often with all bytes so far; `is_full`: all streams have something to do."""
        now_s = self._now_s()
        if now_s < self._settled_s:
            return
        if not is_full or self._started is None or total_bytes < self._started[1]:
            self._started = (now_s, total_bytes)
            return
        started_s, started_bytes = self._started
        if now_s - started_s < WINDOW_S:
            return
        self._started = (now_s, total_bytes)
        count = self._count
        self._judge((total_bytes - started_bytes) / (now_s - started_s))
        if self._count != count:
            self._started = None
            self._settled_s = now_s + SETTLE_S

    def too_many(self) -> None:
        """A server says that it has enough of us: half as many, and for long no more."""
        self._count = max(FEWEST, self._count // 2)
        self._before = self._started = None
        self._hold_until_s = self._now_s() + BUSY_HOLD_S

    def _judge(self, goodput: float) -> None:
        now_s = self._now_s()
        if self._before is not None and goodput < self._before[1] * WORTH_IT:
            self._count = self._before[0]
            self._before = None
            self._hold_until_s = now_s + HOLD_S
        elif now_s >= self._hold_until_s and self._count < MOST and goodput > 0:
            self._before = (self._count, goodput)
            self._count = min(MOST, self._count + STEP)
        else:
            self._before = None
