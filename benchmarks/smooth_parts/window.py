# SPDX-License-Identifier: GPL-3.0-or-later
"""The real window with a stopwatch: DATA ENTRY SECONDS SHIFT WORDS…; one JSON object at the end.

First at rest, then with its agent at work: words are typed into the search, and a video plays.
The window leaves no lesson lease here, or the agent would keep quiet and there were no load.
"""

from __future__ import annotations

import gc
import itertools
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.base.paths import DataPaths
from app.player.media_view import MediaView
from app.sync.priority import NICE
from app.ui.lesson_log import LessonLog
from app.ui.pages.library import LibraryPage
from app.ui.pages.player import PlayerPage
from app.wiring.window import Program, WindowOptions, make_application
from benchmarks.player_parts.stage import run_for, run_until

TICK_MS = 4
KEY_EVERY_MS = 160
SETTLES_S = 1.0
ROUND_S = 6.0
LONGEST_LOAD_S = 240.0


class Stopwatch(QObject):
    """How long the event loop, and the picture of a video, were away between two signs of life."""

    def __init__(self) -> None:
        super().__init__()
        self.loop_ms: list[float] = []
        self.work_ms: list[float] = []
        self.picture_ms: list[float] = []
        self._last_s = self._painted_s = self._worked_s = 0.0
        self._view: MediaView | None = None
        self._painted = 0
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.setTimerType(Qt.TimerType.PreciseTimer)
        self._tick.timeout.connect(self._look)

    def start(self, view: MediaView | None) -> None:
        self._view = view
        self._painted = view.surface.painted_frames if view is not None else 0
        self._last_s = self._painted_s = time.perf_counter()
        self._worked_s = time.thread_time()
        self._tick.start()

    def stop(self) -> None:
        self._tick.stop()
        self._view = None

    @Slot()
    def _look(self) -> None:
        now_s, worked_s = time.perf_counter(), time.thread_time()
        self.loop_ms.append(1000 * (now_s - self._last_s))
        self.work_ms.append(1000 * (worked_s - self._worked_s))
        self._last_s, self._worked_s = now_s, worked_s
        if self._view is not None and self._view.surface.painted_frames != self._painted:
            self._painted = self._view.surface.painted_frames
            self.picture_ms.append(1000 * (now_s - self._painted_s))
            self._painted_s = now_s


@dataclass
class Measured:
    """The gaps of one situation, in milliseconds."""

    search: list[float] = field(default_factory=list)
    video: list[float] = field(default_factory=list)
    search_work: list[float] = field(default_factory=list)
    video_work: list[float] = field(default_factory=list)
    picture: list[float] = field(default_factory=list)
    keys: int = 0


