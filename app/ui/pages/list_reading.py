# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pages of lesson lists show, read from desk.db and the catalogue; and how ready it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.catalogue.query import EntryKey
from app.lesson.lists import ItemKind, LessonList, ListItem
from app.region.entry import Entry
from app.ui.models.card import Card, Readiness
from app.ui.services import CatalogueReader, Services, card_from_entry
from app.ui.words import entry_size_bytes

if TYPE_CHECKING:
    from app.ui.desk import Desk

_RECENT_EVENTS = 400
_RECENT_SHOWN = 24


@dataclass(frozen=True, slots=True)
class Asked:
    """What desk.db says of a tab or of one open list."""

    tab: str
    lists: tuple[LessonList, ...] = ()
    items: tuple[ListItem, ...] = ()
    list_id: str = ""


@dataclass(frozen=True, slots=True)
class Ready:
    """How much of a list can be shown now."""

    items: int
    playing: int
    size_bytes: int
    missing_bytes: int
    missing: tuple[EntryKey, ...]
    is_asked: bool  # everything that is missing has been asked for

    @property
    def is_whole(self) -> bool:
        """全部离线可用."""
        return self.items > 0 and self.playing == self.items


def read_tab(tab: str, list_id: str, desk: Desk) -> Asked:
    """On the desk's thread."""
    from app.lesson.store import FAVOURITES_ID

    lessons = desk.lessons
    if list_id:
        return Asked(tab, lessons.lists(), lessons.items(list_id), list_id)
    if tab == "lists":
        return Asked(tab, lessons.lists())
    if tab == "favourites":
        return Asked(tab, items=lessons.items(FAVOURITES_ID))
    if tab == "own":
        own = lessons.own_files()
        kind = ItemKind.FILE
        items = (ListItem("", "", f.sha256, f.name, kind=kind, file=f) for f in own)
        return Asked(tab, items=tuple(items))
    return Asked(tab, items=_recent(desk))


def _recent(desk: Desk) -> tuple[ListItem, ...]:
    seen: dict[tuple[str, str], ListItem] = {}
    for logged in desk.usage.recent(_RECENT_EVENTS):
        key = (logged.event.region_id, logged.event.entry_id)
        title = logged.resource.title if logged.resource is not None else ""
        if key[0]:
            seen.setdefault(key, ListItem("", *key, title))
    return tuple(seen.values())[:_RECENT_SHOWN]


def read_cards(
    services: Services, items: Iterable[ListItem], catalogue: CatalogueReader
) -> tuple[Card, ...]:
    """On the catalogue's thread: a card for every item, also for what is not known any more."""
    return tuple(_card(services, item, catalogue) for item in items)


def _card(services: Services, item: ListItem, catalogue: CatalogueReader) -> Card:
    own = services.own.card_of_item(item)
    if own is not None:
        return own
    key = EntryKey(item.region_id, item.entry_id)
    entry = catalogue.entry(key)
    if entry is None:
        unknown = Entry(id=item.entry_id, title=item.title or item.entry_id)
        return Card(key, unknown, Readiness.GONE, extract=item.extract, item_id=item.item_id)
    if item.item_id and item.title and item.title != entry.title:
        entry = replace(entry, title=item.title)  # the teacher's own word for it
    card = card_from_entry(services, key, entry)
    return replace(card, extract=item.extract, item_id=item.item_id)


def ready_of(cards: Sequence[Card]) -> Ready:
    """Sum a list up."""
    missing = [card for card in cards if not card.plays and card.key.region_id]
    waits = (Readiness.TOMORROW, Readiness.WAITING)
    can_come = [card for card in missing if card.readiness in (Readiness.DOWNLOADABLE, *waits)]
    return Ready(
        items=len(cards),
        playing=sum(card.plays for card in cards),
        size_bytes=sum(entry_size_bytes(card.entry) for card in cards),
        missing_bytes=sum(entry_size_bytes(card.entry) for card in can_come),
        missing=tuple(c.key for c in can_come if c.readiness is Readiness.DOWNLOADABLE),
        is_asked=bool(can_come) and all(card.readiness in waits for card in can_come),
    )
