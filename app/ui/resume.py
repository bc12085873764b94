# SPDX-License-Identifier: GPL-3.0-or-later
"""Where one stopped in a resource, kept in desk.db and asked for when it is opened again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.player.item import Position
from app.player.view import LessonView
from app.ui.jobs import Job, SerialQueue
from app.ui.models.card import Card

if TYPE_CHECKING:
    from app.ui.desk import Desk  # loads the database layer: not before the first paint

_WORTH_RESUMING_S = 10.0
_NEARLY_DONE = 0.95


def place_worth_keeping(view: LessonView) -> tuple[float, int]:
    """Seconds and page; what is as good as over starts anew next time."""
    place = view.position()
    seconds, page = place.seconds, place.page
    if view.is_timed and view.duration_s and seconds / view.duration_s > _NEARLY_DONE:
        seconds = 0.0
    if view.has_pages and view.page_count and page >= view.page_count:
        page = 1
    return seconds, page


def keep_place(desk: SerialQueue[Desk], card: Card, view: LessonView) -> None:
    """Remember where one is now."""
    seconds, page = place_worth_keeping(view)

    def work(opened: Desk) -> object:
        opened.lessons.keep_position(card.key.region_id, card.entry.id, seconds, page)
        return None

    desk.submit(work)


def ask_place(desk: SerialQueue[Desk], card: Card) -> Job:
    """Succeeds with the card and a `Position`, or None when it starts from the beginning."""

    def work(opened: Desk) -> object:
        kept = opened.lessons.position(card.key.region_id, card.entry.id)
        if kept is None or (kept[0] < _WORTH_RESUMING_S and kept[1] <= 1):
            return card, None
        return card, Position(seconds=kept[0], page=kept[1])

    return desk.submit(work, "position")
