# SPDX-License-Identifier: GPL-3.0-or-later
"""Starting twice on one data directory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from pytestqt.qtbot import QtBot

from app.base.locks import ProcessLock, is_held
from app.base.paths import DataPaths
from app.ui.single_instance import SingleInstance

REPOSITORY = Path(__file__).resolve().parents[2]


def start(data_dir: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "app", *arguments, "--data-dir", str(data_dir)],
        cwd=REPOSITORY,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_second_hands_its_wish_over_and_ends_well(data_dir: Path, qtbot: QtBot) -> None:
    paths = DataPaths(data_dir)
    paths.ensure()
    with ProcessLock(paths.window_lock):
        instance = SingleInstance(paths.root)
        assert instance.listen()
        with qtbot.waitSignal(instance.asked, timeout=60_000) as asked:
            second = start(data_dir, "open", "starter-water-video")
        assert asked.args == ["starter-water-video"]
        assert second.wait(30) == 0
        second.communicate()
        instance.close()


def test_a_first_that_does_not_answer_is_named(data_dir: Path) -> None:
    paths = DataPaths(data_dir)
    paths.ensure()
    with ProcessLock(paths.window_lock):
        second = start(data_dir)
        _, said = second.communicate(timeout=60)
    assert second.returncode == 1
    assert len(said.strip()) > 5
    assert "Traceback" not in said


def test_the_note_of_a_dead_holder_does_not_count(data_dir: Path) -> None:
    paths = DataPaths(data_dir)
    paths.ensure()
    paths.agent_lock.with_name("agent.lock.pid").write_text("999999", encoding="ascii")
    assert not is_held(paths.agent_lock)
    with ProcessLock(paths.agent_lock):
        assert is_held(paths.agent_lock)


def test_another_account_at_the_same_data_is_named(data_dir: Path) -> None:
    paths = DataPaths(data_dir)
    paths.ensure()
    with ProcessLock(paths.window_lock):
        note = paths.window_lock.with_name("window.lock.pid")
        note.write_text(f"{os.getpid()}\n李老师\n", encoding="utf-8")
        second = start(data_dir)
        _, said = second.communicate(timeout=60)
    assert second.returncode == 1
    assert "李老师" in said
