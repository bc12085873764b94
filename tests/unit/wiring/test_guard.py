# SPDX-License-Identifier: GPL-3.0-or-later
"""A window that crashes comes back; one that ends stays away."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import psutil
import pytest

from app.base.locks import is_held
from app.base.paths import DataPaths
from app.wiring import guard

REPOSITORY = Path(__file__).resolve().parents[3]
PATIENCE_S = 60.0
Found = TypeVar("Found")


def wait_for(find: Callable[[], Found | None], what: str) -> Found:
    """What `find` finds, as soon as it does."""
    deadline = time.monotonic() + PATIENCE_S
    pause = threading.Event()
    while time.monotonic() < deadline:
        found = find()
        if found:
            return found
        pause.wait(0.02)
    raise AssertionError(f"no {what} within {PATIENCE_S:.0f} s")


class Windows:
    """The windows of one data directory, whoever started them."""

    def __init__(self, root: Path) -> None:
        self.paths = DataPaths(root)
        self.paths.ensure()
        (self.paths.regions_dir / "none").mkdir()  # nothing is joined by itself
        self.first = subprocess.Popen(
            [sys.executable, "-m", "app", "--data-dir", str(root)],
            cwd=REPOSITORY,
            stderr=subprocess.DEVNULL,
        )

    def all(self) -> list[psutil.Process]:
        """Every process that works on the directory."""
        found = []
        for process in psutil.process_iter():
            try:
                if str(self.paths.root) in process.cmdline():
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def guard(self) -> psutil.Process | None:
        return next((one for one in self.all() if "guard" in one.cmdline()), None)

    def window(self, *, other_than: int = 0) -> int | None:
        """The process that holds the window's lock."""
        try:
            pid = int(self.paths.window_lock.with_name("window.lock.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None
        return pid if pid != other_than and psutil.pid_exists(pid) else None

    def end(self) -> None:
        for process in self.all():
            process.kill()
        self.first.wait()


@pytest.fixture
def windows(data_dir: Path) -> Iterator[Windows]:
    made = Windows(data_dir)
    yield made
    made.end()


def test_a_crashed_window_comes_back_and_leaves_a_report(windows: Windows) -> None:
    warden = wait_for(windows.guard, "guard")
    first = windows.first.pid
    os.kill(first, signal.SIGSEGV)
    assert windows.first.wait(PATIENCE_S) == -signal.SIGSEGV
    second = wait_for(lambda: windows.window(other_than=first), "second window")
    assert "--resume" in psutil.Process(second).cmdline()
    reports = list((windows.paths.logs_dir / "crash").glob("*.txt"))
    assert len(reports) == 1
    said = reports[0].read_text("utf-8")
    assert "Segmentation fault" in said
    assert "run_window" in said
    assert str(REPOSITORY) not in said
    wait_for(lambda: list(windows.paths.logs_dir.glob(f"window-{second}.fault")), "loop")
    # Told to end, it ends in order and is not started again.
    psutil.Process(second).terminate()
    psutil.wait_procs([warden], timeout=PATIENCE_S)
    assert not warden.is_running()
    assert not is_held(windows.paths.window_lock)


def test_a_window_that_ends_takes_its_guard_along(windows: Windows) -> None:
    warden = wait_for(windows.guard, "guard")
    windows.first.terminate()
    assert windows.first.wait(PATIENCE_S) == 0
    psutil.wait_procs([warden], timeout=PATIENCE_S)
    assert not warden.is_running()
    assert not list((windows.paths.logs_dir / "crash").glob("*"))
    assert not list(windows.paths.logs_dir.glob("*.fault"))


def test_three_restarts_a_minute_and_no_more() -> None:
    now_s = 0.0
    brake = guard.Brake(lambda: now_s)
    assert [brake.allows() for _ in range(4)] == [True, True, True, False]
    now_s = 59.9
    assert not brake.allows()
    now_s = 60.1
    assert brake.allows()


@pytest.mark.parametrize(("said", "is_well"), [(b"end\n", True), (b"", False), (b"en", False)])
def test_only_the_whole_word_is_a_good_end(said: bytes, is_well: bool) -> None:
    assert guard.ended_well(io.BytesIO(said)) == is_well


def test_a_guarded_window_starts_no_second_guard(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(guard.GUARDED_VARIABLE, "1")
    warden = guard.Guard(data_dir)
    warden.start()
    assert warden._process is None
    warden.dismiss()
