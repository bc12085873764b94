# SPDX-License-Identifier: GPL-3.0-or-later
"""A window on a bench: everything real but the agent and the size of the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.base.settings import Settings
from app.region.entry import Entry
from app.ui.look.theme import theme_for
from app.ui.main_window import MainWindow
from app.ui.pages.home import HomePage
from tests.ui.fixture_lessons import lessons
from tests.ui.fixture_library import MemoryLocator, textbooks
from tests.ui.fixture_services import Bench


@pytest.fixture
def locator() -> MemoryLocator:
    """Files by hash."""
    return MemoryLocator()


@pytest.fixture
def entries(qapp: object, tmp_path: Path, locator: MemoryLocator) -> list[Entry]:
    """Nine lessons with files, two without, and sixty textbooks."""
    folder = tmp_path / "files"
    folder.mkdir()
    return [*lessons(folder, locator), *textbooks(60)]


@pytest.fixture
def bench(data_dir: Path, entries: list[Entry], locator: MemoryLocator) -> Iterator[Bench]:
    """Services and threads, ended in order."""
    made = Bench(data_dir, entries, locator, Settings(language="en", theme="light"))
    yield made
    made.close()


@pytest.fixture
def window(qtbot: QtBot, bench: Bench) -> MainWindow:
    """The window on its library, with the first answer there."""
    made = MainWindow(theme_for("light", 100), bench.services)
    made.resize(1280, 720)
    qtbot.addWidget(made)
    made.show_page("library")
    made.library.grid.setFocus()
    made.show()
    qtbot.waitExposed(made)
    qtbot.waitUntil(lambda: made.library.is_settled, timeout=30_000)
    return made


@pytest.fixture
def opened(qtbot: QtBot, bench: Bench) -> MainWindow:
    """The window as it opens."""
    made = MainWindow(theme_for("light", 100), bench.services)
    made.resize(1280, 720)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    qtbot.waitUntil(lambda: made.home.is_settled, timeout=30_000)
    return made


@pytest.fixture
def home(opened: MainWindow) -> HomePage:
    """Its first page."""
    return opened.home


Wait = Callable[[Callable[[], bool]], None]


@pytest.fixture
def wait(qtbot: QtBot) -> Wait:
    """Wait until something is so."""

    def until(condition: Callable[[], bool]) -> None:
        qtbot.waitUntil(condition, timeout=30_000)

    return until
