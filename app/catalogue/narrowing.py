# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters, and the counts of every facet without its own filter."""

from collections.abc import Mapping
from typing import Final

from pyroaring import BitMap

from app.catalogue import columns
from app.catalogue.facets import BOOK_DIMENSIONS, KIND_DIMENSIONS, REGION, Histogram
from app.catalogue.query import NO, YES, Facet, NodePath
from app.catalogue.state import State

_FLAGS: Final = (Facet.OFFLINE, Facet.PLAYABLE)


class Narrowing:
    """The filters of a query over the documents that match its words."""

    def __init__(
        self,
        state: State,
        filters: Mapping[Facet, frozenset[str]],
        region_id: str | None,
        under: NodePath = (),
    ) -> None:
        self._state = state
        self._region = region_id
        self._under = under
        self._filters = {
            Facet(facet): frozenset(values)
            for facet, values in filters.items()
            if values and not (facet in _FLAGS and {YES, NO} <= values)
        }
        # Of a set, kept here so that its id stays its own, what passed which filters in a row.
        self._known: dict[int, tuple[BitMap, dict[tuple[Facet, ...], BitMap]]] = {}

    @property
    def is_open(self) -> bool:
        """Whether nothing is filtered."""
        return not self._filters and self._region is None and not self._under

    def of_place(self, docs: BitMap) -> BitMap:
        """Those of `docs` in the region and below the path of the tree."""
        if self._under:
            docs = docs & self._state.under(self._under)
        if self._region is None:
            return docs
        return self._kept(docs, REGION, frozenset((self._region,)))

    def apply(self, docs: BitMap, without: Facet | None = None) -> BitMap:
        """Those of `docs` (already of the place) that pass all filters but one."""
        passed: tuple[Facet, ...] = ()
        known = self._known.setdefault(id(docs), (docs, {}))[1]
        for facet, values in self._filters.items():
            if facet is not without and docs:
                passed = (*passed, facet)
                if passed not in known:
                    known[passed] = self._kept(docs, facet, values)
                docs = known[passed]
        return docs

    def _kept(self, docs: BitMap, dimension: str, values: frozenset[str]) -> BitMap:
        state = self._state
        if dimension in _FLAGS:
            flag = state.with_values(dimension, values)
            return docs & flag if YES in values else docs - flag if NO in values else BitMap()
        if len(docs) > state.few:
            return docs & state.with_values(dimension, values)
        # One pass over a column beats reading the lists of the values.
        column = state.kind if dimension in KIND_DIMENSIONS else state.book
        return state.keep(docs, column, state.counts.chosen(dimension, values))

    def facets(
        self, found: BitMap, passing: BitMap, single_key: int | None, *, is_exact: bool
    ) -> tuple[dict[Facet, dict[str, int]], bool]:
        """Counts of every facet, and whether all documents were looked at for them.

        `found` is before the filters, `passing` after them. Large sets are sampled unless
        `is_exact`.
        """
        state = self._state
        histogram = self._stored(single_key, found) if self.is_open else None
        if histogram is None:
            histogram = state.histogram(passing, is_exact=is_exact)
        shares = {histogram.share}
        everything = state.counts.all_counts(histogram)
        counts: dict[Facet, dict[str, int]] = {}
        for dimension in (*BOOK_DIMENSIONS[1:], *KIND_DIMENSIONS):
            facet = Facet(dimension)
            if facet not in self._filters:
                counts[facet] = everything[dimension]
                continue
            wider = state.histogram(self.apply(found, without=facet), is_exact=is_exact)
            shares.add(wider.share)
            counts[facet] = state.counts.counts_in(dimension, wider)
        offline = passing & state.offline  # what plays here is offline
        for facet in _FLAGS:
            docs, likely = passing, offline
            if facet in self._filters:
                docs = likely = self.apply(found, without=facet)
            yes = likely.intersection_cardinality(state.with_values(facet, frozenset()))
            both = {YES: yes, NO: len(docs) - yes}
            counts[facet] = {value: count for value, count in both.items() if count}
        return counts, shares == {1.0}

    def _stored(self, key: int | None, found: BitMap) -> Histogram | None:
        """Counts of a frequent key from the store, corrected by what changed since."""
        state = self._state
        if found is state.visible:
            return state.visible_histogram
        if key is None or state.length(key) <= columns.STORED_COUNTS_FROM:
            return None
        raw = state.store.histogram(key)
        if not raw:
            return None
        from app.catalogue import bulk

        books = len(state.counts.books)
        stored = bulk.unpack_histogram(raw, books)
        docs = state.postings(key)
        later, ended = docs & state.behind_base, docs & state.gone
        if not later and not ended:
            return stored
        return bulk.changed(stored, state.histogram(later), state.histogram(ended), books)
