# SPDX-License-Identifier: GPL-3.0-or-later
"""The next resource of the lesson, opened ahead and out of sight, so that it is there at once.

One view at most is held, and it is let go when another is wanted or the lesson ends. Interactive
pages are opened ahead only where memory is plentiful: a browser's processes cost too much on a
4 GB machine. Until they are seen they are silent and stand still.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import psutil
from PySide6.QtCore import QObject, QSize, QTimer, Slot
from PySide6.QtWidgets import QWidget

from app.base.errors import KnownError
from app.player.create import create_view
from app.player.item import PlayerEvent, Position
from app.player.view import LessonView
from app.region.media import Format
from app.ui.models.card import Card
from app.ui.pages.player_span import start_of
from app.ui.play_items import play_item_of
from app.ui.resume import ask_place
from app.ui.services import Services

AHEAD_MS = 1_200  # the first picture of this one comes before the next one's
_COSTLY = frozenset({Format.WEB, Format.FLASH})
# A page takes 150–400 MB in its processes; what is free must be far more than that.
_PLENTY_BYTES = 3 << 30


@dataclass(slots=True)
class Prepared:
    """A view that was opened ahead, and what it said meanwhile."""

    card: Card
    view: LessonView
    events: list[PlayerEvent] = field(default_factory=list)
    notices: list[KnownError] = field(default_factory=list)
    is_ready: bool = False


def may_open_ahead(kind: Format) -> bool:
    """Whether this machine can afford it now."""
    return kind not in _COSTLY or psutil.virtual_memory().available >= _PLENTY_BYTES


class NextUp(QObject):
    """Holds what is likely to be wanted next."""

    def __init__(self, stage: QWidget, services: Services) -> None:
        super().__init__(stage)
        self._stage, self._services = stage, services
        self._wanted: Card | None = None
        self._size = QSize()
        self._held: Prepared | None = None
        self._delay = QTimer(self, interval=AHEAD_MS, singleShot=True)
        self._delay.timeout.connect(self._ask)

    @property
    def held(self) -> Prepared | None:
        """What is ready or getting ready."""
        return self._held

    def want(self, card: Card | None, size: QSize) -> None:
        """Open this one soon, for a stage of that size."""
        if self._held is not None and self._held.card is not card:
            self.drop()
        self._wanted, self._size = card, size
        if card is not None and self._held is None and may_open_ahead(card.entry.format):
            self._delay.start()

    def take(self, card: Card) -> Prepared | None:
        """Hand over the view of this card, if it is the one; the stage connects it."""
        self._delay.stop()
        held = self._held
        if held is None or held.card is not card:
            return None
        self._held = None
        for signal, slot in (
            (held.view.happened, self._happened),
            (held.view.ready, self._ready),
            (held.view.failed, self._failed),
            (held.view.noticed, self._noticed),
        ):
            signal.disconnect(slot)
        return held

    def drop(self) -> None:
        """Let go of it."""
        self._delay.stop()
        self._wanted = None
        held, self._held = self._held, None
        if held is not None:
            held.view.close_item()
            held.view.deleteLater()

    @Slot()
    def _ask(self) -> None:
        if self._wanted is not None:
            ask_place(self._services.desk, self._wanted).succeeded.connect(self._open)

    @Slot(object)
    def _open(self, answer: tuple[Card, Position | None]) -> None:
        card, place = answer
        if card is not self._wanted or self._held is not None:
            return
        try:
            item = play_item_of(card, self._services.locator, self._services.paths)
            view = create_view(item, self._stage)
        except KnownError:
            return  # said when its turn comes
        self._held = Prepared(card, view)
        view.hide()
        view.resize(self._size)
        view.happened.connect(self._happened)
        view.ready.connect(self._ready)
        view.failed.connect(self._failed)
        view.noticed.connect(self._noticed)
        start = start_of(card, place)
        if start is not None:
            view.restore(start)
        view.open(is_playing=False)

    @Slot(PlayerEvent)
    def _happened(self, event: PlayerEvent) -> None:
        if self._held is not None:
            self._held.events.append(event)

    @Slot(object)
    def _noticed(self, notice: KnownError) -> None:
        if self._held is not None:
            self._held.notices.append(notice)

    @Slot()
    def _ready(self) -> None:
        if self._held is not None:
            self._held.is_ready = True

    @Slot(object)
    def _failed(self, _error: object) -> None:
        """It is tried again, and said, when its turn comes."""
        held, self._held = self._held, None
        if held is not None:
            held.view.deleteLater()
