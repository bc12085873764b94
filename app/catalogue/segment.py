# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds one segment: rows in their final order in, blocks, columns and postings out.

Postings of each chunk are spilled sorted and merged at the end, so memory is bounded by a chunk.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt
import zstandard

from app.catalogue import blocks, bulk, columns, grams, keys
from app.catalogue.blocks import Codecs
from app.catalogue.columns import IDENT_BLOCK, IDENT_FIRST
from app.catalogue.facets import CountTable
from app.catalogue.grams import Postings
from app.catalogue.keys import CHUNK_DOCS
from app.catalogue.packing import packed_rows
from app.catalogue.pinyin import PinyinTable
from app.catalogue.spool import ROW, Frame
from app.catalogue.store import COUNTED_COLUMNS, Segment, Store

IDENT_PAIR: Final = np.dtype([("ident", "<u8"), ("doc", "<u4")])
_COUNTED: Final = ("book", "kind")
_KEPT: Final = (*_COUNTED, "day", "shard")
COLUMNS: Final = (*_KEPT, "popularity")
_SMALL: Final = np.uint32(0xFFFF)
_MERGE_DOCS: Final = 1_000_000
_NO_DOCS: Final = np.zeros(0, np.uint32)
_SAMPLE: Final = 256
_SAMPLE_DOCS: Final = 8_192
_SORTED_AT_ONCE: Final = 1 << 18
_IDENTS: Final = 1 << 63  # idents are below


class SegmentBuilder:
    """Takes frames of any multiple of CHUNK_DOCS rows, and a last one of any number."""

    def __init__(
        self,
        store: Store,
        segment: Segment,
        codecs: Codecs,
        pinyin: PinyinTable,
        counts: CountTable,
        folder: Path,
    ) -> None:
        self._store = store
        self._segment = segment
        self._codecs = codecs
        self._pinyin = pinyin
        self._counts = counts
        self._books = len(counts.books)
        self._folder = folder
        self._columns: dict[str, list[npt.NDArray[Any]]] = {name: [] for name in _KEPT}
        self._newer: list[tuple[int, int]] = []
        self._spills: list[_Spill] = []
        self._whole: Postings | None = None
        self._rows = 0

    def add(self, frame: Frame) -> None:
        number, block = self._segment.segment, self._rows // blocks.ROWS
        packed = blocks.entry_blocks(self._codecs, frame.fixed, frame.texts, frame.records)
        self._store.put_blocks("entry", number, block, packed)
        for start in range(0, len(frame), CHUNK_DOCS):
            postings = self._postings(frame, slice(start, start + CHUNK_DOCS))
            if self._segment.entries <= CHUNK_DOCS:
                self._whole = postings  # a weekly delta needs no file of its own
                continue
            self._spills.append(_Spill(self._folder / f"spill{len(self._spills)}", postings))
        for name, parts in self._columns.items():
            parts.append(frame.rows[name].copy())
        for row in np.flatnonzero(frame.rows["older"]).tolist():
            place = self._segment.first + self._rows + row
            self._newer.append((place, int(frame.rows["older"][row])))
        self._rows += len(frame)

    def _postings(self, frame: Frame, part: slice) -> Postings:
        rows = frame.rows[part]
        docs = np.arange(len(rows), dtype=np.uint32)
        terms = bulk.term_keys(self._counts, rows["book"], rows["kind"])
        found = [np.uint64(keys.NODE) + rows["node"].astype(np.uint64), *terms]
        return _join(
            (
                *grams.text_postings(frame.texts[part], self._pinyin),
                grams.make_postings(found, [docs] * len(found)),
            )
        )

    def finish_columns(self, summary: Callable[[str], npt.NDArray[Any]]) -> None:
        """Write the numbers of all rows; none are added any more.

        `summary` gives "ident" and "popularity" of all rows in order: the spool has them anyway.
        """
        number = self._segment.segment
        self._put_idents(summary("ident"))
        start = self._store.file_bytes()
        for name in _KEPT:
            self._store.put_column(name, number, pack_column(self._column(name)))
            if name == _COUNTED[-1] and not number:  # these every reader needs when it opens
                self._store.put_span(COUNTED_COLUMNS, start)
        self._store.put_column("popularity", number, pack_column(summary("popularity")))
        self._store.put_newer(number, self._newer)

    def finish_lists(self) -> None:
        """Write the lists, which takes most memory."""
        number = self._segment.segment
        directory: list[Postings] = []
        self._store.put_lists(number, self._merged(directory), self._folder)
        self._store.put_directory(number, pack_directory(directory))

    def _put_idents(self, idents: npt.NDArray[np.uint64]) -> None:
        number, firsts = self._segment.segment, []

        def packed() -> Iterator[bytes]:
            for pairs in _ident_blocks(idents, self._segment.first):
                firsts.append(int(pairs["ident"][0]))
                yield pairs.tobytes()

        self._store.put_idents(number, packed())
        self._store.put_column(IDENT_FIRST, number, pack_column(np.array(firsts, np.uint64)))

    def _column(self, name: str) -> npt.NDArray[Any]:
        """A column of the whole segment; its parts are given up unless counts need them."""
        parts = self._columns.pop(name)
        joined = np.concatenate(parts) if parts else np.zeros(0, ROW[name])
        if name in _COUNTED:
            self._columns[name] = [joined]
        return joined

    def _merged(self, directory: list[Postings]) -> Iterator[tuple[int, bytes]]:
        """Every row of lists in key order; frequent lists get their counts stored."""
        book, kind = (self._column(name) for name in _COUNTED)
        histograms: list[tuple[int, bytes]] = []
        for postings in self._ranges():
            is_text = postings.keys < np.uint64(keys.NODE)
            # A part of `docs`, even an empty one, would keep all documents of all ranges.
            directory.append(Postings(postings.keys[is_text], postings.counts[is_text], _NO_DOCS))
            if not self._segment.segment:
                histograms += self._stored_counts(postings, book, kind)
            yield from packed_rows(postings, self._segment.entries)
        self._store.put_histograms(histograms)

    def _stored_counts(
        self, postings: Postings, book: npt.NDArray[np.uint32], kind: npt.NDArray[np.uint8]
    ) -> Iterator[tuple[int, bytes]]:
        ends = np.cumsum(postings.counts, dtype=np.int64)
        is_long = postings.counts > columns.STORED_COUNTS_FROM
        is_long &= postings.keys < np.uint64(keys.INITIALS)
        for place in np.flatnonzero(is_long).tolist():
            end = int(ends[place])
            docs = postings.docs[end - int(postings.counts[place]) : end]
            found = bulk.count(book[docs], kind[docs], self._books)
            yield int(postings.keys[place]), bulk.pack_histogram(found)

    def _ranges(self) -> Iterator[Postings]:
        """Merged postings, range of keys by range of keys."""
        if self._whole is not None:
            yield self._whole
        if not self._spills:
            return
        edges = _edges(self._spills)
        for low, high in pairwise(edges):
            yield _merge([spill.read(low, high) for spill in self._spills])
        for spill in self._spills:
            spill.close()


