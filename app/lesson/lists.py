# SPDX-License-Identifier: GPL-3.0-or-later
"""Lesson lists (备课单): what they are, and how an order changes. Pure; the store keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

MAX_NAME_CHARS = 80
MAX_TITLE_CHARS = 500
T = TypeVar("T")


class ListKind(StrEnum):
    """A teacher's own lists, and the one list of favourites."""

    LESSON = "lesson"
    FAVOURITES = "favourites"


class ItemKind(StrEnum):
    """What stands in a list: a resource of a region, a file of the teacher's, a blank page."""

    RESOURCE = "resource"
    FILE = "file"
    BOARD = "board"


@dataclass(frozen=True, slots=True)
class LessonList:
    """A list without its items."""

    list_id: str
    name: str
    kind: ListKind
    item_count: int
    changed: datetime
    is_pinned: bool = False  # all of it is kept on this machine


@dataclass(frozen=True, slots=True)
class Extract:
    """The part of a resource that is shown; what is None goes to that end. Pages count from 1."""

    start_s: float | None = None
    end_s: float | None = None
    first_page: int | None = None
    last_page: int | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return self == Extract()

    def checked(self) -> Extract:
        """The same with sense: an end that does not lie behind its start is none."""
        start_s = self.start_s if self.start_s is not None and self.start_s > 0 else None
        end_s = self.end_s if self.end_s is not None and self.end_s > (start_s or 0) else None
        first = self.first_page if self.first_page is not None and self.first_page > 1 else None
        last = self.last_page
        if last is not None and last < (first or 1):
            last = None
        return Extract(start_s, end_s, first, last)


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file of a teacher's, kept on this machine by its content."""

    sha256: str
    size_bytes: int
    name: str
    media_type: str


@dataclass(frozen=True, slots=True)
class ListItem:
    """One thing in a list; the title is what it was called when it was put there.

    An own file and a blank page have no region; `file` is set for own files only.
    """

    item_id: str
    region_id: str
    entry_id: str
    title: str
    start_s: float | None = None
    end_s: float | None = None
    first_page: int | None = None
    last_page: int | None = None
    kind: ItemKind = ItemKind.RESOURCE
    file: OwnFile | None = None

    @property
    def extract(self) -> Extract:
        """Which part of it is shown."""
        return Extract(self.start_s, self.end_s, self.first_page, self.last_page)


def clean_name(name: str, max_chars: int = MAX_NAME_CHARS) -> str:
    """A name as it is kept: one line, no more than `max_chars`."""
    printable = "".join(c if c.isprintable() else " " for c in name)
    return " ".join(printable.split())[:max_chars]


def copy_name(name: str, taken: Sequence[str]) -> str:
    """A free name for a copy: 分数 → 分数 (2) → 分数 (3)."""
    base = name.rsplit(" (", 1)[0] if name.endswith(")") and " (" in name else name
    number = 2
    while (candidate := f"{base[: MAX_NAME_CHARS - 6]} ({number})") in taken:
        number += 1
    return candidate


def moved(items: Sequence[T], source: int, target: int) -> list[T]:
    """The items with the one at `source` moved to `target`; places beyond the ends are clamped."""
    order = list(items)
    if not 0 <= source < len(order):
        return order
    item = order.pop(source)
    order.insert(max(0, min(len(order), target)), item)
    return order
