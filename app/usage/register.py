# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the lesson register (班班通使用登记表) and the monthly report as a workbook.

Titles come from strangers: they are written as text, never as a formula or a link.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from app.base import files
from app.base.clock import Anchor, Estimate
from app.base.messages import DEFAULT_LANGUAGE, message
from app.usage.lessons import Lesson, Month, Names, is_late_in, lessons_of, preparations_of
from app.usage.report import Line, Report, report_of
from app.usage.store import LoggedEvent, UsageStore
from app.usage.times import EventTime, judge_times

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_A4 = 9
_LONGEST_CELL = 32_000  # the format's own limit is 32,767 characters
# The order of the printed form, and widths in characters that fit A4 across.
_COLUMNS = (
    ("date", 11),
    ("period", 8),
    ("class", 12),
    ("subject", 9),
    ("topic", 24),
    ("teacher", 10),
    ("resources", 40),
    ("equipment", 14),
)


def make_register(
    log: UsageStore,
    names: Names,
    month: Month,
    out: Path,
    *,
    anchors: Iterable[Anchor],
    not_before: datetime,
    now: Estimate,
    school: str = "",
    language: str = DEFAULT_LANGUAGE,
) -> Report:
    """Write the register of a month from the whole log; returns what was counted.

    `not_before` is the release date of the program, which no event can precede.

    Raises:
        DiskFullError, ReadOnlyError, MissingFileError, UnreadableFileError: `out` is as it was.
    """
    notes = log.notes()
    late = [note.lesson_id for note in notes.values() if is_late_in(note, month)]
    judged = _judged(log, anchors, not_before, now)
    logged, times = _of_month(log, month, judged, log.positions_of(late))
    lessons = lessons_of(logged, times, notes, names, month)
    report = report_of(lessons, preparations_of(logged, times, month))
    write_register(lessons, report, month, out, school=school, language=language)
    return report


def _judged(
    log: UsageStore, anchors: Iterable[Anchor], not_before: datetime, now: Estimate
) -> dict[int, EventTime]:
    """When each event was; judging one needs a little of the whole log."""
    stamps = log.stamps()
    judged = judge_times(stamps, anchors, not_before=not_before, now=now)
    return {stamp.position: time for stamp, time in zip(stamps, judged, strict=True)}


def _of_month(
    log: UsageStore, month: Month, judged: Mapping[int, EventTime], late: frozenset[int]
) -> tuple[list[LoggedEvent], list[EventTime]]:
    """The events of a month with their times, and those of its lessons that were entered later."""
    times = {
        position: time
        for position, time in judged.items()
        if month.holds(time.at) or position in late
    }
    if not times:
        return [], []
    logged = [one for one in log.from_to(min(times), max(times)) if one.position in times]
    return logged, [times[one.position] for one in logged]


def write_register(
    lessons: Sequence[Lesson],
    report: Report,
    month: Month,
    out: Path,
    *,
    school: str = "",
    language: str = DEFAULT_LANGUAGE,
) -> None:
    """Write the register and the report of a month to `out`; an older file is replaced whole.

    Raises:
        DiskFullError, ReadOnlyError, MissingFileError, UnreadableFileError: `out` is as it was.
    """
    content = io.BytesIO()
    workbook = xlsxwriter.Workbook(content, _OPTIONS)
    sheets = _Sheets(workbook, language)
    sheets.register(lessons, month, school)
    sheets.report(report, month, school)
    workbook.close()
    files.replace_bytes(out, content.getvalue())


class _Sheets:
    """Writes both sheets with the same look."""

    def __init__(self, workbook: Any, language: str) -> None:
        self._workbook = workbook
        self._language = language
        framed = {"border": 1, "valign": "vcenter", "text_wrap": True}
        self._title = workbook.add_format({"bold": True, "font_size": 16, "align": "center"})
        self._note = workbook.add_format({"font_size": 10})
        self._head = workbook.add_format({**framed, "bold": True, "align": "center"})
        self._text = workbook.add_format(framed)
        self._number = workbook.add_format({**framed, "num_format": "0"})
        self._date = workbook.add_format({**framed, "num_format": "yyyy-mm-dd", "align": "center"})

    def register(self, lessons: Sequence[Lesson], month: Month, school: str) -> None:
        """A line for each lesson."""
        sheet = self._sheet("register", month, school, len(_COLUMNS))
        for column, (name, width) in enumerate(_COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(2, column, self._word(f"register_{name}"), self._head)
        for row, lesson in enumerate(lessons, start=3):
            sheet.write_datetime(row, 0, lesson.started.replace(tzinfo=None), self._date)
            for column, text in enumerate(self._cells(lesson), start=1):
                sheet.write_string(row, column, text[:_LONGEST_CELL], self._text)
        sheet.freeze_panes(3, 0)
        sheet.repeat_rows(0, 2)
        sheet.set_landscape()

    def report(self, report: Report, month: Month, school: str) -> None:
        """The sums, then a table each by subject, class, teacher and type."""
        sheet = self._sheet("report", month, school, 3)
        sheet.set_column(0, 0, 36)
        sheet.set_column(1, 2, 14)
        row = 2
        for name in ("lessons", "days", "minutes", "resources", "preparations"):
            sheet.write_string(row, 0, self._word(f"report_{name}"), self._text)
            sheet.write_number(row, 1, getattr(report, name), self._number)
            row += 1
        for name in ("subject", "class", "teacher", "type"):
            row = self._table(sheet, row + 1, name, getattr(report, f"by_{name}"))

    def _table(self, sheet: Any, row: int, name: str, lines: Sequence[Line]) -> int:
        for column, word in enumerate((f"report_by_{name}", "report_lessons", "report_minutes")):
            sheet.write_string(row, column, self._word(word), self._head)
        for line in lines:
            row += 1
            shown = line.name or self._word("report_unnamed")
            sheet.write_string(row, 0, shown[:_LONGEST_CELL], self._text)
            sheet.write_number(row, 1, line.lessons, self._number)
            sheet.write_number(row, 2, line.minutes, self._number)
        return row + 1

    def _sheet(self, name: str, month: Month, school: str, columns: int) -> Any:
        sheet = self._workbook.add_worksheet(self._word(f"{name}_sheet"))
        title = self._word(f"{name}_title", year=month.year, month=month.month)
        sheet.merge_range(0, 0, 0, columns - 1, "", self._title)
        sheet.write_string(0, 0, title, self._title)
        sheet.write_string(1, 0, school[:_LONGEST_CELL], self._note)
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        return sheet

    def _cells(self, lesson: Lesson) -> tuple[str, ...]:
        """What follows the date."""
        works = self._word("register_works") if lesson.was_shown else ""
        return (
            lesson.period,
            lesson.class_name,
            lesson.subject,
            lesson.topic,
            lesson.teacher,
            self._word("register_between").join(one.title for one in lesson.resources),
            lesson.equipment or works,
        )

    def _word(self, code: str, **data: object) -> str:
        return message(code, data, self._language).sentence
