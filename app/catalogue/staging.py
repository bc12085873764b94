# SPDX-License-Identifier: GPL-3.0-or-later
"""What an import has brought so far and has not published: new rows, and which old ones end."""

import shutil
import uuid
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from app.base.errors import known_os_error
from app.catalogue.errors import CatalogueFullError
from app.catalogue.generations import STAGING_PREFIX
from app.catalogue.records import (
    BookKey,
    book_key,
    clamp_popularity,
    day_of,
    ident_of,
    is_offline,
    kind_of,
    make_record,
    tree_names,
)
from app.catalogue.rows import ROW, searchable_texts
from app.catalogue.spool import FRAME_ROWS, Frame, Spool
from app.region.entry import Entry

MAX_SHARDS: Final = 65_000
MAX_ENTRIES: Final = 50_000_000

NodeKey = tuple[int, str, str]  # textbook, unit, lesson
_Waiting = tuple[int, str, Entry]  # shard, region, entry


class Staging:
    """Rows and endings in the order in which they came; later ones win.

    Textbooks and tree nodes are numbered here from 0; the catalogue gives them its own numbers.
    """

    def __init__(self, folder: Path, held: Callable[[str], bool]) -> None:
        self._folder = folder / f"{STAGING_PREFIX}{uuid.uuid4().hex[:8]}"
        try:
            self._folder.mkdir(parents=True)
            self.spool = Spool(self._folder)
        except OSError as error:
            raise known_os_error(error, self._folder) from error
        self._held = held
        # Small shards share a frame: arrays of one row cost as much as arrays of a thousand.
        self._waiting: list[_Waiting] = []
        self.books: dict[BookKey, int] = {}
        self.nodes: dict[NodeKey, int] = {}
        self.replaced: dict[int, int] = {}  # shard: rows from this number on are its only ones
        self._deleted: list[tuple[int, int, int]] = []  # (shard, ident, row number then)

    @property
    def folder(self) -> Path:
        """Where this import may put its own files."""
        return self._folder

    @property
    def count(self) -> int:
        """Rows so far."""
        return self.spool.count + len(self._waiting)

    @property
    def is_empty(self) -> bool:
        return not (self.count or self.replaced or self._deleted)

    def replace_shard(self, shard: int) -> None:
        """End every row of the shard so far, here and in the catalogue."""
        self.replaced[shard] = self.count

    def delete(self, shard: int, region_id: str, entry_ids: Iterable[str]) -> None:
        now = self.count
        self._deleted += [(shard, ident_of(region_id, item), now) for item in entry_ids]

    def add(self, shard: int, region_id: str, entries: Iterable[Entry]) -> None:
        """Rows for entries, with whatever an earlier row of the same shard and id held ended."""
        if shard > MAX_SHARDS:
            raise CatalogueFullError(what="shards", limit=MAX_SHARDS)
        for entry in entries:
            self._waiting.append((shard, region_id, entry))
            if len(self._waiting) == FRAME_ROWS:
                self._flush()
        if self.count > MAX_ENTRIES:
            raise CatalogueFullError(what="entries", limit=MAX_ENTRIES)

    def _flush(self) -> None:
        """Write the rows that wait for a whole frame."""
        try:
            self.spool.append(self._frame(self._waiting))
        except OSError as error:
            raise known_os_error(error, self._folder) from error
        self._waiting = []

    def _frame(self, waiting: Sequence[_Waiting]) -> Frame:
        entries = [entry for _, _, entry in waiting]
        names, texts = searchable_texts(entries)
        return Frame(
            np.array([self._row(*one) for one in waiting], ROW),
            [name.encode() for name in names],
            [text.encode() for text in texts],
            [make_record(entry) for entry in entries],
        )

    def _row(self, shard: int, region_id: str, entry: Entry) -> tuple[int, ...]:
        book = self.books.setdefault(book_key(region_id, entry), len(self.books))
        node = self.nodes.setdefault((book, *tree_names(entry)), len(self.nodes))
        older = entry.supersedes
        return (
            clamp_popularity(entry.popularity),
            ident_of(region_id, entry.id),
            ident_of(region_id, older) if older and older != entry.id else 0,
            shard,
            book,
            node,
            kind_of(entry),
            day_of(entry.updated or entry.created),
            is_offline(entry, self._held),
        )

    # --- what it comes to

    def living(self) -> npt.NDArray[np.int64]:
        """Numbers of the rows that are still the last word on their shard and id."""
        if self._waiting:
            self._flush()
        shards, idents = self.spool.column("shard"), self.spool.column("ident")
        numbers = np.arange(len(shards))
        deleted = np.array(self._deleted, np.int64).reshape(-1, 3)
        # A deletion comes after the rows that were there and before the next one.
        moments = np.concatenate((2 * numbers + 1, 2 * deleted[:, 2]))
        all_shards = np.concatenate((shards, deleted[:, 0]))
        all_idents = np.concatenate((idents, deleted[:, 1]))
        order = np.lexsort((moments, all_idents, all_shards))
        is_last = np.ones(len(order), np.bool_)
        is_last[:-1] = (all_idents[order][1:] != all_idents[order][:-1]) | (
            all_shards[order][1:] != all_shards[order][:-1]
        )
        last = order[is_last]
        last = np.sort(last[last < len(shards)])
        for shard, first in self.replaced.items():
            last = last[(shards[last] != shard) | (last >= first)]
        return last

    def touched(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """(shards, idents) of every row that ends if the catalogue has it."""
        if self._waiting:
            self._flush()
        deleted = np.array(self._deleted, np.int64).reshape(-1, 3)
        shards = np.concatenate((self.spool.column("shard"), deleted[:, 0]))
        return shards, np.concatenate((self.spool.column("ident"), deleted[:, 1]))

    def close(self) -> None:
        self.spool.close()
        shutil.rmtree(self._folder, ignore_errors=True)
