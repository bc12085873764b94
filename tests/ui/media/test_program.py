# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole program with the starter lessons: real agent, catalogue, player, log. No fakes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.base import db
from app.base.paths import DataPaths
from app.ui.models.card import CARD_ROLE, Card
from app.ui.pages.details import DetailsPage
from app.ui.pages.player import PlayerPage
from app.ui.pages.usage_log import UsageLogPage
from app.usage.store import UsageStore
from app.wiring.window import Program, WindowOptions

REPOSITORY = Path(__file__).resolve().parents[3]
LONG_MS = 60_000


@pytest.fixture
def program(data_dir: Path, qtbot: QtBot) -> Iterator[Program]:
    """A first start on a fresh machine."""
    paths = DataPaths(data_dir)
    paths.ensure()
    made = Program(paths, WindowOptions(language="zh_CN"))
    qtbot.addWidget(made.window)
    made.start()
    made.window.resize(1280, 720)
    yield made
    if made.window.isVisible():
        made.window.close()
    made.translations.clear()


def card_of(program: Program, entry_id: str) -> tuple[int, Card]:
    results = program.window.library.results
    for row in range(results.total):
        card = results.index(row).data(CARD_ROLE)
        if isinstance(card, Card) and card.entry.id == entry_id:
            return row, card
    raise AssertionError(entry_id)


def type_words(program: Program, text: str) -> None:
    field = program.window.library.search
    field.setFocus()
    for character in text:
        event = QInputMethodEvent()
        event.setCommitString(character)
        QApplication.sendEvent(field, event)


def test_first_start_search_play_and_log(program: Program, qtbot: QtBot) -> None:
    window = program.window
    home = window.home
    qtbot.waitUntil(lambda: home.has_content and home.is_settled, timeout=LONG_MS)
    window.show_page("library")
    library = window.library
    qtbot.waitUntil(lambda: library.results.total >= 6 and library.is_settled, timeout=LONG_MS)
    assert program.agent.state.value == "running"
    type_words(program, "分数")
    qtbot.waitUntil(lambda: 0 < library.results.total < 6 and library.is_settled, timeout=LONG_MS)
    row, card = card_of(program, "starter-fraction-video")
    assert card.entry.cover is not None
    place = library.grid.item_rect(row).center()
    QTest.mouseClick(library.grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    details = window.page("details")
    assert isinstance(details, DetailsPage)
    qtbot.waitUntil(details.play_button.isVisible, timeout=LONG_MS)
    with qtbot.waitSignal(window.shown_player, timeout=LONG_MS):
        QTest.mouseClick(details.play_button, Qt.MouseButton.LeftButton)
    player = window.page("player")
    assert isinstance(player, PlayerPage)
    view = player.view
    assert view is not None
    assert view.is_timed
    qtbot.waitUntil(lambda: view.position_s > 2.5, timeout=LONG_MS)
    QTest.keyClick(player, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not view.is_playing, timeout=LONG_MS)
    before = view.position_s
    QTest.keyClick(player, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: view.position_s > before + 3, timeout=LONG_MS)
    QTest.keyClick(player, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.is_in_lesson, timeout=LONG_MS)
    window.show_page("log")
    log = window.page("log")
    assert isinstance(log, UsageLogPage)
    qtbot.waitUntil(
        lambda: len(log.model.rows) == 2 and "播放" in log.model.rows[1].happened, timeout=LONG_MS
    )
    window.close()
    assert program.agent.state.value == "stopped"
    reader = db.open_reader(program.paths.desk_db)
    kinds = [logged.event.kind.value for logged in UsageStore(reader).recent(50)][::-1]
    assert reader.execute("SELECT count(*) FROM lease").fetchone()[0] == 0
    reader.conn.close()
    assert kinds[0] == "opened"
    assert {"initialized", "played", "paused", "seeked"} <= set(kinds)
    assert kinds[-1] == "terminated"


def test_a_second_start_raises_the_first_and_a_picture_is_taken(data_dir: Path) -> None:
    picture = data_dir / "shot.png"
    command = [sys.executable, "-m", "app", "--data-dir", str(data_dir)]
    done = subprocess.run(
        [*command, "--screenshot", str(picture)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    image = QImage(str(picture))
    assert (image.width(), image.height()) == (1280, 720)
    colours = {image.pixel(x, y) for x in range(0, 1280, 16) for y in range(0, 720, 16)}
    assert len(colours) > 40, "the picture shows next to nothing"
