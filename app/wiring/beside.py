# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands beside the window: tray, eye for sticks, second starts, guard.

None of it is needed to see the first page, so all of it is loaded once that is shown: 0.05 s of a
start that a teacher does not wait for.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.base.paths import DataPaths
from app.ui.main_window import MainWindow

if TYPE_CHECKING:
    from app.ui.pages.stick_desk import StickDesk
    from app.ui.single_instance import SingleInstance
    from app.ui.tray import Tray
    from app.wiring.guard import Guard

log = logging.getLogger(__name__)


class Beside:
    """Owns what stands beside one window; every part may still be missing when the end comes."""

    def __init__(self, window: MainWindow, paths: DataPaths, end: Callable[[], None]) -> None:
        self._window, self._paths, self._end = window, paths, end
        self._tray: Tray | None = None
        self._sticks: StickDesk | None = None
        self._instance: SingleInstance | None = None
        self._guard: Guard | None = None

    def use_tray(self, *, is_wanted: bool) -> bool:
        """Follow the settings; returns whether closing the window only hides it."""
        if self._tray is None:
            if not is_wanted:
                return False
            from app.ui.tray import Tray

            self._tray = Tray(self._window)
            self._tray.end_wanted.connect(self._end)
        self._tray.use(is_wanted=is_wanted)
        return self._tray.is_in_use

    def rename_tray(self) -> None:
        """Another language."""
        if self._tray is not None:
            self._tray.rename()

    def leave_tray(self) -> None:
        """From now on closing the window closes it."""
        if self._tray is not None:
            self._tray.close()

    def answer_second_starts(self) -> None:
        """A second start raises this window and ends."""
        from app.ui.single_instance import SingleInstance

        self._instance = SingleInstance(self._paths.root)
        self._instance.asked.connect(self._window.come_forward)
        if not self._instance.listen():
            log.warning("a second start will not find this window")

    def watch_sticks(self) -> None:
        """Show the card when a stick is plugged in."""
        from app.wiring.stick_window import watch_sticks

        self._sticks = watch_sticks(self._window, self._paths)
        self._sticks.start()

    def be_guarded(self) -> None:
        """Come back after a crash."""
        from app.wiring.guard import Guard

        self._guard = Guard(self._paths.root)
        self._guard.start()

    def close(self) -> None:
        """The window has closed: nothing looks for sticks or stands in the tray."""
        self.leave_tray()
        if self._sticks is not None:
            self._sticks.close()

    def dismiss(self) -> None:
        """The program ends as it should: nobody restarts it, nobody asks for it."""
        if self._instance is not None:
            self._instance.close()
        if self._guard is not None:
            self._guard.dismiss()
