# SPDX-License-Identifier: GPL-3.0-or-later
"""The pen over a real video: seen above its pictures, and back with its moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.base.settings import Settings
from app.player.media_view import MediaView
from app.region.entry import Entry
from app.region.media import Format
from app.region.shard import read_snapshot
from app.ui.models.card import Card
from app.ui.pages.player import PlayerPage
from tests.conftest import REPOSITORY
from tests.ui.fixture_library import MemoryLocator
from tests.ui.fixture_services import Bench
from tests.ui.stage.fixture_stage import StageWindow, card, drag, line

SHELF = REPOSITORY / "resources_cache"
RED = QColor("#e02d2d")
Wait = Callable[[Callable[[], bool]], None]


def starter_video() -> Entry:
    """One of the videos that ship with the program."""
    for path in sorted(SHELF.glob("catalogue/*/*.snapshot")):
        for entry in read_snapshot(path.read_bytes()):
            if entry.format is Format.VIDEO and entry.main_file is not None:
                return entry
    raise AssertionError("the shelf has no video")


@pytest.fixture
def wait(qtbot: QtBot) -> Wait:
    def until(condition: Callable[[], bool]) -> None:
        qtbot.waitUntil(condition, timeout=30_000)

    return until


@pytest.fixture
def player(qtbot: QtBot, data_dir: Path) -> Iterator[PlayerPage]:
    """A video runs on the stage."""
    entry = starter_video()
    main = entry.main_file
    assert main is not None
    locator = MemoryLocator()
    locator.add(main, SHELF / "blobs" / main.sha256[:2] / main.sha256)
    settings = Settings(language="en", theme="light", bar_place="bottom")
    bench = Bench(data_dir, [entry], locator, settings)
    frame = StageWindow(bench)
    qtbot.addWidget(frame)
    frame.show()
    qtbot.waitExposed(frame)
    lesson: list[Card] = [card(entry)]
    with qtbot.waitSignal(frame.player.shown, timeout=30_000):
        frame.player.begin(lesson[0], lesson)
    yield frame.player
    frame.player.leave()
    bench.close()


def test_ink_lies_above_the_running_picture_and_belongs_to_its_moment(
    player: PlayerPage, wait: Wait
) -> None:
    view, layer = player.view, player.tools.layer
    assert isinstance(view, MediaView)
    wait(lambda: view.position_s > 1.0)
    view.pause()
    wait(lambda: not view.is_playing)
    player.press("pen")
    at_s = view.position_s
    drag(layer, *line(QPoint(400, 100), QPoint(800, 100)))
    assert player.grab().toImage().pixelColor(600, 100) == RED
    assert player.bar.slider.marks  # a dot on the time line
    player.tools.put_pen_away()
    frames = view.surface.painted_frames
    QTest.keyClick(player, Qt.Key.Key_Space)
    wait(lambda: view.position_s > at_s + 1.5)
    assert view.surface.painted_frames > frames
    assert layer.strokes == []  # the picture it was written on is gone
    assert not layer.isVisible()
    view.pause()
    wait(lambda: not view.is_playing)
    view.seek_to(at_s)
    wait(lambda: len(layer.strokes) == 1)
    assert player.grab().toImage().pixelColor(600, 100) == RED


def test_writing_while_it_runs_stops_nothing(player: PlayerPage, wait: Wait) -> None:
    view, layer = player.view, player.tools.layer
    assert isinstance(view, MediaView)
    wait(lambda: view.position_s > 0.5)
    player.press("pen")
    QTest.mousePress(layer, Qt.MouseButton.LeftButton, pos=QPoint(400, 100))
    for step in range(1, 30):
        frames = view.surface.painted_frames
        QTest.mouseMove(layer, QPoint(400 + 10 * step, 100))
        if step % 10 == 0:
            wait(lambda frames=frames: view.surface.painted_frames > frames)  # type: ignore[misc]
    assert layer.is_drawing
    QTest.mouseRelease(layer, Qt.MouseButton.LeftButton, pos=QPoint(690, 100))
    assert view.is_playing
    assert len(layer.strokes) == 1
    assert len(layer.strokes[0].points) == 30
    QTest.mouseClick(layer, Qt.MouseButton.LeftButton, pos=QPoint(900, 300))
    assert view.is_playing  # a tap with the pen is a dot, no pause
