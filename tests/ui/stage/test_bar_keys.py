# SPDX-License-Identifier: GPL-3.0-or-later
"""The bars by keyboard, and where there is little room: nothing cut off, nothing out of reach."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.base.settings import Settings
from app.player.item import PlayItem
from app.player.view import LessonView
from app.ui.board.lesson_bars import LessonBars
from app.ui.board.more_panel import Surroundings
from app.ui.look.theme import theme_for
from app.ui.models.card import Card
from app.ui.pages.player import PlayerPage
from tests.ui.stage.fixture_stage import StageWindow, assert_all_is_seen

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def player(
    qtbot: QtBot, frame: StageWindow, cards: list[Card], put: Callable[..., Settings]
) -> PlayerPage:
    """A lesson on a board that is touched."""
    put(bar_place="sides")
    with qtbot.waitSignal(frame.player.shown, timeout=30_000):
        frame.player.begin(cards[0], cards)
    return frame.player


class Film(LessonView):
    """Has everything that can be offered, and two languages."""

    is_timed = True
    subtitle_names = ("中文", "English")


def test_a_film_unfolds_whole_at_twice_the_size_on_a_small_screen(
    qtbot: QtBot, tmp_path: Path
) -> None:
    stage = QWidget()
    qtbot.addWidget(stage)
    stage.setStyleSheet(theme_for("light", 200).style_sheet())
    stage.resize(1280, 720)
    stage.show()
    bars = LessonBars(theme_for("light", 200), stage)
    item = PlayItem(
        region_id="r",
        entry_id="e",
        title="e",
        path=tmp_path / "e.mp4",
        media_type="video/mp4",
        name="e.mp4",
        sha256="0" * 64,
        converted_dir=tmp_path,
    )
    view = Film(item, stage)
    bars.follow(view, has_items=True, is_docked=False)
    bars.use_sides(has_sides=True, percent=50, is_folded=False)
    bars.place(stage.rect().adjusted(38, 22, -38, -22))  # and a TV margin
    bars.wake()
    around = Surroundings(has_previous_item=True, has_next_item=True, has_screens=True)
    bars.open_more(around)
    assert stage.rect().contains(bars.more.geometry())
    assert_all_is_seen(bars.more)
    bars.sleep()


def test_tab_reaches_every_button_and_the_clicker_still_turns_pages(player: PlayerPage) -> None:
    key = Qt.Key
    handle = player.window().windowHandle()
    seen = []
    left = player.bars.sides[0]
    for _ in range(6):
        QTest.keyClick(handle, key.Key_Tab)
        seen.append(player.bar_focus.button)
    assert seen == [left.grip, *left.buttons.values()]
    QTest.keyClick(handle, key.Key_PageDown)
    assert player.view is not None
    assert player.view.page == 2
    QTest.keyClick(handle, key.Key_Return)  # on 「更多」
    assert player.bars.more.isVisible()
    first = player.bar_focus.button
    assert first is not None
    assert player.bars.more.isAncestorOf(first)
    QTest.keyClick(handle, key.Key_Escape)
    assert player.bar_focus.button is None
    assert player.hasFocus()
    QTest.keyClick(handle, key.Key_Escape)
    assert not player.bars.more.isVisible()
    QTest.keyClick(handle, key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(handle, key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert player.bar_focus.button is player.bars.sides[0].buttons["pen"]
    QTest.keyClick(handle, key.Key_Space)
    assert player.tools.is_writing
    QTest.keyClick(handle, key.Key_Escape)  # the keyboard goes back first, then the pen
    assert player.tools.is_writing
    QTest.keyClick(handle, key.Key_Escape)
    assert not player.tools.is_writing
    assert player.awake.is_held


def test_a_folded_bar_unfolds_by_keyboard(player: PlayerPage) -> None:
    left, handle = player.bars.sides[0], player.window().windowHandle()
    QTest.mouseClick(left.grip, LEFT)
    assert not left.buttons["more"].isVisible()
    QTest.keyClick(handle, Qt.Key.Key_Tab)
    assert player.bar_focus.button is left.grip
    QTest.keyClick(handle, Qt.Key.Key_Return)
    assert left.buttons["more"].isVisible()


def test_a_click_never_takes_the_keyboard_from_the_lesson(player: PlayerPage) -> None:
    QTest.mouseClick(player.bars.sides[0].buttons["next"], LEFT)
    assert player.hasFocus()
    QTest.keyClick(player.window().windowHandle(), Qt.Key.Key_Tab)
    assert not player.hasFocus()
    QTest.mouseClick(player.window().windowHandle(), LEFT, pos=QPoint(600, 300))
    assert player.hasFocus()
