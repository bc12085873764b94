# SPDX-License-Identifier: GPL-3.0-or-later
"""Timetables as other programs write them, and as teachers type them."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lesson.errors import TimetableInvalidError
from app.lesson.timetable import (
    Now,
    Period,
    Schedule,
    Subject,
    Timetable,
    Weeks,
    now_of,
    parse_cses,
    periods_of,
    shifted,
    to_cses,
    week_number,
)

V1 = """
version: 1
subjects:
  - {name: 语文, simplified_name: 语, teacher: 王老师, room: 三(2)班}
  - name: 数学
schedules:
  - name: 周一
    enable_day: 1
    weeks: all
    classes:
      - {subject: 数学, start_time: 8:50, end_time: "09:30:00"}
      - {subject: 语文, start_time: 8:00:00, end_time: 8:40:00}
  - name: 周一单周
    enable_day: 1
    weeks: odd
    classes:
      - {subject: 数学, start_time: "14:00", end_time: "14:40"}
"""
V2 = """
version: 2
configuration: {cycle: 5}
subjects:
  - {name: 科学, location: 实验室}
schedules:
  - name: 工作日
    enable_day: [1, 3, 3, 5]
    weeks: all
    classes:
      - {subject: 科学, start_time: 10:00:00, end_time: 10:40:00}
"""
MONDAY = date(2026, 9, 7)


def test_version_1_with_and_without_quotes() -> None:
    timetable = parse_cses(V1.encode())
    assert timetable.subject("语文") == Subject("语文", "语", "王老师", "三(2)班")
    first, *_ = timetable.schedules
    assert first.periods[0] == Period("数学", time(8, 50), time(9, 30))
    assert first.periods[1] == Period("语文", time(8), time(8, 40))


def test_version_2_has_locations_and_lists_of_days() -> None:
    timetable = parse_cses(V2.encode())
    assert timetable.subjects[0].room == "实验室"
    assert timetable.schedules[0].days == (1, 3, 5)
    assert timetable.cycle_days == 5


def test_what_is_read_is_what_is_written() -> None:
    timetable = parse_cses(V1.encode())
    assert parse_cses(to_cses(timetable).encode()) == timetable


def test_a_schedule_of_several_days_is_written_for_each() -> None:
    again = parse_cses(to_cses(parse_cses(V2.encode())).encode())
    assert [schedule.days for schedule in again.schedules] == [(1,), (3,), (5,)]
    assert all(s.periods == again.schedules[0].periods for s in again.schedules)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("version: 3\nsubjects: []\nschedules: []", "version"),
        ("version: 1\nsubjects: 7\nschedules: []", "subjects"),
        ("version: 1\nsubjects: [x]\nschedules: []", "subjects[0]"),
        ("version: 1\nsubjects: [{name: ''}]\nschedules: []", "subjects[0].name"),
        (V1.replace("enable_day: 1", "enable_day: 8"), "schedules[0].enable_day"),
        (V1.replace("weeks: odd", "weeks: blue"), "schedules[1].weeks"),
        (V1.replace('"14:00"', '"25:00"'), "schedules[1].classes[0].start_time"),
        (V1.replace('"14:00"', "true"), "schedules[1].classes[0].start_time"),
        (V1.replace('"14:40"', '"13:00"'), "schedules[1].classes[0]"),
        ("just a text", ""),
        ("{", ""),
        ("a: &x [1]\nb: *x", ""),
    ],
)
def test_bad_files_name_the_place(text: str, where: str) -> None:
    with pytest.raises(TimetableInvalidError) as raised:
        parse_cses(text.encode())
    assert raised.value.data["where"] == where


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"version: 1\n" * 200_000])
def test_bytes_that_are_no_timetable(raw: bytes) -> None:
    with pytest.raises(TimetableInvalidError):
        parse_cses(raw)


@given(st.binary(max_size=200))
def test_rubbish_is_refused_politely(raw: bytes) -> None:
    try:
        parse_cses(raw)
    except TimetableInvalidError:
        return
    raise AssertionError("random bytes are no timetable")


def test_periods_follow_day_and_week() -> None:
    timetable = parse_cses(V1.encode())
    odd = periods_of(timetable, MONDAY, term_start=date(2026, 9, 1))
    even = periods_of(timetable, MONDAY, term_start=date(2026, 9, 7))
    assert week_number(MONDAY, date(2026, 9, 1)) == 2
    assert [p.subject for p in odd] == ["语文", "数学"]
    assert [p.subject for p in even] == ["语文", "数学", "数学"]
    assert periods_of(timetable, date(2026, 9, 8), None) == ()


def test_what_runs_now_and_what_follows() -> None:
    timetable = parse_cses(V1.encode())

    def at(hour: int, minute: int) -> Now:
        return now_of(timetable, datetime(2026, 9, 7, hour, minute))  # noqa: DTZ001 - local time

    chinese, maths = Period("语文", time(8), time(8, 40)), Period("数学", time(8, 50), time(9, 30))
    afternoon = Period("数学", time(14), time(14, 40))
    assert at(7, 0) == Now(None, chinese)
    assert at(8, 0) == Now(chinese, maths)
    assert at(8, 45) == Now(None, maths)
    assert at(14, 0) == Now(afternoon, None)
    assert at(14, 40) == Now(None, None)


@given(st.integers(-90_000, 90_000))
def test_a_bell_that_is_off_never_breaks_a_day(seconds: int) -> None:
    schedule = Schedule("", (1,), Weeks.ALL, (Period("语文", time(8), time(8, 40)),))
    (moved,) = shifted(Timetable((), (schedule,)), seconds).schedules
    assert time(0) <= moved.periods[0].start <= moved.periods[0].end <= time(23, 59, 59)
