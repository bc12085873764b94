# SPDX-License-Identifier: GPL-3.0-or-later
"""What a searching process keeps in memory of one state of one generation."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from struct import iter_unpack
from typing import Any, Final

from pyroaring import BitMap

from app.catalogue.blocks import BlockCodec, Codecs
from app.catalogue.columns import (
    FEW,
    FEW_OF_MANY,
    IDENT_PAIR,
    PLACE,
    Column,
    join_columns,
    unpack_column,
    unpack_directory,
)
from app.catalogue.facets import CountTable, Histogram
from app.catalogue.fetch import BlockReader
from app.catalogue.keys import NODE
from app.catalogue.naming import Names
from app.catalogue.postings import ListReader, RawList, unpack
from app.catalogue.query import TREE_LEVELS, Facet, NodePath
from app.catalogue.recent import Recent
from app.catalogue.records import Record, kind_values
from app.catalogue.spoken import Spoken
from app.catalogue.store import Segment, Store

_LISTS_BYTES: Final = 4 << 20  # of four million documents a list takes up to half a megabyte
_TEXTS_KEPT: Final = 2_000
# From here on NumPy is loaded for lists of middling length too.
_LARGE: Final = 20_000
_HEAD_SHIFT: Final = 3
# Of a set of more than twice so many, about so many are counted at once (0.1 ms): what a tenth
# of them have is wrong by less than 7 % in 95 of 100 searches.
SAMPLED: Final = 8_192


class State:
    """One state of the catalogue: valid while the store's stamp is `stamp`.

    Every method reads through `store`, inside the transaction in which the stamp was compared.
    """

    def __init__(
        self, store: Store, playable_formats: frozenset[str], before: "State | None" = None
    ) -> None:
        """`before` is an earlier state of the same store, whose segments are not read again."""
        self.store = store
        self.stamp = store.stamp()
        self.segments: Sequence[Segment] = store.segments()
        here = {segment.segment for segment in self.segments}
        known: dict[tuple[int, str], Any] = before._kept if before else {}
        # Columns and directories by segment; a segment never changes and its number is not reused.
        self._kept: dict[tuple[int, str], Any] = {
            key: value for key, value in known.items() if key[0] in here
        }
        self.base = self.segments[0]
        self.end = self.segments[-1].end
        is_large = self.end > _LARGE
        self.few = FEW_OF_MANY if is_large else FEW
        self._reader = ListReader(is_large)
        self.counts = self._count_table(before)
        self.names: Names = (
            before.names if before and before.counts is self.counts else Names.of(self.counts)
        )
        self.spoken: Spoken = before.spoken if before else Spoken(store)
        self._codecs: Codecs = before._codecs if before else self._read_codecs()
        self._blocks = BlockReader(store, self._codecs, self.segments)
        self.book = self._column("book")
        self.kind = self._column("kind")
        self.dead = unpack(store.meta("dead"))
        self.copies = unpack(store.meta("copies"))
        self.superseded = unpack(store.meta("superseded"))
        self.gone = self.dead | self.copies | self.superseded
        self.offline = unpack(store.meta("offline")) - self.dead
        self.playable = self._playable(playable_formats)
        self.directories = [self._directory(segment) for segment in self.segments]
        self._lists: Recent[BitMap] = Recent(_LISTS_BYTES, self._bytes_of)
        self._texts: dict[int, bytes] = {}
        self._samples: dict[int, BitMap] = {}

    def _read_codecs(self) -> Codecs:
        names = ("text_dictionary", "record_dictionary")
        return Codecs(*(BlockCodec(self.store.meta(name)) for name in names))

    def _count_table(self, before: "State | None") -> CountTable:
        """Textbooks are only ever added to a generation."""
        if before is not None and len(before.counts.books) == self.store.book_count():
            return before.counts
        # A few hundred names make thousands of textbooks.
        names: dict[str, str] = {}
        books = [tuple(names.setdefault(n, n) for n in book) for book in self.store.books()]
        table = CountTable(books)  # type: ignore[arg-type]
        table.with_terms(self.store.terms())
        return table

    def _column(self, name: str) -> Column:
        return join_columns([self._part(name, segment) for segment in self.segments])

    def _part(self, name: str, segment: Segment) -> memoryview:
        def read() -> memoryview:
            return unpack_column(self.store.column(name, segment.segment), segment.entries)

        part: memoryview = self._once((segment.segment, name), read)
        return part

    def _directory(self, segment: Segment) -> tuple[Column, Column]:
        def read() -> tuple[Column, Column]:
            return unpack_directory(self.store.directory(segment.segment))

        directory: tuple[Column, Column] = self._once((segment.segment, "directory"), read)
        return directory

    def _once(self, key: tuple[int, str], read: Callable[[], Any]) -> Any:
        if key not in self._kept:
            self._kept[key] = read()
        return self._kept[key]

    def _playable(self, formats: frozenset[str]) -> BitMap:
        is_playable = bytearray(kind_format(kind) in formats for kind in range(256))
        return self.keep(self.offline, self.kind, is_playable)

    # --- documents

    @cached_property
    def visible(self) -> BitMap:
        """Everything a search may show."""
        everything = BitMap()
        everything.add_range(0, self.end)
        return everything - self.gone

    @cached_property
    def behind_base(self) -> BitMap:
        """Every document of later segments."""
        later = BitMap()
        later.add_range(self.base.end, self.end)
        return later

    @cached_property
    def visible_histogram(self) -> Histogram:
        return self.histogram(self.visible)

    @cached_property
    def day(self) -> Column:
        return self._column("day")

    def histogram(self, docs: BitMap, *, is_exact: bool = True) -> Histogram:
        """Counts of textbooks and kinds; of a large set sampled unless `is_exact`."""
        if len(docs) <= self.few:
            return Histogram.of_few(docs, self.book, self.kind)
        from app.catalogue import bulk

        books = len(self.counts.books)
        step = 1 if is_exact else len(docs) // SAMPLED
        if step > 1:
            step = 1 << step.bit_length() - 1
            if step not in self._samples:
                self._samples[step] = bulk.sample_of(self.end, step)
            return bulk.sampled(docs, self._samples[step], self.book, self.kind, books)
        return bulk.histogram(docs, self.book, self.kind, books)

    def keep(self, docs: BitMap, column: Column, is_chosen: bytearray) -> BitMap:
        """Those of `docs` whose number in a column is chosen."""
        if len(docs) <= self.few:
            return BitMap([doc for doc in docs if is_chosen[column[doc]]])
        from app.catalogue import bulk

        return bulk.keep(docs, column, is_chosen)

    def texts(self, docs: Sequence[int]) -> dict[int, bytes]:
        """Stored texts, as they were written; the last ones read are remembered."""
        known = self._texts
        missing = [doc for doc in docs if doc not in known]
        if len(known) + len(missing) > _TEXTS_KEPT:
            known.clear()
            missing = list(docs)
        if missing:
            known.update(self._blocks.texts(missing))
        return known

    def records(self, docs: Sequence[int]) -> dict[int, Record]:
        texts = self.texts(docs)
        rests = self._blocks.records(docs)
        book, books = self.book, self.counts.books
        return {
            doc: Record(books[book[doc]], texts[doc], rest, fixed)
            for doc, (fixed, rest) in rests.items()
        }

    def region_of(self, doc: int) -> str:
        return self.counts.books[int(self.book[doc])][0]

    # --- postings

    def postings(self, key: int) -> BitMap:
        """All documents with the key, those that have ended included. Do not change it."""
        return self._lists.recall(key, lambda: self._read(key))

    def first_postings(self, key: int) -> BitMap:
        """At least those documents with the key that are in `head`; a dense list has more."""
        return self._lists.recall((key, "head"), lambda: self._read_first(key))

    def _read_first(self, key: int) -> BitMap:
        parts = []
        for segment in self.segments:
            for raw in self._lists_of(segment, (key,)):
                if segment is self.base:
                    parts.append(self._reader.first(raw, self.head_end, segment.entries))
                else:
                    parts.append(self._reader.bitmap(raw).shift(segment.first))
        return parts[0] if len(parts) == 1 else BitMap.union(BitMap(), *parts)

    @property
    def head_end(self) -> int:
        """Where the most popular eighth of the base ends."""
        return self.base.end >> _HEAD_SHIFT

    @cached_property
    def head(self) -> BitMap:
        """The most popular eighth of the base, and everything behind the base."""
        head = BitMap(self.behind_base)
        head.add_range(0, self.head_end)
        return head

    def _bytes_of(self, docs: BitMap) -> int:
        """About what a set takes: two bytes a document, or a bit for each there could be."""
        return 256 + min(2 * len(docs), self.end >> 3)

    def forget_lists(self) -> None:
        self._lists.clear()
        self._texts.clear()
        self._blocks.forget()

    def _read(self, key: int) -> BitMap:
        return self.union((key,))

    def union(self, keys: Sequence[int]) -> BitMap:
        """All documents with one of the keys."""
        ordered = sorted(keys)
        found = []
        for segment in self.segments:
            lists = list(self._lists_of(segment, ordered))
            if lists:
                found.append(self._reader.union(lists, segment.first))
        return found[0] if len(found) == 1 else BitMap.union(BitMap(), *found)

    def _lists_of(self, segment: Segment, keys: Sequence[int]) -> Iterator[RawList]:
        """The lists of ascending keys that are there; neighbours often share a pack."""
        reader, pack = self._reader, None
        for key in keys:
            if pack is None or not pack.first <= key <= pack.last:
                row = self.store.lists.row(segment.segment, key)
                if row is None:
                    continue
                pack = reader.pack(*row)
                found = reader.alone(*row, key) if pack is None else reader.packed(pack, key)
            else:
                found = reader.packed(pack, key)
            if found is not None:
                yield found

    def length(self, key: int) -> int:
        """How many documents have the key (below NODE), without reading them."""
        total = 0
        for keys, counts in self.directories:
            place = bisect_left(keys, key)
            if place < len(keys) and keys[place] == key:
                total += counts[place]
        return total

    @cached_property
    def pair_starts(self) -> Sequence[tuple[Any, Any, Any]]:
        """Of each segment (keys, counts, where the pairs of each first unit start among them)."""
        from app.catalogue.bulk import pair_starts

        def of(segment: Segment) -> tuple[Any, Any, Any]:
            return pair_starts(*self._directory(segment))

        return [self._once((part.segment, "pairs"), partial(of, part)) for part in self.segments]

    def with_values(self, dimension: str, values: frozenset[str]) -> BitMap:
        """All documents with one of the values of a facet."""
        if dimension == Facet.OFFLINE:
            return self.offline
        if dimension == Facet.PLAYABLE:
            return self.playable
        return self._lists.recall((dimension, values), lambda: self._facet(dimension, values))

    def _facet(self, dimension: str, values: frozenset[str]) -> BitMap:
        keys = [self.counts.term_key(dimension, value) for value in sorted(values)]
        return self.union([key for key in keys if key is not None])

    def under(self, path: NodePath) -> BitMap:
        """All documents below a path of the tree."""
        return self._lists.recall(("under", path), lambda: self._under(path))

    def _under(self, path: NodePath) -> BitMap:
        names = path[len(TREE_LEVELS) :]
        if names:  # branches below a textbook have lists of their own
            nodes = self.store.nodes_of(self.books_under(path))
            here = [NODE + node for node, _, *place in nodes if tuple(place[: len(names)]) == names]
            return self.union(here)
        levels = zip(TREE_LEVELS, path, strict=False)
        sets = [self.with_values(facet, frozenset((name,))) for facet, name in levels]
        return BitMap.intersection(*sorted(sets, key=len)) if len(sets) > 1 else sets[0]

    def books_under(self, path: NodePath) -> list[int]:
        """Textbooks below a path of the tree."""
        wanted = path[: len(TREE_LEVELS)]
        return [
            number
            for number, book in enumerate(self.counts.books)
            if book[1 : 1 + len(wanted)] == wanted
        ]

    def node_documents(self, node: int) -> BitMap:
        return self.postings(NODE + node) - self.gone

    # --- order among popular ones

    @cached_property
    def later(self) -> tuple[Sequence[int], Sequence[int]]:
        """(places in the base, rank among each other) of all documents behind the base."""
        later = self.segments[1:]
        popularity, place = (
            join_columns([self._part(name, segment) for segment in later])
            for name in ("popularity", PLACE)
        )
        ident = array("Q", [0]) * len(place)
        for segment in later:
            for raw in self.store.ident_blocks(segment.segment):
                for number, doc in iter_unpack(IDENT_PAIR, raw):
                    ident[doc - self.base.end] = number
        if len(place) > self.few:
            from app.catalogue import bulk

            return place, bulk.later_ranks(popularity, ident)
        order = sorted(range(len(place)), key=lambda row: (-popularity[row], ident[row]))
        ranks = [0] * len(order)
        for rank, row in enumerate(order):
            ranks[row] = rank
        return place, ranks

    def order_key(self, doc: int) -> int:
        """A number that sorts documents by popularity."""
        if doc < self.base.end:
            return doc << 31 | 1 << 30
        place, rank = self.later
        row = doc - self.base.end
        return place[row] << 31 | rank[row]

    def slice(self, docs: BitMap, start: int, count: int) -> list[int]:
        """Documents `start` to `start + count` of `docs` by popularity."""
        in_base = docs.rank(self.base.end - 1) if self.base.end else 0
        if in_base == len(docs):
            return list(docs[start : start + count])
        later = self._by_popularity(docs[in_base:])
        place = self.later[0]
        low, high = 0, len(later)
        while low < high:  # the first later document at or behind `start` in the merged order
            middle = (low + high) // 2
            before = place[later[middle] - self.base.end]
            before = docs.rank(before - 1) if before else 0
            low, high = (low, middle) if before + middle >= start else (middle + 1, high)
        first = start - low
        merged = [*docs[first : min(first + count, in_base)], *later[low : low + count]]
        return sorted(merged, key=self.order_key)[:count]

    def _by_popularity(self, docs: BitMap) -> list[int]:
        if len(docs) <= self.few:
            return sorted(docs, key=self.order_key)
        from app.catalogue import bulk

        return bulk.by_popularity(docs, self.base.end, self.later)

    def newest(self, docs: BitMap, start: int, count: int) -> list[int]:
        """Documents `start` to `start + count`, newest first, then by popularity."""
        if len(docs) > self.few:
            from app.catalogue import bulk

            later = self.later if len(self.segments) > 1 else ((), ())
            return bulk.newest(docs, self.day, (start, start + count), self.base.end, later)
        day = self.day
        ordered = sorted(docs, key=lambda doc: (-day[doc], self.order_key(doc)))
        return ordered[start : start + count]


def kind_format(kind: int) -> str:
    """The format of a kind; numbers that no entry has give none."""
    try:
        return kind_values(kind)[1]
    except IndexError:
        return ""
