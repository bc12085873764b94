# SPDX-License-Identifier: GPL-3.0-or-later
"""A crash report says what happened and nothing about whom."""

from __future__ import annotations

import getpass
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.base.paths import DataPaths
from app.wiring import crash
from app.wiring.doctor import Finding, examine

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture
def paths(data_dir: Path) -> DataPaths:
    made = DataPaths(data_dir)
    made.ensure()
    return made


def test_names_of_folders_and_accounts_do_not_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: Path("/home/王老师"))
    monkeypatch.setattr(getpass, "getuser", lambda: "王老师")
    fault = 'File "/home/王老师/课件/a.py", line 3 in play\nFile "D:\\用户\\王老师", line 1'
    said = crash.compose(fault, "opened /srv/王老师/b.mp4\n", NOW)
    assert "王老师" not in said
    assert '"~/课件/a.py", line 3 in play' in said
    assert "opened /srv/~/b.mp4" in said


def test_a_death_without_a_word_is_said_so_and_keeps_the_last_lines(paths: DataPaths) -> None:
    lines = "".join(f"line {number}\n" for number in range(10_000))
    (paths.logs_dir / "window.log").write_text(lines, "utf-8")
    made = crash.report(paths, 4711)
    assert made is not None
    said = made.read_text("utf-8")
    assert "without a word" in said
    assert "line 9999" in said
    assert "line 9000\n" not in said


def test_what_an_unguarded_window_left_becomes_a_report_at_the_next_start(
    paths: DataPaths,
) -> None:
    (paths.logs_dir / "window-99999.fault").write_text("Fatal Python error: Aborted", "utf-8")
    mine = paths.logs_dir / f"window-{os.getpid()}.fault"
    mine.touch()
    crash.report_leftovers(paths)
    (made,) = (paths.logs_dir / "crash").glob("*.txt")
    assert "Aborted" in made.read_text("utf-8")
    assert list(paths.logs_dir.glob("*.fault")) == [mine]


def test_only_the_newest_reports_stay(paths: DataPaths) -> None:
    folder = paths.logs_dir / "crash"
    folder.mkdir()
    for day in range(10, 20):
        (folder / f"202001{day}-000000-1.txt").touch()
    crash.report(paths, 1)
    kept = sorted(path.name for path in folder.glob("*.txt"))
    assert len(kept) == 5
    assert kept[0] == "20200116-000000-1.txt"


def test_the_doctor_shows_a_crash_of_the_last_two_weeks(paths: DataPaths) -> None:
    def finding() -> Finding:
        return next(each for each in examine(paths) if each.check == "crash")

    assert finding().is_fine
    made = crash.report(paths, 1)
    assert made is not None
    assert finding().data == {"path": str(made)}
    os.utime(made, (0, 0))
    assert finding().is_fine
