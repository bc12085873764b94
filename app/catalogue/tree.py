# SPDX-License-Identifier: GPL-3.0-or-later
"""The tree 学段→学科→版本→年级→册次→单元→课 with counts, and the resources of one lesson."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from pyroaring import BitMap

from app.catalogue.facets import BOOK_DIMENSIONS, Histogram
from app.catalogue.query import TREE_DEPTH, TREE_LEVELS, Node, NodePath
from app.catalogue.records import names_of, record_entry
from app.catalogue.state import State
from app.catalogue.taxonomy import number_in, sort_key

_PLACE: Final = {dimension: place for place, dimension in enumerate(BOOK_DIMENSIONS)}
_PARTS: Final = re.compile(r"[.\-－—_、]")
_FAR: Final = 1 << 30
Rank = tuple[float, ...]


class Tree:
    """Branches of one state. Textbooks of several regions with the same names are one branch."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._all: Histogram = state.visible_histogram
        self._playable: Histogram = state.histogram(state.playable - state.gone)

    def browse(self, path: NodePath) -> tuple[Node, ...]:
        """The branches right below `path`, in school order."""
        if len(path) >= TREE_DEPTH:
            return ()
        if len(path) < len(TREE_LEVELS):
            return self._book_level(path)
        return self._unit_level(path) if len(path) == len(TREE_LEVELS) else self._lesson_level(path)

    def _book_level(self, path: NodePath) -> tuple[Node, ...]:
        level = TREE_LEVELS[len(path)]
        counts: dict[str, int] = defaultdict(int)
        playable: dict[str, int] = defaultdict(int)
        for number in self._state.books_under(path):
            name = self._state.counts.books[number][_PLACE[level]]
            counts[name] += int(self._all.books[number])
            playable[name] += int(self._playable.books[number])
        names = sorted((name for name, n in counts.items() if n), key=lambda n: sort_key(level, n))
        return tuple(Node(name, counts[name], playable[name], (*path, name)) for name in names)

    def _nodes(self, path: NodePath) -> list[tuple[str, str, BitMap]]:
        """(unit, lesson, documents) of everything visible in the textbooks of a path."""
        found: dict[tuple[str, str], BitMap] = {}
        for node, _, unit, lesson in self._state.store.nodes_of(self._state.books_under(path)):
            if len(path) > len(TREE_LEVELS) and unit != path[len(TREE_LEVELS)]:
                continue
            docs = self._state.node_documents(node)
            if docs:
                found[unit, lesson] = found.get((unit, lesson), BitMap()) | docs
        return [(unit, lesson, docs) for (unit, lesson), docs in found.items()]

    def _unit_level(self, path: NodePath) -> tuple[Node, ...]:
        units: dict[str, BitMap] = defaultdict(BitMap)
        first: dict[str, Rank] = {}
        numbers = self._lesson_numbers(docs for _, _, docs in self._nodes(path))
        for unit, _, docs in self._nodes(path):
            units[unit] = units[unit] | docs
            rank = numbers[self._first(docs)]
            first[unit] = min(first.get(unit, (_FAR,)), rank)
        return self._as_nodes(path, units, lambda unit: (_of(number_in(unit)), first[unit], unit))

    def _lesson_level(self, path: NodePath) -> tuple[Node, ...]:
        nodes = self._nodes(path)
        numbers = self._lesson_numbers(docs for _, _, docs in nodes)
        lessons = {lesson: docs for _, lesson, docs in nodes}
        ranks = {lesson: numbers[self._first(docs)] for _, lesson, docs in nodes}
        return self._as_nodes(path, lessons, lambda name: (ranks[name], _of(number_in(name)), name))

    def _as_nodes(
        self, path: NodePath, groups: Mapping[str, BitMap], key: Callable[[str], Any]
    ) -> tuple[Node, ...]:
        playable = self._state.playable
        return tuple(
            Node(name, len(docs), docs.intersection_cardinality(playable), (*path, name))
            for name, docs in sorted(groups.items(), key=lambda item: key(item[0]))
        )

    def _first(self, docs: BitMap) -> int:
        """The most popular document."""
        return self._state.slice(docs, 0, 1)[0]

    def _lesson_numbers(self, groups: Iterable[BitMap]) -> dict[int, Rank]:
        """The lesson number of the first document of each group, as something to sort by."""
        firsts = [self._first(docs) for docs in groups]
        records = self._state.records(firsts)
        return {doc: lesson_rank(record_entry(records[doc]).lesson_no) for doc in firsts}


def lesson_rank(lesson_no: str) -> Rank:
    """`2.10` after `2.9`; no number at all comes last."""
    parts = [number_in(part) for part in _PARTS.split(lesson_no) if part]
    return tuple(_of(part) for part in parts) or (_FAR,)


def _of(number: int | None) -> float:
    return _FAR if number is None else number


def lesson_documents(state: State, doc: int) -> BitMap:
    """All visible documents of the same unit and lesson of the same textbook, in any region."""
    unit, lesson = names_of(state.texts([doc])[doc])
    book = state.counts.books[int(state.book[doc])][1:]
    same = [n for n, other in enumerate(state.counts.books) if other[1:] == book]
    if not lesson:
        return BitMap([doc]) - state.dead
    parts = [
        state.node_documents(node)
        for node, _, node_unit, node_lesson in state.store.nodes_of(same)
        if (node_unit, node_lesson) == (unit, lesson)
    ]
    return BitMap.union(*parts) if parts else BitMap()
