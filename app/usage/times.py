# SPDX-License-Identifier: GPL-3.0-or-later
"""When things really happened: raw clocks judged by anchors and by the order of events.

Exact where the same boot has an authenticated time. Else the raw clock is believed as long as it
fits between what is known before and after; else the event is placed at the earliest moment it can
have had. No time lies in the future.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from app.base.clock import Anchor, Estimate, Quality

# A `Date` header is cut to the second and travels for another; a good clock may seem ahead by that.
_SLACK = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class EventTime:
    """The judged time of one event."""

    at: datetime
    quality: Quality


class Stamped(Protocol):
    """What an event says about its time."""

    @property
    def boot_id(self) -> str: ...

    @property
    def boot_s(self) -> float: ...

    @property
    def wall_raw(self) -> datetime: ...


def judge_times(
    events: Sequence[Stamped],
    anchors: Iterable[Anchor],
    *,
    not_before: datetime,
    now: Estimate,
) -> tuple[EventTime, ...]:
    """The times of `events`, which must be in the order of the log.

    `not_before` is the release date of the program or the time of an earlier event; `now` is the
    trusted estimate at the moment of asking.
    """
    by_boot: dict[str, list[Anchor]] = {}
    for anchor in anchors:
        by_boot.setdefault(anchor.boot_id, []).append(anchor)
    exact = [_exact(event, by_boot.get(event.boot_id, ())) for event in events]
    ceilings = _ceilings(exact, now.best)
    judged: list[EventTime] = []
    floor = not_before
    previous: Stamped | None = None
    for event, known, ceiling in zip(events, exact, ceilings, strict=True):
        signed = _signed_floor(event, by_boot.get(event.boot_id, ()))
        earliest = max(floor, signed)
        if previous is not None and previous.boot_id == event.boot_id:
            earliest = max(earliest, _later(floor, event.boot_s - previous.boot_s))
        if known is not None:
            one = EventTime(min(known, ceiling), "exact")
        elif max(floor, signed) - _SLACK <= event.wall_raw <= ceiling + _SLACK:
            one = EventTime(min(max(event.wall_raw, floor), ceiling), "plausible")
        else:
            one = EventTime(min(earliest, ceiling), "lower_bound")
        judged.append(one)
        floor, previous = max(floor, one.at), event
    return tuple(judged)


def _exact(event: Stamped, anchors: Sequence[Anchor]) -> datetime | None:
    """By the authenticated anchor of the same boot that is nearest in time."""
    known = [anchor for anchor in anchors if anchor.source == "authenticated"]
    if not known:
        return None
    nearest = min(known, key=lambda anchor: abs(anchor.boot_s - event.boot_s))
    return _later(nearest.at, event.boot_s - nearest.boot_s)


def _signed_floor(event: Stamped, anchors: Sequence[Anchor]) -> datetime:
    """A signed date heard earlier in the same boot, carried on by the clock nobody can set."""
    floor = datetime.min.replace(tzinfo=event.wall_raw.tzinfo)
    for anchor in anchors:
        if anchor.source == "signed" and anchor.boot_s <= event.boot_s:
            floor = max(floor, _later(anchor.at, event.boot_s - anchor.boot_s))
    return floor


def _ceilings(exact: Sequence[datetime | None], now: datetime) -> list[datetime]:
    """Nothing is later than the next event whose time is known, nor than now."""
    ceilings = [now] * len(exact)
    ceiling = now
    for index in range(len(exact) - 1, -1, -1):
        known = exact[index]
        if known is not None:
            ceiling = min(ceiling, known)
        ceilings[index] = ceiling
    return ceilings


def _later(moment: datetime, seconds: float) -> datetime:
    return moment + timedelta(seconds=seconds)
