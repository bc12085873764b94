# SPDX-License-Identifier: GPL-3.0-or-later
"""Teaches with the real window, as its own process: opens one video, lets it run, closes.

Usage: python -m tests.journey.teach DATA_DIR ENTRY_ID SECONDS PICTURE. The last line it prints is
an object with the backend that played and where it stopped.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from app.player.media_view import MediaView
from app.wiring import window
from app.wiring.window import Program, WindowOptions

DEADLINE_MS = 90_000
LOOK_MS = 100


class Lesson(QObject):
    """Watches the player until it has played long enough; the teacher then closes the window."""

    def __init__(self, program: Program, seconds: float, picture: Path) -> None:
        super().__init__()
        self._program, self._seconds, self._picture = program, seconds, picture
        self._clock = QElapsedTimer()
        self._clock.start()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    @Slot()
    def look(self) -> None:
        """Close once the position is reached, or fail at the deadline."""
        view = self._program.window.findChild(MediaView)
        if view is not None and view.position_s >= self._seconds:
            self._timer.stop()
            self._program.window.grab().save(str(self._picture))
            print(json.dumps({"backend": view.backend, "position_s": view.position_s}))
            self._program.window.close()
        elif self._clock.elapsed() > DEADLINE_MS:
            position = view.position_s if view is not None else None
            print(json.dumps({"backend": None, "position_s": position}))
            self._program.exit_code = 1
            self._program.window.close()


def main() -> int:
    """Run the window with a watcher beside it."""
    data_dir, entry_id, seconds, picture = sys.argv[1:5]
    lessons: list[Lesson] = []

    class WatchedProgram(Program):
        def start(self) -> None:
            super().start()
            lessons.append(Lesson(self, float(seconds), Path(picture)))

    window.Program = WatchedProgram  # type: ignore[misc]
    code = window.run_window(WindowOptions(data_dir=Path(data_dir), open_id=entry_id))
    QApplication.processEvents()
    return code


if __name__ == "__main__":
    sys.exit(main())
