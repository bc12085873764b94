# SPDX-License-Identifier: GPL-3.0-or-later
"""A window killed in the middle of a lesson: the next one goes on where it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.base.paths import DataPaths
from app.ui.lesson_place import load_place
from app.ui.pages.player import PlayerPage
from app.wiring.window import Program, WindowOptions
from tests.conftest import REPOSITORY

LONG_MS = 60_000
RESOURCE = "starter-poem-slides"


@pytest.mark.timeout(180)
def test_a_killed_lesson_goes_on(qtbot: QtBot, data_dir: Path) -> None:
    paths = DataPaths(data_dir)
    command = [sys.executable, "-m", "app", "--data-dir", str(data_dir), "open", RESOURCE]
    environment = {**os.environ, "KEZHAN_GUARDED": "0"}
    window = subprocess.Popen(
        command,
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        qtbot.waitUntil(lambda: load_place(paths) is not None, timeout=LONG_MS)
    finally:
        os.killpg(window.pid, signal.SIGKILL)  # the window and its agent, as a crash would
        window.wait()
    place = load_place(paths)
    assert place is not None
    assert place.cards[place.at].entry.id == RESOURCE
    program = Program(paths, WindowOptions(language="zh_CN", is_resumed=True))
    qtbot.addWidget(program.window)
    with qtbot.waitSignal(program.window.shown_player, timeout=LONG_MS):
        program.start()
    player = program.window.page("player")
    assert isinstance(player, PlayerPage)
    assert player.card is not None
    assert player.card.entry.id == RESOURCE
    assert program.window.is_in_lesson
    assert program.window.isFullScreen()
    qtbot.waitUntil(lambda: program.agent.state.value == "running", timeout=LONG_MS)
    player.leave()
    qtbot.waitUntil(lambda: not paths.lesson_place.exists(), timeout=LONG_MS)
    program.window.close()
    program.translations.clear()
