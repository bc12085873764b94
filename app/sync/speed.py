# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast the line is, learnt from what it brought: for the quarter speed of lesson hours and for
honest remaining times. Kept in state.db, so that a restart does not begin with guesses.

Pure bookkeeping: times and byte counts come from outside.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.sync.store import SyncStore, stamp

_META = "line_speeds"
# What was learnt a week ago counts half, and no old knowledge outweighs a minute of watching.
HALF_LIFE_S = 7 * 86400.0
HEAVIEST_S = 60.0
# Lighter than a second of watching is as good as nothing.
LIGHTEST_S = 1.0
MOST_NAMES = 32
SAMPLE_S = 5.0
KEEP_EVERY_S = 60.0
# A transfer held at this share of the limit shows the limit and not the line.
HELD_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Speed:
    """A speed, how many seconds of watching stand behind it, and when it was last seen."""

    bytes_s: float
    weight_s: float
    at: datetime

    def weight_at(self, now: datetime) -> float:
        """How much it still counts."""
        age_s = max(0.0, (now - self.at).total_seconds())
        return self.weight_s * math.pow(0.5, age_s / HALF_LIFE_S)

    def with_sample(self, bytes_s: float, seconds: float, now: datetime) -> Speed:
        """The same after watching for some more seconds."""
        old_s = min(HEAVIEST_S, self.weight_at(now))
        total_s = old_s + seconds
        return Speed((self.bytes_s * old_s + bytes_s * seconds) / total_s, total_s, now)


class LineSpeeds:
    """The speed of each mirror; the agent's main thread asks and tells."""

    def __init__(self, store: SyncStore, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._speeds = read_speeds(store.meta(_META))
        self._is_changed = False

    def learn(
        self, name: str, moved_bytes: int, seconds: float, limit_bytes_s: float | None
    ) -> None:
        """Some bytes came from a mirror in so many seconds, under this limit."""
        if seconds <= 0:
            return
        bytes_s, known, now = moved_bytes / seconds, self._speeds.get(name), self._now()
        is_held = limit_bytes_s is not None and bytes_s >= HELD_SHARE * limit_bytes_s
        if is_held and known is not None and bytes_s <= known.bytes_s:
            return
        fresh = Speed(bytes_s, min(seconds, HEAVIEST_S), now)
        self._speeds[name] = (
            fresh if known is None or is_held else known.with_sample(bytes_s, seconds, now)
        )
        self._is_changed = True

    def of(self, names: Iterable[str]) -> float | None:
        """The best of these mirrors in bytes a second, None when none is known any more."""
        now = self._now()
        known = [self._speeds[name] for name in names if name in self._speeds]
        return max((one.bytes_s for one in known if one.weight_at(now) >= LIGHTEST_S), default=None)

    @property
    def line_bytes_s(self) -> float | None:
        """What the line brings at best."""
        return self.of(self._speeds)

    def keep(self) -> None:
        """Write down what was learnt."""
        if not self._is_changed:
            return
        newest = sorted(self._speeds.items(), key=lambda item: item[1].at, reverse=True)
        self._store.set_meta(
            _META,
            {
                name: [round(one.bytes_s), round(one.weight_s, 1), stamp(one.at)]
                for name, one in newest[:MOST_NAMES]
            },
        )
        self._is_changed = False


def read_speeds(document: object) -> dict[str, Speed]:
    """What was written down; anything odd counts as not known."""
    found: dict[str, Speed] = {}
    for name, values in document.items() if isinstance(document, Mapping) else ():
        try:
            bytes_s, weight_s, at = values
            found[str(name)] = Speed(
                float(bytes_s), float(weight_s), datetime.fromisoformat(at).astimezone(UTC)
            )
        except (TypeError, ValueError):
            continue
    return found


def kept_speeds(store: SyncStore, now: datetime) -> LineSpeeds:
    """What is known, for who only reads."""
    return LineSpeeds(store, lambda: now)


@dataclass(slots=True)
class SpeedWatch:
    """Watches one transfer: teaches `speeds`, and tells how long it will still take."""

    speeds: LineSpeeds
    names: frozenset[str]
    limit: Callable[[], float | None]
    now_s: Callable[[], float]
    _started: tuple[float, int] | None = field(default=None, init=False)
    _recent: float | None = field(default=None, init=False)
    _kept_s: float = field(default=-math.inf, init=False)

    def look(self, busy: Iterable[str], moved_bytes: int) -> None:
        """Called often with all bytes that came so far and the mirrors that are at work."""
        now_s = self.now_s()
        if self._started is None or moved_bytes < self._started[1]:
            self._started = (now_s, moved_bytes)
            return
        started_s, started_bytes = self._started
        seconds = now_s - started_s
        if seconds < SAMPLE_S:
            return
        self._started = (now_s, moved_bytes)
        sample = (moved_bytes - started_bytes) / seconds
        self._recent = sample if self._recent is None else (self._recent + sample) / 2
        for name in self.names & set(busy):
            self.speeds.learn(name, moved_bytes - started_bytes, seconds, self.limit())
        if now_s - self._kept_s >= KEEP_EVERY_S:
            self._kept_s = now_s
            self.speeds.keep()

    def left_s(self, left_bytes: int) -> int | None:
        """Whole seconds that the rest takes at the present speed; None when nobody can know."""
        known = self._recent if self._recent is not None else self.speeds.of(self.names)
        return remaining_s(left_bytes, known, self.limit())


def remaining_s(left_bytes: int, bytes_s: float | None, limit: float | None) -> int | None:
    """How long so many bytes take at a speed under a limit."""
    speeds = [speed for speed in (bytes_s, limit) if speed is not None]
    if bytes_s is None or min(speeds) < 1.0:
        return None
    return math.ceil(left_bytes / min(speeds))