class Typist(QObject):
    """Types words, one key after the other, and begins anew."""

    def __init__(self, field_: QWidget, words: list[str]) -> None:
        super().__init__()
        self.keys = 0
        self._field = field_
        self._rest = itertools.cycle("\n".join([*words, ""]))
        self._timer = QTimer(self, interval=KEY_EVERY_MS)
        self._timer.timeout.connect(self._press)
        self._timer.start()

    @Slot()
    def _press(self) -> None:
        self.keys += 1
        key = next(self._rest)
        if key == "\n":
            QTest.keyClick(self._field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
            QTest.keyClick(self._field, Qt.Key.Key_Delete)
        else:
            QTest.keyClicks(self._field, key)

    def stop(self) -> None:
        self._timer.stop()


class Scene:
    """The window and what is done in it."""

    def __init__(self, program: Program, entry_id: str, words: list[str]) -> None:
        self._program, self._entry_id, self._words = program, entry_id, words
        self.watch = Stopwatch()

    def search(self, seconds: float, measured: Measured) -> None:
        """Type into the library's search."""
        window = self._program.window
        window.go_to("library")
        library = window.library
        assert isinstance(library, LibraryPage)
        library.search.setFocus()
        run_for(SETTLES_S)
        typist = Typist(library.search, self._words)
        with self._watched(None, measured.search, measured.search_work):
            run_for(seconds)
        typist.stop()
        measured.keys += typist.keys

    def video(self, seconds: float, measured: Measured) -> None:
        """Watch the video."""
        self._program.window.open_by_id(self._entry_id)
        page = self._player()
        view = page.view
        assert isinstance(view, MediaView)
        run_until(lambda: view.surface.painted_frames > 0)
        run_for(SETTLES_S)
        with self._watched(view, measured.video, measured.video_work):
            run_for(seconds)
        measured.picture += self.watch.picture_ms[1:]
        self.watch.picture_ms.clear()
        page.leave()
        run_for(0.2)

    def _player(self) -> PlayerPage:
        def found() -> PlayerPage | None:
            pages = self._program.window.findChildren(PlayerPage)
            return next((page for page in pages if page.view is not None), None)

        run_until(lambda: found() is not None)
        page = found()
        assert page is not None
        return page

    @contextmanager
    def _watched(
        self, view: MediaView | None, gaps: list[float], work: list[float]
    ) -> Iterator[None]:
        self.watch.start(view)
        yield
        self.watch.stop()
        gaps += self.watch.loop_ms[1:]
        work += self.watch.work_ms[1:]
        self.watch.loop_ms.clear()
        self.watch.work_ms.clear()


class Heard(QObject):
    """What the agent has said."""

    def __init__(self, program: Program) -> None:
        super().__init__()
        self.has_imported = self.is_downloading = False
        program.agent.changed.connect(self._changed)
        program.agent.progressed.connect(self._progressed)

    @Slot(str)
    def _changed(self, what: str) -> None:
        self.has_imported |= what == "catalogue"

    @Slot(object)
    def _progressed(self, progress: Any) -> None:
        self.is_downloading |= progress.kind == "download"


def under_load(scene: Scene, heard: Heard, seconds: float) -> tuple[Measured, float, float]:
    """Search and video in turn until shard and downloads came by; how long, and when imported."""
    loaded, began_s, imported_s = Measured(), time.perf_counter(), 0.0
    left_s = 2 * seconds
    while left_s > 0 and time.perf_counter() - began_s < LONGEST_LOAD_S:
        scene.search(ROUND_S, loaded)
        scene.video(ROUND_S, loaded)
        if heard.has_imported and not imported_s:
            imported_s = time.perf_counter() - began_s
        if imported_s and heard.is_downloading:
            left_s -= 2 * ROUND_S
    return loaded, time.perf_counter() - began_s, imported_s


def agents() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "sync" in child.cmdline()]


def shift_agent(shift: int) -> int:
    """As far below the window as it puts itself, wherever the window is; returns where it was."""
    run_until(lambda: any(agent.nice() >= NICE for agent in agents()))
    nice = agents()[0].nice()
    agents()[0].nice(nice - shift)
    return nice


def _leave_no_lease(_: LessonLog) -> None:
    """In place of renewing it."""


def stop_for_ever() -> None:
    """The window is let go in order."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def main() -> None:
    data, entry_id, seconds, shift, *words = sys.argv[1:]
    LessonLog._renew = _leave_no_lease  # type: ignore[assignment,method-assign]
    gc.disable()  # as the program does; `Rubbish` collects
    application = make_application()
    program = Program(DataPaths(Path(data)), WindowOptions(data_dir=Path(data)))
    start_agent = program.agent.start
    program.agent.start = lambda: None  # type: ignore[method-assign]
    program.start()
    run_for(4)
    scene, heard, rest = Scene(program, entry_id, words), Heard(program), Measured()
    scene.video(1.0, Measured())  # a room's first video of the day
    for _ in range(max(1, round(float(seconds) / ROUND_S))):
        scene.search(ROUND_S, rest)
        scene.video(ROUND_S, rest)
    start_agent()
    niceness = shift_agent(int(shift))
    loaded, took_s, imported_s = under_load(scene, heard, float(seconds))
    told = {
        "rest": vars(rest),
        "loaded": vars(loaded),
        "took_s": took_s,
        "imported_s": imported_s,
        "niceness": niceness,
        "problems": sorted(program.agent.problems),
    }
    program.window.close()
    stop_for_ever()
    application.processEvents()
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
