# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers one query against one state: candidates, filters, order, verified page, counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pyroaring import BitMap

from app.catalogue.matching import VERIFY_AT_ONCE, Candidates, Matcher
from app.catalogue.narrowing import Narrowing
from app.catalogue.normalise import split_words
from app.catalogue.query import TREE_DEPTH, EntryKey, Facet, Hit, Order, Page, Query
from app.catalogue.recent import Recent
from app.catalogue.state import State

MAX_LIMIT: Final = 1000
_ANSWERS_KEPT: Final = 3
_SPARE: Final = 2
# Pages this deep of a result that is not verified start at the candidate of that number.
_DEEP: Final = 5_000
# In so many the first page is likely to be among the most popular eighth.
_MANY: Final = 1_000


@dataclass
class _Found:
    """Documents that match the words (and region), living and visible."""

    matcher: Matcher
    docs: BitMap
    is_exact: bool


class _Answer:
    """A found set after its filters, and how far its order has been verified."""

    def __init__(self, docs: BitMap, is_exact: bool, starts: Matcher | None) -> None:
        """What `starts` finds comes before the rest."""
        self.docs = docs
        self.is_exact = is_exact
        self._starts = starts
        self.verified: list[int] = []
        self.position = 0

    @cached_property
    def head(self) -> BitMap:
        """The front among the most popular: first pages rarely need more."""
        many = self._starts is not None and len(self.docs) > _MANY
        return self._starts.first_starts(self.docs) if self._starts and many else BitMap()

    @cached_property
    def front(self) -> BitMap:
        """What comes before the rest."""
        return self._starts.starts(self.docs) if self._starts else BitMap()

    @cached_property
    def rest(self) -> BitMap:
        """What comes behind the front."""
        return self.docs - self.front if self._starts else self.docs


class Searcher:
    """Keeps recent answers of a state, so that scrolling and filtering cost little."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._found: Recent[_Found] = Recent(_ANSWERS_KEPT)
        self._answers: Recent[_Answer] = Recent(_ANSWERS_KEPT)

    def search(self, query: Query) -> Page:
        words = split_words(query.words)
        under = tuple(query.under)[:TREE_DEPTH]
        narrowing = Narrowing(self._state, query.filters, query.region_id, under)
        found_key = (words, query.region_id, under, query.is_exact)
        found = self._found.recall(found_key, lambda: self._find(words, narrowing, query.is_exact))
        filters = frozenset((facet, values) for facet, values in query.filters.items())
        answer = self._answers.recall(
            (found_key, filters, query.order), lambda: self._answer(found, narrowing, query.order)
        )
        offset, limit = max(0, query.offset), min(max(0, query.limit), MAX_LIMIT)
        docs = self._page(found, answer, query.order, offset, limit)
        facets: dict[Facet, dict[str, int]] = {}
        is_whole = True
        if query.with_facets:
            facets, is_whole = narrowing.facets(
                found.docs, answer.docs, found.matcher.single_key, is_exact=query.is_exact
            )
        is_exact = found.is_exact or (answer.docs is found.docs and answer.is_exact)
        return Page(
            hits=self.hits(docs),
            total=len(answer.docs),
            is_total_exact=answer.is_exact,
            are_counts_exact=is_exact and is_whole,
            facets=facets,
        )

    def hits(self, docs: Sequence[int]) -> tuple[Hit, ...]:
        """Results for documents, in the given order."""
        state = self._state
        records = state.records(docs)
        hits = []
        for doc in docs:
            record = records[doc]
            hits.append(
                Hit(
                    key=EntryKey(record.book[0], record.entry_id),
                    title=record.title,
                    is_offline=doc in state.offline,
                    is_playable=doc in state.playable,
                    has_newer=doc in state.superseded,
                    record=record,
                )
            )
        return tuple(hits)

    # --- what is found

    def _find(self, words: Sequence[str], narrowing: Narrowing, is_exact: bool) -> _Found:
        matcher = Matcher(self._state, words)
        candidates = matcher.candidates()
        docs = candidates.docs
        if docs is not self._state.visible and docs.intersect(self._state.gone):
            docs = docs - self._state.gone
        docs = narrowing.of_place(docs)
        settled = self._settled(matcher, Candidates(docs, candidates.is_exact), is_exact)
        return _Found(matcher, settled.docs, settled.is_exact)

    def _settled(self, matcher: Matcher, found: Candidates, is_asked: bool) -> Candidates:
        """Verify candidates where that is quick, or asked for."""
        most = matcher.verify_at_most if is_asked else VERIFY_AT_ONCE
        if found.is_exact or len(found.docs) > most:
            return found
        good = matcher.verified(list(found.docs))
        return Candidates(BitMap(good), True)

    def _answer(self, found: _Found, narrowing: Narrowing, order: Order) -> _Answer:
        docs = narrowing.apply(found.docs)
        settled = self._settled(found.matcher, Candidates(docs, found.is_exact), False)
        has_front = order is Order.RELEVANCE and bool(found.matcher.words)
        return _Answer(settled.docs, settled.is_exact, found.matcher if has_front else None)

    # --- pages

    def _page(
        self, found: _Found, answer: _Answer, order: Order, offset: int, limit: int
    ) -> list[int]:
        if answer.is_exact:
            return self._ordered(answer, order, offset, limit)
        if offset > _DEEP:
            return found.matcher.verified(self._ordered(answer, order, offset, limit))
        while len(answer.verified) < offset + limit and answer.position < len(answer.docs):
            # Nearly all candidates match: a few more than are missing are enough.
            size = offset + limit - len(answer.verified) + _SPARE
            batch = self._ordered(answer, order, answer.position, size)
            answer.position += size
            answer.verified += found.matcher.verified(batch)
        return answer.verified[offset : offset + limit]

    def _ordered(self, answer: _Answer, order: Order, start: int, count: int) -> list[int]:
        if order is Order.DATE:
            return self._state.newest(answer.docs, start, count)
        head = answer.head
        # Documents behind the base are sorted in among those before the end of the head.
        if start + count <= head.rank(max(0, self._state.base.end - 1)):
            return self._state.slice(head, start, count)
        docs: list[int] = []
        if start < len(answer.front):
            docs = self._state.slice(answer.front, start, count)
        start = max(0, start - len(answer.front))
        if len(docs) < count and start < len(answer.rest):
            docs += self._state.slice(answer.rest, start, count - len(docs))
        return docs
