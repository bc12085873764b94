# SPDX-License-Identifier: GPL-3.0-or-later
"""The first page: it opens on the class, two taps lead to a lesson, and the register knows who."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.base.paths import DataPaths
from app.base.settings import Settings
from app.lesson.bell import SCHOOL_TIME
from app.lesson.teaching import Teacher
from app.lesson.timetable import Period, Schedule, Subject, Timetable, Weeks
from app.region.entry import Entry
from app.ui.desk import Desk
from app.ui.look.theme import theme_for
from app.ui.main_window import MainWindow
from app.ui.models.books import catalogue_subject
from app.ui.pages.home import HomePage
from app.ui.pages.settings import SettingsPage
from app.usage.events import Occasion
from app.usage.store import LoggedEvent
from app.wiring.cli import main
from tests.ui.fixture_library import REGION, MemoryLocator
from tests.ui.fixture_services import Bench

Wait = Callable[[Callable[[], bool]], None]
ALL_DAYS = tuple(range(1, 8))
TIMETABLE = Timetable(
    (Subject("语文", teacher="王老师"), Subject("数学", teacher="李老师")),
    (
        Schedule(
            "每天",
            ALL_DAYS,
            Weeks.ALL,
            (Period("语文", time(8), time(8, 40)), Period("数学", time(8, 50), time(9, 30))),
        ),
    ),
)


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def enrol(data_dir: Path, **document: object) -> None:
    folder = DataPaths(data_dir).region_dir(REGION)
    folder.mkdir(parents=True, exist_ok=True)
    header = {"format": "kezhan-enrolment", "major": 1, "minor": 0, "region_id": REGION}
    text = json.dumps(header | document, ensure_ascii=False)
    (folder / "enrolment.json").write_text(text, "utf-8")


@pytest.fixture
def schooled(data_dir: Path, entries: list[Entry], locator: MemoryLocator) -> Iterator[Bench]:
    """A room of a school that nobody has named yet."""
    enrol(
        data_dir,
        school={"code": "001", "name": "第一小学"},
        rooms=["三(2)班教室", "音乐室"],
        classes=["三(2)班", "四(1)班"],
    )
    made = Bench(data_dir, entries, locator, Settings(language="en", theme="light"))
    yield made
    made.close()


def test_without_any_class_there_are_the_books_that_play(home: HomePage) -> None:
    volumes = [(book.subject, book.volume) for book in home.books.rows]
    assert ("数学", "三年级上册") in volumes
    assert ("数学", "四年级下册") not in volumes  # nothing of it is on this machine
    assert home.hero.isHidden()
    assert home.bar.class_button.text() == "Choose class"


def test_two_taps_to_a_lesson(qtbot: QtBot, home: HomePage, wait: Wait) -> None:
    window = home.window()
    assert isinstance(window, MainWindow)
    books = [(book.subject, book.volume) for book in home.books.rows]
    at = books.index(("数学", "三年级上册"))
    pos = home.books_view.item_rect(at).center()
    QTest.mouseClick(home.books_view.viewport(), Qt.MouseButton.LeftButton, pos=pos)
    contents = home.contents
    wait(lambda: any(line.playable_count for line in contents.model.rows))
    at = next(n for n, line in enumerate(contents.model.rows) if line.text == "几分之一")
    pos = contents.view.item_rect(at).center()
    with qtbot.waitSignal(window.shown_player, timeout=30_000):
        QTest.mouseClick(contents.view.viewport(), Qt.MouseButton.LeftButton, pos=pos)
    player = window.page("player")
    assert player.card.entry.id == "fraction-slides"  # type: ignore[attr-defined]
    player.leave()  # type: ignore[attr-defined]


def test_the_class_goes_on_where_it_was(
    qtbot: QtBot, home: HomePage, bench: Bench, wait: Wait
) -> None:
    def taught(desk: Desk) -> object:
        key = (REGION, "fraction-slides")
        desk.lessons.note_taught("三(2)班", "数学", key, "几分之一（课件）", "几分之一")
        return None

    bench.desk.submit(taught)
    click(home.bar.class_button)
    home.questions.field.setText("三(2)班")
    click(home.questions.write_button)
    wait(home.hero.isVisible)
    assert home.hero.title.text() == "几分之一"
    assert "三(2)班 数学" in home.hero.said.text()
    assert {book.volume for book in home.books.rows} == {"三年级上册"}
    with qtbot.waitSignal(home.play_wanted) as blocker:
        click(home.hero.resume_button)
    assert blocker.args[0].entry.id == "fraction-slides"
    home.window().page("player").leave()  # type: ignore[attr-defined]


def test_the_room_is_asked_for_once(qtbot: QtBot, schooled: Bench, wait: Wait) -> None:
    window = MainWindow(theme_for("light", 100), schooled.services)
    qtbot.addWidget(window)
    window.show()
    home = window.home
    wait(home.questions.isVisible)
    assert list(home.questions.choices) == ["三(2)班教室", "音乐室", ""]
    click(home.questions.choices["三(2)班教室"])
    wait(lambda: home.bar.class_button.text() == "三(2)班")
    assert not home.questions.isVisible()
    assert schooled.settings.current.room == "三(2)班教室"
    assert not schooled.classroom.is_asking_room
    wait(lambda: home.is_settled)


def test_an_office_is_not_asked_again(schooled: Bench, wait: Wait) -> None:
    wait(lambda: schooled.classroom.is_asking_room)
    schooled.classroom.pick_room("")
    assert not schooled.classroom.is_asking_room
    assert schooled.settings.current.room == ""


def test_the_timetable_says_subject_and_teacher(home: HomePage, bench: Bench, wait: Wait) -> None:
    bench.clock.set_to(time(9, 0))
    room = bench.classroom

    def make(desk: Desk) -> object:
        desk.lessons.set_timetable(TIMETABLE)
        desk.lessons.add_teacher("王老师")
        desk.lessons.add_teacher("李老师")
        return None

    room.change(make)
    wait(lambda: room.now is not None and len(room.facts.teachers) == 2)
    assert room.subject == "数学"
    wait(lambda: home.bar.teacher_button.text() == "李老师")
    assert home.bar.subject_button.text() == "数学"
    assert "period 2" in home.bar.when.text()
    click(home.bar.teacher_button)
    click(home.questions.choices[room.facts.teachers[0].teacher_id])
    wait(lambda: home.bar.teacher_button.text() == "王老师")
    occasion = room.occasion()
    assert occasion.teacher_id == room.facts.teachers[0].teacher_id
    assert occasion.period_id == "2"
    click(home.bar.teacher_button)
    click(home.questions.choices[""])
    wait(lambda: room.occasion().teacher_id == "")
    assert home.bar.teacher_button.text() == "Who is teaching?"


def test_a_name_with_a_pin_is_asked_for_it(home: HomePage, bench: Bench, wait: Wait) -> None:
    room = bench.classroom

    def make(desk: Desk) -> object:
        teacher = desk.lessons.add_teacher("王老师")
        desk.lessons.set_pin(teacher.teacher_id, "2468")
        return None

    room.change(make)
    wait(lambda: len(room.facts.teachers) == 1)
    assert room.teacher is None
    click(home.bar.teacher_button)
    click(home.questions.choices[room.facts.teachers[0].teacher_id])
    home.questions.field.setText("0000")
    click(home.questions.write_button)
    wait(home.questions.notice.isVisible)
    assert room.teacher is None
    home.questions.field.setText("2468")
    click(home.questions.write_button)
    wait(lambda: home.bar.teacher_button.text() == "王老师")
    wait(lambda: not home.questions.isVisible())


def test_class_teacher_and_period_reach_the_events(
    qtbot: QtBot, home: HomePage, bench: Bench, wait: Wait
) -> None:
    bench.clock.set_to(time(8, 10))
    bench.classroom.pick_room("三(2)班")
    bench.classroom.pick_class("三(2)班")

    def make(desk: Desk) -> object:
        desk.lessons.set_timetable(TIMETABLE)
        return desk.lessons.add_teacher("王老师")

    bench.classroom.change(make)
    wait(lambda: bench.classroom.teacher is not None)
    wait(lambda: home.is_settled)
    teacher = bench.classroom.teacher
    assert teacher is not None
    entry = bench.catalogue.entries[0]
    for _ in range(2):
        bench.log.begin_lesson("三(2)班")
        lesson = bench.log.open(REGION, entry)
        bench.log.record(lesson, "terminated", {})
        bench.log.end_lesson()
    with qtbot.waitSignal(bench.log.stored):
        bench.log.flush()
    found: list[tuple[LoggedEvent, ...]] = []
    bench.desk.submit(lambda desk: desk.usage.recent(4)).succeeded.connect(found.append)
    wait(lambda: bool(found))
    events = [logged.event for logged in found[0]]
    assert {event.class_id for event in events} == {"三(2)班"}
    assert {event.teacher_id for event in events} == {teacher.teacher_id}
    assert {event.period_id for event in events} == {"1"}
    ids = [event.lesson_id for event in events]
    assert ids[0] != ""
    assert len(set(ids)) == 1  # two openings of one period are one lesson
    bench.classroom.refresh()
    wait(lambda: [one.entry_id for one in bench.classroom.facts.taught] == [entry.id])


def test_another_period_is_another_lesson(home: HomePage, bench: Bench) -> None:
    bench.classroom.pick_room("三(2)班")
    log = bench.log
    log.occasion_of = lambda: Occasion(class_id="三(2)班", period_id="1")
    log.begin_lesson("三(2)班")
    first = log._occasion.lesson_id
    log.end_lesson()
    log.occasion_of = lambda: Occasion(class_id="三(2)班", period_id="2")
    log.begin_lesson("三(2)班")
    assert log._occasion.lesson_id not in ("", first)
    log.end_lesson()


def test_the_bell_is_aligned_by_one_press(bench: Bench, wait: Wait) -> None:
    bench.clock.set_to(time(8, 43))
    room = bench.classroom
    room.change(lambda desk: desk.lessons.set_timetable(TIMETABLE))
    wait(lambda: room.facts.timetable is not None)
    assert room.bell_rings()
    assert 175 <= room.facts.choice.bell_offset_s <= 185
    bench.clock.later += timedelta(hours=5)
    assert not room.bell_rings()


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ("数学", "数学"),
        ("体育", "体育与健康"),
        ("道法", "道德与法治"),
        ("语文早读", "语文"),
        ("班会", "班会"),
        ("", ""),
    ],
)
def test_subjects_of_timetables(given: str, known: str) -> None:
    assert catalogue_subject(given, ("语文", "数学", "道德与法治", "体育与健康")) == known


def test_days_of_odd_weeks_are_kept(bench: Bench, wait: Wait) -> None:
    bench.classroom.set_term_start(date(2026, 9, 1).isoformat())
    wait(lambda: bench.classroom.facts.choice.term_start == "2026-09-01")


CSES = """
version: 1
subjects: [{name: 数学, teacher: 李老师}]
schedules:
  - name: 周一
    enable_day: 1
    weeks: all
    classes: [{subject: 数学, start_time: "08:00", end_time: "08:40"}]
