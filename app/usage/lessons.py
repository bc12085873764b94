# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes lessons out of events: what the paper log asks of each, and nothing that was 备课."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Protocol

from app.usage.errors import MonthInvalidError
from app.usage.events import Kind, UsedResource
from app.usage.store import LessonNote, LoggedEvent
from app.usage.times import EventTime

# All of China keeps one time; the zone set on a classroom machine is often wrong.
SCHOOL_TIME = timezone(timedelta(hours=8))
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_SHOWN = frozenset({Kind.INITIALIZED, Kind.PLAYED, Kind.PAGE_SHOWN, Kind.COMPLETED})


class Names(Protocol):
    """Says what people and things are called; an unknown id may be given back or left empty."""

    def teacher(self, teacher_id: str) -> str:
        """The name of a teacher."""
        ...

    def class_name(self, class_id: str) -> str:
        """The name of a class."""
        ...

    def period(self, period_id: str) -> str:
        """What a period is called on the timetable (第3节)."""
        ...


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month."""

    year: int
    month: int

    def holds(self, moment: datetime) -> bool:
        """Whether a moment lies in this month, by the clocks of schools."""
        local = moment.astimezone(SCHOOL_TIME)
        return (local.year, local.month) == (self.year, self.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


def parse_month(text: str) -> Month:
    """Read a month as `2026-11`.

    Raises:
        MonthInvalidError: it is none.
    """
    match = _MONTH.fullmatch(text.strip())
    if match is None or int(match[1]) == 0:
        raise MonthInvalidError(month=text[:20])
    return Month(int(match[1]), int(match[2]))


@dataclass(frozen=True, slots=True)
class Lesson:
    """One line of the register. `equipment` is None where nobody wrote and nothing was shown."""

    started: datetime
    period: str
    class_name: str
    subject: str
    topic: str
    teacher: str
    resources: tuple[UsedResource, ...]
    minutes: float
    was_shown: bool
    equipment: str = ""


def lessons_of(
    logged: Sequence[LoggedEvent],
    times: Sequence[EventTime],
    notes: Mapping[str, LessonNote],
    names: Names,
    month: Month,
) -> tuple[Lesson, ...]:
    """The lessons of a month in their order; `times` are those of `logged`, one by one."""
    by_lesson: dict[str, list[tuple[LoggedEvent, EventTime]]] = {}
    for one, time in zip(logged, times, strict=True):
        if one.event.lesson_id:
            by_lesson.setdefault(one.event.lesson_id, []).append((one, time))
    noted = (
        (events, notes.get(lesson_id, LessonNote(lesson_id)))
        for lesson_id, events in by_lesson.items()
    )
    lessons = [
        _lesson(events, note, names)
        for events, note in noted
        if month.holds(_taught(events[0][1].at, note))
    ]
    return tuple(sorted(lessons, key=lambda lesson: (lesson.started, lesson.class_name)))


def is_late_in(note: LessonNote, month: Month) -> bool:
    """Whether a lesson of this month was entered on another day."""
    return note.taught_on.startswith(f"{month}-")


def _taught(entered: datetime, note: LessonNote) -> datetime:
    """When a lesson was, by the clocks of schools: on its own day where it was entered later."""
    local = entered.astimezone(SCHOOL_TIME)
    if not note.taught_on:
        return local
    return datetime.combine(date.fromisoformat(note.taught_on), local.timetz())


def preparations_of(logged: Sequence[LoggedEvent], times: Sequence[EventTime], month: Month) -> int:
    """How often something was opened outside class (备课) in a month."""
    return sum(
        not one.event.lesson_id and one.event.kind is Kind.OPENED and month.holds(time.at)
        for one, time in zip(logged, times, strict=True)
    )


def _lesson(
    events: Sequence[tuple[LoggedEvent, EventTime]], note: LessonNote, names: Names
) -> Lesson:
    logged = [one for one, _ in events]
    moments = [time.at for _, time in events]
    started = min(moments)
    return Lesson(
        started=_taught(started, note),
        period=names.period(_last(one.event.period_id for one in logged)),
        class_name=names.class_name(_last(one.event.class_id for one in logged)),
        subject=_most([one.resource.subject for one in logged if one.resource]),
        topic=note.topic or _topic(logged),
        teacher=names.teacher(_last(one.event.teacher_id for one in logged)),
        resources=_used(logged),
        minutes=(max(moments) - started).total_seconds() / 60,
        was_shown=any(one.event.kind in _SHOWN for one in logged),
        equipment=note.equipment,
    )


def _used(logged: Sequence[LoggedEvent]) -> tuple[UsedResource, ...]:
    """Resources in the order of opening, each once; titles repeat and tell nothing apart."""
    used: dict[tuple[str, str], UsedResource] = {}
    for one in logged:
        key = (one.event.region_id, one.event.entry_id)
        unnamed = UsedResource(region_id=key[0], entry_id=key[1], title=key[1])
        used.setdefault(key, one.resource or unnamed)
    return tuple(used.values())


def _topic(logged: Sequence[LoggedEvent]) -> str:
    """The lesson of the textbook that was taught; else what the first resource is called."""
    resources = [one.resource for one in logged if one.resource]
    lesson = _most([resource.lesson for resource in resources])
    return lesson or (resources[0].title if resources else "")


def _last(values: Iterable[str]) -> str:
    """What was said last: who teaches is often tapped after the lesson has begun."""
    found = ""
    for value in values:
        found = value or found
    return found


def _most(values: Sequence[str]) -> str:
    counted = Counter(value for value in values if value)
    return counted.most_common(1)[0][0] if counted else ""
