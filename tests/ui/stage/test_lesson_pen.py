# SPDX-License-Identifier: GPL-3.0-or-later
"""The pen in a lesson: by button and clicker; kept with the page; out of everybody's way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.base.settings import Settings
from app.lesson.lists import ItemKind
from app.region.entry import Entry
from app.ui.board.ink_file import ink_path, load_book
from app.ui.board.strokes import Tool
from app.ui.desk import Desk
from app.ui.models.card import Card
from app.ui.pages.player import PlayerPage
from tests.ui.fixture_services import Bench
from tests.ui.stage.fixture_stage import REGION, StageWindow, drag, line

Wait = Callable[[Callable[[], bool]], None]
Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def player(qtbot: QtBot, frame: StageWindow, cards: list[Card]) -> PlayerPage:
    """A PDF of three pages is on the stage; the others follow."""
    with qtbot.waitSignal(frame.player.shown, timeout=30_000):
        frame.player.begin(cards[0], cards)
    return frame.player


def press(widget_owner: PlayerPage, key: str) -> None:
    """The button of the bar, with the mouse."""
    QTest.mouseClick(widget_owner.bar.entry(key), Qt.MouseButton.LeftButton)


def write(player: PlayerPage, y: int = 200) -> None:
    """One line with the mouse."""
    drag(player.tools.layer, *line(QPoint(300, y), QPoint(700, y)))


def file_of(bench: Bench, entry: Entry) -> object:
    main = entry.main_file
    assert main is not None
    return load_book(ink_path(bench.paths, REGION, entry.id, main.sha256))


def test_four_buttons_and_the_way_to_the_rest(player: PlayerPage) -> None:
    player.bars.wake()
    shown = [b.text() for b in player.bar._buttons.values() if b.isVisible()]
    assert shown == ["Previous page", "Next page", "Black screen", "Pen", "More"]
    for button in player.bar._buttons.values():
        assert min(button.width(), button.height()) >= 48
    press(player, "more")
    assert player.bars.more.isVisible()
    assert {"zoom_in", "search", "board", "spotlight", "timer", "exit"} <= {
        key for key, made in player.bars.more.buttons.items() if made.isVisible()
    }
    assert not player.bars.more.buttons["rate"].isVisible()
    handle = player.window().windowHandle()
    QTest.mouseClick(handle, Qt.MouseButton.LeftButton, pos=QPoint(30, 300))
    assert not player.bars.more.isVisible()  # a press elsewhere folds it


def test_the_pen_writes_and_a_tap_turns_no_page(player: PlayerPage) -> None:
    QTest.mouseClick(player, Qt.MouseButton.LeftButton, pos=QPoint(900, 300))
    assert player.view is not None
    assert player.view.page == 1
    press(player, "pen")
    assert player.tools.panel.isVisible()
    write(player)
    QTest.mouseClick(player.tools.layer, Qt.MouseButton.LeftButton, pos=QPoint(900, 300))
    assert len(player.tools.layer.strokes) == 2
    assert player.view.page == 1
    assert player.window().focusWidget() is player  # neither bar nor pen takes the keyboard


def test_writing_clears_the_way_and_the_bars_come_back(player: PlayerPage, wait: Wait) -> None:
    press(player, "pen")
    layer = player.tools.layer
    QTest.mousePress(layer, Qt.MouseButton.LeftButton, pos=QPoint(300, 300))
    assert not player.bar.isVisible()
    assert not player.tools.panel.isVisible()
    QTest.mouseMove(layer, QPoint(400, 300))
    QTest.mouseRelease(layer, Qt.MouseButton.LeftButton, pos=QPoint(400, 300))
    wait(player.bar.isVisible)


def test_ink_stays_with_its_page(player: PlayerPage) -> None:
    press(player, "pen")
    write(player)
    QTest.keyClick(player, Key.Key_PageDown)
    assert player.view is not None
    assert player.view.page == 2
    assert player.tools.layer.strokes == []
    write(player, 300)
    write(player, 340)
    QTest.keyClick(player, Key.Key_PageUp)
    assert len(player.tools.layer.strokes) == 1
    QTest.keyClick(player, Key.Key_PageDown)
    assert len(player.tools.layer.strokes) == 2


def test_a_line_under_way_stays_on_the_page_it_was_begun_on(player: PlayerPage) -> None:
    press(player, "pen")
    layer = player.tools.layer
    QTest.mousePress(layer, Qt.MouseButton.LeftButton, pos=QPoint(300, 300))
    QTest.mouseMove(layer, QPoint(400, 300))
    QTest.keyClick(player, Key.Key_PageDown)
    assert layer.strokes == []
    QTest.keyClick(player, Key.Key_PageUp)
    assert len(layer.strokes) == 1


def test_ink_is_on_disk_and_comes_back_with_the_resource(
    qtbot: QtBot, frame: StageWindow, player: PlayerPage, bench: Bench, wait: Wait
) -> None:
    press(player, "pen")
    write(player)
    QTest.keyClick(player, Key.Key_PageDown)
    write(player, 300)
    assert player.card is not None
    entry = player.card.entry
    wait(lambda: len(file_of(bench, entry).sheets) == 2)  # type: ignore[attr-defined]
    lesson = player._cards
    player.leave()
    with qtbot.waitSignal(player.shown, timeout=30_000):
        player.begin(lesson[0], lesson)
    wait(lambda: len(player.tools.layer.strokes) == 1)
    assert player.hint.isVisible()
    assert "Wipe" in player.hint.text()


def test_undo_redo_and_clear(player: PlayerPage) -> None:
    press(player, "pen")
    write(player)
    write(player, 240)
    layer, panel = player.tools.layer, player.tools.panel
    QTest.keyClick(player, Key.Key_Z, CONTROL)
    assert len(layer.strokes) == 1
    QTest.keyClick(player, Key.Key_Y, CONTROL)
    assert len(layer.strokes) == 2
    player.tools.show_panel()
    QTest.mouseClick(panel.acts["clear"], Qt.MouseButton.LeftButton)
    assert layer.strokes == []
    assert not panel.acts["clear"].isEnabled()
    QTest.mouseClick(panel.acts["undo"], Qt.MouseButton.LeftButton)
    assert len(layer.strokes) == 2


def test_clicker_takes_pen_and_eraser(player: PlayerPage) -> None:
    tools = player.tools
    taken: list[Tool | None] = []
    for key in (Key.Key_P, Key.Key_E, Key.Key_E, Key.Key_P):
        QTest.keyClick(player, key, CONTROL)
        taken.append(tools.panel.case.tool if tools.is_writing else None)
    assert taken == [Tool.PEN, Tool.ERASER, Tool.PEN, None]
    QTest.keyClick(player, Key.Key_E, CONTROL)
    QTest.keyClick(player, Key.Key_PageDown)  # pages still turn
    assert player.view is not None
    assert player.view.page == 2


def test_escape_puts_away_one_thing_at_a_time(player: PlayerPage) -> None:
    press(player, "more")
    QTest.mouseClick(player.bars.more.buttons["board"], Qt.MouseButton.LeftButton)
    left: list[bool] = []
    player.left.connect(lambda: left.append(True))
    assert player.tools.has_board
    assert player.tools.is_writing
    QTest.keyClick(player, Key.Key_Escape)
    assert not player.tools.is_writing
    assert player.tools.has_board
    QTest.keyClick(player, Key.Key_Escape)
    assert not player.tools.has_board
    assert not left
    QTest.keyClick(player, Key.Key_Escape)
    assert left


def test_colours_and_widths_are_few_and_large(player: PlayerPage) -> None:
    press(player, "pen")
    panel = player.tools.panel
    swatches = [s for s in panel.swatches if s.isVisible()]
    assert len(swatches) == 6
    for target in (*swatches, *panel.widths, *panel.acts.values(), *panel.tools.values()):
        assert min(target.width(), target.height()) >= 48
        assert target.accessibleName()
        assert target.focusPolicy() is Qt.FocusPolicy.NoFocus
    QTest.mouseClick(swatches[2], Qt.MouseButton.LeftButton)
    QTest.mouseClick(panel.widths[2], Qt.MouseButton.LeftButton)
    write(player)
    assert player.tools.layer.strokes[-1].colour == swatches[2].colour
    press(player, "pen")
    QTest.mouseClick(panel.tools[Tool.HIGHLIGHTER], Qt.MouseButton.LeftButton)
    assert [s.isVisible() for s in panel.swatches] == [True] * 4 + [False] * 2


def test_the_board_has_pages_of_its_own(player: PlayerPage) -> None:
    player.press("board")
    board, layer = player.tools.board, player.tools.layer
    assert player.grab().toImage().pixelColor(100, 300).name() == "#ffffff"
    write(player)
    QTest.keyClick(player, Key.Key_PageDown)
    assert board.counter.text() == "2 / 2"
    assert layer.strokes == []
    QTest.keyClick(player, Key.Key_PageDown)  # no blank page behind a blank page
    assert board.page == 2
    QTest.keyClick(player, Key.Key_PageUp)
    assert len(layer.strokes) == 1
    assert player.view is not None
    assert player.view.page == 1  # the lesson below did not move
    QTest.mouseClick(board.close_button, Qt.MouseButton.LeftButton)
    assert layer.strokes == []
    player.press("board")
    assert len(layer.strokes) == 1


def test_a_picture_of_it_goes_into_the_lesson_list(
    player: PlayerPage, bench: Bench, wait: Wait
) -> None:
    press(player, "pen")
    write(player)
    player.tools.show_panel()
    QTest.mouseClick(player.tools.panel.acts["picture"], Qt.MouseButton.LeftButton)
    wait(lambda: player.hint.isVisible() and "Class pictures" in player.hint.text())
    answers: list[object] = []

    def ask(desk: Desk) -> object:
        lists = desk.lessons.lists()
        return lists[0].name, desk.lessons.items(lists[0].list_id)

    bench.desk.submit(ask).succeeded.connect(answers.append)
    wait(lambda: bool(answers))
    name, items = answers[0]  # type: ignore[misc]
    assert name.startswith("Class pictures")  # type: ignore[has-type]
    assert [item.kind for item in items] == [ItemKind.FILE]  # type: ignore[has-type]
    file = items[0].file  # type: ignore[has-type]
    path = bench.paths.own_dir / "blobs" / file.sha256[:2] / file.sha256
    assert path.read_bytes()[:4] == b"\x89PNG"
    player.press("picture")  # a second one joins the first
    wait(lambda: bench.desk.is_idle and bench.runner.is_idle)
    bench.desk.submit(ask).succeeded.connect(answers.append)
    wait(lambda: len(answers) == 2)
    assert len(answers[1][1]) == 2  # type: ignore[index]


def test_our_pen_hides_while_the_boards_own_runs(
    player: PlayerPage, put: Callable[..., Settings]
) -> None:
    press(player, "pen")
    player.rivals._take(True)
    assert not player.tools.is_writing
    assert not player.bar.entry("pen").isVisible()
    put(is_pen_always_offered=True)
    player.rivals._take(False)
    player.rivals._take(True)
    assert player.bar.entry("pen").isVisible()


def test_spotlight_follows_and_goes(player: PlayerPage) -> None:
    player.press("spotlight")
    spot = player.tools.spotlight
    QTest.mousePress(spot, Qt.MouseButton.LeftButton, pos=QPoint(800, 400))
    assert spot.spot.center() == QPointF(800, 400)
    image = player.grab().toImage()
    assert image.pixelColor(800, 400).lightness() > 200
    assert image.pixelColor(400, 200).lightness() < 60
    before = spot.spot.width()
    QTest.mouseClick(spot.larger, Qt.MouseButton.LeftButton)
    assert spot.spot.width() > before
    QTest.keyClick(player, Key.Key_Escape)
    assert not spot.isVisible()


def test_a_line_under_way_outlives_what_the_lesson_does_meanwhile(player: PlayerPage) -> None:
    press(player, "pen")
    layer = player.tools.layer
    QTest.mousePress(layer, Qt.MouseButton.LeftButton, pos=QPoint(300, 300))
    QTest.mouseMove(layer, QPoint(400, 300))
    assert player.view is not None
    player.view.state_changed.emit()  # neighbouring pages were drawn, a picture arrived …
    player.tools.ink.lay()
    assert layer.is_drawing
    QTest.mouseMove(layer, QPoint(500, 300))
    QTest.mouseRelease(layer, Qt.MouseButton.LeftButton, pos=QPoint(500, 300))
    assert len(layer.strokes) == 1
    assert len(layer.strokes[0].points) == 3


def test_the_next_resource_has_ink_of_its_own(
    qtbot: QtBot, player: PlayerPage, cards: list[Card]
) -> None:
    press(player, "pen")
    write(player)
    with qtbot.waitSignal(player.shown, timeout=30_000):
        player.press("next_item")
    assert player.card is cards[1]
    assert player.tools.layer.strokes == []
    assert player.tools.is_writing  # whoever writes goes on writing
    with qtbot.waitSignal(player.shown, timeout=30_000):
        player.press("previous_item")
    qtbot.waitUntil(lambda: len(player.tools.layer.strokes) == 1, timeout=30_000)


def test_the_picture_joins_the_list_that_is_taught(
    qtbot: QtBot, frame: StageWindow, cards: list[Card], bench: Bench, wait: Wait
) -> None:
    made: list[tuple[str, str]] = []

    def prepare(desk: Desk) -> object:
        list_id = desk.lessons.create("几分之一")
        made.append((list_id, desk.lessons.add(list_id, REGION, "slides", "课件")))
        return None

    bench.desk.submit(prepare)
    wait(lambda: bool(made))
    list_id, item_id = made[0]
    player = frame.player
    lesson = [replace(cards[0], item_id=item_id)]
    with qtbot.waitSignal(player.shown, timeout=30_000):
        player.begin(lesson[0], lesson)
    player.press("picture")
    wait(lambda: player.hint.isVisible() and "几分之一" in player.hint.text())
    kinds: list[object] = []

    def ask(desk: Desk) -> object:
        return [item.kind for item in desk.lessons.items(list_id)]

    bench.desk.submit(ask).succeeded.connect(kinds.append)
    wait(lambda: bool(kinds))
    assert kinds[0] == [ItemKind.RESOURCE, ItemKind.FILE]


def test_the_wheel_still_zooms_with_the_pen_in_the_hand(player: PlayerPage) -> None:
    press(player, "pen")
    write(player)
    layer = player.tools.layer
    before = player.tools.ink._area()
    handle = player.window().windowHandle()
    QTest.wheelEvent(handle, QPointF(640, 300), QPoint(0, 240), QPoint(), CONTROL)
    assert player.tools.ink._area().width() > before.width() * 1.2
    assert len(layer.strokes) == 1


def test_ink_on_a_text_scrolls_with_the_text(
    qtbot: QtBot, frame: StageWindow, cards: list[Card]
) -> None:
    player = frame.player
    with qtbot.waitSignal(player.shown, timeout=30_000):
        player.begin(cards[1], cards[1:2])
    press(player, "pen")
    write(player, 600)
    before = player.tools.ink._area().top()
    QTest.keyClick(player, Key.Key_PageDown)
    qtbot.waitUntil(lambda: player.tools.ink._area().top() < before - 200, timeout=30_000)
    qtbot.waitUntil(
        lambda: player.tools.layer._area.top() == player.tools.ink._area().top(), timeout=30_000
    )
    assert len(player.tools.layer.strokes) == 1  # one long page, whatever screenful is shown


def test_each_side_up_of_a_picture_has_its_own_ink(
    qtbot: QtBot, frame: StageWindow, cards: list[Card]
) -> None:
    player = frame.player
    with qtbot.waitSignal(player.shown, timeout=30_000):
        player.begin(cards[3], cards[3:])
    press(player, "pen")
    write(player)
    shown = []
    for _ in range(4):
        player.press("rotate")
        shown.append(len(player.tools.layer.strokes))
    assert shown == [0, 0, 0, 1]
