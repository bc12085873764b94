# SPDX-License-Identifier: GPL-3.0-or-later
"""From the library to a lesson on the screen and into the usage log, with real files and keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.lesson.lease import is_held
from app.ui.desk import Desk
from app.ui.main_window import MainWindow
from app.ui.models.card import CARD_ROLE, Readiness
from app.ui.pages.details import DetailsPage
from app.ui.pages.player import PlayerPage
from app.ui.pages.player_keys import Act, act_of
from app.ui.pages.settings import SettingsPage
from app.ui.pages.usage_log import UsageLogPage
from tests.ui.fixture_services import Bench

Wait = Callable[[Callable[[], bool]], None]


def click(qtbot: QtBot, button: QPushButton) -> None:
    """A real click in its middle."""
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def details_of(qtbot: QtBot, window: MainWindow, wait: Wait, entry_id: str) -> DetailsPage:
    """Click the card of a resource."""
    library = window.library
    for row in range(library.results.total):
        card = library.results.index(row).data(CARD_ROLE)
        if card.entry.id == entry_id:
            library.grid.scrollTo(library.results.index(row))
            place = library.grid.item_rect(row).center()
            QTest.mouseClick(library.grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
            break
    page = window.page("details")
    assert isinstance(page, DetailsPage)
    wait(page.isVisible)
    wait(lambda: page.card is not None and page.card.entry.id == entry_id)
    return page


def player_of(window: MainWindow) -> PlayerPage:
    page = window.page("player")
    assert isinstance(page, PlayerPage)
    return page


def on_desk(bench: Bench, wait: Wait, ask: Callable[[Desk], object]) -> object:
    """Ask desk.db on its own thread."""
    answers: list[object] = []
    job = bench.desk.submit(ask)
    job.succeeded.connect(answers.append)
    wait(lambda: bool(answers))
    return answers[0]


def test_two_clicks_from_the_library_to_a_playing_lesson_and_its_log(
    qtbot: QtBot, window: MainWindow, bench: Bench, wait: Wait
) -> None:
    details = details_of(qtbot, window, wait, "fraction-slides")
    with qtbot.waitSignal(window.shown_player, timeout=30_000):
        click(qtbot, details.play_button)
    player = player_of(window)
    assert window.isFullScreen()
    view = player.view
    assert view is not None
    assert (view.page, view.page_count) == (1, 3)
    for key in (Qt.Key.Key_PageDown, Qt.Key.Key_Space, Qt.Key.Key_PageUp):
        QTest.keyClick(player, key)
    assert view.page == 2
    lease = on_desk(bench, wait, lambda desk: desk.lessons.lease())
    clock = bench.log._clock
    assert is_held(lease, clock.boot_id(), clock.boot_s())  # type: ignore[arg-type]
    QTest.keyClick(player, Qt.Key.Key_Escape)
    wait(lambda: not window.is_in_lesson)
    assert not window.isFullScreen()
    wait(lambda: on_desk(bench, wait, lambda desk: desk.lessons.lease()) is None)
    QTest.mouseClick(window.rail.entry("log"), Qt.MouseButton.LeftButton)
    log = window.page("log")
    assert isinstance(log, UsageLogPage)
    wait(lambda: len(log.model.rows) == 2 and "of 3 pages" in log.model.rows[1].happened)
    row = log.model.rows[1]
    assert (row.title, row.media) == ("几分之一（课件）", "pdf")


@pytest.mark.parametrize("room", ["", "201"])
def test_only_what_a_classroom_shows_counts_as_a_lesson(
    qtbot: QtBot, window: MainWindow, bench: Bench, wait: Wait, room: str
) -> None:
    window.show_page("settings")
    settings = window.page("settings")
    assert isinstance(settings, SettingsPage)
    QTest.keyClicks(settings.room, room)
    QTest.keyClick(settings.room, Qt.Key.Key_Return)
    window.show_page("library")
    details = details_of(qtbot, window, wait, "fraction-slides")
    with qtbot.waitSignal(window.shown_player, timeout=30_000):
        click(qtbot, details.play_button)
    QTest.keyClick(player_of(window), Qt.Key.Key_Escape)
    wait(lambda: not window.is_in_lesson)
    wait(lambda: bool(on_desk(bench, wait, lambda desk: desk.usage.recent(10))))
    logged = on_desk(bench, wait, lambda desk: desk.usage.recent(10))
    assert isinstance(logged, tuple)
    assert {bool(one.event.lesson_id) for one in logged} == {bool(room)}


def test_where_one_stopped_is_where_one_goes_on(
    qtbot: QtBot, window: MainWindow, wait: Wait
) -> None:
    for expected in (1, 2):
        details = details_of(qtbot, window, wait, "fraction-slides")
        with qtbot.waitSignal(window.shown_player, timeout=30_000):
            click(qtbot, details.play_button)
        player = player_of(window)
        view = player.view
        assert view is not None
        wait(lambda view=view, expected=expected: view.page == expected)  # type: ignore[misc]
        if expected == 1:
            QTest.keyClick(player, Qt.Key.Key_PageDown)
        QTest.keyClick(player, Qt.Key.Key_Escape)
        wait(lambda: not window.is_in_lesson)
        window.show_page("library")


def test_black_screen_covers_and_any_key_lifts_it(
    qtbot: QtBot, window: MainWindow, wait: Wait
) -> None:
    details = details_of(qtbot, window, wait, "fraction-slides")
    with qtbot.waitSignal(window.shown_player, timeout=30_000):
        click(qtbot, details.play_button)
    player = player_of(window)
    QTest.keyClick(player, Qt.Key.Key_B)
    assert player.black.isVisible()
    assert player.grab().toImage().pixelColor(200, 200).name() == "#000000"
    QTest.keyClick(player, Qt.Key.Key_PageDown)
    assert not player.black.isVisible()
    assert player.view is not None
    assert player.view.page == 1
    player.leave()


def test_one_broken_file_is_one_sentence_and_the_lesson_goes_on(
    qtbot: QtBot, window: MainWindow, bench: Bench, wait: Wait
) -> None:
    lesson = details_of(qtbot, window, wait, "fraction-slides")
    wait(lambda: len(lesson.siblings.cards) == 4)
    broken = next(c for c in lesson.siblings.cards if c.entry.id == "fraction-slides")
    main = broken.entry.main_file
    assert main is not None
    path = bench.services.locator.locate(main.sha256, main.size_bytes)
    assert path is not None
    path.write_bytes(b"x" * main.size_bytes)
    with qtbot.waitSignal(window.shown_player, timeout=30_000):
        click(qtbot, lesson.play_button)
    player = player_of(window)
    wait(player.failure.isVisible)
    assert player.failure.words.text()
    assert not player.failure.title.text().startswith("?")
    with qtbot.waitSignal(window.shown_player, timeout=30_000):
        click(qtbot, player.failure.next)
    assert player.card is not None
    assert player.card.entry.id != "fraction-slides"
    player.leave()
    wait(lambda: not window.is_in_lesson)


def test_a_file_that_vanished_is_said(
    qtbot: QtBot, window: MainWindow, bench: Bench, wait: Wait
) -> None:
    details = details_of(qtbot, window, wait, "fraction-slides")
    assert details.card is not None
    main = details.card.entry.main_file
    assert main is not None
    bench.catalogue._locator.paths.pop(main.sha256)
    with qtbot.waitSignal(window.shown_player, timeout=30_000):
        window.play(details.card, (details.card,))
    player = player_of(window)
    assert player.failure.isVisible()
    assert "几分之一（课件）" in player.failure.words.text()
    player.leave()


def test_the_last_page_offers_the_next_resource_once(
    qtbot: QtBot, window: MainWindow, wait: Wait
) -> None:
    details = details_of(qtbot, window, wait, "fraction-slides")
    wait(lambda: len(details.siblings.cards) == 4)
    with qtbot.waitSignal(window.shown_player, timeout=30_000):
        click(qtbot, details.play_button)
    player = player_of(window)
    assert player.view is not None
    player.view.go_to(3)
    QTest.keyClick(player, Qt.Key.Key_PageDown)
    assert player.hint.isVisible()
    assert player.card is not None
    before = player.card.entry.id
    with qtbot.waitSignal(window.shown_player, timeout=30_000):
        QTest.keyClick(player, Qt.Key.Key_PageDown)
    assert player.card.entry.id != before
    player.leave()


def test_the_bar_takes_no_focus_and_its_buttons_are_large(
    qtbot: QtBot, window: MainWindow, wait: Wait
) -> None:
    details = details_of(qtbot, window, wait, "fraction-slides")
    with qtbot.waitSignal(window.shown_player, timeout=30_000):
        click(qtbot, details.play_button)
    player = player_of(window)
    button = player.bar.entry("next")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert player.view is not None
    assert player.view.page == 2
    assert player.hasFocus()
    assert min(button.width(), button.height()) >= 48
    QTest.mouseMove(player, QPoint(300, 200))
    player.leave()


@pytest.mark.parametrize(
    ("entry_id", "readiness", "is_teach", "is_fetch"),
    [
        ("fraction-slides", Readiness.PLAYS, True, False),
        ("decimal-video", Readiness.DOWNLOADABLE, False, True),
        ("book-0001", Readiness.CATALOGUE_ONLY, False, False),
    ],
)
def test_details_offer_what_can_be_done(
    qtbot: QtBot,
    window: MainWindow,
    wait: Wait,
    *,
    entry_id: str,
    readiness: Readiness,
    is_teach: bool,
    is_fetch: bool,
) -> None:
    window.library.where.choice("all").click()
    wait(lambda: window.library.is_settled and window.library.results.total == 71)
    details = details_of(qtbot, window, wait, entry_id)
    assert details.card is not None
    assert details.card.readiness is readiness
    assert details.play_button.isVisible() is is_teach
    assert details.fetch_button.isVisible() is is_fetch


def test_download_is_asked_for_once(
    qtbot: QtBot, window: MainWindow, bench: Bench, wait: Wait
) -> None:
    window.library.where.choice("all").click()
    wait(lambda: window.library.is_settled and window.library.results.total == 71)
    details = details_of(qtbot, window, wait, "decimal-video")
    click(qtbot, details.fetch_button)
    wait(lambda: [key.entry_id for key in bench.courier.wanted] == ["decimal-video"])
    assert not details.fetch_button.isEnabled()


def test_a_favourite_is_kept_and_found_again(
    qtbot: QtBot, window: MainWindow, bench: Bench, wait: Wait
) -> None:
    details = details_of(qtbot, window, wait, "water-video")
    click(qtbot, details.star_button)
    wait(lambda: details.star_button.text() == "In favourites")
    lists = window.page("lists")
    window.show_page("lists")
    lists.tabs.choice("favourites").click()  # type: ignore[attr-defined]
    wait(lambda: len(lists.cards.cards) == 1)  # type: ignore[attr-defined]
    assert lists.cards.cards[0].entry.id == "water-video"  # type: ignore[attr-defined]


def test_what_clicker_keys_mean() -> None:
    none = Qt.KeyboardModifier.NoModifier
    paged = {
        key: act_of(key, none, is_timed=False, is_page_typing=False)
        for key in (Qt.Key.Key_PageDown, Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_P)
    }
    assert list(paged.values()) == [Act.NEXT, Act.NEXT, Act.NEXT, Act.PREVIOUS]
    timed = act_of(Qt.Key.Key_Space, none, is_timed=True, is_page_typing=False)
    assert timed is Act.TOGGLE
    assert act_of(Qt.Key.Key_B, none, is_timed=False, is_page_typing=True) is None
    assert act_of(Qt.Key.Key_Escape, none, is_timed=False, is_page_typing=True) is Act.END
    control = Qt.KeyboardModifier.ControlModifier
    for is_page_typing in (False, True):
        pen = act_of(Qt.Key.Key_P, control, is_timed=False, is_page_typing=is_page_typing)
        eraser = act_of(Qt.Key.Key_E, control, is_timed=True, is_page_typing=is_page_typing)
        assert (pen, eraser) == (Act.PEN, Act.ERASER)
    assert act_of(Qt.Key.Key_Z, control, is_timed=False, is_page_typing=True) is None
    assert act_of(Qt.Key.Key_Q, control, is_timed=False, is_page_typing=False) is None
