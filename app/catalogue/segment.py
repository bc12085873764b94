# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds one segment: rows in their final order in, blocks, columns and postings out.

Postings of each chunk are spilled sorted and merged at the end, so memory is bounded by a chunk.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import zstandard

from app.catalogue import blocks, bulk, grams, keys
from app.catalogue.blocks import BlockCodec
from app.catalogue.columns import IDENT_BLOCK, IDENT_FIRST
from app.catalogue.facets import CountTable
from app.catalogue.grams import Postings
from app.catalogue.keys import CHUNK_DOCS
from app.catalogue.pinyin import PinyinTable
from app.catalogue.postings import pack_list
from app.catalogue.rows import ROW
from app.catalogue.spool import Frame
from app.catalogue.store import Segment, Store

IDENT_PAIR: Final = np.dtype([("ident", "<u8"), ("doc", "<u4")])
COLUMNS: Final = ("book", "kind", "day", "shard", "popularity")
# Lists longer than this get stored counts, so that no search gathers more rows than these.
STORED_COUNTS_FROM: Final = 20_000
_SMALL: Final = np.uint32(0xFFFF)
_MERGE_DOCS: Final = 6_000_000


@dataclass(frozen=True, slots=True)
class Codecs:
    """What compresses the texts and records of all segments of a generation."""

    text: BlockCodec
    record: BlockCodec


