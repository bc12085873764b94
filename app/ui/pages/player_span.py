# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of a resource that a lesson list shows: where to begin, and when it is over."""

from __future__ import annotations

from app.lesson.lists import Extract
from app.player.item import Position
from app.player.view import LessonView
from app.ui.models.card import Card


def start_of(card: Card, kept: Position | None) -> Position | None:
    """Where to begin: where one stopped if that is inside the part, else where the part begins."""
    part = card.extract
    if part.is_whole:
        return kept
    if kept is not None and _is_inside(part, kept):
        return kept
    if part.start_s is None and part.first_page is None:
        return None
    return Position(seconds=part.start_s or 0.0, page=part.first_page or 1)


def _is_inside(part: Extract, place: Position) -> bool:
    first_s, last_s = part.start_s or 0.0, part.end_s
    first, last = part.first_page or 1, part.last_page
    is_in_time = first_s <= place.seconds and (last_s is None or place.seconds < last_s)
    is_in_pages = first <= place.page and (last is None or place.page <= last)
    return is_in_time and is_in_pages


def is_over_at(part: Extract, seconds: float) -> bool:
    """Whether a medium has come to the end of the part."""
    return part.end_s is not None and seconds >= part.end_s


def is_last_page(part: Extract, view: LessonView) -> bool:
    """Whether the page shown is the last one of the part."""
    return part.last_page is not None and view.has_pages and view.page >= part.last_page


def is_first_page(part: Extract, view: LessonView) -> bool:
    """Whether the page shown is the first one of a part that begins later."""
    return part.first_page is not None and view.has_pages and view.page <= part.first_page
