# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done to many documents at once. The only NumPy of a search for Chinese words.

Loaded when a result is first larger than `columns.FEW`: NumPy takes 0.1 s and 15 MB.
"""

from array import array
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import zstandard
from pyroaring import BitMap

from app.catalogue.columns import Column
from app.catalogue.decoding import ascending_bitmap
from app.catalogue.facets import BOOK_DIMENSIONS, KIND_DIMENSIONS, KINDS, CountTable, Histogram
from app.catalogue.keys import FACET
from app.catalogue.postings import doc_array

Counts = npt.NDArray[np.int64]
Docs = npt.NDArray[np.uint32]
_AT_ONCE: Final = 1 << 18
# Documents of neighbouring popularity have nothing else in common: as good as drawn by lot.
_SAMPLE_RUN: Final = 256


class Sums:
    """Adds up counts of textbooks and kinds by the value that each has in each dimension."""

    def __init__(self, books: "Sequence[array[int]]", kinds: "Sequence[array[int]]") -> None:
        """For each dimension the number of its value, from 0 on, without gaps."""
        places, starts, end = [np.zeros(0, np.intp)], [np.zeros(0, np.intp)], 0
        for offset, dimensions in ((0, books), (len(books[0]), kinds)):
            for codes in dimensions:
                numbers = np.frombuffer(codes, np.int64)
                order = np.argsort(numbers, kind="stable")
                places.append(order + offset)
                ordered = numbers[order]
                starts.append(np.flatnonzero(np.diff(ordered, prepend=-1)) + end)
                end += len(numbers)
        self._places, self._starts = np.concatenate(places), np.concatenate(starts)
        self._books = len(books[0])

    def of(self, found: Histogram) -> list[int]:
        """Entries of every value of every dimension."""
        counts = np.concatenate(dense(found, self._books))
        totals = np.add.reduceat(counts[self._places], self._starts)
        if found.share != 1.0:
            totals = np.rint(totals * found.share).astype(np.int64)
        return totals.tolist()  # type: ignore[no-any-return]


def sums(found: Histogram, codes: "array[int]", values: int, is_of_kinds: bool) -> list[int]:
    """As `Sums.of`, for one dimension: its `values` and the number of the value of each textbook
    (or kind)."""
    source = found.kinds if is_of_kinds else found.books
    if not isinstance(source, np.ndarray):
        source = dense(found, len(codes))[is_of_kinds]
    totals = np.bincount(np.frombuffer(codes, np.int64), weights=source, minlength=values)
    return np.rint(totals * found.share).astype(np.int64).tolist()  # type: ignore[no-any-return]


def histogram(docs: BitMap, book: Column, kind: Column, books: int) -> Histogram:
    """Counts over all textbooks and kinds."""
    if len(docs) > _AT_ONCE:
        return _in_parts(docs, book, kind, books)
    ids = doc_array(docs).astype(np.intp)
    return count(np.asarray(book)[ids], np.asarray(kind)[ids], books)


def _in_parts(docs: BitMap, book: Column, kind: Column, books: int) -> Histogram:
    """Part by part, so that counting millions takes no memory to speak of."""
    of_books, of_kinds = np.zeros(books, np.int64), np.zeros(KINDS, np.int64)
    all_books, all_kinds = np.asarray(book), np.asarray(kind)
    for start in range(0, len(book), _AT_ONCE):
        part = docs & BitMap(range(start, start + _AT_ONCE))
        if len(part) == _AT_ONCE:  # nothing to pick
            span = slice(start, start + _AT_ONCE)
            found = count(all_books[span], all_kinds[span], books)
        else:
            found = histogram(part, book, kind, books)
        more_books, more_kinds = dense(found, books)
        of_books += more_books
        of_kinds += more_kinds
    return Histogram(of_books, of_kinds)


def sampled(docs: BitMap, sample: BitMap, book: Column, kind: Column, books: int) -> Histogram:
    """Counts of the part of the documents that lies in a sample, each for as many as it must."""
    part = docs & sample
    found = histogram(part, book, kind, books)
    return Histogram(found.books, found.kinds, len(docs) / max(1, len(part)))


def sample_of(end: int, step: int) -> BitMap:
    """One in `step` runs of documents."""
    sample = BitMap()
    for start in range(0, end, step * _SAMPLE_RUN):
        sample.add_range(start, min(end, start + _SAMPLE_RUN))
    sample.run_optimize()
    return sample


def count(book: npt.NDArray[np.integer], kind: npt.NDArray[np.integer], books: int) -> Histogram:
    return Histogram(np.bincount(book, minlength=books), np.bincount(kind, minlength=KINDS))


def dense(found: Histogram, books: int) -> tuple[Counts, Counts]:
    """The arrays of a histogram, whichever way it was counted."""
    arrays = []
    for source, size in ((found.books, books), (found.kinds, KINDS)):
        if not isinstance(source, np.ndarray):
            counts = np.zeros(size, np.int64)
            counts[list(source.keys())] = list(source.values())
            arrays.append(counts)
        else:
            arrays.append(source)
    return arrays[0], arrays[1]


def pack_histogram(found: Histogram) -> bytes:
    books, kinds = dense(found, len(found.books))
    raw = np.concatenate((kinds, books)).astype("<u4").tobytes()
    return zstandard.ZstdCompressor(level=1).compress(raw)


def unpack_histogram(raw: bytes, books: int) -> Histogram:
    """Textbooks that came later have none."""
    data = np.frombuffer(zstandard.ZstdDecompressor().decompress(raw), "<u4")
    counts = np.zeros(books, np.int64)
    counts[: len(data) - KINDS] = data[KINDS:]
    return Histogram(counts, data[:KINDS].astype(np.int64))


def changed(stored: Histogram, later: Histogram, ended: Histogram, books: int) -> Histogram:
    """Stored counts with what came later and without what has ended."""
    base, more, less = (dense(item, books) for item in (stored, later, ended))
    return Histogram(base[0] + more[0] - less[0], base[1] + more[1] - less[1])


def keep(docs: BitMap, column: Column, is_chosen: bytearray) -> BitMap:
    """Those documents whose number in the column is chosen."""
    ids = doc_array(docs)
    chosen = np.frombuffer(is_chosen, np.bool_)
    return ascending_bitmap(ids[chosen[np.asarray(column)[ids]]])


def term_keys(
    counts: CountTable, books: npt.NDArray[np.integer], kinds: npt.NDArray[np.integer]
) -> list[npt.NDArray[np.uint64]]:
    """For each dimension, the key of every row's value."""
    keys = []
    for dimension in (*BOOK_DIMENSIONS, *KIND_DIMENSIONS):
        column = kinds if dimension in KIND_DIMENSIONS else books
        known = [counts.term_key(dimension, value) or FACET for value in counts.values(dimension)]
        keys.append(
            np.array(known, np.uint64)[np.frombuffer(counts.codes(dimension), np.int64)[column]]
        )
    return keys


