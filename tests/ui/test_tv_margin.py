# SPDX-License-Identifier: GPL-3.0-or-later
"""A TV that cuts off the edge: in full screen nothing one needs stands there, on any page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget

from app.ui.main_window import MainWindow
from tests.ui.fixture_services import Bench

Wait = Callable[[Callable[[], bool]], None]
PERCENT = 8
PAGES = ("home", "library", "lists", "log", "uploads", "status", "settings")


def set_margin(bench: Bench, percent: int) -> None:
    box = bench.services.settings
    box.put(replace(box.current, overscan_percent=percent))


def seen(window: QWidget) -> list[tuple[str, QRect]]:
    """What one reads or presses, as far as it is to be seen, in places of the window."""
    found = []
    for kind in (QAbstractButton, QLabel, QLineEdit):
        for part in window.findChildren(kind):
            area = part.visibleRegion().boundingRect()
            if part.isVisible() and not area.isEmpty():
                corner = part.mapTo(window, area.topLeft())
                found.append(
                    (part.accessibleName() or part.objectName(), QRect(corner, area.size()))
                )
    return found


@pytest.fixture
def full(opened: MainWindow, bench: Bench, wait: Wait) -> MainWindow:
    """The window over all of a TV."""
    set_margin(bench, PERCENT)
    opened.place.set_full(True)
    wait(opened.isFullScreen)
    return opened


def test_nothing_stands_on_the_edge_of_any_page(full: MainWindow, wait: Wait) -> None:
    x, y = full.width() * PERCENT // 100, full.height() * PERCENT // 100
    room = full.rect().adjusted(x, y, -x, -y)
    for page in PAGES:
        full.show_page(page)
        wait(lambda: len(seen(full)) > 5 and all(room.contains(area) for _, area in seen(full)))
        edge = full.grab().toImage()
        for at in (QPoint(x // 2, full.height() // 2), QPoint(full.width() // 2, y // 2)):
            assert edge.pixelColor(at * edge.devicePixelRatio()) == edge.pixelColor(2, 2), page


def test_another_margin_holds_at_once_and_a_window_has_none(
    full: MainWindow, bench: Bench, wait: Wait
) -> None:

    def left() -> int:
        return min(area.left() for _, area in seen(full))

    wait(lambda: left() >= full.width() * PERCENT // 100)
    set_margin(bench, 2)
    wait(lambda: full.width() * 2 // 100 <= left() < full.width() * PERCENT // 100)
    full.place.set_full(False)
    wait(lambda: not full.isFullScreen() and left() < 20)