class _Spill:
    """Postings of one chunk on the disk, readable by range of keys."""

    def __init__(self, path: Path, postings: Postings) -> None:
        self._path = path
        ends = np.cumsum(postings.counts, dtype=np.int64)
        self._size = len(ends)
        self.total = int(ends[-1]) if len(ends) else 0
        # One key in so many, and one for so many documents, stays in memory.
        steps = np.searchsorted(ends, np.arange(0, self.total, _SAMPLE_DOCS))
        self._places = np.unique(np.concatenate((np.arange(0, self._size, _SAMPLE), steps)))
        self.keys = postings.keys[self._places]
        self.ends = ends[self._places]
        with path.open("wb") as file:
            file.write(postings.keys.astype("<u8").tobytes())
            file.write(postings.counts.astype("<u4").tobytes())
            file.write(postings.docs.astype("<u2").tobytes())

    def read(self, low: int, high: int) -> Postings:
        edges = np.array([low, high], np.uint64)
        a, b = np.searchsorted(self.keys, edges).tolist()
        place = max(a - 1, 0)
        first = int(self._places[place]) if self._size else 0
        last = int(self._places[b]) if b < len(self._places) else self._size
        with self._path.open("rb") as file:
            found = self._array(file, "<u8", 8 * first, last - first)
            counts = self._array(file, "<u4", 8 * self._size + 4 * first, last - first)
            before = int(self.ends[place]) - int(counts[0]) if last > first else 0
            a, b = np.searchsorted(found, edges).tolist()
            ends = np.cumsum(counts, dtype=np.int64)
            start, end = (int(ends[n - 1]) if n else 0 for n in (a, b))
            docs = self._array(file, "<u2", 12 * self._size + 2 * (before + start), end - start)
        return Postings(found[a:b], counts[a:b], docs)  # two bytes each until they are merged

    def _array(self, file: BinaryIO, kind: str, start: int, count: int) -> npt.NDArray[Any]:
        file.seek(start)
        return np.fromfile(file, kind, max(count, 0))

    def close(self) -> None:
        self._path.unlink(missing_ok=True)


