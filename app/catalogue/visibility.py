# SPDX-License-Identifier: GPL-3.0-or-later
"""Which documents a search does not show: superseded ones, and second copies of an entry."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from app.catalogue.postings import bitmap_of

Numbers = npt.NDArray[np.int64]


def find_copies(idents: Numbers, docs: Numbers, shard_ranks: Numbers) -> BitMap:
    """Documents that are never shown: an entry that two shards hold (between two deltas of a
    move) shows the one of the shard that comes last. All given documents live."""
    order = np.lexsort((docs, shard_ranks, idents))
    ordered = idents[order]
    is_copy = np.zeros(len(order), np.bool_)
    is_copy[:-1] = ordered[:-1] == ordered[1:]
    return bitmap_of(docs[order][is_copy])


def find_superseded(
    newer: Sequence[tuple[int, int]],
    hidden: BitMap,
    ident_of: Callable[[], Numbers],
    docs_of: Callable[[Numbers], Numbers],
) -> BitMap:
    """Documents that searches leave out, but that can be opened.

    `newer` pairs a document with the ident it supersedes; `hidden` ones (dead or copies) do not
    count. A chain hides all but its newest entry; in a circle, where there is no newest, nothing.
    """
    pairs = np.array([pair for pair in newer if pair[0] not in hidden], np.int64).reshape(-1, 2)
    if not len(pairs):
        return BitMap()
    own = ident_of()[pairs[:, 0]]
    later: dict[int, set[int]] = {}
    for ident, older in zip(own.tolist(), pairs[:, 1].tolist(), strict=True):
        if ident != older:
            later.setdefault(ident, set()).add(older)
    return bitmap_of(docs_of(np.array(sorted(_reached(later)), np.int64)))


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
