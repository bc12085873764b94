# SPDX-License-Identifier: GPL-3.0-or-later
"""Renders the stage with each kind of lesson and the pen over it, for looking at.

    python -m tests.screens.lesson OUT --size 1280x720 --theme light --language zh_CN

Higher densities come from QT_SCALE_FACTOR, as in `tests.screens.render`. The starter lessons are
what is shown; strokes are drawn with real mouse events.
"""

from __future__ import annotations

import argparse
import gc
import math
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEvent, QEventLoop, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from app.base.settings import Settings
from app.catalogue.query import EntryKey
from app.region.entry import Entry
from app.region.shard import read_snapshot
from app.ui.board.strokes import Tool
from app.ui.i18n.install import Translations
from app.ui.look.theme import percent_on_screen, theme_for
from app.ui.models.card import Card, Readiness
from app.ui.pages.player import PlayerPage
from app.ui.services import SettingsBox
from tests.screens.inspect_layout import problems_of
from tests.screens.render import wait_until
from tests.ui.fixture_library import MemoryLocator
from tests.ui.fixture_services import Bench

REPOSITORY = Path(__file__).resolve().parents[2]
SHELF = REPOSITORY / "resources_cache"


def starter_entries() -> list[Entry]:
    """The lessons that ship with the program."""
    found = []
    for path in sorted(SHELF.glob("catalogue/*/*.snapshot")):
        found += list(read_snapshot(path.read_bytes()))
    return found


def cards_with(locator: MemoryLocator) -> list[Card]:
    """One card a lesson that has its file on the shelf."""
    cards = []
    for entry in starter_entries():
        for file in entry.files:
            path = SHELF / "blobs" / file.sha256[:2] / file.sha256
            if path.is_file():
                locator.add(file, path)
        main = entry.main_file
        if main is not None and main.sha256 in locator.paths:
            cards.append(Card(EntryKey("starter", entry.id), entry, Readiness.PLAYS))
    return cards


