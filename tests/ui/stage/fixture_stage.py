# SPDX-License-Identifier: GPL-3.0-or-later
"""A stage in a window of its own, and a hand with a mouse."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from app.catalogue.query import EntryKey
from app.lesson.lists import Extract
from app.region.entry import Entry
from app.ui.board.more_panel import MorePanel
from app.ui.look.theme import theme_for
from app.ui.models.card import WHOLE, Card, Readiness
from app.ui.pages.player import PlayerPage
from tests.ui.fixture_services import Bench

REGION = "region"


class StageWindow(QMainWindow):
    """What the main window is to a lesson: a frame of the size of a TV."""

    def __init__(self, bench: Bench, scale_percent: int = 100) -> None:
        super().__init__()
        theme = theme_for("light", scale_percent)
        self.setStyleSheet(theme.style_sheet())
        self.player = PlayerPage(theme, bench.services)
        self.setCentralWidget(self.player)
        self.resize(1280, 720)


def card(entry: Entry, extract: Extract = WHOLE, item_id: str = "") -> Card:
    """A resource that plays here."""
    key = EntryKey(REGION, entry.id)
    return Card(key, entry, Readiness.PLAYS, extract=extract, item_id=item_id)


def drag(widget: QWidget, *points: QPoint) -> None:
    """Down, along and up with the left mouse button."""
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(widget, left, pos=points[0])
    for point in points[1:]:
        QTest.mouseMove(widget, point)
    QTest.mouseRelease(widget, left, pos=points[-1])


def line(start: QPoint, end: QPoint, steps: int = 12) -> list[QPoint]:
    """Points from one place to another."""
    return [start + (end - start) * at / steps for at in range(steps + 1)]


def assert_all_is_seen(panel: MorePanel) -> None:
    """Whole, and none on another."""
    for _ in range(4):  # layouts within layouts ask their parents one event after the other
        QApplication.sendPostedEvents()
    shown = [button for button in panel.buttons.values() if button.isVisible()]
    places = [QRect(b.mapTo(panel, QPoint(0, 0)), b.size()) for b in shown]
    assert len(places) >= 5
    for at, place in enumerate(places):
        assert panel.rect().contains(place), shown[at].text()
        assert not any(place.intersects(other) for other in places[at + 1 :]), shown[at].text()
