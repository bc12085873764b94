# SPDX-License-Identifier: GPL-3.0-or-later
"""A resource as a card shows it, and what can be done with it here and now."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt

from app.catalogue.query import EntryKey, Hit
from app.region.entry import Entry
from app.region.media import Format

CARD_ROLE = Qt.ItemDataRole.UserRole + 1


class Readiness(StrEnum):
    """What a teacher can expect of a resource on this machine."""

    PLAYS = "plays"
    UNPLAYABLE = "unplayable"  # here, but nothing on this machine shows it
    DOWNLOADABLE = "downloadable"
    CATALOGUE_ONLY = "catalogue_only"  # the region has no file for it


@dataclass(frozen=True, slots=True)
class Card:
    """One resource, ready to be painted."""

    key: EntryKey
    entry: Entry
    readiness: Readiness
    has_newer: bool = False


def readiness_of(entry: Entry, playable: frozenset[str], *, is_offline: bool) -> Readiness:
    """Decide what can be done with an entry."""
    if entry.format is Format.NONE:
        return Readiness.CATALOGUE_ONLY
    if not is_offline:
        return Readiness.DOWNLOADABLE
    return Readiness.PLAYS if entry.format.value in playable else Readiness.UNPLAYABLE


def card_of(hit: Hit, playable: frozenset[str]) -> Card:
    """The card of a search hit; unpacks the entry, so better not on the GUI thread."""
    entry = hit.entry
    readiness = readiness_of(entry, playable, is_offline=hit.is_offline)
    return Card(hit.key, entry, readiness, hit.has_newer)
