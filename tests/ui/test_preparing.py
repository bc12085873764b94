# SPDX-License-Identifier: GPL-3.0-or-later
"""Lesson lists with real clicks: put in order, cut, taught, carried away and brought in again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from app.lesson.lists import Extract, ItemKind
from app.ui.desk import Desk
from app.ui.jobs import Job
from app.ui.main_window import MainWindow
from app.ui.models.card import Readiness
from app.ui.pages.home_stick import OwnStickPage
from app.ui.pages.list_part import page_of, seconds_of
from app.ui.pages.lists import ListsPage
from app.wiring.cli import _associated
from tests.ui.fixture_library import REGION
from tests.ui.fixture_services import Bench

Wait = Callable[[Callable[[], bool]], None]
ITEMS = ("fraction-slides", "fraction-plan", "colour-slides")


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def answer(job: Job, wait: Wait) -> object:
    found: list[object] = []
    job.succeeded.connect(found.append)
    wait(lambda: bool(found))
    return found[0]


@pytest.fixture
def list_id(bench: Bench, wait: Wait) -> str:
    """A list of three things that play."""
    titles = {entry.id: entry.title for entry in bench.catalogue.entries}

    def make(desk: Desk) -> object:
        made = desk.lessons.create("三年级数学")
        for entry_id in ITEMS:
            desk.lessons.add(made, REGION, entry_id, titles[entry_id])
        return made

    return str(answer(bench.desk.submit(make), wait))


@pytest.fixture
def page(window: MainWindow, list_id: str, wait: Wait) -> ListsPage:
    """The page with that list open, reached by a click."""
    window.show_page("lists")
    page = window.lists
    wait(lambda: len(page.lists.lists) == 1)
    place = page.lists_view.item_rect(0).center()
    QTest.mouseClick(page.lists_view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    wait(lambda: len(page.open.cards.cards) == 3 and page.open.isVisible())
    return page


def order(page: ListsPage) -> list[str]:
    return [card.entry.id for card in page.open.cards.cards]


def press_row(page: ListsPage, at: int) -> None:
    view = page.open.view
    pos = view.item_rect(at).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=pos)


def test_a_list_is_ordered_by_buttons_keys_and_dragging(page: ListsPage, wait: Wait) -> None:
    opened = page.open
    assert opened.item_bar.isHidden()
    press_row(page, 2)
    assert opened.item_bar.isVisible()
    click(opened.up_button)
    wait(lambda: order(page) == ["fraction-slides", "colour-slides", "fraction-plan"])
    assert opened.current is not None
    assert opened.current.entry.id == "colour-slides"
    QTest.keyClick(opened.view, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    wait(lambda: order(page) == list(ITEMS))
    viewport = opened.view.viewport()
    first, last = opened.view.item_rect(0), opened.view.item_rect(2)
    grip = QPoint(first.right() - 20, first.center().y())
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=grip)
    QTest.mouseMove(viewport, QPoint(grip.x(), last.bottom() - 4))
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=QPoint(grip.x(), last.bottom() - 4))
    wait(lambda: order(page) == ["fraction-plan", "colour-slides", "fraction-slides"])
    press_row(page, 0)
    QTest.keyClick(opened.view, Qt.Key.Key_Delete)
    wait(lambda: len(order(page)) == 2)


def test_a_finger_on_a_grip_carries_and_elsewhere_scrolls(page: ListsPage, wait: Wait) -> None:
    opened = page.open
    opened._deck.setMinimumHeight(900)  # as large print on a low window does
    view, device = opened.view, QTest.createTouchDevice()
    wait(lambda: opened.verticalScrollBar().maximum() > 40)
    handle = page.window().windowHandle()
    first = view.item_rect(0)

    def on_screen(at: QPoint) -> QPoint:
        return view.viewport().mapTo(page.window(), at)

    def stroke(start: QPoint, end: QPoint) -> None:
        QTest.touchEvent(handle, device).press(0, start).commit()
        for step in range(1, 13):
            QTest.touchEvent(handle, device).move(0, start + (end - start) * step / 12).commit()

    def lift(at: QPoint) -> None:
        QTest.touchEvent(handle, device).release(0, at).commit()

    grip = QPoint(first.right() - 20, first.center().y())
    before = opened.verticalScrollBar().value()
    below = on_screen(grip + QPoint(0, first.height() * 3))
    stroke(on_screen(grip), below)
    lift(below)
    wait(lambda: order(page) == ["fraction-plan", "colour-slides", "fraction-slides"])
    assert opened.verticalScrollBar().value() == before
    middle = on_screen(first.center())
    stroke(middle, middle - QPoint(0, 60))
    # It follows the finger between events; how far it glides on depends on the hand's speed.
    wait(lambda: opened.verticalScrollBar().value() > before)
    lift(middle - QPoint(0, 60))
    assert order(page) == ["fraction-plan", "colour-slides", "fraction-slides"]


def test_a_list_is_taught_in_sequence(
    qtbot: QtBot, window: MainWindow, page: ListsPage, wait: Wait
) -> None:
    assert page.open.teach_button.isEnabled()
    with qtbot.waitSignal(page.play_wanted) as blocker:
        click(page.open.teach_button)
    first, lesson = blocker.args
    assert [card.entry.id for card in lesson] == list(ITEMS)
    assert first is lesson[0]
    assert window.is_in_lesson
    window.page("player").leave()  # type: ignore[attr-defined]
    press_row(page, 1)
    with qtbot.waitSignal(page.play_wanted) as blocker:
        click(page.open.from_button)
    assert blocker.args[0].entry.id == "fraction-plan"
    window.page("player").leave()  # type: ignore[attr-defined]


def test_only_some_pages_are_shown(page: ListsPage, bench: Bench, list_id: str, wait: Wait) -> None:
    opened = page.open
    press_row(page, 0)
    click(opened.part_button)
    assert opened.part.isVisible()
    opened.part.first.setText("x")
    click(opened.part.ok_button)
    assert opened.part.problem.isVisible()
    opened.part.first.setText("2")
    opened.part.last.setText("3")
    click(opened.part.ok_button)
    wait(lambda: opened.cards.cards[0].extract == Extract(None, None, 2, 3))
    click(opened.again_button)
    wait(lambda: len(opened.cards.cards) == 4)
    assert opened.cards.cards[1].extract == Extract(None, None, 2, 3)


@pytest.mark.parametrize(
    ("text", "seconds"), [("", None), ("90", 90.0), ("1:30", 90.0), ("1：02：03", 3723.0)]
)
def test_times_as_teachers_write_them(text: str, seconds: float | None) -> None:
    assert seconds_of(text) == seconds


def test_what_is_no_time_and_no_page() -> None:
    for text in ("abc", "1:x", "-5", "1:2:3:4"):
        with pytest.raises(ValueError, match=r".*"):
            seconds_of(text)
    for text in ("0", "-1", "x", "1.5"):
        with pytest.raises(ValueError, match=r".*"):
            page_of(text)


def test_own_files_and_board_pages_stand_in_a_list(
    page: ListsPage, bench: Bench, tmp_path: Path, wait: Wait
) -> None:
    source = tmp_path / "我的课件.txt"
    source.write_text("自己的内容", "utf-8")
    click(page.open.board_button)
    wait(lambda: len(page.open.cards.cards) == 4)
    page.travel.take_in([source], page.open._list.list_id if page.open._list else "")
    wait(lambda: len(page.open.cards.cards) == 5)
    source.unlink()
    board, own = page.open.cards.cards[3:]
    assert board.is_own
    assert board.plays
    assert own.plays
    main = own.entry.main_file
    assert main is not None
    path = bench.services.locator.locate(main.sha256, main.size_bytes)
    assert path is not None
    assert path.read_text("utf-8") == "自己的内容"


def test_a_list_travels_as_one_file(
    page: ListsPage, bench: Bench, window: MainWindow, tmp_path: Path, wait: Wait
) -> None:
    click(page.open.board_button)
    wait(lambda: len(page.open.cards.cards) == 4)
    assert page.open._list is not None
    page.travel.send_out(page.open._list, tmp_path / "分数")
    out = tmp_path / "分数.kezhan"
    wait(out.is_file)
    window.come_forward(str(out))
    wait(lambda: page.open.name.text() == "三年级数学 (2)")
    assert len(page.open.cards.cards) == 4
    items = answer(bench.desk.submit(lambda desk: desk.lessons.items(page._list_id)), wait)
    assert isinstance(items, tuple)
    assert items[3].kind is ItemKind.BOARD


def test_a_damaged_file_is_refused_in_one_sentence(
    page: ListsPage, tmp_path: Path, wait: Wait
) -> None:
    bad = tmp_path / "坏的.kezhan"
    bad.write_bytes(b"PK\x03\x04 this is no zip")
    page.bring_in(bad)
    wait(lambda: "坏的.kezhan" in page.notice.words.text())
    assert page.notice.isVisible()


def test_a_deleted_list_can_be_brought_back(page: ListsPage, wait: Wait) -> None:
    page.open.wanted.emit("delete")
    wait(lambda: page.lists.lists == () and page.empty.isVisible())
    assert page.undo_button.isVisible()
    click(page.undo_button)
    wait(lambda: page.open.isVisible() and order(page) == list(ITEMS))


def test_a_whole_list_is_kept_offline(
    page: ListsPage, bench: Bench, list_id: str, wait: Wait
) -> None:
    title = "小数的意义"
    bench.desk.submit(lambda desk: desk.lessons.add(list_id, REGION, "decimal-video", title))
    page.refresh()
    wait(lambda: len(page.open.cards.cards) == 4)
    assert page.open.cards.cards[3].readiness is Readiness.DOWNLOADABLE
    assert page.open.keep_button.isVisible()
    assert "3 of 4" in page.open.state.text()
    click(page.open.keep_button)
    wait(lambda: list_id in bench.courier.kept)
    assert [key.entry_id for key in bench.courier.kept[list_id]] == [*ITEMS, "decimal-video"]
    wait(lambda: page.open.cards.cards[3].readiness is Readiness.WAITING)
    wait(lambda: not page.open.keep_button.isEnabled())


def test_a_kept_list_is_let_go_of(page: ListsPage, bench: Bench, list_id: str, wait: Wait) -> None:
    bench.desk.submit(lambda desk: desk.lessons.add(list_id, REGION, "decimal-video", "小数的意义"))
    page.refresh()
    wait(lambda: len(page.open.cards.cards) == 4)
    click(page.open.keep_button)
    wait(lambda: list_id in bench.courier.kept and not page.open.keep_button.isEnabled())
    page.open.more_button.click()
    [menu] = page.open.findChildren(QMenu)
    release = next(one for one in menu.actions() if one.data() == "release")
    release.trigger()
    menu.close()
    wait(lambda: list_id not in bench.courier.kept)
    wait(page.open.keep_button.isEnabled)
    wait(lambda: page.open.cards.cards[3].readiness is Readiness.DOWNLOADABLE)
    assert list_id not in bench.courier.kept
    page.open.more_button.click()
    menu = page.open.findChildren(QMenu)[-1]
    assert "release" not in [one.data() for one in menu.actions()]
    menu.close()


def test_a_kept_list_that_is_deleted_lets_go(
    page: ListsPage, bench: Bench, list_id: str, wait: Wait
) -> None:
    page.open.wanted.emit("keep")
    wait(lambda: list_id in bench.courier.kept)
    wait(lambda: page._list is not None and page._list.is_pinned)
    page.open.wanted.emit("delete")
    wait(lambda: page.lists.lists == () and list_id not in bench.courier.kept)


@pytest.fixture
def stick(window: MainWindow, tmp_path: Path, wait: Wait) -> OwnStickPage:
    """The page of the teacher's stick, on a folder that stands for one."""
    folder = tmp_path / "stick"
    (folder / "复习").mkdir(parents=True)
    (folder / "一.txt").write_text("第一课", "utf-8")
    (folder / "二.txt").write_text("第二课", "utf-8")
    (folder / "setup.exe").write_bytes(b"MZ")
    (folder / ".hidden.txt").write_bytes(b"x")
    window.show_stick()
    page = window.page("stick")
    assert isinstance(page, OwnStickPage)
    page.open_folder(folder)
    wait(lambda: len(page.model.rows) == 3)
    return page


