# SPDX-License-Identifier: GPL-3.0-or-later
"""Timetables in CSES (v1 and v2 are read, v1 is written) and which period it is.

CSES files are written by hand and by other programs: times without quotes are integers in
YAML 1.1 (`8:00:00` is 28800), days are numbers or lists of numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from app.lesson.errors import TimetableInvalidError

_MAX_BYTES = 1 << 20
_MAX_ITEMS = 2000
_MAX_TEXT = 100
_DAY_S = 24 * 3600


class Weeks(StrEnum):
    """In which weeks of the term a schedule holds."""

    ALL = "all"
    ODD = "odd"
    EVEN = "even"


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject as the timetable knows it."""

    name: str
    short_name: str = ""
    teacher: str = ""
    room: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """One lesson of a day."""

    subject: str
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Schedule:
    """The periods of the days (1 Monday – 7 Sunday) it holds on."""

    name: str
    days: tuple[int, ...]
    weeks: Weeks
    periods: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class Timetable:
    """A whole timetable; `cycle_days` is set by v2 files that count working days."""

    subjects: tuple[Subject, ...]
    schedules: tuple[Schedule, ...]
    cycle_days: int | None = None

    def subject(self, name: str) -> Subject | None:
        """The facts about a subject."""
        return next((subject for subject in self.subjects if subject.name == name), None)


@dataclass(frozen=True, slots=True)
class Now:
    """Which period runs at a moment and which comes next on that day."""

    current: Period | None
    following: Period | None


def parse_cses(raw: bytes) -> Timetable:
    """Read a CSES file of version 1 or 2.

    Raises:
        TimetableInvalidError: not CSES, of another version, or with impossible values.
    """
    document = _load(raw)
    version = document.get("version")
    if version not in (1, 2):
        raise TimetableInvalidError(where="version", reason="unknown_version")
    subjects = tuple(
        _subject(item, f"subjects[{at}]", "room" if version == 1 else "location")
        for at, item in enumerate(_items(document, "subjects"))
    )
    schedules = tuple(
        _schedule(item, f"schedules[{at}]") for at, item in enumerate(_items(document, "schedules"))
    )
    return Timetable(subjects, schedules, _cycle(document) if version == 2 else None)


def to_cses(timetable: Timetable) -> str:
    """The timetable as CSES version 1; a schedule of several days becomes one schedule a day."""
    document = {
        "version": 1,
        "subjects": [
            {
                "name": subject.name,
                "simplified_name": subject.short_name,
                "teacher": subject.teacher,
                "room": subject.room,
            }
            for subject in timetable.subjects
        ],
        "schedules": [
            {
                "name": schedule.name,
                "enable_day": day,
                "weeks": schedule.weeks.value,
                "classes": [
                    {
                        "subject": period.subject,
                        "start_time": period.start.isoformat(),
                        "end_time": period.end.isoformat(),
                    }
                    for period in schedule.periods
                ],
            }
            for schedule in timetable.schedules
            for day in schedule.days
        ],
    }
    import yaml

    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


def week_number(day: date, term_start: date) -> int:
    """1 for the week of the term's first day."""
    monday = term_start - timedelta(days=term_start.weekday())
    return (day - monday).days // 7 + 1


def periods_of(timetable: Timetable, day: date, term_start: date | None) -> tuple[Period, ...]:
    """The periods of a day in order; without a term start, odd and even weeks both count."""
    periods: list[Period] = []
    for schedule in timetable.schedules:
        if day.isoweekday() not in schedule.days:
            continue
        if term_start is not None and schedule.weeks is not Weeks.ALL:
            is_odd = week_number(day, term_start) % 2 == 1
            if is_odd != (schedule.weeks is Weeks.ODD):
                continue
        periods.extend(schedule.periods)
    return tuple(sorted(periods, key=lambda period: (period.start, period.end)))


def now_of(timetable: Timetable, moment: datetime, term_start: date | None = None) -> Now:
    """What runs and what follows at a local moment."""
    periods = periods_of(timetable, moment.date(), term_start)
    clock = moment.time().replace(tzinfo=None)
    current = next((p for p in periods if p.start <= clock < p.end), None)
    following = next((p for p in periods if p.start > clock), None)
    return Now(current, following)


def shifted(timetable: Timetable, seconds: int) -> Timetable:
    """The timetable as a bell that is early or late rings it (与铃声对齐)."""

    def moved(moment: time) -> time:
        total = moment.hour * 3600 + moment.minute * 60 + moment.second + seconds
        return _time_of(max(0, min(_DAY_S - 1, total)))

    schedules = tuple(
        replace(
            schedule,
            periods=tuple(
                replace(p, start=moved(p.start), end=moved(p.end)) for p in schedule.periods
            ),
        )
        for schedule in timetable.schedules
    )
    return replace(timetable, schedules=schedules)


