# SPDX-License-Identifier: GPL-3.0-or-later
"""Closing hides only where the settings say so, and switches have their effect."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QSystemTrayIcon
from pytestqt.qtbot import QtBot

from app.base.errors import ReadOnlyError
from app.base.messages import message
from app.ui.main_window import MainWindow
from app.ui.pages.settings_start import StartCard
from app.ui.problem_box import problem_box
from app.ui.tray import Tray
from tests.ui.fixture_services import Bench

# What the offscreen platform lacks of a desktop.
pytestmark = pytest.mark.qt_log_ignore("systemTrayWindowChanged", "does not support raise")


@pytest.fixture
def tray(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> Tray:
    """The offscreen platform has no tray of its own; everything but the icon's place is real."""
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: True))
    return Tray(window)


def test_without_the_switch_closing_ends(qtbot: QtBot, window: MainWindow, tray: Tray) -> None:
    tray.use(is_wanted=False)
    with qtbot.waitSignal(window.closing, timeout=30_000):
        window.close()


def test_with_the_switch_closing_hides_and_the_menu_ends(
    qtbot: QtBot, window: MainWindow, tray: Tray
) -> None:
    tray.use(is_wanted=True)
    with qtbot.assertNotEmitted(window.closing):
        window.close()
    assert not window.isVisible()
    window.come_forward("")
    assert window.isVisible()
    with qtbot.waitSignal(tray.end_wanted, timeout=30_000):
        tray._end()
    with qtbot.waitSignal(window.closing, timeout=30_000):
        window.close()


def test_a_lesson_on_the_screen_ends_when_the_window_goes_to_the_tray(
    qtbot: QtBot, window: MainWindow, tray: Tray
) -> None:
    tray.use(is_wanted=True)
    with qtbot.waitSignal(window.shown_player, timeout=30_000):
        window.open_by_id("fraction-slides")
    window.close()
    assert not window.is_in_lesson
    tray.use(is_wanted=False)


def test_who_signs_out_is_not_held_up(qtbot: QtBot, window: MainWindow, tray: Tray) -> None:
    tray.use(is_wanted=True)
    tray._session_ends(None)  # type: ignore[arg-type]
    with qtbot.waitSignal(window.closing, timeout=30_000):
        window.close()


class Switch:
    """The system's switch; `error` is what it answers."""

    def __init__(self, state: str = "off", error: Exception | None = None) -> None:
        self.now, self.error = state, error

    def state(self) -> str:
        return self.now

    def switch(self, *, is_on: bool) -> None:
        if self.error is not None:
            raise self.error
        self.now = "user" if is_on else "off"


def test_the_switch_reaches_the_system_and_the_settings(bench: Bench, window: MainWindow) -> None:
    switch = Switch()
    card = StartCard(window.theme, bench.services, switch)
    assert card.autostart.key == "off"
    card.autostart.choice("on").click()
    card.tray.choice("on").click()
    now = bench.services.settings.current
    assert (switch.now, now.is_autostart, now.is_tray) == ("user", True, True)


def test_a_switch_that_may_not_be_moved_says_why_and_stays(
    bench: Bench, window: MainWindow
) -> None:
    card = StartCard(window.theme, bench.services, Switch(error=ReadOnlyError(path="HKCU")))
    card.autostart.choice("on").click()
    assert card.autostart.key == "off"
    assert "HKCU" in card.notice.text()
    assert not bench.services.settings.current.is_autostart


def test_what_the_administrator_set_is_shown_and_fixed(bench: Bench, window: MainWindow) -> None:
    card = StartCard(window.theme, bench.services, Switch("machine"))
    assert card.autostart.key == "on"
    assert not card.autostart.isEnabled()


def test_another_session_is_named_in_a_box(qtbot: QtBot) -> None:
    box = problem_box(message("in_use_by_other", {"user": "李老师"}, "zh_CN"))
    qtbot.addWidget(box)
    assert "李老师" in box.text()
    assert box.informativeText()
