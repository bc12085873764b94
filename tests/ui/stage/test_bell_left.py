# SPDX-License-Identifier: GPL-3.0-or-later
"""How long until the bell: beside the title, and as a countdown; never where nobody knows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.ui.board.bell_left import bell_words
from app.ui.models.card import Card
from app.ui.pages.player import PlayerPage
from tests.ui.fixture_services import Bench
from tests.ui.fixture_state import sample_timetable
from tests.ui.stage.fixture_stage import StageWindow

if TYPE_CHECKING:
    from app.ui.desk import Desk

Wait = Callable[[Callable[[], bool]], None]


@pytest.fixture
def player(
    qtbot: QtBot, bench: Bench, frame: StageWindow, cards: list[Card], wait: Wait
) -> PlayerPage:
    """The second period has ten minutes left."""

    def fill(desk: Desk) -> object:
        desk.lessons.set_timetable(sample_timetable())
        return None

    bench.desk.submit(fill)
    bench.clock.set_to(time(9, 20))
    bench.classroom.refresh()
    wait(lambda: bench.classroom.now is not None)
    with qtbot.waitSignal(frame.player.shown, timeout=30_000):
        frame.player.begin(cards[0], cards)
    return frame.player


def test_the_bell_is_told_beside_the_title_while_the_bars_are_there(player: PlayerPage) -> None:
    player.bars.wake()
    assert player.bars.bell.isVisible()
    assert player.bars.bell.text() == player.bell.words == bell_words(599)
    player.bars.hide_now()
    assert not player.bars.bell.isVisible()


def test_the_words_follow_the_clock_and_go_with_the_bell(player: PlayerPage, bench: Bench) -> None:
    player.bars.wake()
    bench.clock.set_to(time(9, 29, 30))
    player.bell.look()
    assert player.bars.bell.text() == bell_words(30) == bell_words(1)
    bench.clock.set_to(time(9, 31))
    player.bell.look()
    assert player.bell.words == ""
    assert not player.bars.bell.isVisible()
    assert player.tools.timer.to_bell.isHidden()


def test_the_timer_counts_down_to_the_bell(player: PlayerPage) -> None:
    player.press("timer")
    timer = player.tools.timer
    assert timer.to_bell.isVisible()
    QTest.mouseClick(timer.to_bell, Qt.MouseButton.LeftButton)
    assert timer.is_running
    assert 9 * 60 <= timer.shown_s <= 10 * 60
    timer.put_away()


def test_without_a_timetable_nothing_is_said(
    qtbot: QtBot, frame: StageWindow, cards: list[Card]
) -> None:
    player = frame.player
    with qtbot.waitSignal(player.shown, timeout=30_000):
        player.begin(cards[0], cards)
    player.bars.wake()
    assert not player.bars.bell.isVisible()
    player.press("timer")
    assert player.tools.timer.to_bell.isHidden()
    player.tools.timer.put_away()
