# SPDX-License-Identifier: GPL-3.0-or-later
"""The real stage with everything around it, for measuring: pen, overlay, change of item, memory."""

from __future__ import annotations

import ctypes
import gc
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEvent, QEventLoop, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import QApplication

from app.base.settings import Settings
from app.catalogue.query import EntryKey
from app.region.entry import Entry
from app.ui.board.ink_layer import InkLayer
from app.ui.board.strokes import Tool
from app.ui.models.card import Card, Readiness
from app.ui.pages.player import PlayerPage
from tests.ui.fixture_library import MemoryLocator, file_of
from tests.ui.fixture_services import Bench
from tests.ui.stage.fixture_stage import StageWindow

PATIENCE_MS = 20_000
FRAME_MS = 1000 / 60
_EVENT = QEvent.Type


def run_until(is_done: Callable[[], bool], patience_ms: int = PATIENCE_MS) -> None:
    """Let events run until it is done."""
    deadline = QDeadlineTimer(patience_ms)
    while not is_done():
        if deadline.hasExpired():
            raise TimeoutError("nothing came")
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 2)


def run_for(seconds: float) -> None:
    """Let events run that long."""
    end = time.perf_counter() + seconds
    run_until(lambda: time.perf_counter() >= end, round(seconds * 1000) + 5000)


def make_cards(folder: Path, paths: list[Path], locator: MemoryLocator) -> list[Card]:
    """A resource a file."""
    cards = []
    for path in paths:
        main = file_of(path, path.name)
        locator.add(main, path)
        entry = Entry(id=path.stem, title=path.stem, resource_type="其他", files=(main,))
        cards.append(Card(EntryKey("r", entry.id), entry, Readiness.PLAYS))
    return cards


@contextmanager
def stage(folder: Path, size: tuple[int, int]) -> Iterator[tuple[PlayerPage, MemoryLocator]]:
    """A stage in a window of that size, ended in order."""
    locator = MemoryLocator()
    bench = Bench(folder / "data", [], locator, Settings(language="en", bar_place="bottom"))
    window = StageWindow(bench)
    window.resize(*size)
    window.show()
    yield window.player, locator
    if window.player.awake.is_held:
        window.player.leave()
    window.close()
    bench.close()
    window.deleteLater()
    QApplication.processEvents()


def begin(player: PlayerPage, cards: list[Card]) -> None:
    """Open the first and wait for its picture."""
    shown: list[bool] = []
    connection = player.shown.connect(lambda: shown.append(True))
    player.begin(cards[0], cards)
    run_until(lambda: bool(shown))
    player.shown.disconnect(connection)


# -- pen -----------------------------------------------------------------------------------------


