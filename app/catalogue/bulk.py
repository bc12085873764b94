# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done to many documents at once. The only NumPy of a search for Chinese words.

Loaded when a result is first larger than `columns.FEW`: NumPy takes 0.1 s and 15 MB.
"""

from array import array
from collections.abc import Sequence

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


def sums(codes: "array[int]", counts: Counts, size: int) -> list[int]:
    """Counts added up by code."""
    totals = np.bincount(np.frombuffer(codes, np.int64), weights=counts, minlength=size)
    return totals.astype(np.int64).tolist()  # type: ignore[no-any-return]


def histogram(docs: BitMap, book: Column, kind: Column, books: int) -> Histogram:
    """Counts over all textbooks and kinds."""
    ids = doc_array(docs)
    return count(np.asarray(book)[ids], np.asarray(kind)[ids], books)


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
    ids = doc_array(docs)
    days = np.asarray(day)[ids]
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
