# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes each page of the window when it is first shown; imports happen here, for a quick start."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow

HOME = "home"
LIBRARY = "library"
STICK = "stick"


def make_page(window: MainWindow, key: str) -> QWidget:
    """The page of that key, connected to its window."""
    return _MAKERS[key](window)


def _home(window: MainWindow) -> QWidget:
    from app.ui.pages.home import HomePage

    page = HomePage(window.theme, window.services)
    page.play_wanted.connect(window.play)
    page.chosen.connect(window.show_details)
    page.list_wanted.connect(window.show_list)
    page.page_wanted.connect(window.go_to)
    page.stick_wanted.connect(window.show_stick)
    return page


def _library(window: MainWindow) -> QWidget:
    from app.ui.pages.library import LibraryPage

    page = LibraryPage(window.theme, window.services)
    page.chosen.connect(window.show_details)
    return page


def _details(window: MainWindow) -> QWidget:
    from app.ui.pages.details import DetailsPage

    page = DetailsPage(window.theme, window.services)
    page.left.connect(window.back)
    page.play_wanted.connect(window.play)
    return page


def _lists(window: MainWindow) -> QWidget:
    from app.ui.pages.lists import ListsPage
    from app.ui.pages.stick_universal import ListHost

    page = ListsPage(window.theme, window.services)
    page.chosen.connect(window.show_details)
    page.play_wanted.connect(window.play)
    page.stick_wanted.connect(window.show_stick)
    ListHost(page, window.services)
    return page


def _stick(window: MainWindow) -> QWidget:
    from app.ui.pages.home_stick import OwnStickPage

    page = OwnStickPage(window.theme, window.services)
    page.left.connect(window.back)
    page.play_wanted.connect(window.play)
    return page


def _log(window: MainWindow) -> QWidget:
    from app.ui.pages.usage_log import UsageLogPage

    return UsageLogPage(window.theme, window.services)


def _uploads(window: MainWindow) -> QWidget:
    from app.ui.pages.uploads import UploadsPage

    return UploadsPage(window.theme, window.services)


def _status(window: MainWindow) -> QWidget:
    from app.ui.pages.status import StatusPage

    return StatusPage(window.theme, window.services)


def _settings(window: MainWindow) -> QWidget:
    from app.ui.pages.settings import SettingsPage

    return SettingsPage(window.theme, window.services)


def _player(window: MainWindow) -> QWidget:
    from app.ui.pages.player import PlayerPage

    page = PlayerPage(window.theme, window.services)
    page.share_pointer(window.place.pointer)
    page.left.connect(window.leave_player)
    page.full_screen_wanted.connect(window.place.set_full)
    page.screen_wanted.connect(window.to_next_screen)
    page.shown.connect(window.shown_player)
    return page


_MAKERS: dict[str, Callable[[MainWindow], QWidget]] = {
    HOME: _home,
    LIBRARY: _library,
    "details": _details,
    "lists": _lists,
    STICK: _stick,
    "log": _log,
    "uploads": _uploads,
    "status": _status,
    "settings": _settings,
    "player": _player,
}
