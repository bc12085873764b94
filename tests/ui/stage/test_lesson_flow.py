# SPDX-License-Identifier: GPL-3.0-or-later
"""From one resource to the next, a part of one, and on again after a crash."""

from __future__ import annotations

import gc
import json
import weakref
from collections.abc import Callable
from dataclasses import replace

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.base.settings import Settings
from app.lesson.lists import Extract
from app.player.item import Fit, Position
from app.ui.board.lesson_ink import KeptBook
from app.ui.lesson_place import LessonPlace, load_place, parse_place, place_to_bytes
from app.ui.look.theme import theme_for
from app.ui.models.card import Card
from app.ui.pages.player import PlayerPage
from app.ui.pages.player_span import start_of
from tests.ui.fixture_services import Bench
from tests.ui.stage.fixture_stage import StageWindow, drag, line

Wait = Callable[[Callable[[], bool]], None]
Key = Qt.Key


@pytest.fixture
def player(frame: StageWindow) -> PlayerPage:
    return frame.player


def begin(qtbot: QtBot, player: PlayerPage, cards: list[Card]) -> None:
    with qtbot.waitSignal(player.shown, timeout=30_000):
        player.begin(cards[0], cards)


def ready_ahead(player: PlayerPage) -> bool:
    held = player.next_up.held
    return held is not None and held.is_ready


def test_the_next_resource_is_opened_ahead_unseen_and_taken(
    qtbot: QtBot, player: PlayerPage, cards: list[Card], wait: Wait
) -> None:
    begin(qtbot, player, [cards[0], cards[3]])
    wait(lambda: ready_ahead(player))
    held = player.next_up.held
    assert held is not None
    assert not held.view.isVisible()
    assert held.view.size() == player.bars.picture_room().size()
    shown: list[bool] = []
    player.shown.connect(lambda: shown.append(True))
    player.press("next_item")
    assert shown == [True]  # at once, no waiting for anything
    assert player.view is held.view
    assert player.view.isVisible()
    assert not player.waiting.isVisible()


def test_what_was_opened_ahead_is_logged_when_it_is_shown_and_not_before(
    qtbot: QtBot, player: PlayerPage, cards: list[Card], bench: Bench, wait: Wait
) -> None:
    begin(qtbot, player, [cards[3], cards[0]])
    wait(lambda: ready_ahead(player))
    bench.log.flush()

    def opened() -> list[tuple[str, str]]:
        answers: list[object] = []
        job = bench.desk.submit(lambda desk: desk.usage.recent(50))
        job.succeeded.connect(answers.append)
        wait(lambda: bool(answers))
        found = answers[0]
        assert isinstance(found, tuple)
        return [(one.event.entry_id, one.event.kind.value) for one in found]

    assert not [kind for entry, kind in opened() if entry == "slides"]
    player.press("next_item")
    player.leave()
    wait(lambda: ("slides", "page_shown") in opened() or ("slides", "initialized") in opened())


def test_only_one_is_held_and_none_when_the_lesson_is_over(
    qtbot: QtBot, player: PlayerPage, cards: list[Card], wait: Wait
) -> None:
    begin(qtbot, player, cards)
    wait(lambda: ready_ahead(player))
    first = player.next_up.held
    assert first is not None
    assert first.card is cards[1]
    player._go_to_item(2)  # another than the one opened ahead
    assert player.next_up.held is None
    wait(lambda: ready_ahead(player))
    player.leave()
    assert player.next_up.held is None


def test_a_damaged_next_one_is_said_when_its_turn_comes(
    qtbot: QtBot, player: PlayerPage, cards: list[Card], bench: Bench, wait: Wait, tmp_path: object
) -> None:
    main = cards[3].entry.main_file
    assert main is not None
    broken = bench.paths.root / "broken.png"
    broken.write_bytes(b"\x89PNG nothing more")
    bench.catalogue._locator.paths[main.sha256] = broken
    begin(qtbot, player, [cards[0], cards[3], cards[1]])
    assert player.failure.isHidden()
    with qtbot.waitSignal(player.shown, timeout=30_000):
        player.press("next_item")
    wait(player.failure.isVisible)
    with qtbot.waitSignal(player.shown, timeout=30_000):
        player.press("next")
    assert player.card is cards[1]


def part(card: Card, extract: Extract) -> Card:
    return replace(card, extract=extract)


def test_who_leaves_before_anything_is_shown_keeps_the_place_of_before(
    qtbot: QtBot, player: PlayerPage, cards: list[Card], wait: Wait
) -> None:
    begin(qtbot, player, [cards[0]])
    player.press("next")
    player.leave()
    player.begin(cards[0], [cards[0]])
    assert player.view is not None
    assert player.view.is_preparing
    player.leave()
    begin(qtbot, player, [cards[0]])
    wait(lambda: player.view is not None and player.view.page == 2)


