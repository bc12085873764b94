# SPDX-License-Identifier: GPL-3.0-or-later
"""Moves a data directory and dies without a word at the n-th touch of the disk.

Usage: killed_move.py SOURCE TARGET N; exit code 9: died, 0: there were fewer touches.
"""

import os
import sys
from pathlib import Path

from app.base.paths import DataPaths
from app.wiring.move import move_data

TOUCHES = frozenset({"open", "os.rename", "os.mkdir", "os.utime", "os.remove", "os.rmdir"})


class Reaper:
    """Counts what the interpreter does to files; the last one never happens."""

    def __init__(self, folders: tuple[str, str], last: int) -> None:
        self._folders, self._left = folders, last

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if event not in TOUCHES or not arguments or not str(arguments[0]).startswith(self._folders):
            return
        self._left -= 1
        if self._left <= 0:
            os._exit(9)


def main() -> None:
    source, target, last = sys.argv[1], sys.argv[2], int(sys.argv[3])
    sys.addaudithook(Reaper((source, target), last))
    move_data(DataPaths(Path(source)), Path(target), patience_s=5.0)


if __name__ == "__main__":
    main()