def _ident_blocks(idents: npt.NDArray[np.uint64], first: int) -> Iterator[npt.NDArray[np.void]]:
    """All idents with their documents, ascending; a part of them is sorted at once, since the
    order of four million is 32 MB."""
    parts = len(idents) // _SORTED_AT_ONCE + 1
    edges = [n * (_IDENTS // parts) for n in range(parts)] + [_IDENTS]
    rest = np.zeros(0, IDENT_PAIR)
    for low, high in pairwise(edges):
        docs = np.flatnonzero((idents >= np.uint64(low)) & (idents < np.uint64(high)))
        docs = docs[np.argsort(idents[docs], kind="stable")]
        pairs = np.zeros(len(rest) + len(docs), IDENT_PAIR)
        pairs[: len(rest)] = rest
        pairs["ident"][len(rest) :], pairs["doc"][len(rest) :] = idents[docs], docs + first
        whole = len(pairs) - len(pairs) % IDENT_BLOCK
        for start in range(0, whole, IDENT_BLOCK):
            yield pairs[start : start + IDENT_BLOCK]
        rest = pairs[whole:]
    if len(rest):
        yield rest


def _edges(spills: Sequence[_Spill]) -> list[int]:
    """Keys that cut the lists into ranges of about _MERGE_DOCS documents."""
    largest = max(spills, key=lambda spill: spill.total)
    parts = sum(spill.total for spill in spills) // _MERGE_DOCS + 1
    targets = np.arange(1, parts) * (largest.total / parts)
    places = np.searchsorted(largest.ends, targets)
    cuts = largest.keys[np.minimum(places, len(largest.keys) - 1)].tolist()
    return sorted({0, *cuts, 1 << 48})


def _merge(chunks: Sequence[Postings]) -> Postings:
    """Lists of the same key one after the other; chunk n's documents start at n × CHUNK_DOCS."""
    keys = np.concatenate([chunk.keys for chunk in chunks])
    counts = np.concatenate([chunk.counts for chunk in chunks]).astype(np.int64)
    docs = np.empty(sum(len(chunk.docs) for chunk in chunks), np.uint32)
    end = 0
    for n, chunk in enumerate(chunks):
        part = docs[end : end + len(chunk.docs)]
        np.add(chunk.docs, np.uint32(n * CHUNK_DOCS), out=part, dtype=np.uint32)
        end += len(part)
    order = np.argsort(keys, kind="stable")
    starts = (np.cumsum(counts) - counts)[order]
    counts = counts[order]
    keys = keys[order]
    is_first = np.ones(len(keys), np.bool_)
    is_first[1:] = keys[1:] != keys[:-1]
    firsts = np.flatnonzero(is_first)
    sums = np.add.reduceat(counts, firsts) if len(firsts) else counts
    if len(firsts) > 1:  # the longest lists stand alone, and are in order as they are
        ends = np.cumsum(counts)
        places = np.repeat((starts - (ends - counts)).astype(np.int32), counts)
        places += np.arange(len(docs), dtype=np.int32)
        docs = docs[places]
    return Postings(keys[firsts], sums.astype(np.uint32), docs)


def _join(parts: Sequence[Postings]) -> Postings:
    """Postings of one chunk whose spaces of keys follow each other."""
    return Postings(
        np.concatenate([part.keys for part in parts]),
        np.concatenate([part.counts for part in parts]),
        np.concatenate([part.docs for part in parts]),
    )


def pack_column(values: npt.NDArray[np.generic]) -> bytes:
    """Numbers of a column; 32 bits that fit into 16 take 16."""
    if values.dtype == np.dtype("<u4") and not (values > _SMALL).any():
        values = values.astype("<u2")
    return zstandard.ZstdCompressor(level=3, write_checksum=True).compress(
        np.ascontiguousarray(values).tobytes()
    )


def pack_directory(parts: Sequence[Postings]) -> bytes:
    """How many documents each key has: the order in which lists are worth reading."""
    keys = np.concatenate([np.zeros(0, np.uint64), *(part.keys for part in parts)])
    counts = np.concatenate([np.zeros(0, np.uint32), *(part.counts for part in parts)])
    raw = np.diff(keys, prepend=np.uint64(0)).astype("<u8").tobytes()
    raw += counts.astype("<u4").tobytes()
    return zstandard.ZstdCompressor(level=3, write_checksum=True).compress(raw)
