# SPDX-License-Identifier: GPL-3.0-or-later
"""Gives the window its eye for sticks: the system's list of disks and the agent's inbox."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from app.base.paths import DataPaths
from app.sync.courier.drives import removable_places
from app.sync.inbox import Inbox, Kind, Request
from app.ui.look.theme import Theme
from app.ui.main_window import MainWindow
from app.ui.pages.stick_desk import Places, StickDesk

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class StickAsk:
    """Leaves requests about sticks in the agent's inbox."""

    def __init__(self, paths: DataPaths) -> None:
        self._inbox = Inbox(paths)

    def stick_import(self, folder: Path, *, takes_parcels: bool) -> str:
        """Bring what is on a stick; with `takes_parcels` other schools' parcels too."""
        return self._leave(Kind.STICK_IMPORT, {"dir": str(folder), "relay": takes_parcels})

    def stick_export(self, folder: Path, *, is_refill: bool) -> str:
        """Load what waits onto a stick; with `is_refill` lessons for its point, too."""
        body = {"dir": str(folder), "space_bytes": None, "refill": is_refill}
        return self._leave(Kind.STICK_EXPORT, body)

    def stick_stop(self, request_id: str) -> str:
        """End an import or export early."""
        return self._leave(Kind.STICK_STOP, {"request_id": request_id})

    def _leave(self, kind: Kind, body: Mapping[str, object]) -> str:
        return self._inbox.leave(Request(kind, body))


class WindowHost:
    """The window as the card sees it."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    @property
    def theme(self) -> Theme:
        """How things look now."""
        return self._window.theme

    @property
    def shell(self) -> QWidget:
        """Everything but the lesson: what the window was built around."""
        return self._window.shell

    @property
    def is_in_lesson(self) -> bool:
        """Whether a lesson is on the screen."""
        return self._window.is_in_lesson


def watch_sticks(
    window: MainWindow, paths: DataPaths, places: Places = removable_places
) -> StickDesk:
    """The desk for sticks of a window; it looks from `start` on."""
    return StickDesk(WindowHost(window), window.services, StickAsk(paths), places)
