# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the running lesson is, on disk, so that a crash is over in three seconds.

The file exists while a lesson runs. It holds the resources themselves as they were shown, so that
going on waits for no catalogue and no database.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot

from app.base import files
from app.base.documents import document_header, parse_document
from app.base.errors import KnownError
from app.base.paths import DataPaths
from app.catalogue.query import EntryKey
from app.lesson.lists import Extract
from app.player.item import Fit, Position
from app.region.entry import entry_to_json, parse_entry
from app.ui.jobs import SerialQueue
from app.ui.models.card import Card, Readiness

log = logging.getLogger(__name__)

_FORMAT = "kezhan-lesson-place"
_MAX_BYTES = 8 << 20
_MAX_CARDS = 500
KEEP_MS = 3_000


@dataclass(frozen=True, slots=True)
class LessonPlace:
    """A lesson and the place in it."""

    cards: tuple[Card, ...]
    at: int
    position: Position = field(default_factory=Position)
    is_full_screen: bool = True
    board_page: int = 0  # 0: the blank board is not shown
    lesson_id: str = ""  # of the log, so that a crash does not make two lessons of one


def place_to_bytes(place: LessonPlace) -> bytes:
    """The document of a place."""
    now = place.position
    document = {
        **document_header(_FORMAT, 1, 0),
        "cards": [_card_to_json(card) for card in place.cards[:_MAX_CARDS]],
        "at": place.at,
        "position": [now.seconds, now.page, now.fit.value, now.zoom, now.x, now.y],
        "is_full_screen": place.is_full_screen,
        "board_page": place.board_page,
        "lesson_id": place.lesson_id,
    }
    return json.dumps(document, separators=(",", ":")).encode()


def _card_to_json(card: Card) -> dict[str, Any]:
    part = card.extract
    return {
        "region_id": card.key.region_id,
        "entry": entry_to_json(card.entry),
        "readiness": card.readiness.value,
        "extract": [part.start_s, part.end_s, part.first_page, part.last_page],
        "item_id": card.item_id,
    }


def parse_place(raw: bytes) -> LessonPlace | None:
    """The place of a document, or None when it does not make sense."""
    try:
        document = parse_document(raw, _FORMAT, 1, max_bytes=_MAX_BYTES)
        cards = tuple(_card_of(one) for one in document["cards"][:_MAX_CARDS])
        seconds, page, fit, zoom, x, y = document["position"]
        position = Position(float(seconds), int(page), Fit(fit), float(zoom), float(x), float(y))
        at, board_page = int(document["at"]), int(document["board_page"])
        is_full = bool(document["is_full_screen"])
        lesson_id = lesson_id_of(document.get("lesson_id", ""))
    except (KnownError, KeyError, TypeError, ValueError) as error:
        log.warning("the place of the lesson cannot be read: %s", type(error).__name__)
        return None
    if not 0 <= at < len(cards):
        return None
    return LessonPlace(cards, at, position, is_full, board_page, lesson_id)


def lesson_id_of(found: object) -> str:
    """The id if it is one, else "" (a document written before there was one)."""
    try:
        return str(uuid.UUID(str(found))) if found else ""
    except ValueError:
        return ""


def _card_of(found: dict[str, Any]) -> Card:
    entry = parse_entry(found["entry"])
    key = EntryKey(str(found["region_id"]), entry.id)
    return Card(
        key,
        entry,
        Readiness(found["readiness"]),
        extract=Extract(*found["extract"]).checked(),
        item_id=str(found["item_id"]),
    )


def load_place(paths: DataPaths) -> LessonPlace | None:
    """Where the lesson was when the window before this one ended; None when none was on."""
    try:
        raw = paths.lesson_place.read_bytes()
    except OSError:
        return None
    return parse_place(raw)


class PlaceKeeper(QObject):
    """Writes the place every few seconds and whenever it is told to, off the GUI thread."""

    def __init__(
        self,
        desk: SerialQueue[Any],
        paths: DataPaths,
        look: Callable[[], LessonPlace | None],
        parent: QObject,
    ) -> None:
        """`look` tells where the lesson is now."""
        super().__init__(parent)
        self._desk, self._path, self._look = desk, paths.lesson_place, look
        self._last: LessonPlace | None = None
        self._timer = QTimer(self, interval=KEEP_MS)
        self._timer.timeout.connect(self.keep)

    def begin(self) -> None:
        """A lesson begins."""
        self._last = None
        self._timer.start()

    @Slot()
    def keep(self) -> None:
        """Write down the place if it is another."""
        place = self._look()
        if place is None or place == self._last:
            return
        self._last = place
        path = self._path

        def work(_desk: object) -> object:
            files.replace_bytes(path, place_to_bytes(place))
            return None

        self._desk.submit(work, "place")

    def end(self) -> None:
        """The lesson is over: nothing to go on with."""
        self._timer.stop()
        self._last = None
        path = self._path

        def work(_desk: object) -> object:
            path.unlink(missing_ok=True)
            return None

        self._desk.submit(work, "place")
