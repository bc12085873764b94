# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of a monthly report (月报), counted from lessons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from app.usage.lessons import Lesson


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: what it counts, lessons, minutes."""

    name: str
    lessons: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Report:
    """A month in figures; lines of a table with an empty name count what nobody named."""

    lessons: int
    days: int
    minutes: int
    resources: int
    preparations: int
    by_subject: tuple[Line, ...]
    by_class: tuple[Line, ...]
    by_teacher: tuple[Line, ...]
    by_type: tuple[Line, ...]


def report_of(lessons: Sequence[Lesson], preparations: int) -> Report:
    """Count the lessons of a month; `preparations` were outside class and are no lessons."""
    return Report(
        lessons=len(lessons),
        days=len({lesson.started.date() for lesson in lessons}),
        minutes=_minutes(lessons),
        resources=len(
            {(one.region_id, one.entry_id) for lesson in lessons for one in lesson.resources}
        ),
        preparations=preparations,
        by_subject=_table(lessons, lambda lesson: [lesson.subject]),
        by_class=_table(lessons, lambda lesson: [lesson.class_name]),
        by_teacher=_table(lessons, lambda lesson: [lesson.teacher]),
        by_type=_table(
            lessons, lambda lesson: sorted({one.resource_type for one in lesson.resources})
        ),
    )


def _table(
    lessons: Sequence[Lesson], names_of: Callable[[Lesson], Iterable[str]]
) -> tuple[Line, ...]:
    """Most lessons first; a lesson with two names counts in both lines."""
    grouped: dict[str, list[Lesson]] = {}
    for lesson in lessons:
        for name in names_of(lesson):
            grouped.setdefault(name, []).append(lesson)
    lines = [Line(name, len(group), _minutes(group)) for name, group in grouped.items()]
    return tuple(sorted(lines, key=lambda line: (-line.lessons, line.name)))


def _minutes(lessons: Iterable[Lesson]) -> int:
    return round(sum(lesson.minutes for lesson in lessons))
