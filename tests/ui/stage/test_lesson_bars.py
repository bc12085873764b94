# SPDX-License-Identifier: GPL-3.0-or-later
"""Bars at both edges, long press, overscan, timer, pointer: what a room's hardware asks for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.base.settings import Settings
from app.ui.board.awake import Awake
from app.ui.board.lesson_timer import LessonTimer
from app.ui.board.rival_pens import PEN_PROGRAMS, RivalPens, running_programs
from app.ui.look.theme import theme_for
from app.ui.models.card import Card
from app.ui.pages.player import PlayerPage
from tests.ui.fixture_services import Bench
from tests.ui.stage.fixture_stage import StageWindow, assert_all_is_seen

Put = Callable[..., Settings]
Wait = Callable[[Callable[[], bool]], None]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def player(qtbot: QtBot, frame: StageWindow, cards: list[Card], put: Put) -> PlayerPage:
    """A lesson on a board that is touched."""
    put(bar_place="sides")
    with qtbot.waitSignal(frame.player.shown, timeout=30_000):
        frame.player.begin(cards[0], cards)
    return frame.player


def test_both_edges_have_the_same_buttons_and_each_works(player: PlayerPage) -> None:
    left, right = player.bars.sides
    assert left.x() == 0
    assert right.x() + right.width() == player.width()
    assert list(left.buttons) == list(right.buttons)
    for bar in (left, right):
        for button in bar.buttons.values():
            assert min(button.width(), button.height()) >= 48
            assert button.focusPolicy() is Qt.FocusPolicy.NoFocus
    QTest.mouseClick(left.buttons["next"], LEFT)
    assert player.view is not None
    assert player.view.page == 2
    QTest.mouseClick(right.buttons["previous"], LEFT)
    assert player.view.page == 1
    assert not player.bar.isVisible()  # a document has no time line


def test_the_bars_move_together_and_stay_where_they_were_put(
    player: PlayerPage, bench: Bench
) -> None:
    left, right = player.bars.sides
    before = left.y()
    grip = right.grip
    QTest.mousePress(grip, LEFT, pos=QPoint(20, 20))
    for step in range(1, 9):
        QTest.mouseMove(grip, QPoint(20, 20 + 10 * step))
    QTest.mouseRelease(grip, LEFT, pos=QPoint(20, 100))
    assert left.y() == right.y() > before + 40
    percent = bench.services.settings.current.side_bar_percent
    assert percent > 50
    player.bars.use_sides(has_sides=True, percent=percent, is_folded=False)
    assert abs(left.y() - right.y()) == 0


def test_a_tap_on_the_grip_folds_and_unfolds(player: PlayerPage, bench: Bench) -> None:
    left, right = player.bars.sides
    QTest.mouseClick(left.grip, LEFT)
    assert not any(b.isVisible() for bar in (left, right) for b in bar.buttons.values())
    assert left.grip.isVisible()
    assert left.height() < 80
    assert bench.services.settings.current.is_side_bar_folded
    QTest.mouseClick(right.grip, LEFT)
    assert left.buttons["pen"].isVisible()


def test_the_first_touch_brings_the_bars_to_the_edges(
    player: PlayerPage, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.ui.pages.player_stage.has_touch_screen", lambda: False)
    player._was_touched = False
    put(bar_place="auto")
    assert not player.bars.has_sides
    assert player.bar.entry("next").isVisible()
    device = QTest.createTouchDevice()
    handle = player.window().windowHandle()
    QTest.touchEvent(handle, device).press(0, QPoint(600, 300)).commit()
    QTest.touchEvent(handle, device).release(0, QPoint(600, 300)).commit()
    assert player.bars.has_sides
    assert not player.bar.entry("next").isVisible()
    assert player.view is not None
    assert player.view.page == 1  # and turned no page


def test_a_long_press_opens_more_there_and_a_short_one_does_not(
    player: PlayerPage, wait: Wait
) -> None:
    device = QTest.createTouchDevice()
    handle = player.window().windowHandle()
    at = QPoint(700, 350)
    QTest.touchEvent(handle, device).press(0, at).commit()
    QTest.touchEvent(handle, device).release(0, at).commit()
    assert not player.bars.more.isVisible()
    QTest.touchEvent(handle, device).press(0, at).commit()
    wait(player.bars.more.isVisible)
    QTest.touchEvent(handle, device).release(0, at).commit()
    assert player.bars.more.isVisible()
    assert player.bars.more.geometry().contains(at)


def test_holding_the_timer_still_is_no_long_press(player: PlayerPage) -> None:
    player.press("timer")
    timer = player.tools.timer
    player._long_pressed(QPointF(timer.mapToGlobal(QPoint(30, 10))))
    assert not player.bars.more.isVisible()


def test_a_moving_finger_is_no_long_press(player: PlayerPage) -> None:
    device = QTest.createTouchDevice()
    handle = player.window().windowHandle()
    QTest.touchEvent(handle, device).press(0, QPoint(700, 350)).commit()
    assert player.input._timer.isActive()
    QTest.touchEvent(handle, device).move(0, QPoint(760, 350)).commit()
    assert not player.input._timer.isActive()
    QTest.touchEvent(handle, device).release(0, QPoint(760, 350)).commit()


def test_the_right_button_opens_more(player: PlayerPage) -> None:
    handle = player.window().windowHandle()
    QTest.mouseClick(handle, Qt.MouseButton.RightButton, pos=QPoint(500, 300))
    assert player.bars.more.isVisible()


@pytest.mark.parametrize("percent", [0, 5, 10])
def test_overscan_keeps_picture_and_bars_off_the_edge(
    player: PlayerPage, put: Put, percent: int
) -> None:
    put(overscan_percent=percent)
    x, y = player.width() * percent // 100, player.height() * percent // 100
    assert player.view is not None
    room = player.view.geometry()
    assert abs(room.left() - x) <= 1
    assert abs(room.top() - y) <= 1
    assert abs(player.bars.sides[0].x() - x) <= 1
    assert player.tools.layer.geometry() == room
    if percent:
        assert player.grab().toImage().pixelColor(2, 2).name() == "#000000"


@pytest.mark.parametrize("scale_percent", [80, 100, 200])
def test_everything_fits_at_every_scale(
    qtbot: QtBot, bench: Bench, cards: list[Card], put: Put, scale_percent: int
) -> None:
    put(bar_place="sides")
    frame = StageWindow(bench, scale_percent)
    qtbot.addWidget(frame)
    frame.show()
    player = frame.player
    with qtbot.waitSignal(player.shown, timeout=30_000):
        player.begin(cards[0], cards[:1])
    inside = player.rect()
    for bar in player.bars.sides:
        assert inside.contains(bar.geometry())
        assert bar.height() >= sum(b.minimumSizeHint().height() for b in bar.buttons.values())
    player.press("more")
    assert inside.contains(player.bars.more.geometry())
    assert_all_is_seen(player.bars.more)
    player.bars.more.hide()
    player.press("pen")
    assert inside.contains(player.tools.panel.geometry())
    put(bar_place="bottom")
    player.press("more")
    assert inside.contains(player.bars.more.geometry())
    assert_all_is_seen(player.bars.more)
    if scale_percent < 200:  # there it lies over the bar rather than lose its words
        assert not player.bars.more.geometry().intersects(player.bar.geometry())
    player.leave()


def test_the_timer_counts_down_rings_once_and_never_pops_up(
    qtbot: QtBot, player: PlayerPage
) -> None:
    now = [0]
    timer = LessonTimer(theme_for("light", 100), player, lambda: now[0])
    rung: list[bool] = []
    timer.rang.connect(lambda: rung.append(True))
    timer.show()
    QTest.mouseClick(timer.presets[3], LEFT)
    assert timer.digits.text() == "3:00"
    now[0] = 60_500
    timer.follow()
    assert timer.digits.text() == "2:00"
    QTest.mouseClick(timer.run, LEFT)  # pause
    now[0] = 500_000
    timer.follow()
    assert timer.digits.text() == "2:00"
    QTest.mouseClick(timer.run, LEFT)
    now[0] += 119_000
    timer.follow()
    assert timer.digits.text() == "0:01"
    assert not rung
    now[0] += 2_000
    timer.follow()
    timer.follow()
    assert rung == [True]
    assert timer.digits.text() == "0:00"
    assert QApplication.activeModalWidget() is None
    timer.put_away()
    QTest.mouseClick(timer.run, LEFT)  # without a length it counts up
    now[0] += 65_000
    timer.follow()
    assert timer.digits.text() == "1:05"
    timer.put_away()


def test_the_timer_can_be_carried_but_not_off_the_stage(player: PlayerPage) -> None:
    player.press("timer")
    timer = player.tools.timer
    at = QPoint(20, 20)
    QTest.mousePress(timer, LEFT, pos=at)
    QTest.mouseMove(timer, QPoint(-4000, 3000))
    QTest.mouseRelease(timer, LEFT, pos=QPoint(-4000, 3000))
    assert player.rect().contains(timer.geometry())
    assert timer.x() == 0


def test_a_large_pointer_is_only_for_the_lesson(player: PlayerPage, put: Put) -> None:
    assert QApplication.overrideCursor() is None
    put(is_pointer_large=True)
    shown = QApplication.overrideCursor()
    assert shown is not None
    assert shown.pixmap().deviceIndependentSize().height() >= 48
    player.press("pen")  # the pen shows its colour instead
    assert QApplication.overrideCursor() is None
    player.tools.put_pen_away()
    assert QApplication.overrideCursor() is not None
    player.leave()
    assert QApplication.overrideCursor() is None


def test_the_screen_stays_awake_exactly_as_long_as_the_lesson(player: PlayerPage) -> None:
    said: list[str] = []

    class Way:
        def hold(self) -> bool:
            said.append("hold")
            return True

        def release(self) -> None:
            said.append("release")

    awake = Awake(Way())
    for is_held in (True, True, False, False):
        awake.set_held(is_held)
    assert said == ["hold", "release"]
    assert player.awake.is_held
    player.leave()
    assert not player.awake.is_held


def test_running_programs_are_seen(bench: Bench, wait: Wait) -> None:
    names = running_programs()
    assert any(name.startswith(("python", "pytest")) for name in names)
    assert all(name == name.lower() and not name.endswith(".exe") for name in PEN_PROGRAMS)
    listed = [frozenset({"explorer", "desktopannotation"}), frozenset({"explorer"})]
    rivals = RivalPens(bench.runner, list_programs=lambda: listed.pop(0))
    seen: list[bool] = []
    rivals.changed.connect(seen.append)
    rivals.look()
    wait(lambda: seen == [True])
    rivals.look()
    wait(lambda: seen == [True, False])
    wait(lambda: bench.runner.is_idle)
