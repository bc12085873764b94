# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows by document number, and document numbers by identity, without reading everything."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from enum import Enum
from struct import iter_unpack

from app.catalogue import blocks
from app.catalogue.blocks import BlockCodec
from app.catalogue.columns import IDENT_BLOCK, IDENT_FIRST, Column, unpack_column
from app.catalogue.store import Segment, Store


class Table(Enum):
    """A table of blocks and how many rows a block has."""

    TEXT = ("text", blocks.TEXT_ROWS)
    RECORD = ("record", blocks.RECORD_ROWS)


def read_rows(
    store: Store, codec: BlockCodec, segment: Segment, rows: Sequence[int], table: Table
) -> dict[int, bytes]:
    """Rows of one segment by their place in it; each block is read once."""
    name, per_block = table.value
    wanted: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        wanted[row // per_block].append(row)
    found = {}
    for number, packed in store.blocks(name, segment.segment, sorted(wanted)):
        lines = codec.rows(packed)
        for row in wanted[number]:
            found[row] = lines[row % per_block]
    return found


def read_documents(
    store: Store,
    codec: BlockCodec,
    segments: Sequence[Segment],
    docs: Sequence[int],
    table: Table,
) -> dict[int, bytes]:
    """The same for document numbers across segments."""
    if len(segments) == 1:
        return read_rows(store, codec, segments[0], docs, table)
    found: dict[int, bytes] = {}
    for segment in segments:
        rows = [doc - segment.first for doc in docs if segment.first <= doc < segment.end]
        if rows:
            lines = read_rows(store, codec, segment, rows, table)
            found.update((row + segment.first, line) for row, line in lines.items())
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
            pairs = iter_unpack("<QI", store.ident_block(segment.segment, number))
            found += [doc for ident, doc in pairs if ident in wanted]
    return sorted(found)


def _blocks_with(firsts: Column, ident: int) -> range:
    """Blocks that may hold the ident (copies of it may lie across an edge)."""
    end = bisect_right(firsts, ident)
    start = end - 1
    while start > 0 and firsts[start] == ident:
        start -= 1
    return range(max(start, 0), end)
