# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalogue as the window and the search command read it.

Light to import: arrays and bitmaps are loaded by `Catalogue.open`. One catalogue may be used
from any thread, one call at a time; a call sees one state from start to end and never waits for
a writer.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from app.base.paths import DataPaths
from app.catalogue.generations import current_generation, current_token, generation_file
from app.catalogue.query import EntryKey, Facet, Hit, Node, NodePath, Page, Query
from app.region.entry import Entry

if TYPE_CHECKING:
    from app.catalogue.desk import Desk


def _nothing(query: Query) -> Page:
    facets: dict[Facet, dict[str, int]] = {facet: {} for facet in Facet}
    return Page((), total=0, is_total_exact=True, facets=facets if query.with_facets else {})


class Catalogue:
    """The current generation, opened for reading; empty as long as there is none."""

    def __init__(self, paths: DataPaths, playable_formats: frozenset[str]) -> None:
        self._folder = paths.catalogue_dir
        self._playable_formats = playable_formats
        self._lock = threading.RLock()
        self._token = (0, 0, 0)
        self._desk: Desk | None = None
        self._is_closed = False

    @classmethod
    def open(cls, paths: DataPaths, playable_formats: frozenset[str]) -> Self:
        """Open what is there; `playable_formats` decides what counts as playable.

        Raises CatalogueDamagedError: the agent has to rebuild it; `open` again when it has.
        """
        catalogue = cls(paths, frozenset(map(str, playable_formats)))
        catalogue.reopen_if_changed()
        return catalogue

    def reopen_if_changed(self) -> bool:
        """Move to a newer generation if there is one. Returns whether anything changed.

        Smaller changes are seen by the next call by itself; they count here too.
        """
        with self._lock:
            token = current_token(self._folder)
            if token == self._token:
                return self._desk is not None and self._desk.refresh()
            generation = current_generation(self._folder)
            newer = self._open_desk(generation)
            if self._desk is not None:
                self._desk.close()
            self._desk, self._token = newer, token
            return True

    def _open_desk(self, generation: int | None) -> "Desk | None":
        if generation is None:
            return None
        from app.catalogue.desk import Desk

        return Desk.open(generation_file(self._folder, generation), self._playable_formats)

    @contextmanager
    def _current(self) -> "Iterator[Desk | None]":
        with self._lock:
            if self._desk is None and not self._is_closed:
                self.reopen_if_changed()
            yield self._desk

    def search(self, query: Query) -> Page:
        """One page of results with the total and, if asked for, all facet counts."""
        with self._current() as desk:
            return _nothing(query) if desk is None else desk.search(query)

    def entry(self, key: EntryKey) -> Entry | None:
        """An entry by its identity, superseded or not."""
        hit = self.hit(key)
        return None if hit is None else hit.entry

    def hit(self, key: EntryKey) -> Hit | None:
        """An entry as a result, with what is known of it on this machine."""
        with self._current() as desk:
            return None if desk is None else desk.hit(key)

    def hits(self, keys: Iterable[EntryKey]) -> list[Hit]:
        """`hit` for many at once; those that are not here are left out."""
        with self._current() as desk:
            return [] if desk is None else desk.hits(keys)

    def find(self, entry_id: str) -> list[EntryKey]:
        """Every region's entry of that id."""
        with self._current() as desk:
            return [] if desk is None else desk.find(entry_id)

    def newest(self, key: EntryKey) -> EntryKey | None:
        """The newest entry that supersedes this one, directly or through others; None if none."""
        with self._current() as desk:
            return None if desk is None else desk.newest(key)

    def browse(self, path: NodePath = ()) -> tuple[Node, ...]:
        """What lies right below a path of the tree 学段→学科→版本→年级→册次→单元→课."""
        with self._current() as desk:
            return () if desk is None else desk.browse(path)

    def lesson_resources(self, key: EntryKey) -> tuple[Hit, ...]:
        """All visible resources of the same lesson, by popularity; the entry's own among them."""
        with self._current() as desk:
            return () if desk is None else desk.lesson_resources(key)

    def count(self) -> int:
        """How many entries a search without words finds."""
        with self._current() as desk:
            return 0 if desk is None else desk.count()

    def forget(self, *, with_pages: bool = False) -> None:
        """Drop remembered answers and lists (for measuring what a first search costs)."""
        with self._current() as desk:
            if desk is not None:
                desk.forget(with_pages=with_pages)

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            if self._desk is not None:
                self._desk.close()
                self._desk = None
