# SPDX-License-Identifier: GPL-3.0-or-later
"""What a searching process keeps in memory of one state of one generation."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from functools import cached_property
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from app.catalogue.blocks import BlockCodec
from app.catalogue.builder import pinyin_of
from app.catalogue.facets import CountTable, Histogram
from app.catalogue.fetch import Table, read_documents
from app.catalogue.grams import NODE
from app.catalogue.pinyin import PinyinTable
from app.catalogue.postings import bitmap_of, doc_array, unpack
from app.catalogue.query import Facet
from app.catalogue.rows import kind_values
from app.catalogue.segment import PLACE, unpack_column, unpack_directory
from app.catalogue.store import Segment, Store
from app.catalogue.syllables import Syllables

_LISTS_KEPT: Final = 64
_SMALL_BOOK: Final = (1 << 16) - 1
_END: Final = 1 << 32
Value = TypeVar("Value")


class Recent(OrderedDict[Hashable, Value]):
    """The few most recently used values by key."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size

    def recall(self, key: Hashable, make: Callable[[], Value]) -> Value:
        if key in self:
            self.move_to_end(key)
            return self[key]
        value = self[key] = make()
        while len(self) > self._size:
            self.popitem(last=False)
        return value


class Spoken:
    """The pinyin of a generation, read when letters are first typed."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @cached_property
    def table(self) -> PinyinTable:
        return pinyin_of(self._store)

    @cached_property
    def syllables(self) -> Syllables:
        return Syllables(self.table.syllables)


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
        known: dict[tuple[int, str], npt.NDArray[Any]] = before._kept if before else {}
        # Columns and directories by segment; a segment never changes and its number is not reused.
        self._kept: dict[tuple[int, str], npt.NDArray[Any]] = {
            key: value for key, value in known.items() if key[0] in here
        }
        self.base = self.segments[0]
        self.end = self.segments[-1].end
        self.counts = self._count_table(before)
        self.spoken: Spoken = before.spoken if before else Spoken(store)
        text, record = store.meta("text_dictionary"), store.meta("record_dictionary")
        self._text_codec: BlockCodec = before._text_codec if before else BlockCodec(text)
        self._record_codec: BlockCodec = before._record_codec if before else BlockCodec(record)
        self.book = self._column("book")
        self.kind = self._column("kind")
        self.dead = unpack(store.meta("dead"))
        self.copies = unpack(store.meta("copies"))
        self.superseded = unpack(store.meta("superseded"))
        self.gone = self.dead | self.copies | self.superseded
        self.offline = unpack(store.meta("offline")) - self.dead
        self.playable = self._playable(playable_formats)
        self._directories = [self._directory(segment) for segment in self.segments]
        self._lists: Recent[BitMap] = Recent(_LISTS_KEPT)

    def _count_table(self, before: "State | None") -> CountTable:
        """Textbooks are only ever added to a generation."""
        if before is not None and len(before.counts.books) == self.store.book_count():
            return before.counts
        table = CountTable(self.store.books())
        table.with_terms(self.store.terms())
        return table

    def _column(self, name: str) -> npt.NDArray[Any]:
        parts = [self._part(name, segment) for segment in self.segments]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _part(self, name: str, segment: Segment) -> npt.NDArray[Any]:
        key = (segment.segment, name)
        if key not in self._kept:
            raw = self.store.column(name, segment.segment)
            column = unpack_column(raw, name, segment.entries)
            is_narrow = name == "book" and not (column > _SMALL_BOOK).any()
            self._kept[key] = column.astype(np.dtype("u2")) if is_narrow else column
        return self._kept[key]

    def _directory(self, segment: Segment) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        keys, counts = (segment.segment, "keys"), (segment.segment, "counts")
        if keys not in self._kept:
            raw = self.store.directory(segment.segment)
            self._kept[keys], self._kept[counts] = unpack_directory(raw)
        return self._kept[keys], self._kept[counts]

    def _playable(self, formats: frozenset[str]) -> BitMap:
        is_playable = np.array([kind_format(kind) in formats for kind in range(256)], np.bool_)
        docs = doc_array(self.offline)
        return bitmap_of(docs[is_playable[self.kind[docs]]])

    # --- documents

    @cached_property
    def visible(self) -> BitMap:
        """Everything a search may show."""
        everything = BitMap()
        everything.add_range(0, self.end)
        return everything - self.gone

    @cached_property
    def visible_histogram(self) -> Histogram:
        return self.histogram(self.visible)

    @cached_property
    def day(self) -> npt.NDArray[np.uint16]:
        return self._column("day")

    def histogram(self, docs: BitMap) -> Histogram:
        ids = doc_array(docs)
        return self.counts.histogram(self.book[ids], self.kind[ids])

    def texts(self, docs: Sequence[int]) -> dict[int, str]:
        rows = read_documents(self.store, self._text_codec, self.segments, docs, Table.TEXT)
        return {doc: row.decode("utf-8", "replace") for doc, row in rows.items()}

    def records(self, docs: Sequence[int]) -> dict[int, bytes]:
        return read_documents(self.store, self._record_codec, self.segments, docs, Table.RECORD)

    def region_of(self, doc: int) -> str:
        return self.counts.books[int(self.book[doc])][0]

    # --- postings

    def postings(self, key: int) -> BitMap:
        """All documents with the key, those that have ended included. Do not change it."""
        return self._lists.recall(key, lambda: self._read(key))

    def forget_lists(self) -> None:
        self._lists.clear()

    def _read(self, key: int) -> BitMap:
        found = unpack(self.store.gram(0, key))
        for segment in self.segments[1:]:
            found |= unpack(self.store.gram(segment.segment, key))
        return found

    def union(self, keys: Sequence[int]) -> BitMap:
        """All documents with one of the keys."""
        lists = [
            unpack(raw)
            for segment in self.segments
            for _, raw in self.store.grams(segment.segment, keys)
        ]
        return BitMap.union(*lists) if lists else BitMap()

    def length(self, key: int) -> int:
        """How many documents have the key (below NODE), without reading them."""
        total = 0
        wanted = np.uint64(key)
        for keys, counts in self._directories:
            place = int(np.searchsorted(keys, wanted))
            if place < len(keys) and keys[place] == wanted:
                total += int(counts[place])
        return total

    def pairs_of(self, left: npt.NDArray[np.uint16], is_right: npt.NDArray[np.bool_]) -> list[int]:
        """Keys of all pairs of units that occur and are made of these."""
        found = [np.zeros(0, np.uint64)]
        lows = left.astype(np.uint64) << np.uint64(16)
        for keys, _ in self._directories:
            starts = np.searchsorted(keys, lows)
            counts = np.searchsorted(keys, lows + np.uint64(0x10000)) - starts
            steps = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
            part = keys[np.repeat(starts, counts) + steps]
            found.append(part[is_right[part & np.uint64(0xFFFF)]])
        return [int(key) for key in np.unique(np.concatenate(found))]

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

    def node_documents(self, node: int) -> BitMap:
        return self.postings(NODE + node) - self.gone

    # --- order among popular ones

    @cached_property
    def _delta_order(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """(places in the base, rank among each other) of all documents behind the base."""
        columns: dict[str, list[npt.NDArray[np.int64]]] = {}
        for segment in self.segments[1:]:
            for name in ("popularity", PLACE, "ident"):
                raw = self.store.column(name, segment.segment)
                column = unpack_column(raw, name, segment.entries).astype(np.int64)
                columns.setdefault(name, []).append(column)
        joined = {name: np.concatenate(parts) for name, parts in columns.items()}
        order = np.lexsort((joined["ident"], -joined["popularity"]))
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        return joined[PLACE], rank

    def order_keys(self, docs: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
        """Numbers that sort documents by popularity."""
        keys = (docs.astype(np.int64) << 31) | (1 << 30)
        later = docs >= self.base.end
        if later.any():
            place, rank = self._delta_order
            rows = docs[later].astype(np.int64) - self.base.end
            keys[later] = (place[rows] << 31) | rank[rows]
        return keys

    def slice(self, docs: BitMap, start: int, count: int) -> list[int]:
        """Documents `start` to `start + count` of `docs` by popularity."""
        in_base = docs.rank(self.base.end - 1) if self.base.end else 0
        if in_base == len(docs):
            return [int(doc) for doc in docs[start : start + count]]
        later = doc_array(docs[in_base:])
        later = later[np.argsort(self.order_keys(later))]
        places = self._delta_order[0][later.astype(np.int64) - self.base.end].tolist()
        low, high = 0, len(places)
        while low < high:  # the first later document at or behind `start` in the merged order
            middle = (low + high) // 2
            before = docs.rank(places[middle] - 1) if places[middle] else 0
            low, high = (low, middle) if before + middle >= start else (middle + 1, high)
        first = start - low
        head = doc_array(docs[first : min(first + count, in_base)])
        merged = np.concatenate((head, later[low : low + count]))
        order = np.argsort(self.order_keys(merged))
        return [int(doc) for doc in merged[order][:count]]


def kind_format(kind: int) -> str:
    """The format of a kind; numbers that no entry has give none."""
    try:
        return kind_values(kind)[1]
    except IndexError:
        return ""
