# SPDX-License-Identifier: GPL-3.0-or-later
"""A lesson taught from a universal stick goes into the register by the number on its slip."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.lesson.universal.plan import SlipItem, new_slip
from app.lesson.universal.store import SlipStore
from app.ui.main_window import MainWindow
from app.ui.pages.stick_slip import SlipDialog
from app.usage.store import LoggedEvent
from tests.ui.fixture_services import Bench

NAME = "三年级 分数"


def ask(bench: Bench, qtbot: QtBot, work: Any) -> Any:
    """What the desk's own thread answers."""
    answers: list[Any] = []
    bench.desk.submit(work).succeeded.connect(answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=30_000)
    return answers[0]


@pytest.fixture
def slip(bench: Bench, qtbot: QtBot) -> str:
    """A universal stick of two known resources and one that the catalogue has lost."""
    number = new_slip()
    known = [SlipItem("region", one.id, one.title) for one in bench.catalogue.entries[:2]]
    items = [*known, SlipItem("region", "gone", "旧课件")]

    def add(desk: Any) -> object:
        SlipStore(desk.database).add(number, NAME, items)
        return True

    ask(bench, qtbot, add)
    return number


def open_dialog(window: MainWindow, qtbot: QtBot) -> SlipDialog:
    window.show_page("log")
    page = window.page("log")
    button: QWidget = page.slip_button  # type: ignore[attr-defined]
    qtbot.waitUntil(button.isVisible, timeout=30_000)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    found: list[SlipDialog] = []

    def is_open() -> bool:
        found[:] = [one for one in page.findChildren(SlipDialog) if one.isVisible()]
        return bool(found)

    qtbot.waitUntil(is_open, timeout=30_000)
    return found[0]


def enter(dialog: SlipDialog, qtbot: QtBot, number: str) -> None:
    QTest.keyClicks(dialog.number, number.lower().replace("-", " "))
    qtbot.waitUntil(dialog.enter_button.isEnabled, timeout=30_000)


def recent(bench: Bench, qtbot: QtBot) -> tuple[LoggedEvent, ...]:
    found: tuple[LoggedEvent, ...] = ask(bench, qtbot, lambda desk: desk.usage.recent(50))
    return found


def test_a_slip_becomes_a_lesson_of_the_register(
    window: MainWindow, bench: Bench, qtbot: QtBot, slip: str
) -> None:
    dialog = open_dialog(window, qtbot)
    dialog.day.setCurrentIndex(9)
    day = bench.classroom.today - timedelta(days=9)
    enter(dialog, qtbot, slip)
    assert NAME in dialog.about.words.text()
    QTest.mouseClick(dialog.enter_button, Qt.MouseButton.LeftButton)
    said = window.page("log").said  # type: ignore[attr-defined]
    qtbot.waitUntil(said.isVisible, timeout=30_000)

    events = recent(bench, qtbot)
    opened = [one for one in events if one.event.kind == "opened"]
    assert {one.resource.title for one in opened if one.resource} >= {"旧课件"}
    (lesson_id,) = {one.event.lesson_id for one in events}
    assert len(opened) == 3
    assert lesson_id
    notes = ask(bench, qtbot, lambda desk: desk.usage.notes())
    assert notes[lesson_id].taught_on == day.isoformat()
    assert notes[lesson_id].topic == NAME


def test_the_same_lesson_is_entered_once(
    window: MainWindow, bench: Bench, qtbot: QtBot, slip: str
) -> None:
    dialog = open_dialog(window, qtbot)
    enter(dialog, qtbot, slip)
    QTest.mouseClick(dialog.enter_button, Qt.MouseButton.LeftButton)
    said = window.page("log").said  # type: ignore[attr-defined]
    qtbot.waitUntil(said.isVisible, timeout=30_000)
    before = len(recent(bench, qtbot))

    again = open_dialog(window, qtbot)
    QTest.keyClicks(again.number, slip)
    qtbot.waitUntil(again.problem.isVisible, timeout=30_000)
    assert not again.enter_button.isEnabled()
    assert len(recent(bench, qtbot)) == before


@pytest.mark.parametrize("is_a_slip", [False, True])
def test_a_number_that_leads_nowhere_is_said(
    window: MainWindow, qtbot: QtBot, is_a_slip: bool
) -> None:
    dialog = open_dialog(window, qtbot)
    QTest.keyClicks(dialog.number, new_slip() if is_a_slip else "1234-567890")
    qtbot.waitUntil(dialog.problem.isVisible, timeout=30_000)
    assert not dialog.enter_button.isEnabled()


def test_days_go_back_from_today(window: MainWindow, bench: Bench, qtbot: QtBot) -> None:
    dialog = open_dialog(window, qtbot)
    days = [dialog.day.itemData(row) for row in range(dialog.day.count())]
    assert days == sorted(days, reverse=True)
    assert days[0] == bench.classroom.today.isoformat()