def pair_starts(
    keys: Column, counts: Column
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint32], npt.NDArray[np.int32]]:
    """A directory as arrays, and where the pairs of each first unit start in it."""
    numbers = np.asarray(keys)
    firsts = np.arange(0x10001, dtype=np.uint64) << np.uint64(16)
    starts = np.searchsorted(numbers, firsts).astype(np.int32)
    return numbers, np.asarray(counts), starts


# --- order


def order_keys(
    ids: Docs, base_end: int, later: tuple[Sequence[int], Sequence[int]]
) -> npt.NDArray[np.int64]:
    """Numbers that sort documents by popularity; see `State.order_key`."""
    keys = (ids.astype(np.int64) << 31) | (1 << 30)
    is_later = ids >= base_end
    if is_later.any():
        place, rank = (np.asarray(column, np.int64) for column in later)
        rows = ids[is_later].astype(np.int64) - base_end
        keys[is_later] = (place[rows] << 31) | rank[rows]
    return keys


def by_popularity(
    docs: BitMap, base_end: int, later: tuple[Sequence[int], Sequence[int]]
) -> list[int]:
    """All documents, the most popular first."""
    ids = doc_array(docs)
    return list(ids[np.argsort(order_keys(ids, base_end, later))].tolist())


def later_ranks(popularity: Column, idents: Column) -> list[int]:
    """The place of each row in the order of popularity, then ident."""
    ranks = np.empty(len(popularity), np.int64)
    order = np.lexsort((np.asarray(idents), -np.asarray(popularity).astype(np.int64)))
    ranks[order] = np.arange(len(order))
    return list(ranks.tolist())


def newest(
    docs: BitMap,
    day: Column,
    span: tuple[int, int],
    base_end: int,
    later: tuple[Sequence[int], Sequence[int]],
) -> list[int]:
    """`span` of the documents by day, newest first, then by popularity.

    Only the days that the span needs are sorted.
    """
    start, end = span
    ids, days = _recent_enough(docs, np.asarray(day), end)
    per_day = np.bincount(days, minlength=1)[::-1]
    before = np.cumsum(per_day) - per_day
    last_day = len(per_day) - 1
    first = int(np.searchsorted(before + per_day, start, side="right"))
    last = int(np.searchsorted(before, end, side="left"))
    if first >= len(per_day):
        return []
    is_near = (days <= last_day - first) & (days > last_day - last)
    ids, days = ids[is_near], days[is_near].astype(np.int64)
    order = np.lexsort((order_keys(ids, base_end, later), -days))
    skipped = start - int(before[first])
    return list(ids[order][skipped : skipped + end - start].tolist())


def _recent_enough(
    docs: BitMap, day: npt.NDArray[np.integer], count: int
) -> tuple[Docs, npt.NDArray[np.integer]]:
    """Documents and their days: the `count` newest are among them."""
    if len(docs) <= _AT_ONCE:
        ids = doc_array(docs)
        return ids, day[ids]
    parts: list[Docs] = []
    per_day = np.zeros(int(day.max()) + 1, np.int64)
    since = 0
    for start in range(0, len(day), _AT_ONCE):
        ids = doc_array(docs & BitMap(range(start, start + _AT_ONCE)))
        days = day[ids]
        is_near = days >= since
        parts.append(ids[is_near])
        per_day += np.bincount(days[is_near], minlength=len(per_day))
        from_then = np.cumsum(per_day[::-1])
        since = max(0, len(per_day) - 1 - int(np.searchsorted(from_then, count)))
    ids = np.concatenate(parts)
    return ids, day[ids]
