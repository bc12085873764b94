# SPDX-License-Identifier: GPL-3.0-or-later
"""Which lesson it is now, whatever zone the machine is set to and whenever the bell rings."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from app.lesson.bell import aligned_offset, seconds_left, taught_now
from app.lesson.timetable import parse_cses

TIMETABLE = parse_cses(
    """
version: 1
subjects: [{name: 语文, teacher: 王老师}, {name: 数学, teacher: 李老师}, {name: 音乐}]
schedules:
  - name: 周一
    enable_day: 1
    weeks: all
    classes:
      - {subject: 语文, start_time: "08:00", end_time: "08:40"}
      - {subject: 数学, start_time: "08:50", end_time: "09:30"}
  - name: 单周
    enable_day: 1
    weeks: odd
    classes: [{subject: 音乐, start_time: "14:00", end_time: "14:40"}]
""".encode()
)
MONDAY = date(2026, 11, 23)


def at(clock: str) -> datetime:
    """A moment of that Monday by school clocks, given as a machine set to UTC says it."""
    hour, minute = clock.split(":")
    return datetime(2026, 11, 23, int(hour), int(minute), tzinfo=UTC) - timedelta(hours=8)


def subject_at(clock: str, offset_s: int = 0) -> str:
    now = taught_now(TIMETABLE, at(clock), offset_s=offset_s, term_start=MONDAY)
    return "" if now is None else f"{now.number} {now.subject} {now.is_running}"


def test_a_lesson_its_break_and_free_time() -> None:
    assert subject_at("7:30") == ""
    assert subject_at("7:50") == "1 语文 False"
    assert subject_at("8:20") == "1 语文 True"
    assert subject_at("8:45") == "2 数学 False"
    assert subject_at("9:29") == "2 数学 True"
    assert subject_at("10:00") == ""
    assert subject_at("14:10") == "3 音乐 True"


def test_the_teacher_comes_with_the_subject() -> None:
    now = taught_now(TIMETABLE, at("9:00"))
    assert now is not None
    assert (now.teacher, now.start.isoformat()) == ("李老师", "08:50:00")


def test_seconds_to_the_bell_only_while_the_lesson_runs() -> None:
    def left(clock: str, offset_s: int = 0) -> int | None:
        now = taught_now(TIMETABLE, at(clock), offset_s=offset_s)
        assert now is not None
        return seconds_left(now, at(clock))

    assert left("8:20") == 20 * 60
    assert left("8:20", offset_s=90) == 20 * 60 + 90  # a late bell is waited for
    assert left("8:45") is None  # the break before the next one
    first = taught_now(TIMETABLE, at("8:20"))
    assert first is not None
    assert seconds_left(first, at("8:41")) is None  # rung, and nobody has looked since


def test_odd_weeks_only() -> None:
    later = at("14:10") + timedelta(days=7)
    assert taught_now(TIMETABLE, later, term_start=MONDAY) is None


def test_a_bell_that_rings_late() -> None:
    assert subject_at("8:42") == "2 数学 False"
    assert subject_at("8:42", offset_s=180) == "1 语文 True"


def test_the_bell_is_aligned_when_it_rings() -> None:
    assert aligned_offset(TIMETABLE, at("8:43")) == 180
    assert aligned_offset(TIMETABLE, at("7:58")) == -120
    assert aligned_offset(TIMETABLE, at("12:00")) is None
    assert aligned_offset(TIMETABLE, at("8:00") + timedelta(days=1)) is None
