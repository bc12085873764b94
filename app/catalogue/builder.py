# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds a whole generation from staged rows, most popular first."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from app.catalogue import blocks
from app.catalogue.blocks import BlockCodec, Codecs
from app.catalogue.facets import CountTable
from app.catalogue.pinyin import PinyinTable
from app.catalogue.postings import bitmap_of, pack_bitmap
from app.catalogue.segment import SegmentBuilder
from app.catalogue.spool import PART_ROWS, Frame
from app.catalogue.staging import Staging
from app.catalogue.store import Segment, Store
from app.catalogue.visibility import find_copies, find_superseded

ShardRow = tuple[int, str, str, int]  # number, region, shard id, serial


def build_generation(path: Path, staging: Staging, shards: Sequence[ShardRow]) -> None:
    """Write the staged rows that are still alive into a new file at `path` (not yet durable)."""
    order = _by_popularity(staging)
    store = Store.create(path)
    try:
        pinyin = _pinyin_table()
        counts = CountTable(list(staging.books))
        with store.writing():
            store.put_meta("pinyin", pinyin.to_bytes())
            store.put_shards(shards)
            store.put_books(0, list(staging.books))
            store.put_terms(counts.with_terms({}))
            store.put_nodes(0, staging.nodes)
            segment = Segment(0, 0, len(order))
            store.put_segment(segment)
            builder, offline = _write_rows(store, segment, staging, order, pinyin, counts)
            store.put_meta("offline", pack_bitmap(bitmap_of(offline)))
            _hide(store, staging, order, shards)
            del order
            staging.spool.forget()
            builder.finish_lists()
        store.finish_building()
    except BaseException:
        store.close()
        raise


def _by_popularity(staging: Staging) -> npt.NDArray[np.uint32]:
    """The staged rows that are still alive, the most popular first."""
    living, kept = staging.living().astype(np.uint32), staging.spool.packed_column
    if len(living) == staging.count:  # four million idents once more are 32 MB
        return np.lexsort((kept("ident"), ~kept("popularity"))).astype(np.uint32)
    return living[np.lexsort((kept("ident")[living], ~kept("popularity")[living]))]


def put_visibility(store: Store, copies: BitMap, superseded: BitMap) -> None:
    store.put_meta("copies", pack_bitmap(copies))
    store.put_meta("superseded", pack_bitmap(superseded))


def rank_table(shards: Sequence[ShardRow]) -> npt.NDArray[np.int64]:
    """For each shard number its place in the order of regions and shard ids."""
    ordered = sorted(shards, key=lambda row: (row[1], row[2]))
    table = np.zeros(max((row[0] for row in shards), default=0) + 1, np.int64)
    for rank, row in enumerate(ordered):
        table[row[0]] = rank
    return table


def _write_rows(
    store: Store,
    segment: Segment,
    staging: Staging,
    order: npt.NDArray[np.uint32],
    pinyin: PinyinTable,
    counts: CountTable,
) -> tuple[SegmentBuilder, npt.NDArray[np.uint32]]:
    """Write everything but lists; returns what writes them, and the documents that are offline."""

    def summary(name: str) -> npt.NDArray[Any]:
        return staging.spool.packed_column(name)[order]

    builder = None
    offline = []
    start = 0
    for frame in staging.spool.in_order(order, PART_ROWS):
        if builder is None:
            codecs = _train(store, frame)
            builder = SegmentBuilder(store, segment, codecs, pinyin, counts, staging.folder)
        builder.add(frame)
        offline.append(np.flatnonzero(frame.rows["is_offline"]) + start)
        start += len(frame)
    if builder is None:
        codecs = Codecs(BlockCodec(b""), BlockCodec(b""))
        builder = SegmentBuilder(store, segment, codecs, pinyin, counts, staging.folder)
    builder.finish_columns(summary)
    return builder, np.concatenate([np.zeros(0, np.int64), *offline]).astype(np.uint32)


def _train(store: Store, frame: Frame) -> Codecs:
    """Dictionaries from the most popular rows; later segments use the same."""
    text = blocks.train(list(blocks.join_rows(frame.texts)))
    record = blocks.train(list(blocks.join_rows(frame.records)))
    store.put_meta("text_dictionary", text)
    store.put_meta("record_dictionary", record)
    return Codecs(BlockCodec(text), BlockCodec(record))


def codecs_of(store: Store) -> Codecs:
    return Codecs(
        BlockCodec(store.meta("text_dictionary")), BlockCodec(store.meta("record_dictionary"))
    )


def _pinyin_table() -> PinyinTable:
    from app.catalogue.pinyin_source import build_pinyin_table

    return build_pinyin_table()


def _hide(
    store: Store,
    staging: Staging,
    order: npt.NDArray[np.uint32],
    shards: Sequence[ShardRow],
) -> None:
    """Store which documents of the base are not shown."""
    kept = staging.spool.packed_column

    def idents() -> npt.NDArray[np.int64]:  # of four million 32 MB that are rarely needed
        return kept("ident")[order].view(np.int64)

    def docs_of(wanted: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        return np.flatnonzero(np.isin(idents(), wanted))

    copies = BitMap()
    if not staging.has_distinct_idents():
        ranks = rank_table(shards)[kept("shard")[order]]
        copies = find_copies(idents(), np.arange(len(order)), ranks)
    superseded = find_superseded(store.newer(), copies, idents, docs_of)
    put_visibility(store, copies, superseded)
