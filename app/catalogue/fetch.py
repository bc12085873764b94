# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows by document number, and document numbers by identity, without reading everything."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from struct import iter_unpack
from typing import TypeVar

from app.catalogue.blocks import ROWS, BlockCodec, record_row, record_rows
from app.catalogue.columns import IDENT_BLOCK, IDENT_FIRST, IDENT_PAIR, Column, unpack_column
from app.catalogue.store import Segment, Store

Row = TypeVar("Row")


def read_texts(
    store: Store, codec: BlockCodec, segments: Sequence[Segment], docs: Sequence[int]
) -> dict[int, bytes]:
    """The stored text of each document."""

    def rows(block: bytes, places: Sequence[int]) -> Sequence[bytes]:
        lines = codec.rows(block)
        return [lines[place] for place in places]

    return _read(store, "text", codec.row, rows, segments, docs)


def read_records(
    store: Store, codec: BlockCodec, segments: Sequence[Segment], docs: Sequence[int]
) -> dict[int, tuple[bytes, bytes]]:
    """(fixed bytes, record) of each document."""
    row, rows = partial(record_row, codec), partial(record_rows, codec)
    return _read(store, "record", row, rows, segments, docs)


def _read(
    store: Store,
    table: str,
    row_of: Callable[[bytes, int], Row],
    rows_of: Callable[[bytes, Sequence[int]], Sequence[Row]],
    segments: Sequence[Segment],
    docs: Sequence[int],
) -> dict[int, Row]:
    """Rows by document; each block is read once."""
    found: dict[int, Row] = {}
    for segment in segments:
        first, end = segment.first, segment.end
        wanted: dict[int, list[int]] = {}
        for doc in docs:
            if first <= doc < end:
                wanted.setdefault((doc - first) // ROWS, []).append(doc)
        for number, packed in store.blocks(table, segment.segment, sorted(wanted)):
            start = first + number * ROWS
            here = wanted[number]
            if len(here) == 1:
                found[here[0]] = row_of(packed, here[0] - start)
                continue
            found.update(zip(here, rows_of(packed, [doc - start for doc in here]), strict=True))
    return found


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
