# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows by document number, and document numbers by identity, without reading everything."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from struct import iter_unpack
from typing import Final

from app.catalogue.blocks import ROWS, Codecs, packed_texts, record_rows
from app.catalogue.columns import IDENT_BLOCK, IDENT_FIRST, IDENT_PAIR, Column, unpack_column
from app.catalogue.keys import BLOCK_SHIFT
from app.catalogue.store import Segment, Store

# Those of the last questions: records are asked for after texts.
_BLOCKS_KEPT: Final = 512


class BlockReader:
    """Texts and records of documents; a block is read once for both."""

    def __init__(self, store: Store, codecs: Codecs, segments: Sequence[Segment]) -> None:
        self._store = store
        self._codecs = codecs
        self._segments = segments
        self._last: dict[int, bytes] = {}

    def texts(self, docs: Iterable[int]) -> dict[int, bytes]:
        """The stored text of each document."""
        codec = self._codecs.text
        found: dict[int, bytes] = {}
        for block, start, here in self._blocks_of(docs):
            packed = packed_texts(block)
            if len(here) == 1:
                found[here[0]] = codec.row(packed, here[0] - start)
                continue
            rows = codec.rows(packed)
            found.update({doc: rows[doc - start] for doc in here})
        return found

    def records(self, docs: Iterable[int]) -> dict[int, tuple[bytes, bytes]]:
        """(fixed bytes, record) of each document."""
        codec = self._codecs.record
        found: dict[int, tuple[bytes, bytes]] = {}
        for block, start, here in self._blocks_of(docs):
            rows = record_rows(codec, block, [doc - start for doc in here])
            found.update(zip(here, rows, strict=True))
        return found

    def forget(self) -> None:
        """Drop the blocks of the last questions."""
        self._last = {}

    def _blocks_of(self, docs: Iterable[int]) -> Iterator[tuple[bytes, int, list[int]]]:
        """(block, its first document, those of `docs` that are in it)."""
        wanted: dict[int, list[int]] = {}
        starts: dict[int, int] = {}
        asked = list(docs)
        for segment in self._segments:
            first, end, high = segment.first, segment.end, segment.segment << BLOCK_SHIFT
            for doc in asked:
                if first <= doc < end:
                    row = doc - first
                    number = high + row // ROWS
                    if number in wanted:
                        wanted[number].append(doc)
                    else:
                        wanted[number], starts[number] = [doc], doc - row % ROWS
        blocks = self._last
        missing = [number for number in wanted if number not in blocks]
        if len(blocks) + len(missing) > _BLOCKS_KEPT:
            blocks, missing = {}, list(wanted)
        blocks.update(self._store.blocks(sorted(missing)))
        self._last = blocks if len(blocks) <= _BLOCKS_KEPT else {}
        for number, here in wanted.items():
            yield blocks[number], starts[number], here


def find_documents(store: Store, segments: Sequence[Segment], idents: Iterable[int]) -> list[int]:
    """All documents that bear one of the idents, ended ones included."""
    found: list[int] = []
    wanted = frozenset(idents)
    for segment in segments:
        raw = store.column(IDENT_FIRST, segment.segment)
        firsts = unpack_column(raw, -(-segment.entries // IDENT_BLOCK))
        numbers = {number for ident in wanted for number in _blocks_with(firsts, ident)}
        for number in sorted(numbers):
            pairs = iter_unpack(IDENT_PAIR, store.ident_block(segment.segment, number))
            found += [doc for ident, doc in pairs if ident in wanted]
    return sorted(found)


def _blocks_with(firsts: Column, ident: int) -> range:
    """Blocks that may hold the ident (copies of it may lie across an edge)."""
    end = bisect_right(firsts, ident)
    start = end - 1
    while start > 0 and firsts[start] == ident:
        start -= 1
    return range(max(start, 0), end)