def test_a_part_begins_and_ends_at_its_pages(
    qtbot: QtBot, player: PlayerPage, cards: list[Card], wait: Wait
) -> None:
    lesson = [part(cards[0], Extract(first_page=2, last_page=2)), cards[3]]
    begin(qtbot, player, lesson)
    view = player.view
    assert view is not None
    wait(lambda: view.page == 2)
    QTest.keyClick(player, Key.Key_PageUp)
    assert view.page == 2
    QTest.keyClick(player, Key.Key_PageDown)
    assert view.page == 2
    assert player.hint.isVisible()  # once more for the next one
    QTest.keyClick(player, Key.Key_PageDown)
    assert player.card is lesson[1]


@pytest.mark.parametrize(
    ("extract", "kept", "expected"),
    [
        (Extract(), None, None),
        (Extract(), Position(page=3), Position(page=3)),
        (Extract(start_s=30.0), None, Position(seconds=30.0)),
        (Extract(start_s=30.0, end_s=60.0), Position(seconds=45.0), Position(seconds=45.0)),
        (Extract(start_s=30.0, end_s=60.0), Position(seconds=70.0), Position(seconds=30.0)),
        (Extract(first_page=2, last_page=4), Position(page=1), Position(page=2)),
        (Extract(end_s=60.0), Position(seconds=80.0), None),
    ],
)
def test_where_a_part_begins(
    cards: list[Card], extract: Extract, kept: Position | None, expected: Position | None
) -> None:
    assert start_of(part(cards[0], extract), kept) == expected


def test_the_place_is_on_disk_while_the_lesson_runs_and_gone_after(
    qtbot: QtBot, player: PlayerPage, cards: list[Card], bench: Bench, wait: Wait
) -> None:
    begin(qtbot, player, cards)
    QTest.keyClick(player, Key.Key_PageDown)
    player.place_keeper.keep()

    def is_kept() -> bool:
        place = load_place(bench.paths)
        return place is not None and place.position.page == 2

    wait(is_kept)
    place = load_place(bench.paths)
    assert place is not None
    assert [card.entry for card in place.cards] == [card.entry for card in cards]
    player.leave()
    wait(lambda: not bench.paths.lesson_place.exists())


def test_after_a_crash_the_lesson_goes_on_with_page_ink_and_board(
    qtbot: QtBot, bench: Bench, cards: list[Card], put: Callable[..., Settings], wait: Wait
) -> None:
    put(bar_place="bottom")
    crashed = StageWindow(bench)
    qtbot.addWidget(crashed)
    crashed.show()
    begin(qtbot, crashed.player, cards)
    crashed.player._go_to_item(1)
    crashed.player._go_to_item(0)
    QTest.keyClick(crashed.player, Key.Key_PageDown)
    crashed.player.press("pen")
    drag(crashed.player.tools.layer, *line(QPoint(300, 300), QPoint(600, 300)))
    crashed.player.tools.ink.save()
    crashed.player.place_keeper.keep()
    wait(lambda: bench.desk.is_idle)
    place = load_place(bench.paths)  # as the next process reads it
    assert place is not None
    again = StageWindow(bench)
    qtbot.addWidget(again)
    again.show()
    with qtbot.waitSignal(again.player.shown, timeout=30_000):
        again.player.begin(place.cards[place.at], place.cards, place)
    view = again.player.view
    assert view is not None
    wait(lambda: view.page == 2)
    wait(lambda: len(again.player.tools.layer.strokes) == 1)
    crashed.player.leave()
    again.player.leave()


def test_a_place_keeps_everything_it_says(cards: list[Card]) -> None:
    lesson = (part(cards[0], Extract(first_page=2)), replace(cards[1], item_id="i-7"))
    lesson_id = "3f0c1b9e-8a52-4f0e-9d43-0d5b1c6a7e21"
    position = Position(12.5, 3, Fit.FREE, 2.5, 0.25, 0.75)
    place = LessonPlace(lesson, 1, position, False, 2, lesson_id)
    again = parse_place(place_to_bytes(place))
    assert again == place


@pytest.mark.allow_warnings("app.ui.lesson_place")
@pytest.mark.parametrize(
    "change",
    [
        {"cards": "all"},
        {"cards": [{"region_id": "r"}]},
        {"at": 7},
        {"at": -1},
        {"position": [1, 2]},
        {"position": ["x", 1, "page", 1, 0, 0]},
        {"position": [0, 1, "wide", 1, 0, 0]},
        {"major": 2},
        {"format": "else"},
    ],
)
def test_a_place_that_makes_no_sense_is_no_place(cards: list[Card], change: object) -> None:
    document = json.loads(place_to_bytes(LessonPlace((cards[0],), 0)))
    assert isinstance(change, dict)
    document.update(change)
    assert parse_place(json.dumps(document).encode()) is None


def test_a_place_without_a_sensible_lesson_id_goes_on_all_the_same(cards: list[Card]) -> None:
    document = json.loads(place_to_bytes(LessonPlace((cards[0],), 0)))
    for found in ("", "drop table", 7, None):
        document["lesson_id"] = found
        place = parse_place(json.dumps(document).encode())
        assert place is not None
        assert place.lesson_id == ""
    del document["lesson_id"]  # written by the version before
    assert parse_place(json.dumps(document).encode()) is not None