"""


def test_a_timetable_is_imported_in_the_settings(
    opened: MainWindow, bench: Bench, tmp_path: Path, wait: Wait
) -> None:
    opened.show_page("settings")
    page = opened.page("settings")
    assert isinstance(page, SettingsPage)
    card = page.timetable
    assert not card.bell_box.isVisible()
    bad = tmp_path / "bad.yaml"
    bad.write_text("version: 7", "utf-8")
    card.bring_in(bad)
    wait(lambda: "version" in card.notice.words.text())
    good = tmp_path / "课表.yaml"
    good.write_text(CSES, "utf-8")
    card.bring_in(good)
    wait(lambda: "1 lessons a week" in card.words.text())
    wait(lambda: [one.name for one in bench.classroom.facts.teachers] == ["李老师"])
    click(card.later_button)
    wait(lambda: "10 s later" in card.bell_words.text())
    click(card.forget_button)
    wait(lambda: bench.classroom.facts.timetable is None)


def test_names_and_pins_in_the_settings(opened: MainWindow, bench: Bench, wait: Wait) -> None:
    opened.show_page("settings")
    page = opened.page("settings")
    assert isinstance(page, SettingsPage)
    card = page.teachers
    card.name.setText(" 王老师 ")
    click(card.add_button)
    room = bench.classroom
    wait(lambda: [one.name for one in room.facts.teachers] == ["王老师"])
    buttons = [one for one in card.findChildren(QPushButton) if one.property("teacher")]
    buttons[0].click()
    card.pin.setText("12")
    click(card.pin_button)
    wait(lambda: "four to eight" in card.notice.words.text())
    card.pin.setText("1234")
    click(card.pin_button)
    wait(lambda: room.facts.teachers[0].has_pin)
    remove = [one for one in card.findChildren(QPushButton) if one.property("teacher")][-1]
    remove.click()
    wait(lambda: room.facts.teachers == ())


def test_the_register_names_class_teacher_and_period(
    qtbot: QtBot, home: HomePage, bench: Bench, wait: Wait, tmp_path: Path
) -> None:
    teacher = Teacher("teacher-1", "王老师")

    def make(desk: Desk) -> object:
        return desk.lessons.add_teacher(teacher.name)

    found: list[Teacher] = []
    bench.desk.submit(make).succeeded.connect(found.append)
    wait(lambda: bool(found))
    occasion = Occasion(teacher_id=found[0].teacher_id, class_id="三(2)班", period_id="3")
    bench.log.occasion_of = lambda: occasion
    bench.log.begin_lesson("三(2)班教室")
    lesson = bench.log.open(REGION, bench.catalogue.entries[0])
    bench.log.record(lesson, "played", {"time_s": 0.0})
    bench.log.record(lesson, "terminated", {})
    bench.log.end_lesson()
    with qtbot.waitSignal(bench.log.stored):
        bench.log.flush()
    out = tmp_path / "登记表.xlsx"
    month = datetime.now(UTC).astimezone(SCHOOL_TIME).strftime("%Y-%m")
    options = ["--data-dir", str(bench.paths.root), "--language", "zh_CN"]
    assert main(["register", "--month", month, "--out", str(out), *options]) == 0
    with zipfile.ZipFile(out) as book:
        texts = book.read("xl/sharedStrings.xml").decode("utf-8")
    for shown in ("三(2)班", "王老师", "第3节", "数学", "几分之一"):
        assert f">{shown}<" in texts


def test_a_shared_room_records_only_the_class_that_was_tapped(schooled: Bench, wait: Wait) -> None:
    room = schooled.classroom
    wait(lambda: room.is_asking_room and room.is_known)
    room.pick_room("音乐室")
    room.change(lambda desk: desk.lessons.set_timetable(TIMETABLE))
    schooled.clock.set_to(time(8, 10))
    wait(lambda: room.now is not None)
    room.pick_class("四(1)班")
    assert room.occasion().class_id == "四(1)班"
    schooled.clock.set_to(time(9, 0))
    room.refresh()
    wait(lambda: room.now is not None and room.now.number == 2)
    assert room.class_id == "四(1)班"  # still shown: it may well be the same
    assert room.occasion().class_id == ""
    room.pick_class("四(1)班")
    assert room.occasion().class_id == "四(1)班"
    room.pick_room("三(2)班教室")
    assert room.class_id == "三(2)班"
    assert room.is_class_sure
