# SPDX-License-Identifier: GPL-3.0-or-later
"""Run by `test_moving_screens` on a real X server: a lesson while screens go, come and change.

Prints where it stood and what was left of it, as JSON.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QDeadlineTimer, QEventLoop, QPoint, QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.base.settings import Settings
from app.region.entry import Entry
from app.ui.screens import WindowPlace
from tests.ui.fixture_lessons import draw_pdf
from tests.ui.fixture_library import MemoryLocator, file_of
from tests.ui.fixture_services import Bench
from tests.ui.stage.fixture_stage import StageWindow, card, drag, line
from tests.ui.stage.x_monitors import Monitors

WITHIN_MS = 15_000
MONITOR, PROJECTOR = QRect(0, 0, 1366, 768), QRect(1366, 0, 1280, 800)


class Room:
    """A teacher's monitor, a projector, and a lesson."""

    def __init__(self, folder: Path, monitors: Monitors, bench: Bench, entry: Entry) -> None:
        self.folder, self.monitors, self.bench = folder, monitors, bench
        self.window = StageWindow(bench)
        self.player = self.window.player
        self.place = WindowPlace(self.window, bench.services.settings)
        self.card = card(entry)
        self.steps: dict[str, dict[str, object]] = {}

    def wait(self, what: str, is_so: Callable[[], bool]) -> None:
        """Until it is so."""
        deadline = QDeadlineTimer(WITHIN_MS)
        while not is_so():
            if deadline.hasExpired():
                raise TimeoutError(f"{what}: {self.where()}")
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)

    def fills(self, screen: QRect) -> bool:
        """Whether the lesson fills it and nothing else."""
        is_there = self.window.geometry() == screen and self.window.screen().geometry() == screen
        return is_there and self.player.size() == screen.size() and self.window.isFullScreen()

    def where(self) -> dict[str, object]:
        """What one would see."""
        view, area = self.player.view, self.window.geometry()
        return {
            "screen": self.window.screen().name(),
            "area": [area.x(), area.y(), area.width(), area.height()],
            "is_full": self.window.isFullScreen(),
            "page": view.page if view is not None else 0,
            "lines": len(self.player.tools.layer.strokes),
            "is_awake": self.player.awake.is_held,
        }

    def begin(self) -> None:
        """Page two on the projector, a line written on it."""
        self.window.show()
        self.place.set_full(True)
        self.wait("the projector is filled", lambda: self.fills(PROJECTOR))
        shown: list[bool] = []
        self.player.shown.connect(lambda: shown.append(True))
        self.player.begin(self.card, [self.card])
        self.wait("the first page", lambda: bool(shown))
        self.player.press("next")
        self.player.press("pen")
        drag(self.player.tools.layer, *line(QPoint(200, 200), QPoint(600, 420)))
        self.steps["begun"] = self.where()

    def live(self) -> None:
        """Everything that cables and Win+P do."""
        self.begin()
        self.monitors.pull("projector")
        self.wait("the monitor is filled", lambda: self.fills(MONITOR))
        self.steps["pulled"] = self.where()
        self.monitors.plug("projector", 1366, (1280, 800))
        self.wait("back on the projector", lambda: self.fills(PROJECTOR))
        self.steps["plugged"] = self.where()
        self.monitors.pull("projector")
        # Qt overlooks a monitor that goes and comes again before it has asked what changed.
        self.wait("it is gone", lambda: len(QGuiApplication.screens()) == 1)
        self.monitors.plug("projector", 1366, (1024, 768))
        self.wait("the new size", lambda: self.fills(QRect(1366, 0, 1024, 768)))
        self.steps["smaller"] = self.where()
        self.player.leave()
        self.place.set_full(False)
        self.window.close()


def main() -> None:
    """With a chosen screen, or (`beside`) where the window was."""
    gc.disable()  # a collection on a worker thread could stop the window (app/ui/rubbish.py)
    folder, is_chosen = Path(sys.argv[1]), sys.argv[2] == "chosen"
    monitors = Monitors(os.environ["DISPLAY"])
    monitors.plug("monitor", 0, (1366, 768), has_output=True)
    monitors.plug("projector", 1366, (1280, 800))
    application = QApplication(sys.argv[:1])
    locator = MemoryLocator()
    draw_pdf(folder / "slides.pdf", "几分之一", 3)
    main_file = file_of(folder / "slides.pdf", "slides.pdf")
    locator.add(main_file, folder / "slides.pdf")
    entry = Entry(id="slides", title="几分之一", resource_type="课件", files=(main_file,))
    bench = Bench(folder / "data", [entry], locator, Settings(bar_place="bottom"))
    room = Room(folder, monitors, bench, entry)
    screens = {screen.name(): screen for screen in QGuiApplication.screens()}
    if is_chosen:
        box = bench.services.settings
        box.put(replace(box.current, screen="projector"))
        room.window.move(100, 100)
    else:
        room.window.setScreen(screens["projector"])
        room.window.move(1500, 40)
    room.live()
    print(json.dumps(room.steps))
    bench.close()
    room.window.deleteLater()
    application.processEvents()


if __name__ == "__main__":
    main()
