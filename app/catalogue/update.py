# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes the current generation in place: one more segment, one transaction."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from app.catalogue.builder import ShardRow, codecs_of, put_visibility, rank_table
from app.catalogue.columns import PLACE
from app.catalogue.facets import CountTable
from app.catalogue.ledger import Ledger, places_in
from app.catalogue.pinyin import PinyinTable
from app.catalogue.postings import bitmap_of, pack_bitmap, unpack
from app.catalogue.segment import SegmentBuilder, pack_column
from app.catalogue.spool import PART_ROWS, Frame
from app.catalogue.staging import Staging
from app.catalogue.store import Segment, Store
from app.catalogue.visibility import find_copies, find_superseded

Numbers = npt.NDArray[np.int64]
_END = 1 << 32


def append_segment(
    store: Store,
    staging: Staging,
    ledger: Ledger,
    ended: BitMap,
    merged: Sequence[Segment],
    shards: Sequence[ShardRow],
) -> None:
    """Publish the staged rows as one segment, end documents, and drop `merged` segments.

    The living rows of merged segments are expected to be staged again.
    """
    living = staging.living()
    idents = staging.spool.column("ident")[living]
    order = np.lexsort((idents, -staging.spool.column("popularity")[living]))
    first = merged[0].first if merged else ledger.end
    number = ledger.segments[-1].segment + 1
    segment = Segment(number, first, len(living))
    with store.writing():
        for old in merged:
            store.delete_segment(old.segment)
        dead = ledger.dead | ended
        dead.remove_range(first, _END)
        offline = unpack(store.meta("offline"))
        offline.remove_range(first, _END)
        if len(living):
            counts, books, nodes = _number_tree(store, staging)
            offline |= _write(store, segment, staging, living[order], (counts, books, nodes))
            _put_places(store, segment, ledger, staging, living[order])
        store.put_meta("dead", pack_bitmap(dead))
        store.put_meta("offline", pack_bitmap(offline - dead))
        _put_shards(store, shards)
        touched = [staging.touched()[1]]
        if staging.replaced:
            touched.append(ledger.all_idents()[np.array(ended, np.int64)])
        _refresh_visibility(store, ledger, first, np.concatenate(touched), shards)


def _refresh_visibility(
    store: Store,
    before: Ledger,
    first: int,
    touched: Numbers,
    shards: Sequence[ShardRow],
) -> None:
    """Find anew what is superseded, and what is a second copy among the idents that were touched.

    Documents from `first` on are new; those there were before have gone.
    """
    ledger = Ledger(store, before)
    positions, docs = ledger.docs_of(np.unique(touched))
    copies = unpack(store.meta("copies"))
    copies.remove_range(first, _END)
    copies -= bitmap_of(docs)
    is_dead = np.zeros(ledger.end, np.bool_)
    is_dead[np.array(ledger.dead, np.int64)] = True
    alive = ~is_dead[docs]
    ranks = rank_table(shards)
    living = docs[alive]
    copies |= find_copies(positions[alive], living, ranks[ledger.shards[living]])
    copies -= ledger.dead
    superseded = find_superseded(
        store.newer(),
        ledger.dead | copies,
        ledger.all_idents,
        lambda idents: ledger.docs_of(idents)[1],
    )
    put_visibility(store, copies, superseded - ledger.dead)


def _put_shards(store: Store, shards: Sequence[ShardRow]) -> None:
    kept = {row[0] for row in shards}
    for number, _, _, _ in store.shards():
        if number not in kept:
            store.delete_shard(number)
    store.put_shards(shards)


def _number_tree(store: Store, staging: Staging) -> tuple[CountTable, Numbers, Numbers]:
    """The textbooks with new ones added, and the catalogue's numbers for the staged ones."""
    books = store.books()
    known = {book: number for number, book in enumerate(books)}
    first_book = len(books)
    for book in staging.books:
        if book not in known:
            known[book] = len(books)
            books.append(book)
    store.put_books(first_book, books[first_book:])
    counts = CountTable(books)
    store.put_terms(counts.with_terms(store.terms()))
    book_map = np.array([known[book] for book in staging.books], np.int64)
    wanted = [(int(book_map[book]), unit, lesson) for book, unit, lesson in staging.nodes]
    rows = store.nodes_of(sorted({book for book, _, _ in wanted}))
    nodes = {(book, unit, lesson): node for node, book, unit, lesson in rows}
    first_node = store.next_node()
    added = [key for key in dict.fromkeys(wanted) if key not in nodes]
    nodes.update({key: first_node + n for n, key in enumerate(added)})
    store.put_nodes(first_node, added)
    return counts, book_map, np.array([nodes[key] for key in wanted], np.int64)


def _write(
    store: Store,
    segment: Segment,
    staging: Staging,
    order: Numbers,
    numbering: tuple[CountTable, Numbers, Numbers],
) -> BitMap:
    """Returns the documents that are offline."""
    counts, books, nodes = numbering
    codecs, pinyin = codecs_of(store), PinyinTable.from_bytes(store.meta("pinyin"))
    store.put_segment(segment)
    builder = SegmentBuilder(store, segment, codecs, pinyin, counts, staging.folder)
    offline = BitMap()
    start = segment.first
    for frame in staging.spool.in_order(order, PART_ROWS):
        rows = frame.rows.copy()
        rows["book"] = books[rows["book"]]
        rows["node"] = nodes[rows["node"]]
        builder.add(Frame(rows, frame.fixed, frame.texts, frame.records))
        offline |= bitmap_of((np.flatnonzero(rows["is_offline"]) + start).astype(np.uint32))
        start += len(frame)
    builder.finish_columns(lambda name: staging.spool.packed_column(name)[order])
    builder.finish_lists()
    return offline


def _put_places(
    store: Store, segment: Segment, ledger: Ledger, staging: Staging, order: Numbers
) -> None:
    """Where each new document stands in the base's order."""
    popularity = staging.spool.column("popularity")[order]
    idents = staging.spool.column("ident")[order]
    places = places_in(ledger.base_order(), popularity, idents)
    store.put_column(PLACE, segment.segment, pack_column(places.astype("<u4")))
