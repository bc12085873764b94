# SPDX-License-Identifier: GPL-3.0-or-later
"""Ink taken hold of with a loop or a tap: carried, copied, deleted, and taken back by one undo."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.ui.board.ink_file import book_to_bytes, ink_path, load_book, parse_book
from app.ui.board.selection import nearest, pieces_of, within
from app.ui.board.strokes import InkSheet, Stroke, Tool
from app.ui.models.card import Card
from app.ui.pages.player import PlayerPage
from tests.ui.fixture_services import Bench
from tests.ui.stage.fixture_stage import REGION, StageWindow, drag, line

LEFT = Qt.MouseButton.LeftButton
Wait = Callable[[Callable[[], bool]], None]


def stroke(*points: tuple[float, float], tool: Tool = Tool.PEN, width: float = 0.005) -> Stroke:
    return Stroke(tool, "#e02d2d", width, points)


ACROSS = stroke((0.1, 0.2), (0.2, 0.2), (0.3, 0.2), (0.4, 0.2))
BELOW = stroke((0.1, 0.4), (0.4, 0.4))


def test_a_loop_takes_what_lies_mostly_inside() -> None:
    loop = [(0.05, 0.1), (0.35, 0.1), (0.35, 0.3), (0.05, 0.3)]
    assert within([ACROSS, BELOW], loop) == [0]
    assert within([BELOW], loop) == []
    eraser = stroke((0.2, 0.2), tool=Tool.ERASER)
    assert within([eraser], loop) == []


def test_a_tap_takes_the_uppermost_line_within_reach() -> None:
    again = stroke((0.25, 0.1), (0.25, 0.3))
    assert nearest([ACROSS, again], (0.25, 0.2), 0.02) == [1]
    assert nearest([ACROSS, again], (0.12, 0.21), 0.02) == [0]
    assert nearest([ACROSS, again], (0.9, 0.9), 0.02) == []


def test_what_was_rubbed_out_is_not_carried_along() -> None:
    eraser = stroke((0.25, 0.1), (0.25, 0.3), tool=Tool.ERASER, width=0.04)
    left, right = pieces_of([ACROSS, eraser], 0)
    assert left.points[0] == (0.1, 0.2)
    assert 0.22 < left.points[-1][0] <= 0.23
    assert 0.27 <= right.points[0][0] < 0.28
    assert right.points[-1] == pytest.approx((0.4, 0.2))
    assert pieces_of([eraser, ACROSS], 1) == [ACROSS]  # rubbed before it was drawn
    everything = stroke((0.0, 0.2), (0.5, 0.2), tool=Tool.ERASER, width=0.1)
    assert pieces_of([ACROSS, everything], 0) == []


def test_an_edit_is_one_step_and_survives_the_file() -> None:
    sheet = InkSheet(marks=[ACROSS, BELOW])
    moved = stroke((0.5, 0.5), (0.6, 0.5))
    sheet.edit((ACROSS,), (moved,))
    assert sheet.strokes == [BELOW, moved]
    sheet.edit((BELOW, moved), ())
    assert sheet.is_blank
    assert sheet.undo()
    assert sheet.strokes == [BELOW, moved]
    assert sheet.undo()
    assert sheet.strokes == [ACROSS, BELOW]
    assert sheet.redo()
    kept = parse_book(book_to_bytes({"page:1": (None, sheet.strokes)}))
    assert len(kept.sheets["page:1"].strokes) == 2


@pytest.fixture
def player(qtbot: QtBot, frame: StageWindow, cards: list[Card]) -> PlayerPage:
    """Two lines on the first page, the pen in the hand."""
    with qtbot.waitSignal(frame.player.shown, timeout=30_000):
        frame.player.begin(cards[0], cards)
    made = frame.player
    made.press("pen")
    drag(made.tools.layer, *line(QPoint(300, 200), QPoint(500, 200)))
    drag(made.tools.layer, *line(QPoint(300, 400), QPoint(500, 400)))
    made.tools.show_panel()
    QTest.mouseClick(made.tools.panel.acts["select"], LEFT)
    return made


def loop(player: PlayerPage, top: int, bottom: int) -> None:
    """Around everything between these heights."""
    corners = [QPoint(250, top), QPoint(560, top), QPoint(560, bottom), QPoint(250, bottom)]
    points = [
        p for a, b in zip(corners, [*corners[1:], corners[0]], strict=True) for p in line(a, b)
    ]
    drag(player.tools.select, *points)


def held(player: PlayerPage) -> int:
    """How many lines are in the hand."""
    return len(player.tools.select.held)


def heights(player: PlayerPage) -> list[int]:
    """Where the lines are, in pixels of the layer."""
    ink = player.tools.ink
    return sorted(round(ink.area.top() + s.points[0][1] * ink.area.width()) for s in ink.strokes)


def test_a_line_is_carried_and_one_undo_takes_it_back(player: PlayerPage) -> None:
    tools = player.tools
    before = heights(player)
    assert tools.select.isVisible()
    loop(player, 150, 260)
    assert held(player) == 1
    assert tools.select.strip.isVisible()
    drag(tools.select, *line(QPoint(400, 200), QPoint(460, 290)))
    assert [abs(a - b) <= 1 for a, b in zip(heights(player), [290, 400], strict=True)] == [True] * 2
    assert len(tools.layer.strokes) == 2  # and what is shown is what is kept
    tools.ink.undo()
    assert heights(player) == before
    assert held(player) == 0


def test_a_tap_holds_a_line_which_is_copied_and_deleted(player: PlayerPage) -> None:
    tools = player.tools
    QTest.mouseClick(tools.select, LEFT, pos=QPoint(400, 404))
    assert held(player) == 1
    QTest.mouseClick(tools.select.copy_button, LEFT)
    assert len(tools.ink.strokes) == 3
    QTest.mouseClick(tools.select.delete_button, LEFT)
    assert len(tools.ink.strokes) == 2
    assert held(player) == 0
    assert not tools.select.strip.isVisible()
    QTest.mouseClick(tools.select, LEFT, pos=QPoint(900, 600))  # nothing there
    assert held(player) == 0


def test_the_pen_draws_again_and_another_page_lets_go(player: PlayerPage) -> None:
    tools = player.tools
    QTest.mouseClick(tools.select, LEFT, pos=QPoint(400, 200))
    assert held(player) == 1
    player.press("next")
    assert held(player) == 0
    player.press("previous")
    tools.show_panel()
    QTest.mouseClick(tools.panel.tools[Tool.PEN], LEFT)
    assert not tools.select.isVisible()
    drag(tools.layer, *line(QPoint(300, 300), QPoint(500, 300)))
    assert len(tools.ink.strokes) == 3


def test_escape_leaves_step_by_step(player: PlayerPage) -> None:
    handle = player.window().windowHandle()
    QTest.keyClick(handle, Qt.Key.Key_Escape)
    assert not player.tools.select.isVisible()
    assert player.tools.is_writing
    QTest.keyClick(handle, Qt.Key.Key_Escape)
    assert not player.tools.is_writing
    assert player.awake.is_held


def test_moved_ink_is_there_again_next_time(
    player: PlayerPage, qtbot: QtBot, cards: list[Card], wait: Wait
) -> None:
    loop(player, 150, 460)
    assert held(player) == 2
    drag(player.tools.select, *line(QPoint(400, 200), QPoint(400, 240)))
    moved = heights(player)
    player.leave()
    with qtbot.waitSignal(player.shown, timeout=30_000):
        player.begin(cards[0], cards)
    wait(lambda: len(player.tools.layer.strokes) == 2)
    assert [abs(a - b) <= 1 for a, b in zip(heights(player), moved, strict=True)] == [True] * 2


def test_ink_written_before_a_slow_disk_answered_is_not_lost(
    frame: StageWindow, qtbot: QtBot, cards: list[Card], bench: Bench, wait: Wait
) -> None:
    player, answers = frame.player, Event()
    bench.desk.submit(lambda _desk: answers.wait(60))  # everything behind it waits
    with qtbot.waitSignal(player.shown, timeout=30_000):
        player.begin(cards[0], cards)
    player.press("pen")
    drag(player.tools.layer, *line(QPoint(300, 200), QPoint(500, 200)))
    player.leave()
    with qtbot.waitSignal(player.shown, timeout=30_000):
        player.begin(cards[0], cards)
    assert len(player.tools.layer.strokes) == 1  # the same page as it was left
    answers.set()
    wait(lambda: bench.desk.is_idle and not player.tools.ink._unread)
    assert len(player.tools.layer.strokes) == 1
    player.leave()
    wait(lambda: bench.desk.is_idle)
    main = cards[0].entry.main_file
    assert main is not None
    kept = load_book(ink_path(bench.paths, REGION, cards[0].entry.id, main.sha256))
    assert [len(sheet.strokes) for sheet in kept.sheets.values()] == [1]