def test_what_plays_on_a_stick_is_listed(stick: OwnStickPage) -> None:
    assert [one.name for one in stick.model.rows] == ["复习", "一.txt", "二.txt"]
    assert not stick.keep_button.isEnabled()


def test_a_file_plays_from_the_stick(
    qtbot: QtBot, window: MainWindow, stick: OwnStickPage, bench: Bench
) -> None:
    pos = stick.view.item_rect(2).center()
    with qtbot.waitSignal(window.shown_player, timeout=30_000):
        QTest.mouseClick(stick.view.viewport(), Qt.MouseButton.LeftButton, pos=pos)
    assert window.page("player").card.entry.title == "二.txt"  # type: ignore[attr-defined]
    assert not any(bench.paths.own_dir.rglob("*.txt"))
    window.page("player").leave()  # type: ignore[attr-defined]


def test_a_stick_is_let_go_of_after_copying(
    stick: OwnStickPage, window: MainWindow, bench: Bench, wait: Wait, tmp_path: Path
) -> None:
    click(stick.keep_all_button)
    wait(lambda: "can be pulled" in stick.notice.words.text())
    for path in (tmp_path / "stick").glob("*.txt"):
        path.unlink()
    window.show_page("lists")
    window.lists.show_tab("own")
    wait(lambda: len(window.lists.cards.cards) == 2)
    page = window.lists
    assert all(card.plays for card in page.cards.cards)
    kept = page.cards.cards[0].entry.main_file
    assert kept is not None
    page.cards_view.setCurrentIndex(page.cards.index(0))
    click(page.forget_button)
    wait(lambda: len(page.cards.cards) == 1)
    path = bench.own.store.path_of(kept.sha256)
    wait(lambda: not path.exists())