def _load(raw: bytes) -> Mapping[str, Any]:
    import yaml  # here: the window starts without it

    if len(raw) > _MAX_BYTES:
        raise TimetableInvalidError(where="", reason="too_large")
    try:
        text = raw.decode("utf-8-sig")
        if (
            "&" in text
            and "*" in text
            and any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text))
        ):
            raise TimetableInvalidError(where="", reason="aliases")  # a bomb of references
        document = yaml.safe_load(text)
    except (UnicodeDecodeError, yaml.YAMLError, ValueError, RecursionError) as error:
        raise TimetableInvalidError(where="", reason="not_yaml") from error
    if not isinstance(document, dict):
        raise TimetableInvalidError(where="", reason="not_cses")
    return document


def _items(document: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    items = document.get(name)
    if not isinstance(items, list) or len(items) > _MAX_ITEMS:
        raise TimetableInvalidError(where=name, reason="not_a_list")
    for at, item in enumerate(items):
        if not isinstance(item, dict):
            raise TimetableInvalidError(where=f"{name}[{at}]", reason="not_an_object")
    return items


def _text(value: object, where: str, *, is_required: bool = False) -> str:
    if value is None:
        value = ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if (
        not isinstance(value, str)
        or len(value) > _MAX_TEXT
        or not (value.isprintable() or not value)
    ):
        raise TimetableInvalidError(where=where, reason="not_a_text")
    if is_required and not value.strip():
        raise TimetableInvalidError(where=where, reason="missing")
    return value.strip()


def _subject(item: Mapping[str, Any], where: str, room_field: str) -> Subject:
    return Subject(
        name=_text(item.get("name"), f"{where}.name", is_required=True),
        short_name=_text(item.get("simplified_name"), f"{where}.simplified_name"),
        teacher=_text(item.get("teacher"), f"{where}.teacher"),
        room=_text(item.get(room_field), f"{where}.{room_field}"),
    )


def _schedule(item: Mapping[str, Any], where: str) -> Schedule:
    weeks = item.get("weeks", "all")
    if weeks not in tuple(Weeks):
        raise TimetableInvalidError(where=f"{where}.weeks", reason="unknown_weeks")
    periods = tuple(
        _period(period, f"{where}.classes[{at}]")
        for at, period in enumerate(_items(item, "classes"))
    )
    return Schedule(
        name=_text(item.get("name"), f"{where}.name"),
        days=_days(item.get("enable_day"), f"{where}.enable_day"),
        weeks=Weeks(weeks),
        periods=periods,
    )


def _days(value: object, where: str) -> tuple[int, ...]:
    days = value if isinstance(value, list) else [value]
    for day in days:
        if not isinstance(day, int) or isinstance(day, bool) or not 1 <= day <= 7:
            raise TimetableInvalidError(where=where, reason="not_a_day")
    return tuple(sorted(set(days)))


def _period(item: Mapping[str, Any], where: str) -> Period:
    start = _time(item.get("start_time"), f"{where}.start_time")
    end = _time(item.get("end_time"), f"{where}.end_time")
    if end <= start:
        raise TimetableInvalidError(where=where, reason="ends_before_start")
    return Period(_text(item.get("subject"), f"{where}.subject", is_required=True), start, end)


def _time(value: object, where: str) -> time:
    """A time as text, or as the integer that YAML 1.1 makes of it without quotes."""
    if isinstance(value, int) and not isinstance(value, bool):
        # 8:00 is read as base sixty: 480 (minutes); 8:00:00 as 28800 (seconds).
        seconds = value * 60 if value < 24 * 60 else value
        if 0 <= seconds < _DAY_S:
            return _time_of(seconds)
    elif isinstance(value, str):
        parts = value.strip().split(":")
        if len(parts) in (2, 3) and all(part.isascii() and part.isdigit() for part in parts):
            try:
                hour, minute, *rest = (int(part) for part in parts)
                return time(hour, minute, rest[0] if rest else 0)
            except ValueError as error:
                raise TimetableInvalidError(where=where, reason="not_a_time") from error
    raise TimetableInvalidError(where=where, reason="not_a_time")


def _time_of(seconds: int) -> time:
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60)


def _cycle(document: Mapping[str, Any]) -> int | None:
    configuration = document.get("configuration")
    if not isinstance(configuration, dict):
        return None
    cycle = configuration.get("cycle")
    if isinstance(cycle, int) and not isinstance(cycle, bool) and 1 <= cycle <= 31:
        return cycle
    return None
