# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens one lesson out of the other in the real window as its own process, then presses Esc.

Usage: python -m tests.journey.clicker DATA_DIR ENTRY_ID…. The last line it prints is the list of
lessons that were shown, with "ended" at its end once Esc has ended the last.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.wiring import window
from app.wiring.window import Program, WindowOptions

PATIENCE_MS = 30_000
LOOK_MS = 50


class Clicks(QObject):
    """One lesson out of the other; gives up where nothing comes."""

    def __init__(self, program: Program, wishes: list[str]) -> None:
        super().__init__()
        self._window, self._wishes = program.window, wishes
        self.done: list[str] = []
        self._patience = QTimer(self, interval=PATIENCE_MS, singleShot=True)
        self._patience.timeout.connect(self._window.close)
        self._looks = QTimer(self, interval=LOOK_MS)
        self._looks.timeout.connect(self._look)
        self._window.shown_player.connect(self._shown)
        self._open()

    def _open(self) -> None:
        self._patience.start()
        self._window.open_by_id(self._wishes[len(self.done)])

    @Slot()
    def _shown(self) -> None:
        self.done.append(self._wishes[len(self.done)])
        if len(self.done) < len(self._wishes):
            self._open()
        else:
            QTest.keyClick(self._window.windowHandle(), Qt.Key.Key_Escape)
            self._looks.start()

    @Slot()
    def _look(self) -> None:
        if not self._window.is_in_lesson:
            self._looks.stop()
            self.done.append("ended")
            self._window.close()


def main() -> int:
    """Run the window with the clicker beside it."""
    data_dir, *wishes = sys.argv[1:]
    clicks: list[Clicks] = []

    class ClickedProgram(Program):
        def start(self) -> None:
            super().start()
            clicks.append(Clicks(self, wishes))

    window.Program = ClickedProgram  # type: ignore[misc]
    code = window.run_window(WindowOptions(data_dir=Path(data_dir)))
    QApplication.processEvents()
    print(json.dumps(clicks[0].done))
    return code


if __name__ == "__main__":
    sys.exit(main())
