# SPDX-License-Identifier: GPL-3.0-or-later
"""Stages again what is already in the catalogue, as it is stored, without making entries of it."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from app.catalogue.builder import codecs_of
from app.catalogue.columns import unpack_column
from app.catalogue.fetch import BlockReader
from app.catalogue.ledger import Ledger
from app.catalogue.postings import unpack
from app.catalogue.records import FIXED_BYTES, names_of
from app.catalogue.spool import FRAME_ROWS, ROW, Frame
from app.catalogue.staging import Staging
from app.catalogue.store import Segment, Store

Numbers = npt.NDArray[np.int64]


def carried_frames(
    store: Store, segment: Segment, docs: Numbers, ledger: Ledger, staging: Staging
) -> Iterator[Frame]:
    """The rows of some documents of a segment, under the staging's numbers."""
    books = [staging.books.setdefault(book, len(staging.books)) for book in store.books()]
    columns: dict[str, npt.NDArray[Any]] = {
        name: np.asarray(unpack_column(store.column(name, segment.segment), segment.entries))
        for name in ("book", "kind", "day", "shard", "popularity")
    }
    columns["ident"], columns["older"] = ledger.idents_of(segment), _older(store, segment)
    columns["is_offline"] = np.zeros(segment.entries, np.uint8)
    offline = np.array(unpack(store.meta("offline")), np.int64)
    offline = offline[(offline >= segment.first) & (offline < segment.end)]
    columns["is_offline"][offline - segment.first] = 1
    reader = BlockReader(store, codecs_of(store), [segment])
    for start in range(0, len(docs), FRAME_ROWS):
        part = docs[start : start + FRAME_ROWS]
        wanted = part.tolist()
        texts, records = reader.texts(wanted), reader.records(wanted)
        picked = np.zeros(len(part), ROW)
        for name, column in columns.items():
            picked[name] = column[part - segment.first]
        picked["book"] = np.array(books, np.uint32)[picked["book"]]
        names = [names_of(texts[doc]) for doc in wanted]
        nodes = zip(picked["book"].tolist(), names, strict=True)
        picked["node"] = [
            staging.nodes.setdefault((book, *name), len(staging.nodes)) for book, name in nodes
        ]
        fixed = b"".join(records[doc][0] for doc in wanted)
        yield Frame(
            picked,
            np.frombuffer(fixed, np.uint8).reshape(-1, FIXED_BYTES),
            [texts[doc] for doc in wanted],
            [records[doc][1] for doc in wanted],
        )


def _older(store: Store, segment: Segment) -> npt.NDArray[np.uint64]:
    """What each document of the segment supersedes; 0 for nothing."""
    older = np.zeros(segment.entries, np.uint64)
    for doc, ident in store.newer():
        if segment.first <= doc < segment.end:
            older[doc - segment.first] = ident
    return older
