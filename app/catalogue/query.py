# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be asked of the catalogue, and what it answers. Light to import."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from app.catalogue.records import Record, main_files, record_entry
from app.region.entry import Entry

YES: Final = "yes"
NO: Final = "no"


class Facet(StrEnum):
    """What results can be narrowed by; OFFLINE and PLAYABLE have the values YES and NO."""

    STAGE = "stage"
    SUBJECT = "subject"
    EDITION = "edition"
    GRADE = "grade"
    VOLUME = "volume"
    REVISION = "revision"
    TYPE = "type"
    FORMAT = "format"
    OFFLINE = "offline"
    PLAYABLE = "playable"


class Order(StrEnum):
    """RELEVANCE: title or lesson has a word that starts like each of the query first, then by
    popularity. DATE: newest first, then by popularity."""

    RELEVANCE = "relevance"
    POPULARITY = "popularity"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class EntryKey:
    """Identity of an entry."""

    region_id: str
    entry_id: str


@dataclass(frozen=True, slots=True)
class Query:
    """Words are ANDed; values of one facet are ORed, facets ANDed.

    `under` narrows to a path of the tree, as `browse` names it.
    `is_exact` asks for a total and facet counts that are right wherever that takes no more than
    100 ms; without it a large result of a long word may be counted a little high, and the facets
    of a large result from a part of it.
    """

    words: str = ""
    filters: Mapping[Facet, frozenset[str]] = field(default_factory=dict)
    order: Order = Order.RELEVANCE
    offset: int = 0
    limit: int = 20
    with_facets: bool = False
    region_id: str | None = None
    under: tuple[str, ...] = ()
    is_exact: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """One result. It holds all it needs: `entry` is unpacked when asked for, without a database."""

    key: EntryKey
    title: str
    is_offline: bool
    is_playable: bool
    has_newer: bool
    record: Record = field(repr=False)

    @property
    def entry(self) -> Entry:
        return record_entry(self.record)

    @property
    def main_files(self) -> tuple[str, ...]:
        """The hashes of the files without which it does not play, read without unpacking it."""
        return main_files(self.record)


@dataclass(frozen=True, slots=True)
class Page:
    """Results `offset` to `offset + limit`; every hit is verified on its text.

    Counts of each facet are over the result without that facet's own filter; values without any
    are left out. A total that is not exact is a little too high, never too low; such counts come
    from a part of a large result, and a rare value may be missing.
    """

    hits: tuple[Hit, ...]
    total: int
    is_total_exact: bool
    are_counts_exact: bool = True
    facets: Mapping[Facet, Mapping[str, int]] = field(default_factory=dict)


# Stage, subject, edition, grade, volume, unit, lesson: as far down as the path goes.
NodePath = tuple[str, ...]
TREE_DEPTH: Final = 7
TREE_LEVELS: Final = (Facet.STAGE, Facet.SUBJECT, Facet.EDITION, Facet.GRADE, Facet.VOLUME)


@dataclass(frozen=True, slots=True)
class Node:
    """One branch of the tree with everything below it."""

    name: str
    count: int
    playable_count: int
    path: NodePath
