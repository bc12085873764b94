# SPDX-License-Identifier: GPL-3.0-or-later
"""Which lesson it is now, by the timetable and this school's bell (与铃声对齐). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from app.lesson.timetable import Period, Timetable, periods_of, shifted

# All of China keeps one time; the zone set on a classroom machine is often wrong.
SCHOOL_TIME = timezone(timedelta(hours=8))
MAX_OFFSET_S = 15 * 60  # a bell further off than that is another timetable
_SOON_S = 15 * 60  # the break before a lesson belongs to it: that is when it is opened


@dataclass(frozen=True, slots=True)
class NowTaught:
    """The period that runs or comes next soon; `number` counts the periods of the day from 1."""

    number: int
    subject: str
    teacher: str
    start: time
    end: time
    is_running: bool


def taught_now(
    timetable: Timetable, moment: datetime, *, offset_s: int = 0, term_start: date | None = None
) -> NowTaught | None:
    """What is taught now, or within a quarter of an hour; None in free time.

    `moment` is aware; `offset_s` says how much later than the timetable the bell rings.
    """
    local = moment.astimezone(SCHOOL_TIME)
    bell = shifted(timetable, offset_s)
    clock = _seconds(local.time())
    for number, period in enumerate(periods_of(bell, local.date(), term_start), start=1):
        if clock >= _seconds(period.end):
            continue
        if clock < _seconds(period.start) - _SOON_S:
            return None
        return _taught(bell, number, period, is_running=clock >= _seconds(period.start))
    return None


def seconds_left(now: NowTaught, moment: datetime) -> int | None:
    """Until the bell that ends a running period; None before it has begun and after it.

    `moment` is aware; `now` knows already how late the bell rings.
    """
    left = _seconds(now.end) - _seconds(moment.astimezone(SCHOOL_TIME).time())
    return left if now.is_running and left >= 0 else None


def aligned_offset(
    timetable: Timetable, moment: datetime, *, term_start: date | None = None
) -> int | None:
    """The offset if the bell rings at this very moment; None when no bell is due near it."""
    local = moment.astimezone(SCHOOL_TIME)
    clock = _seconds(local.time())
    bells = [
        _seconds(edge)
        for period in periods_of(timetable, local.date(), term_start)
        for edge in (period.start, period.end)
    ]
    nearest = min(bells, key=lambda bell: abs(clock - bell), default=None)
    if nearest is None or abs(clock - nearest) > MAX_OFFSET_S:
        return None
    return clock - nearest


def parse_day(text: str) -> date | None:
    """A day as it is kept, or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _taught(timetable: Timetable, number: int, period: Period, *, is_running: bool) -> NowTaught:
    subject = timetable.subject(period.subject)
    return NowTaught(
        number=number,
        subject=period.subject,
        teacher=subject.teacher if subject is not None else "",
        start=period.start,
        end=period.end,
        is_running=is_running,
    )


def _seconds(moment: time) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second
