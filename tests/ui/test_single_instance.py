# SPDX-License-Identifier: GPL-3.0-or-later
"""A second start raises the first window."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pytestqt.qtbot import QtBot

from app.ui.single_instance import SingleInstance, hand_over, server_name

_CALL = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from app.ui.single_instance import hand_over
application = QCoreApplication([])
sys.exit(0 if hand_over(Path(sys.argv[1]), sys.argv[2] or None) else 1)
"""
REPOSITORY = Path(__file__).resolve().parents[2]


def test_nobody_there(data_dir: Path, qapp: object) -> None:
    assert not hand_over(data_dir, None)


def test_another_process_is_heard(data_dir: Path, qtbot: QtBot) -> None:
    instance = SingleInstance(data_dir)
    assert instance.listen()
    for wish in ("", "starter-water-video"):
        with qtbot.waitSignal(instance.asked, timeout=30_000) as asked:
            caller = subprocess.Popen(
                [sys.executable, "-c", _CALL, str(data_dir), wish], cwd=REPOSITORY
            )
        assert asked.args == [wish]
        assert caller.wait(30) == 0
    instance.close()


def test_what_a_crash_left_behind_does_not_lock_us_out(data_dir: Path, qtbot: QtBot) -> None:
    first = SingleInstance(data_dir)
    assert first.listen()
    second = SingleInstance(data_dir)
    assert second.listen()
    second.close()
    first.close()


def test_the_name_hides_the_path(tmp_path: Path) -> None:
    assert "kezhan-" in server_name(tmp_path)
    assert tmp_path.name not in server_name(tmp_path)
    assert server_name(tmp_path) != server_name(tmp_path / "other")
