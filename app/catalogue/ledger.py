# SPDX-License-Identifier: GPL-3.0-or-later
"""All documents of a generation as its writer sees them: identity, shard, order, life."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from app.catalogue.columns import unpack_column
from app.catalogue.postings import bitmap_of, doc_array, unpack
from app.catalogue.segment import IDENT_PAIR
from app.catalogue.store import Segment, Store

Numbers = npt.NDArray[np.int64]


class Ledger:
    """Arrays over documents, and over (ident, document) pairs sorted by ident."""

    def __init__(self, store: Store) -> None:
        self.segments = store.segments()
        self.dead = unpack(store.meta("dead"))
        self.shards = self._column(store, "shard")
        self.popularity = self._column(store, "popularity")
        pairs = [
            np.frombuffer(b"".join(store.ident_blocks(segment.segment)), IDENT_PAIR)
            for segment in self.segments
        ]
        joined = np.concatenate(pairs) if pairs else np.zeros(0, IDENT_PAIR)
        order = np.argsort(joined["ident"], kind="stable")
        self.idents = joined["ident"][order].astype(np.int64)
        self.docs = joined["doc"][order].astype(np.int64)

    def _column(self, store: Store, name: str) -> Numbers:
        parts = [
            np.asarray(unpack_column(store.column(name, segment.segment), segment.entries))
            for segment in self.segments
        ]
        return np.concatenate(parts).astype(np.int64) if parts else np.zeros(0, np.int64)

    @property
    def base(self) -> Segment:
        return self.segments[0]

    @property
    def end(self) -> int:
        """The first free document number."""
        return self.segments[-1].end

    @property
    def living(self) -> int:
        return self.end - len(self.dead)

    def living_docs(self, segments: Iterable[Segment]) -> Numbers:
        """Documents of these segments that have not ended, ascending."""
        alive = BitMap()
        for segment in segments:
            alive.add_range(segment.first, segment.end)
        return doc_array(alive - self.dead).astype(np.int64)

    def docs_of(self, idents: Numbers) -> tuple[Numbers, Numbers]:
        """(positions in `idents`, documents), dead ones included."""
        low = np.searchsorted(self.idents, idents)
        counts = np.searchsorted(self.idents, idents, side="right") - low
        positions = np.repeat(np.arange(len(idents)), counts)
        offsets = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        return positions, self.docs[np.repeat(low, counts) + offsets]

    def ended_by(self, replaced: Sequence[int], shards: Numbers, idents: Numbers) -> BitMap:
        """Living documents that end when shards are replaced and (shard, ident) pairs touched."""
        positions, docs = self.docs_of(idents)
        same_shard = self.shards[docs] == shards[positions]
        ended = bitmap_of(docs[same_shard].astype(np.uint32))
        if replaced:
            whole = np.flatnonzero(np.isin(self.shards, np.array(replaced)))
            ended |= bitmap_of(whole.astype(np.uint32))
        return ended - self.dead

    def idents_of(self, segment: Segment) -> Numbers:
        """The ident of each document of a segment."""
        is_here = (self.docs >= segment.first) & (self.docs < segment.end)
        idents = np.zeros(segment.entries, np.int64)
        idents[self.docs[is_here] - segment.first] = self.idents[is_here]
        return idents

    def base_order(self) -> tuple[Numbers, Numbers]:
        """(popularity, ident) of the base's documents, in document order (which is their order)."""
        return self.popularity[: self.base.entries], self.idents_of(self.base)


def places_in(base: tuple[Numbers, Numbers], popularity: Numbers, idents: Numbers) -> Numbers:
    """How many base documents come before each row: more popular, or as popular by ident."""
    base_popularity, base_idents = base
    low = np.searchsorted(-base_popularity, -popularity, side="left")
    high = np.searchsorted(-base_popularity, -popularity, side="right")
    places = low.copy()
    for row in np.flatnonzero(high > low).tolist():
        a, b = int(low[row]), int(high[row])
        places[row] = a + int(np.searchsorted(base_idents[a:b], idents[row]))
    return places
