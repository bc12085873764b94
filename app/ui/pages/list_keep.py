# SPDX-License-Identifier: GPL-3.0-or-later
"""「全部离线可用」 of a lesson list: has the agent bring and hold all of it, and let go again.

What stands in any list is spared while it stands there. What a list asked for is held in its
name, so that a resource of two lists stays until both have let go of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.catalogue.query import EntryKey
from app.lesson.lists import LessonList
from app.ui.models.card import Card, Readiness
from app.ui.pages.list_reading import ready_of
from app.ui.services import Services

_NOWHERE = frozenset({Readiness.GONE, Readiness.CATALOGUE_ONLY})


class ListKeeper:
    """Leaves the wishes; `desk.db` says which lists are kept."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._released: set[str] = set()  # an answer on its way may still call them kept

    def keep(self, one: LessonList, cards: Sequence[Card]) -> None:
        """Bring what is missing and hold all of it."""
        self._released.discard(one.list_id)
        keys = keys_of(cards)
        if keys:
            self._services.wanted.keep(one.list_id, keys)
            self._services.agent.nudge()

    def follow(self, one: LessonList, cards: Sequence[Card]) -> None:
        """Ask for what was put in after the list was kept."""
        is_kept = one.is_pinned and one.list_id not in self._released
        if is_kept and ready_of(cards).missing:
            self._services.wanted.keep(one.list_id, keys_of(cards))

    def release(self, one: LessonList, cards: Sequence[Card]) -> None:
        """Hold it no longer, and wait no longer for what is not here yet."""
        if one.is_pinned:
            self._released.add(one.list_id)
            self._services.wanted.release(one.list_id, keys_of(cards))
            self._services.agent.nudge()


def keys_of(cards: Sequence[Card]) -> tuple[EntryKey, ...]:
    """What the region has of a list: no own files, no board pages, nothing withdrawn."""
    found = (card.key for card in cards if card.readiness not in _NOWHERE and card.key.region_id)
    return tuple(dict.fromkeys(found))
