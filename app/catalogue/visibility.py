# SPDX-License-Identifier: GPL-3.0-or-later
"""Which documents a search does not show: superseded ones, and second copies of an entry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from app.catalogue.postings import bitmap_of

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Hidden:
    """`copies` are never shown; `superseded` are left out of searches, but can be opened."""

    copies: BitMap
    superseded: BitMap


def find_hidden(
    idents: Numbers, docs: Numbers, shard_ranks: Numbers, newer: Sequence[tuple[int, int]]
) -> Hidden:
    """`idents` are sorted, with the living `docs` that bear them and the rank of their shards.

    An entry that two shards hold (between two deltas of a move) shows the one of the shard that
    comes last. `newer` pairs a living document with the ident it supersedes. A chain hides all but
    its newest entry; in a circle, where there is no newest, nothing is hidden.
    """
    copies = _copies(idents, docs, shard_ranks)
    ident_of = dict(zip(docs.tolist(), idents.tolist(), strict=True)) if newer else {}
    later: dict[int, set[int]] = {}
    for doc, older in newer:
        if doc in ident_of and doc not in copies and ident_of[doc] != older:
            later.setdefault(ident_of[doc], set()).add(older)
    reached = np.array(sorted(_reached(later)), np.int64)
    low = np.searchsorted(idents, reached)
    high = np.searchsorted(idents, reached, side="right")
    parts = [docs[a:b] for a, b in zip(low.tolist(), high.tolist(), strict=True)]
    hidden = np.concatenate(parts) if parts else np.zeros(0, np.int64)
    return Hidden(copies, bitmap_of(hidden.astype(np.uint32)))


def _copies(idents: Numbers, docs: Numbers, shard_ranks: Numbers) -> BitMap:
    is_repeated = np.zeros(len(idents), np.bool_)
    is_repeated[1:] = idents[1:] == idents[:-1]
    copies = BitMap()
    for place in np.flatnonzero(is_repeated & ~np.append(is_repeated[1:], False)).tolist():
        low = int(np.searchsorted(idents, idents[place]))
        group = range(low, place + 1)
        winner = max(group, key=lambda item: (int(shard_ranks[item]), int(docs[item])))
        copies.update(int(docs[item]) for item in group if item != winner)
    return copies


def _reached(older_of: Mapping[int, set[int]]) -> set[int]:
    """Every ident that some newest entry supersedes, directly or through others."""
    superseded = {ident for idents in older_of.values() for ident in idents}
    waiting = [ident for ident in older_of if ident not in superseded]
    reached: set[int] = set()
    while waiting:
        for ident in older_of.get(waiting.pop(), ()):
            if ident not in reached:
                reached.add(ident)
                waiting.append(ident)
    return reached