def mouse(layer: InkLayer, kind: QEvent.Type, at: QPointF) -> None:
    """One event as the system delivers it."""
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    button = none if kind == _EVENT.MouseMove else left
    held = none if kind == _EVENT.MouseButtonRelease else left
    there = QPointF(layer.mapToGlobal(at))
    event = QMouseEvent(kind, at, there, button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(layer, event)


def pen_latencies_ms(player: PlayerPage, moves: int) -> list[float]:
    """From a move of the mouse until its ink is on the screen, one by one."""
    layer = player.tools.layer
    player.tools.take_pen(Tool.PEN)
    taken = []
    for at in range(moves):
        x = 100 + (at * 9) % (layer.width() - 200)
        place = QPointF(x, 150 + (at * 5) % (layer.height() // 2))
        if at % 60 == 0:
            if at:
                mouse(layer, _EVENT.MouseButtonRelease, place)
            mouse(layer, _EVENT.MouseButtonPress, place)
            run_until(lambda: True)
            continue
        before = layer.painted_lines
        start = time.perf_counter()
        mouse(layer, _EVENT.MouseMove, place)
        run_until(lambda before=before: layer.painted_lines > before)  # type: ignore[misc]
        taken.append(1000 * (time.perf_counter() - start))
    mouse(layer, _EVENT.MouseButtonRelease, QPointF(100, 100))
    return taken


def draw_lesson(player: PlayerPage, lines: int = 20) -> None:
    """As much ink as a page full of remarks."""
    layer = player.tools.layer
    player.tools.take_pen(Tool.PEN)
    for number in range(lines):
        y = layer.height() * (0.1 + 0.7 * number / lines)
        mouse(layer, _EVENT.MouseButtonPress, QPointF(100, y))
        for step in range(40):
            x = 100 + step * (layer.width() - 200) / 40
            mouse(layer, _EVENT.MouseMove, QPointF(x, y + 12 * (step % 3)))
        mouse(layer, _EVENT.MouseButtonRelease, QPointF(layer.width() - 100, y))
    player.tools.panel.hide()


def cpu_s(seconds: float) -> float:
    """Processor seconds a second."""
    start, began = time.process_time(), time.perf_counter()
    run_for(seconds)
    return (time.process_time() - start) / (time.perf_counter() - began)


def overlay_ratios(player: PlayerPage, rounds: int, seconds: float) -> tuple[float, float, float]:
    """(video alone, ratio with ink and pen above it, ratio while somebody writes without pause)."""
    alone, with_ink, writing = [], [], []
    view, layer = player.view, player.tools.layer
    assert view is not None
    for _ in range(rounds):
        player.tools.put_pen_away()
        player.tools.ink.wipe()
        view.seek_to(0.5)
        player.bars.hide_now()
        run_for(0.5)
        alone.append(cpu_s(seconds))
        view.seek_to(0.5)
        draw_lesson(player)
        player.bars.hide_now()
        run_for(0.5)
        with_ink.append(cpu_s(seconds))
        view.seek_to(0.5)
        mouse(layer, _EVENT.MouseButtonPress, QPointF(100, 100))
        start, began, step = time.process_time(), time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            step += 1
            x = 100 + step * 7 % (layer.width() - 200)
            mouse(layer, _EVENT.MouseMove, QPointF(x, 120 + step % 300))
            run_for(1 / 60)
        writing.append((time.process_time() - start) / (time.perf_counter() - began))
        mouse(layer, _EVENT.MouseButtonRelease, QPointF(100, 100))
    base = statistics.median(alone)
    return base, statistics.median(with_ink) / base, statistics.median(writing) / base


# -- items ---------------------------------------------------------------------------------------


def change_ms(player: PlayerPage, at: int, *, is_ahead: bool) -> float:
    """From the press until the next resource's picture is painted."""
    if is_ahead:
        run_until(lambda: player.next_up.held is not None and player.next_up.held.is_ready)
        run_for(0.3)
    else:
        player.next_up.drop()
    shown: list[bool] = []
    connection = player.shown.connect(lambda: shown.append(True))
    start = time.perf_counter()
    player._go_to_item(at)
    run_until(lambda: bool(shown))
    painted: QImage = player.grab().toImage()
    taken = 1000 * (time.perf_counter() - start)
    player.shown.disconnect(connection)
    assert not painted.isNull()
    return taken


def changes_ms(player: PlayerPage, cards: list[Card], runs: int) -> dict[str, tuple[float, float]]:
    """Median by kind of the resource that comes: (opened ahead, not)."""
    found: dict[str, tuple[list[float], list[float]]] = {}
    for _ in range(runs):
        for is_ahead in (True, False):
            player._go_to_item(0)
            run_until(lambda: player.view is not None and not player.view.is_preparing)
            for at in range(1, len(cards)):
                kind = cards[at].entry.format.value
                taken = change_ms(player, at, is_ahead=is_ahead)
                found.setdefault(kind, ([], []))[0 if is_ahead else 1].append(taken)
    return {k: (statistics.median(a), statistics.median(b)) for k, (a, b) in found.items()}


def show_item(player: PlayerPage, at: int, patience_ms: int = PATIENCE_MS) -> None:
    """Change to that one and wait until it is shown."""
    shown: list[bool] = []
    connection = player.shown.connect(lambda: shown.append(True))
    player._go_to_item(at)
    run_until(lambda: bool(shown), patience_ms)
    player.shown.disconnect(connection)


def let_run(seconds: float) -> None:
    """Let what is shown run, and carry out what was to be deleted later."""
    run_for(seconds)
    # Outside of exec() nobody else does.
    QCoreApplication.sendPostedEvents(None, _EVENT.DeferredDelete.value)


def memory_growth(player: PlayerPage, cards: list[Card], changes: int) -> tuple[int, int]:
    """(bytes after the first tenth, bytes at the end) of that many changes of item.

    Both with the first card on the screen: what a running film holds differs by 40 MB.
    """
    warm = -(-changes // 10 // len(cards)) * len(cards)
    last = changes // len(cards) * len(cards)
    first = 0
    for number in range(last + 1):
        show_item(player, number % len(cards))
        let_run(0.02)
        if number == warm:
            first = _held_bytes()
    return first, _held_bytes()


def _held_bytes() -> int:
    """Without what the allocator could give back at any time."""
    gc.collect()
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)
    return int(psutil.Process().memory_info().rss)