def drag(widget: QWidget, points: list[QPointF]) -> None:
    """Draw with the left button, as a mouse does."""
    for at, point in enumerate(points):
        kind = QEvent.Type.MouseButtonPress if at == 0 else QEvent.Type.MouseMove
        button = Qt.MouseButton.LeftButton if at == 0 else Qt.MouseButton.NoButton
        there = QPointF(widget.mapToGlobal(point))
        event = QMouseEvent(
            kind, point, there, button, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(widget, event)
    there = QPointF(widget.mapToGlobal(points[-1]))
    released = QMouseEvent(
        QEvent.Type.MouseButtonRelease,
        points[-1],
        there,
        Qt.MouseButton.LeftButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, released)


def write_something(player: PlayerPage) -> None:
    """A circle, an underline and a highlight."""
    layer, tools = player.tools.layer, player.tools
    width, height = layer.width(), layer.height()
    tools.take_pen(Tool.PEN)
    middle = QPointF(width * 0.42, height * 0.42)
    turn = [i / 40 * 2 * math.pi for i in range(42)]
    drag(
        layer,
        [middle + QPointF(math.cos(a) * width * 0.13, math.sin(a) * height * 0.15) for a in turn],
    )
    tools.take_pen(Tool.HIGHLIGHTER)
    drag(layer, [QPointF(width * (0.25 + i / 100), height * 0.7) for i in range(45)])
    drag(layer, [QPointF(width * (0.3 + i / 100), height * 0.7) for i in range(20)])
    tools.take_pen(Tool.PEN)
    tools.panel.widths[0].click()
    tools.panel.swatches[1].click()
    drag(
        layer,
        [
            QPointF(width * (0.6 + i / 200), height * (0.3 + 0.02 * math.sin(i / 3)))
            for i in range(50)
        ],
    )


class Shots:
    """Goes through the lessons."""

    def __init__(
        self, out: Path, window: QMainWindow, player: PlayerPage, box: SettingsBox, prefix: str
    ) -> None:
        self._out, self._window, self._prefix = out, window, prefix
        self.player, self._settings = player, box
        self.problems: list[str] = []

    def take(self, name: str) -> None:
        """One picture."""
        deadline = QDeadlineTimer(400)
        while not deadline.hasExpired():
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)
        self._window.grab().save(str(self._out / f"{self._prefix}-{name}.png"))
        self.problems += [f"{self._prefix}-{name}: {one}" for one in problems_of(self._window)]

    def open(self, card: Card, lesson: list[Card]) -> None:
        """Play it and wait for its picture."""
        shown = QSignalSpy(self.player.shown)
        self.player.begin(card, lesson)
        wait_until(lambda: shown.count() > 0, card.entry.id)
        view = self.player.view
        if view is not None and view.is_timed and view.has_picture:
            wait_until(lambda: view.position_s > 2.0, "the video does not run")
            view.pause()

    def lesson(self, card: Card, lesson: list[Card]) -> None:
        """With the pen over it."""
        self.open(card, lesson)
        name = card.entry.id.removeprefix("starter-")
        self.player.bars.wake()
        self.take(f"{name}-plain")
        write_something(self.player)
        self.player.show_tools()
        self.take(f"{name}-ink")
        self.player.tools.put_pen_away()
        self.player.press("more")
        self.take(f"{name}-more")
        self.player.leave()

    def tools(self, card: Card, lesson: list[Card]) -> None:
        """Board, spotlight, timer, side bars, overscan."""
        self.open(card, lesson)
        player = self.player
        player.press("board")
        write_something(player)
        player.show_tools()
        self.take("board")
        player.tools.toggle_selecting()
        width, height = player.tools.layer.width(), player.tools.layer.height()
        corners = ((0.2, 0.2), (0.6, 0.2), (0.6, 0.65), (0.2, 0.65), (0.2, 0.2))
        drag(player.tools.select, [QPointF(x * width, y * height) for x, y in corners])
        self.take("board-select")
        player.tools.close_board()
        player.press("spotlight")
        self.take("spotlight")
        player.tools.spotlight.put_away()
        player.press("timer")
        player.tools.timer.count_down(5)
        self.take("timer")
        player.tools.timer.put_away()
        box = self._settings
        before = box.current
        box.put(replace(before, bar_place="sides", overscan_percent=3))
        write_something(player)
        player.tools.show_panel()
        player.show_tools()
        self.take("sides-pen")
        player.tools.put_pen_away()
        player.press("more")
        self.take("sides-more")
        box.put(replace(box.current, is_side_bar_folded=True))
        player.bars.more.hide()
        self.take("sides-folded")
        box.put(before)
        player.press("search")
        self.take("search")
        player.leave()


def main() -> int:
    """Render one set."""
    gc.disable()  # a collection on a worker thread could stop the window (app/ui/rubbish.py)
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--language", default="zh_CN")
    parser.add_argument("--theme", default="light")
    parser.add_argument("--scale", type=int, default=100)
    parser.add_argument("--name", default="lesson")
    parser.add_argument("--only", default="", help="part of an id")
    options = parser.parse_args()
    application = QApplication.instance() or QApplication(sys.argv[:1])
    options.out.mkdir(parents=True, exist_ok=True)
    width, height = map(int, options.size.split("x"))
    settings = Settings(language=options.language, theme=options.theme, scale_percent=options.scale)
    with tempfile.TemporaryDirectory() as folder:
        translations = Translations()
        translations.use(options.language)
        locator = MemoryLocator()
        cards = cards_with(locator)
        bench = Bench(Path(folder) / "data", [c.entry for c in cards], locator, settings)
        percent = percent_on_screen(settings.scale_percent, height)
        theme = theme_for(settings.theme, percent)
        window = QMainWindow()
        window.setStyleSheet(theme.style_sheet())
        player = PlayerPage(theme, bench.services)
        window.setCentralWidget(player)
        window.resize(width, height)
        window.show()
        shots = Shots(options.out, window, player, bench.services.settings, options.name)
        for card in cards:
            if options.only in card.entry.id:
                shots.lesson(card, cards)
        shots.tools(next(c for c in cards if c.entry.format == "pdf"), cards)
        window.close()
        bench.close()
        window.deleteLater()
        # Outside of exec() nobody else carries out what was to be deleted later.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        application.processEvents()
    for found in shots.problems:
        print("PROBLEM", found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