def test_a_crash_does_not_make_two_lessons_of_one(
    qtbot: QtBot, player: PlayerPage, bench: Bench, cards: list[Card], put: Callable[..., object]
) -> None:
    put(room="三(2)班教室")
    begin(qtbot, player, cards)
    before = bench.log.lesson_id
    place = player._place_now()
    assert place is not None
    assert place.lesson_id == before != ""
    player.leave()
    bench.log._last = type(bench.log._last)()  # the window is another one: it remembers nothing
    with qtbot.waitSignal(player.shown, timeout=30_000):
        player.begin(place.cards[place.at], place.cards, place)
    assert bench.log.lesson_id == before


def test_buttons_say_what_they_turn(qtbot: QtBot, player: PlayerPage, cards: list[Card]) -> None:
    begin(qtbot, player, [cards[3], cards[0]])
    following = player.bar.entry("next")
    assert following.text() == "Next one"
    with qtbot.waitSignal(player.shown, timeout=30_000):
        QTest.mouseClick(following, Qt.MouseButton.LeftButton)
    assert player.card is cards[0]
    assert following.text() == "Next page"
    QTest.mouseClick(following, Qt.MouseButton.LeftButton)
    assert player.view is not None
    assert player.view.page == 2


def test_search_takes_the_keyboard_when_asked_and_gives_it_back(
    qtbot: QtBot, player: PlayerPage, cards: list[Card], wait: Wait
) -> None:
    begin(qtbot, player, cards)
    QTest.keyClick(player, Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    strip = player.search
    assert strip.isVisible()
    strip.field.setText("2")
    QTest.keyClick(strip.field, Key.Key_Return)
    wait(lambda: strip.count.text().endswith("/ 1"))
    assert player.view is not None
    assert player.view.page == 2
    QTest.mouseClick(strip.close_button, Qt.MouseButton.LeftButton)
    assert not strip.isVisible()
    QTest.keyClick(player, Key.Key_PageUp)
    assert player.view.page == 1


def test_no_view_outlives_its_turn(
    qtbot: QtBot, player: PlayerPage, cards: list[Card], bench: Bench, wait: Wait
) -> None:
    begin(qtbot, player, cards)
    seen: list[weakref.ref[QObject]] = []
    for number in range(24):
        with qtbot.waitSignal(player.shown, timeout=30_000):
            player._go_to_item((number + 1) % len(cards))
        assert player.view is not None
        seen.append(weakref.ref(player.view))
    wait(lambda: bench.desk.is_idle)
    player.next_up.drop()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    living = [view for one in seen if (view := one()) is not None and shiboken6.isValid(view)]
    assert living == [player.view]
    books = [one for one in gc.get_objects() if isinstance(one, KeptBook)]
    assert len(books) <= 2  # of the resource and of the board


def test_two_fingers_zoom_and_the_ink_follows(
    qtbot: QtBot, player: PlayerPage, cards: list[Card], wait: Wait
) -> None:
    begin(qtbot, player, cards)
    player.press("pen")
    drag(player.tools.layer, *line(QPoint(600, 300), QPoint(700, 300)))
    player.tools.put_pen_away()
    before = player.tools.ink._area()
    device = QTest.createTouchDevice()
    view = player.view
    assert view is not None
    left, right = QPoint(600, 360), QPoint(680, 360)
    QTest.touchEvent(view, device).press(0, left, view).press(1, right, view).commit()
    for step in range(1, 9):
        apart = QPoint(20 * step, 0)
        QTest.touchEvent(view, device).move(0, left - apart, view).move(
            1, right + apart, view
        ).commit()
    QTest.touchEvent(view, device).release(0, left - QPoint(160, 0), view).release(
        1, right + QPoint(160, 0), view
    ).commit()
    wait(lambda: player.tools.ink._area().width() > before.width() * 1.3)
    assert view.page == 1
    assert len(player.tools.layer.strokes) == 1
    assert not player.bars.more.isVisible()  # no long press


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("at", [1, 2])
def test_texts_are_dark_on_white_in_both_themes(
    qtbot: QtBot, player: PlayerPage, cards: list[Card], theme: str, at: int
) -> None:
    player.window().setStyleSheet(theme_for(theme, 100).style_sheet())
    begin(qtbot, player, [cards[at]])
    assert player.view is not None
    image = player.view.grab().toImage()
    shades = [
        image.pixelColor(x, y).lightness()
        for x in range(10, image.width() - 40, 2)
        for y in range(10, image.height() - 120, 2)
    ]
    assert sum(shade > 240 for shade in shades) > len(shades) * 0.6
    assert sum(shade < 80 for shade in shades) > 300


def test_another_lesson_over_a_running_one_leaves_its_place_right(
    qtbot: QtBot, player: PlayerPage, cards: list[Card], wait: Wait
) -> None:
    begin(qtbot, player, [cards[1], cards[0]])
    with qtbot.waitSignal(player.shown, timeout=30_000):
        player.next_item()
    QTest.keyClick(player, Key.Key_PageDown)
    begin(qtbot, player, [cards[3]])
    assert player.card is cards[3]
    begin(qtbot, player, [cards[0]])
    assert player.view is not None
    view = player.view
    wait(lambda: view.page == 2)