def test_one_file_is_kept_by_its_edge(stick: OwnStickPage, bench: Bench, wait: Wait) -> None:
    rect = stick.view.item_rect(1)
    pos = QPoint(rect.right() - 20, rect.center().y())
    QTest.mouseClick(stick.view.viewport(), Qt.MouseButton.LeftButton, pos=pos)
    wait(lambda: "can be pulled" in stick.notice.words.text())
    kept = [path.read_text("utf-8") for path in bench.paths.own_dir.rglob("*") if path.is_file()]
    assert kept == ["第一课"]


def test_a_stick_that_was_pulled(stick: OwnStickPage, tmp_path: Path, wait: Wait) -> None:
    for path in sorted((tmp_path / "stick").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (tmp_path / "stick").rmdir()
    wait(stick.empty.isVisible)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (["课.kezhan"], ["open", "课.kezhan"]),
        (["D:\\课.KEZHAN"], ["open", "D:\\课.KEZHAN"]),
        (["--data-dir", "d", "课.kezhan"], ["--data-dir", "d", "open", "课.kezhan"]),
        (["open", "课.kezhan"], ["open", "课.kezhan"]),
        (["--screenshot", "课.kezhan"], ["--screenshot", "课.kezhan"]),
        (["status", "--json"], ["status", "--json"]),
        ([], []),
    ],
)
def test_a_double_click_opens_a_list(given: list[str], meant: list[str]) -> None:
    assert _associated(given) == meant


def test_a_file_that_a_list_needs_is_not_deleted(
    page: ListsPage, bench: Bench, tmp_path: Path, wait: Wait
) -> None:
    source = tmp_path / "课件.txt"
    source.write_text("自己的", "utf-8")
    page.travel.take_in([source], page._list_id)
    wait(lambda: len(page.open.cards.cards) == 4)
    main = page.open.cards.cards[3].entry.main_file
    assert main is not None
    page.travel.forget(main.sha256)
    wait(lambda: "still needs" in page.notice.words.text())
    assert bench.own.store.path_of(main.sha256).exists()
