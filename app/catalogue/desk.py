# SPDX-License-Identifier: GPL-3.0-or-later
"""One generation open for reading, kept at its newest state."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from app.catalogue.fetch import find_documents
from app.catalogue.query import EntryKey, Hit, Node, NodePath, Page, Query
from app.catalogue.records import ident_of
from app.catalogue.search import Searcher
from app.catalogue.state import State
from app.catalogue.store import Store
from app.catalogue.tree import Tree, lesson_documents
from app.catalogue.warming import warm_columns

_LESSON_LIMIT = 500


class Desk:
    """Every answer comes from one transaction, and from the state that this transaction sees."""

    def __init__(self, store: Store, playable_formats: frozenset[str]) -> None:
        self._store = store
        self._playable_formats = playable_formats
        self._state: State | None = None
        self._searcher: Searcher | None = None
        self._tree: Tree | None = None

    @classmethod
    def open(cls, path: Path, playable_formats: frozenset[str]) -> Self:
        store = Store.open_reader(path)
        warm_columns(store)
        desk = cls(store, playable_formats)
        desk.refresh()
        return desk

    def close(self) -> None:
        self._store.close()

    def refresh(self) -> bool:
        """Look for a newer state; returns whether there was one."""
        before = self._state
        with self._reading():
            return self._state is not before

    @contextmanager
    def _reading(self) -> Iterator[State]:
        with self._store.reading():
            if self._state is None or self._state.stamp != self._store.stamp():
                self._state = State(self._store, self._playable_formats, self._state)
                self._searcher, self._tree = Searcher(self._state), None
            yield self._state

    def search(self, query: Query) -> Page:
        with self._reading() as state:
            return self._searcher_of(state).search(query)

    def _searcher_of(self, state: State) -> Searcher:
        if self._searcher is None:
            self._searcher = Searcher(state)
        return self._searcher

    def forget(self, *, with_pages: bool) -> None:
        """Drop remembered answers and posting lists."""
        with self._reading() as state:
            self._searcher = Searcher(state)
            state.forget_lists()
        if with_pages:
            self._store.forget_pages()

    def _documents(self, state: State, *keys: EntryKey) -> list[int]:
        """Living documents of entries that are no second copies: one of each, or none."""
        idents = [ident_of(key.region_id, key.entry_id) for key in keys]
        docs = find_documents(self._store, state.segments, idents)
        return [doc for doc in docs if doc not in state.dead and doc not in state.copies]

    def hit(self, key: EntryKey) -> Hit | None:
        return next(iter(self.hits([key])), None)

    def hits(self, keys: Iterable[EntryKey]) -> list[Hit]:
        wanted = set(keys)
        with self._reading() as state:
            hits = self._searcher_of(state).hits(self._documents(state, *wanted))
            return [hit for hit in hits if hit.key in wanted]

    def find(self, entry_id: str) -> list[EntryKey]:
        with self._reading() as state:
            regions = sorted({book[0] for book in state.counts.books})
            keys = [EntryKey(region, entry_id) for region in regions]
            return [key for key in keys if self._documents(state, key)]

    def newest(self, key: EntryKey) -> EntryKey | None:
        with self._reading() as state:
            docs = self._documents(state, key)
            if not docs or docs[0] not in state.superseded:
                return None
            newer = {older: doc for doc, older in self._store.newer() if doc not in state.dead}
            ident = ident_of(key.region_id, key.entry_id)
            seen: set[int] = set()
            doc = docs[0]
            while ident in newer and ident not in seen:
                seen.add(ident)
                doc = newer[ident]
                found = self._searcher_of(state).hits([doc])[0].key
                ident = ident_of(found.region_id, found.entry_id)
            return self._searcher_of(state).hits([doc])[0].key

    def browse(self, path: NodePath) -> tuple[Node, ...]:
        with self._reading() as state:
            if self._tree is None:
                self._tree = Tree(state)
            return self._tree.browse(tuple(path))

    def lesson_resources(self, key: EntryKey) -> tuple[Hit, ...]:
        with self._reading() as state:
            docs = self._documents(state, key)
            if not docs:
                return ()
            found = lesson_documents(state, docs[0])
            return self._searcher_of(state).hits(state.slice(found, 0, _LESSON_LIMIT))

    def count(self) -> int:
        with self._reading() as state:
            return len(state.visible)