class SegmentBuilder:
    """Takes chunks of at most CHUNK_DOCS rows (all but the last of exactly that many)."""

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
        self._columns: list[npt.NDArray[np.void]] = []
        self._spills: list[_Spill] = []
        self._rows = 0

    def add(self, frame: Frame) -> None:
        number = self._segment.segment
        for table, codec, per_block, rows in (
            ("text", self._codecs.text, blocks.TEXT_ROWS, frame.texts),
            ("record", self._codecs.record, blocks.RECORD_ROWS, frame.records),
        ):
            packed = (codec.pack(block) for block in blocks.join_rows(rows, per_block))
            self._store.put_blocks(table, number, self._rows // per_block, packed)
        postings = self._postings(frame)
        self._spills.append(_Spill(self._folder / f"spill{len(self._spills)}", postings))
        self._columns.append(frame.rows)
        self._rows += len(frame)

    def _postings(self, frame: Frame) -> Postings:
        names = [name.decode("utf-8", "surrogatepass") for name in frame.names]
        texts = [text.decode("utf-8", "surrogatepass") for text in frame.texts]
        docs = np.arange(len(frame), dtype=np.uint32)
        terms = bulk.term_keys(self._counts, frame.rows["book"], frame.rows["kind"])
        found = [np.uint64(keys.NODE) + frame.rows["node"].astype(np.uint64), *terms]
        return _join(
            (
                grams.text_postings(texts),
                grams.name_postings(names, self._pinyin),
                grams.make_postings(found, [docs] * len(found)),
            )
        )

    def finish(self) -> None:
        number = self._segment.segment
        rows = np.concatenate(self._columns) if self._columns else np.zeros(0, ROW)
        for name in COLUMNS:
            self._store.put_column(name, number, pack_column(rows[name]))
        self._put_idents(rows["ident"])
        superseding = np.flatnonzero(rows["older"])
        documents = (superseding + self._segment.first).tolist()
        pairs = zip(documents, rows["older"][superseding].tolist(), strict=True)
        self._store.put_newer(number, pairs)
        directory: list[tuple[int, int]] = []
        self._store.put_grams(number, self._merged(rows, directory))
        self._store.put_directory(number, pack_directory(directory))
        for spill in self._spills:
            spill.close()

    def _put_idents(self, idents: npt.NDArray[np.uint64]) -> None:
        order = np.argsort(idents, kind="stable")
        pairs = np.zeros(len(order), IDENT_PAIR)
        pairs["ident"] = idents[order]
        pairs["doc"] = order + self._segment.first
        number = self._segment.segment
        starts = range(0, len(pairs), IDENT_BLOCK)
        packed = (pairs[start : start + IDENT_BLOCK].tobytes() for start in starts)
        self._store.put_idents(number, packed)
        self._store.put_column(IDENT_FIRST, number, pack_column(pairs["ident"][::IDENT_BLOCK]))

    def _merged(
        self, rows: npt.NDArray[np.void], directory: list[tuple[int, int]]
    ) -> Iterator[tuple[int, int, bytes]]:
        """Every list of the segment in key order; frequent ones get their counts stored."""
        first = np.uint32(self._segment.first)
        histograms = []
        for postings in self._ranges():
            shifted = Postings(postings.keys, postings.counts, postings.docs + first)
            for key, count, docs in shifted.lists():
                if key < keys.NODE:
                    directory.append((key, count))
                if count > STORED_COUNTS_FROM and not self._segment.segment and key < keys.NODE:
                    local = np.frombuffer(docs, "<u4")
                    found = bulk.count(rows["book"][local], rows["kind"][local], self._books)
                    histograms.append((key, bulk.pack_histogram(found)))
                yield key, count, pack_list(count, docs)
        self._store.put_histograms(histograms)

    def _ranges(self) -> Iterator[Postings]:
        """Merged postings, range of keys by range of keys."""
        if not self._spills:
            return
        if len(self._spills) == 1:
            yield self._spills[0].read(0, 1 << 48)
            return
        edges = _edges(self._spills)
        for low, high in pairwise(edges):
            yield _merge([spill.read(low, high) for spill in self._spills])


class _Spill:
    """Postings of one chunk on the disk, readable by range of keys."""

    def __init__(self, path: Path, postings: Postings) -> None:
        self._path = path
        self.keys = postings.keys
        self.ends = np.cumsum(postings.counts, dtype=np.int64)
        path.write_bytes(postings.docs.astype("<u2").tobytes())

    def read(self, low: int, high: int) -> Postings:
        a, b = np.searchsorted(self.keys, np.array([low, high], np.uint64)).tolist()
        start = int(self.ends[a - 1]) if a else 0
        end = int(self.ends[b - 1]) if b else 0
        with self._path.open("rb") as file:
            file.seek(2 * start)
            docs = np.fromfile(file, "<u2", max(end - start, 0)).astype(np.uint32)
        counts = np.diff(np.concatenate(([start], self.ends[a:b]))).astype(np.uint32)
        return Postings(self.keys[a:b], counts, docs)

    def close(self) -> None:
        self._path.unlink(missing_ok=True)


def _edges(spills: Sequence[_Spill]) -> list[int]:
    """Keys that cut the lists into ranges of about _MERGE_DOCS documents."""
    largest = max(spills, key=lambda spill: len(spill.keys))
    total = sum(int(spill.ends[-1]) for spill in spills)
    parts = total // _MERGE_DOCS + 1
    targets = np.arange(1, parts) * (int(largest.ends[-1]) / parts)
    cuts = largest.keys[np.searchsorted(largest.ends, targets)].tolist()
    return sorted({0, *cuts, 1 << 48})


def _merge(chunks: Sequence[Postings]) -> Postings:
    """Lists of the same key one after the other; chunk n's documents start at n × CHUNK_DOCS."""
    keys = np.concatenate([chunk.keys for chunk in chunks])
    counts = np.concatenate([chunk.counts for chunk in chunks]).astype(np.int64)
    docs = np.concatenate(
        [chunk.docs + np.uint32(n * CHUNK_DOCS) for n, chunk in enumerate(chunks)]
    )
    order = np.argsort(keys, kind="stable")
    starts = (np.cumsum(counts) - counts)[order]
    counts = counts[order]
    ends = np.cumsum(counts)
    places = np.arange(len(docs)) + np.repeat(starts - (ends - counts), counts)
    keys = keys[order]
    is_first = np.ones(len(keys), np.bool_)
    is_first[1:] = keys[1:] != keys[:-1]
    firsts = np.flatnonzero(is_first)
    sums = np.add.reduceat(counts, firsts) if len(firsts) else counts
    return Postings(keys[firsts], sums.astype(np.uint32), docs[places])


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


def pack_directory(items: Sequence[tuple[int, int]]) -> bytes:
    """How many documents each key has: the order in which lists are worth reading."""
    keys = np.array([key for key, _ in items], "<u8")
    counts = np.array([count for _, count in items], "<u4")
    raw = np.diff(keys, prepend=np.uint64(0)).tobytes() + counts.tobytes()
    return zstandard.ZstdCompressor(level=3, write_checksum=True).compress(raw)
