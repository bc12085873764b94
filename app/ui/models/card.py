# SPDX-License-Identifier: GPL-3.0-or-later
"""A resource as a card shows it, and what can be done with it here and now."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from PySide6.QtCore import Qt

from app.catalogue.query import EntryKey, Hit
from app.lesson.lists import Extract
from app.region.entry import Entry
from app.region.media import Format

WHOLE = Extract()
CARD_ROLE = Qt.ItemDataRole.UserRole + 1


class Readiness(StrEnum):
    """What a teacher can expect of a resource on this machine."""

    PLAYS = "plays"
    UNPLAYABLE = "unplayable"  # here, but nothing on this machine shows it
    TOMORROW = "tomorrow"  # asked for, and there is a line: here by tomorrow morning
    WAITING = "waiting"  # asked for, but nobody knows when a way comes
    DOWNLOADABLE = "downloadable"
    GONE = "gone"  # an own file that is no more
    CATALOGUE_ONLY = "catalogue_only"  # the region has no file for it


@dataclass(frozen=True, slots=True)
class Card:
    """One resource, ready to be painted."""

    key: EntryKey
    entry: Entry
    readiness: Readiness
    has_newer: bool = False
    extract: Extract = WHOLE  # the part of it that a lesson list shows
    item_id: str = ""  # of the lesson list it came from

    @property
    def plays(self) -> bool:
        """Whether it can be shown now."""
        return self.readiness is Readiness.PLAYS

    @property
    def is_own(self) -> bool:
        """Whether it is a teacher's own file or blank page, which no region knows."""
        return not self.key.region_id


class Wishes(Protocol):
    """What the agent was asked to bring (`app.ui.wanted`)."""

    def readiness(self, region_id: str, entry: Entry) -> Readiness:
        """What to say of a resource that is not here."""
        ...


class NoWishes:
    """Nobody asked for anything."""

    def readiness(self, _region_id: str, _entry: Entry) -> Readiness:
        """It can be asked for."""
        return Readiness.DOWNLOADABLE


def readiness_of(
    key: EntryKey, entry: Entry, playable: frozenset[str], wishes: Wishes, *, is_offline: bool
) -> Readiness:
    """Decide what can be done with an entry."""
    if entry.format is Format.NONE:
        return Readiness.CATALOGUE_ONLY
    if not is_offline:
        return wishes.readiness(key.region_id, entry) if key.region_id else Readiness.GONE
    return Readiness.PLAYS if entry.format.value in playable else Readiness.UNPLAYABLE


def card_of(hit: Hit, playable: frozenset[str], wishes: Wishes | None = None) -> Card:
    """The card of a search hit; unpacks the entry, so better not on the GUI thread."""
    entry = hit.entry
    readiness = readiness_of(
        hit.key, entry, playable, wishes or NoWishes(), is_offline=hit.is_offline
    )
    return Card(hit.key, entry, readiness, hit.has_newer)
