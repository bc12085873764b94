# SPDX-License-Identifier: GPL-3.0-or-later
"""The register and the report: what they count, and that a workbook says it."""

from __future__ import annotations

import re
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from app.base.clock import Estimate
from app.base.db import open_writer
from app.base.errors import KnownError, MissingFileError
from app.usage.errors import MonthInvalidError
from app.usage.events import Kind, Occasion, UsedResource
from app.usage.lessons import Month, parse_month
from app.usage.recorder import Recorder
from app.usage.register import make_register
from app.usage.report import Line, Report
from app.usage.store import MIGRATIONS, LessonNote, UsageStore
from tests.unit.usage.samples import REGION, SHA256, HandClock

RELEASED = datetime(2026, 8, 1, tzinfo=UTC)
NOVEMBER = Month(2026, 11)
SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class RoomNames:
    """Names as a room knows them."""

    def teacher(self, teacher_id: str) -> str:
        return {"t1": "王芳", "t2": "李强"}.get(teacher_id, "")

    def class_name(self, class_id: str) -> str:
        return class_id

    def period(self, period_id: str) -> str:
        return f"第{period_id}节" if period_id else ""


class Room:
    """A classroom machine with its log."""

    def __init__(self, path: Path) -> None:
        self.log = UsageStore(open_writer(path, [MIGRATIONS]))
        self.clock = HandClock(datetime(2026, 11, 2, 0, 30, tzinfo=UTC))
        self.recorder = Recorder("device", self.clock, 0)

    def lesson(
        self, lesson_id: str, *titles: str, teacher: str = "t1", class_: str = "三1"
    ) -> None:
        """Half an hour in which every title is opened and shown."""
        occasion = Occasion(teacher_id=teacher, class_id=class_, period_id="1", lesson_id=lesson_id)
        for title in titles:
            self.show(title, occasion)
            self.clock.turn(1800 / len(titles))

    def show(self, title: str, occasion: Occasion, entry_id: str = "") -> None:
        resource = UsedResource(
            region_id=REGION,
            entry_id=entry_id or title,
            title=title,
            subject="数学",
            lesson="几分之一",
            resource_type="微课",
        )
        viewing = self.recorder.open(resource, sha256=SHA256, media="pdf", occasion=occasion)
        self.recorder.record(viewing, Kind.PAGE_SHOWN, {"page": 1, "pages": 2})

    def register(self, out: Path, month: Month = NOVEMBER, language: str = "zh_CN") -> Report:
        self.recorder.flush(self.log)
        now = self.clock.at
        return make_register(
            self.log,
            RoomNames(),
            month,
            out,
            anchors=[],
            not_before=RELEASED,
            now=Estimate(lower=now, best=now, quality="exact"),
            school="清溪教学点",
            language=language,
        )


@pytest.fixture
def room(data_dir: Path) -> Room:
    return Room(data_dir / "desk.db")


def read_sheet(path: Path, number: int) -> list[list[str]]:
    """The cells of a sheet, row by row, as texts; formulas would show as `=…`."""
    with zipfile.ZipFile(path) as archive:
        strings = ET.fromstring(archive.read("xl/sharedStrings.xml"))
        texts = ["".join(item.itertext()) for item in strings.findall(f"{SPACE}si")]
        sheet = ET.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
    rows = []
    for row in sheet.iter(f"{SPACE}row"):
        cells = []
        for cell in row.findall(f"{SPACE}c"):
            if cell.find(f"{SPACE}f") is not None:
                cells.append("=formula")
                continue
            value = cell.findtext(f"{SPACE}v", "")
            cells.append(texts[int(value)] if cell.get("t") == "s" else value)
        rows.append(cells)
    return rows


def test_a_line_for_each_lesson_as_on_the_paper_form(room: Room, tmp_path: Path) -> None:
    room.lesson("l1", "认识几分之一", "分数墙")
    room.clock.turn(600)
    room.lesson("l2", "水的三态变化", teacher="t2", class_="四2")
    room.log.note(LessonNote("l2", topic="水循环", equipment="投影偏暗"))
    out = tmp_path / "登记表.xlsx"
    room.register(out)
    rows = read_sheet(out, 1)
    assert rows[0][0] == "班班通使用登记表（2026年11月）"
    assert rows[1] == ["清溪教学点"]
    assert rows[2] == ["日期", "节次", "班级", "学科", "课题", "教师", "使用资源", "设备情况"]
    assert rows[3][1:] == [
        "第1节", "三1", "数学", "几分之一", "王芳", "认识几分之一；分数墙", "正常"
    ]  # fmt: skip
    assert rows[4][1:] == ["第1节", "四2", "数学", "水循环", "李强", "水的三态变化", "投影偏暗"]
    assert len(rows) == 5


