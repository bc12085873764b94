# SPDX-License-Identifier: GPL-3.0-or-later
"""`--screenshot`: one picture of the window once its content is really shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal, Slot

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow

SHOT_DEADLINE_S = 120
SHOT_PATIENCE_S = 30
_LOOK_MS = 150


class Screenshooter(QObject):
    """Takes one picture once content is really shown. Signals: done(bool).

    `reason` says why there is none: a code of the messages, and its data.
    """

    done = Signal(bool)

    def __init__(self, window: MainWindow, target: Path, *, is_player: bool) -> None:
        super().__init__()
        self._window, self._target = window, target
        self._is_player = is_player
        self._has_player = False
        self.reason: tuple[str, dict[str, object]] = ("", {})
        self._quiet = 0
        self._clock = QElapsedTimer()
        self._clock.start()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)
        window.shown_player.connect(self._player_shown)
        window.open_failed.connect(self._give_up)
        self._timer.start()

    @Slot()
    def _player_shown(self) -> None:
        self._has_player = True

    @Slot(str)
    def _give_up(self, entry_id: str) -> None:
        if entry_id:
            self._fail("open_unknown", id=entry_id)
        else:
            self._fail_late()

    def _fail_late(self) -> None:
        self._fail("screenshot_failed", seconds=1 + self._clock.elapsed() // 1000)

    def _fail(self, code: str, **data: object) -> None:
        self._timer.stop()
        self.reason = (code, data)
        self.done.emit(False)

    def _shoot(self) -> None:
        self._timer.stop()
        if self._window.grab().save(str(self._target)):
            self.done.emit(True)
        else:
            self._fail("read_only", path=str(self._target))

    def _is_ready(self) -> bool:
        if self._is_player:
            return self._has_player
        if self._window.is_at_home:
            return self._window.home.is_settled and self._window.home.has_content
        library = self._window.library
        return library.is_settled and library.results.total > 0

    def _show_all_if_nothing_plays(self) -> None:
        """A region may have nothing on this machine; its catalogue is worth a picture too."""
        is_patient = self._clock.elapsed() <= SHOT_PATIENCE_S * 1000
        if self._is_player or is_patient:
            return
        if self._window.is_at_home and not self._window.home.has_content:
            self._window.show_page("library")
            self._window.library.where.choice("all").click()

    @Slot()
    def _look(self) -> None:
        self._quiet = self._quiet + 1 if self._is_ready() else 0
        self._show_all_if_nothing_plays()
        if self._quiet >= 3:  # nothing more has come for three looks
            self._shoot()
        elif self._clock.elapsed() > SHOT_DEADLINE_S * 1000:
            self._fail_late()
