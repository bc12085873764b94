# SPDX-License-Identifier: GPL-3.0-or-later
"""Hears everything a view says, and waits for it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from app.base.errors import KnownError
from app.player.item import PlayerEvent
from app.player.view import LessonView

OPEN_MS = 15_000


class Ear:
    """Signals of one view, in order."""

    def __init__(self, view: LessonView) -> None:
        self.events: list[PlayerEvent] = []
        self.errors: list[KnownError] = []
        self.notices: list[KnownError] = []
        self.readies = self.ends = 0
        view.happened.connect(self.events.append)
        view.failed.connect(self.errors.append)
        view.noticed.connect(self.notices.append)
        view.ready.connect(self._count_ready)
        view.ended.connect(self._count_end)

    def _count_ready(self) -> None:
        self.readies += 1

    def _count_end(self) -> None:
        self.ends += 1

    @property
    def kinds(self) -> list[str]:
        """Kinds of all events."""
        return [event.kind for event in self.events]

    def numbers(self, kind: str) -> Mapping[str, float | str]:
        """Numbers of the last event of a kind."""
        return next(event.numbers for event in reversed(self.events) if event.kind == kind)

    def codes(self) -> list[str]:
        """Codes of all errors."""
        return [error.code for error in self.errors]


def opened(qtbot: QtBot, view: LessonView, *, is_playing: bool = True) -> Ear:
    """Open and wait until it is ready."""
    ear = Ear(view)
    view.open(is_playing=is_playing)
    qtbot.waitUntil(lambda: ear.readies > 0 or bool(ear.errors), timeout=OPEN_MS)
    assert ear.codes() == []
    return ear


def refused(qtbot: QtBot, view: LessonView) -> Ear:
    """Open and wait until it says that it cannot be shown."""
    ear = Ear(view)
    view.open()
    qtbot.waitUntil(lambda: bool(ear.errors), timeout=OPEN_MS + 10_000)
    return ear


def colour_name(image: QImage, x: float = 0.5, y: float = 0.5) -> str:
    """What colour a place (shares of the size) mostly has."""
    if image.isNull():
        return "none"
    colour = image.pixelColor(int((image.width() - 1) * x), int((image.height() - 1) * y))
    return name_of(colour)


def name_of(colour: QColor) -> str:
    """red, green, blue, black, white or other."""
    parts = (colour.red() > 120, colour.green() > 120, colour.blue() > 120)
    names = {
        (True, False, False): "red",
        (False, True, False): "green",
        (False, False, True): "blue",
        (False, False, False): "black",
        (True, True, True): "white",
    }
    return names.get(parts, "other")
