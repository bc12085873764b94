# SPDX-License-Identifier: GPL-3.0-or-later
"""Restarts a crashed window into the same place, at most three times a minute.

The window starts its guard after the first paint, so that the start pays nothing for it, and holds
the guard's standard input. A word on that pipe says that the window ends as it should; the end of
input without it is a crash. The window that the guard starts then is its child, and tells by its
exit code. Standard library and `app.wiring.crash` only: a guard costs little and breaks rarely.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING

from app.base.paths import DataPaths, agent_command, is_frozen, program_dir
from app.wiring import crash
from app.wiring.standby import ENDED_WELL

if TYPE_CHECKING:
    from app.wiring.console import Console

# Set for a window that has a guard already; "0" in the environment means: never any guard.
GUARDED_VARIABLE = "KEZHAN_GUARDED"
RESTARTS_PER_MINUTE = 3
_MINUTE_S = 60.0
_END_WITHIN_S = 10.0
# Ends that somebody wanted: done, a known problem, wrong usage, Ctrl+C, told to end.
WANTED_ENDS = frozenset({0, 1, 2, 130, 143, -2, -15})
_NO_WINDOW = 0x08000000  # CREATE_NO_WINDOW


class Guard:
    """The window's end of the pipe."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the guard, unless this window has one or there shall be none."""
        if self._process is not None or os.environ.get(GUARDED_VARIABLE):
            return
        try:
            self._process = subprocess.Popen(
                agent_command(self._root, "guard", "--watched", str(os.getpid())),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                creationflags=_NO_WINDOW if sys.platform == "win32" else 0,
            )
        except OSError:
            self._process = None  # a window without a guard is still a window

    def dismiss(self) -> None:
        """The window ends as it should: the guard ends too."""
        process, self._process = self._process, None
        if process is None or process.stdin is None:
            return
        try:
            process.stdin.write(ENDED_WELL)
            process.stdin.close()
        except OSError:
            pass  # the guard was ended before
        try:
            process.wait(_END_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Brake:
    """Decides whether another restart is allowed."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._restarts: deque[float] = deque()

    def allows(self) -> bool:
        """Count a restart, unless there were three within the last minute."""
        now_s = self._now_s()
        while self._restarts and now_s - self._restarts[0] >= _MINUTE_S:
            self._restarts.popleft()
        if len(self._restarts) >= RESTARTS_PER_MINUTE:
            return False
        self._restarts.append(now_s)
        return True


def window_command(root: Path, *arguments: str) -> list[str]:
    """The command line of the window on a data directory."""
    if is_frozen():
        program = [str(program_dir() / ("Kezhan.exe" if sys.platform == "win32" else "Kezhan"))]
    else:
        program = [sys.executable, "-X", "utf8", str(program_dir() / "app" / "__main__.py")]
    return [*program, "--data-dir", str(root), *arguments]


def ended_well(stream: IO[bytes]) -> bool:
    """Wait for the end of input; whether the window said that it ends."""
    return stream.read() == ENDED_WELL


def guard(options: argparse.Namespace, paths: DataPaths, _console: Console) -> int:
    """`kezhan guard`: stand by until the window ends as it should (`standby` has waited before)."""
    if ended_well(sys.stdin.buffer):
        return 0
    brake = Brake()
    watched: int | None = options.watched
    while True:
        crash.report(paths, watched)
        if not brake.allows():
            return 1
        code, watched = run_again(paths.root)
        if code in WANTED_ENDS:
            return 0


def run_again(root: Path) -> tuple[int, int]:
    """Start the window where it was and wait for its end: (exit code, process id)."""
    process = subprocess.Popen(
        window_command(root, "--resume"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, GUARDED_VARIABLE: "1"},
    )
    return process.wait(), process.pid
