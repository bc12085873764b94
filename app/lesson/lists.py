# SPDX-License-Identifier: GPL-3.0-or-later
"""Lesson lists (备课单): what they are, and how an order changes. Pure; the store keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

MAX_NAME_CHARS = 80
T = TypeVar("T")


class ListKind(StrEnum):
    """A teacher's own lists, and the one list of favourites."""

    LESSON = "lesson"
    FAVOURITES = "favourites"


@dataclass(frozen=True, slots=True)
class LessonList:
    """A list without its items."""

    list_id: str
    name: str
    kind: ListKind
    item_count: int
    changed: datetime


@dataclass(frozen=True, slots=True)
class ListItem:
    """One resource in a list; the title is what it was called when it was put there."""

    item_id: str
    region_id: str
    entry_id: str
    title: str
    start_s: float | None = None
    end_s: float | None = None
    first_page: int | None = None
    last_page: int | None = None


def clean_name(name: str) -> str:
    """A name as it is kept: one line, no more than `MAX_NAME_CHARS`."""
    printable = "".join(c if c.isprintable() else " " for c in name)
    return " ".join(printable.split())[:MAX_NAME_CHARS]


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