def test_dates_are_those_of_the_school_not_of_utc(room: Room, tmp_path: Path) -> None:
    room.clock.at = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)  # 07:30 on 1 November in China
    room.lesson("early", "早读")
    room.register(tmp_path / "r.xlsx")
    (line,) = read_sheet(tmp_path / "r.xlsx", 1)[3:]
    whole_days = int(float(line[0]))
    assert datetime(1899, 12, 30, tzinfo=UTC) + timedelta(days=whole_days) == datetime(
        2026, 11, 1, tzinfo=UTC
    )


def test_preparation_is_no_lesson(room: Room, tmp_path: Path) -> None:
    room.show("备课看看", Occasion())
    report = room.register(tmp_path / "r.xlsx")
    assert (report.lessons, report.preparations, report.minutes) == (0, 1, 0)
    assert len(read_sheet(tmp_path / "r.xlsx", 1)) == 3


def test_the_report_counts_lessons_days_and_minutes(room: Room, tmp_path: Path) -> None:
    room.lesson("l1", "a", "b")
    room.lesson("l2", "b", teacher="t2")
    room.clock.turn(24 * 3600)
    room.lesson("l3", "c", class_="")
    report = room.register(tmp_path / "r.xlsx")
    assert (report.lessons, report.days, report.resources) == (3, 2, 3)
    assert report.by_class == (Line("三1", 2, 15), Line("", 1, 0))
    assert [line.name for line in report.by_teacher] == ["王芳", "李强"]
    sheet = read_sheet(tmp_path / "r.xlsx", 2)
    assert ["课时数", "3"] in sheet
    assert ["（未填写）", "1", "0"] in sheet


def test_other_months_are_left_out(room: Room, tmp_path: Path) -> None:
    room.lesson("l1", "a")
    assert room.register(tmp_path / "r.xlsx", Month(2026, 10)).lessons == 0
    assert room.register(tmp_path / "r.xlsx").lessons == 1


def test_resources_with_the_same_title_are_two(room: Room, tmp_path: Path) -> None:
    occasion = Occasion(lesson_id="l1")
    room.show("数学三年级上册", occasion, "edition-1")
    room.show("数学三年级上册", occasion, "edition-2")
    room.show("数学三年级上册", occasion, "edition-1")
    assert room.register(tmp_path / "r.xlsx").resources == 2


@pytest.mark.parametrize("title", ["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "http://x.example/"])
def test_a_title_is_never_a_formula_or_a_link(room: Room, tmp_path: Path, title: str) -> None:
    room.lesson("l1", title)
    room.register(tmp_path / "r.xlsx")
    assert read_sheet(tmp_path / "r.xlsx", 1)[3][6] == title
    with zipfile.ZipFile(tmp_path / "r.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert re.search(r"<(f|hyperlink)\b", sheet) is None


def test_an_entry_without_a_known_title_is_named_by_its_id(room: Room, tmp_path: Path) -> None:
    room.lesson("l1", "known")
    room.recorder.flush(room.log)
    room.log._database.conn.execute("DELETE FROM usage_resource")
    room.register(tmp_path / "r.xlsx")
    assert read_sheet(tmp_path / "r.xlsx", 1)[3][6] == "known"


def test_english_has_words_too(room: Room, tmp_path: Path) -> None:
    room.register(tmp_path / "r.xlsx", language="en")
    assert read_sheet(tmp_path / "r.xlsx", 1)[2][0] == "Date"


def test_an_older_register_is_replaced_whole_or_kept(room: Room, tmp_path: Path) -> None:
    out = tmp_path / "r.xlsx"
    out.write_bytes(b"old")
    room.register(out)
    assert zipfile.is_zipfile(out)
    with pytest.raises(MissingFileError):
        room.register(tmp_path / "no such folder" / "r.xlsx")


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-1", "0000-01", "11-2026", "２０２６"]
)
def test_a_month_must_be_one(text: str) -> None:
    with pytest.raises(MonthInvalidError) as caught:
        parse_month(text)
    assert isinstance(caught.value, KnownError)


def test_a_month_is_read() -> None:
    assert parse_month(" 2026-11 ") == NOVEMBER
    assert str(NOVEMBER) == "2026-11"


def test_a_lesson_entered_later_stands_on_its_own_day(room: Room, tmp_path: Path) -> None:
    room.lesson("l1", "几分之一")  # on 2 November
    room.lesson("l2", "认识钟表")
    room.recorder.flush(room.log)
    room.log.note(LessonNote("l2", topic="钟表", equipment="万能U盘", taught_on="2026-10-30"))
    out = tmp_path / "登记表.xlsx"
    assert room.register(out).lessons == 1
    october = room.register(out, Month(2026, 10))
    assert (october.lessons, october.days) == (1, 1)
    [line] = read_sheet(out, 1)[3:]
    day = datetime(1899, 12, 30, tzinfo=UTC) + timedelta(days=int(float(line[0])))
    assert day.date().isoformat() == "2026-10-30"
    assert "钟表" in line
