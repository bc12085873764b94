# SPDX-License-Identifier: GPL-3.0-or-later
"""The wish to move the data, from the settings page to the time after the window has ended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.base.paths import DataPaths, agent_command


class MoveWish:
    """Checks a folder at once, and keeps it until window and agent have let go of the data."""

    def __init__(self, paths: DataPaths, end: Callable[[], None]) -> None:
        self._paths, self._end = paths, end
        self.target: Path | None = None

    def check(self, wanted: Path) -> Path:
        """The folder that would be used; the room for the data is counted when it moves."""
        from app.wiring.move_target import check_target  # knows disks; few ever ask

        return check_target(self._paths.root, wanted, 0)

    def begin(self, target: Path) -> None:
        """End the window; who runs it looks here afterwards."""
        self.target = target
        self._end()

    def command(self) -> list[str]:
        """What moves the data."""
        return agent_command(self._paths.root, "move", str(self.target), "--json")
