# SPDX-License-Identifier: GPL-3.0-or-later
"""The real window over a large catalogue with a stopwatch: DATA SECONDS; one JSON object.

Every result there is, scrolled with the wheel, with Page Down, and by pulling the bar to anywhere.
"""

from __future__ import annotations

import gc
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.base.paths import DataPaths
from app.ui.models.card import CARD_ROLE
from app.ui.pages.library import LibraryPage
from app.wiring.window import Program, WindowOptions, make_application
from benchmarks.player_parts.stage import run_for, run_until
from benchmarks.smooth_parts.window import Stopwatch, stop_for_ever

_WHEEL_EVERY_MS, _PAGE_EVERY_MS, _PULL_EVERY_MS = 16, 120, 50
_NOTCH = 120
_JUMPS = 30


class Scroller:
    """A library page and what a hand does to it."""

    def __init__(self, library: LibraryPage) -> None:
        self._library = library
        self._grid = library.grid
        self._chance = random.Random(7)

    def wheel(self) -> None:
        """One notch down."""
        view = self._grid.viewport()
        middle = view.rect().center()
        event = QWheelEvent(
            QPointF(middle),
            QPointF(view.mapToGlobal(middle)),
            QPoint(),
            QPoint(0, -_NOTCH),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(view, event)

    def page(self) -> None:
        """Page Down."""
        QTest.keyClick(self._grid, Qt.Key.Key_PageDown)

    def pull(self) -> None:
        """The bar to anywhere."""
        bar = self._grid.verticalScrollBar()
        bar.setValue(self._chance.randrange(bar.maximum() + 1))

    def jump_ms(self) -> float:
        """How long it takes after a jump until the cards in sight are there."""
        self.pull()
        started = time.perf_counter()
        run_until(self._is_filled)
        return (time.perf_counter() - started) * 1e3

    def _is_filled(self) -> bool:
        index = self._grid.indexAt(QPoint(40, 40))
        return index.isValid() and index.data(CARD_ROLE) is not None


def watched(act: Callable[[], None], every_ms: int, seconds: float) -> dict[str, list[float]]:
    """Gaps of the event loop, and what it worked in them, while something is done all the time."""
    watch, timer = Stopwatch(), QTimer(interval=every_ms)
    timer.timeout.connect(act)
    timer.start()
    watch.start(None)
    run_for(seconds)
    watch.stop()
    timer.stop()
    return {"gaps": watch.loop_ms[1:], "work": watch.work_ms[1:]}


def main() -> None:
    data, seconds = Path(sys.argv[1]), float(sys.argv[2])
    gc.disable()  # as the program does; `Rubbish` collects
    application = make_application()
    program = Program(DataPaths(data), WindowOptions(data_dir=data))
    program.agent.start = lambda: None  # type: ignore[method-assign]
    program.start()
    program.window.go_to("library")
    library = program.window.library
    assert isinstance(library, LibraryPage)
    library.start_over()
    run_until(lambda: library.results.has_answer)
    if library.is_playable_only:
        library.where.set_key("all")
        library.ask()
    run_until(lambda: library.is_settled)
    run_for(1.0)
    hand = Scroller(library)
    found: dict[str, Any] = {"total": library.results.total}
    found["wheel"] = watched(hand.wheel, _WHEEL_EVERY_MS, seconds)
    found["page down"] = watched(hand.page, _PAGE_EVERY_MS, seconds)
    found["bar"] = watched(hand.pull, _PULL_EVERY_MS, seconds)
    run_for(1.0)
    found["jump_ms"] = [hand.jump_ms() for _ in range(_JUMPS)]
    program.window.close()
    stop_for_ever()
    application.processEvents()
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
