# SPDX-License-Identifier: GPL-3.0-or-later
"""All documents of a generation as its writer sees them: identity, shard, order, life.

Of four million documents that is 70 MB; nothing is sorted, because every segment already is.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from app.catalogue.columns import unpack_column
from app.catalogue.postings import bitmap_of, doc_array, unpack
from app.catalogue.segment import IDENT_PAIR
from app.catalogue.store import Segment, Store

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Part:
    """One segment: its idents, sorted, with their documents; and the shard of each document."""

    idents: Numbers
    docs: npt.NDArray[np.uint32]
    shards: npt.NDArray[np.uint16]

    @classmethod
    def read(cls, store: Store, segment: Segment) -> "_Part":
        pairs = np.frombuffer(b"".join(store.ident_blocks(segment.segment)), IDENT_PAIR)
        shards = np.asarray(unpack_column(store.column("shard", segment.segment), segment.entries))
        return cls(pairs["ident"].astype(np.int64), pairs["doc"].copy(), shards.astype(np.uint16))


class Ledger:
    """Valid inside the transaction in which it is made."""

    def __init__(self, store: Store, before: "Ledger | None" = None) -> None:
        """`before` is an earlier ledger of the same file, whose segments are not read again."""
        self._store = store
        self.segments = store.segments()
        self.dead = unpack(store.meta("dead"))
        known = before._parts if before else {}
        self._parts: dict[int, _Part] = {
            segment.segment: known.get(segment.segment) or _Part.read(store, segment)
            for segment in self.segments
        }
        self.shards = np.concatenate([part.shards for part in self._parts.values()])

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
        positions, docs = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for part in self._parts.values():
            low = np.searchsorted(part.idents, idents)
            counts = np.searchsorted(part.idents, idents, side="right") - low
            positions.append(np.repeat(np.arange(len(idents)), counts))
            offsets = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
            docs.append(part.docs[np.repeat(low, counts) + offsets].astype(np.int64))
        return np.concatenate(positions), np.concatenate(docs)

    def ended_by(self, replaced: Sequence[int], shards: Numbers, idents: Numbers) -> BitMap:
        """Living documents that end when shards are replaced and (shard, ident) pairs touched."""
        positions, docs = self.docs_of(idents)
        same_shard = self.shards[docs] == shards[positions]
        ended = bitmap_of(docs[same_shard])
        if replaced:
            whole = np.flatnonzero(np.isin(self.shards, np.array(replaced)))
            ended |= bitmap_of(whole)
        return ended - self.dead

    def idents_of(self, segment: Segment) -> Numbers:
        """The ident of each document of a segment."""
        part = self._parts[segment.segment]
        idents = np.empty(segment.entries, np.int64)
        idents[part.docs - np.uint32(segment.first) if segment.first else part.docs] = part.idents
        return idents

    def all_idents(self) -> Numbers:
        """The ident of every document."""
        return np.concatenate([self.idents_of(segment) for segment in self.segments])

    def base_order(self) -> tuple[Numbers, Numbers]:
        """(popularity, ident) of the base's documents, in document order (which is their order)."""
        raw = self._store.column("popularity", 0)
        return np.asarray(unpack_column(raw, self.base.entries)), self.idents_of(self.base)


def places_in(base: tuple[Numbers, Numbers], popularity: Numbers, idents: Numbers) -> Numbers:
    """How many base documents come before each row: more popular, or as popular by ident."""
    base_popularity, base_idents = base
    count, rising = len(base_popularity), base_popularity[::-1].astype(np.uint32)
    wanted = popularity.astype(np.uint32)  # of one kind: a cast of four million costs more
    low = count - np.searchsorted(rising, wanted, side="right")
    high = count - np.searchsorted(rising, wanted, side="left")
    places = low.copy()
    for row in np.flatnonzero(high > low).tolist():
        # One slice and one search by NumPy for each of 6,000 rows take ten times as long.
        places[row] = bisect_left(base_idents, idents[row], int(low[row]), int(high[row]))
    return places
