# SPDX-License-Identifier: GPL-3.0-or-later
"""What an import has brought so far and has not published: new rows, and which old ones end."""

import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from app.base.errors import known_os_error
from app.catalogue.errors import CatalogueFullError
from app.catalogue.generations import STAGING_PREFIX
from app.catalogue.records import BookKey, ident_of
from app.catalogue.rows import NodeKey, Numbering, frames_of
from app.catalogue.spool import Frame, Spool
from app.region.rows import EntryRows

MAX_SHARDS: Final = 65_000
MAX_ENTRIES: Final = 50_000_000


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
        self._numbering = Numbering({}, {})
        self.replaced: dict[int, int] = {}  # shard: rows from this number on are its only ones
        self._deleted: list[tuple[int, int, int]] = []  # (shard, ident, row number then)
        self._distinct = (0, True)  # of how many rows, and whether their idents are

    @property
    def folder(self) -> Path:
        """Where this import may put its own files."""
        return self._folder

    @property
    def books(self) -> dict[BookKey, int]:
        return self._numbering.books

    @property
    def nodes(self) -> dict[NodeKey, int]:
        return self._numbering.nodes

    @property
    def count(self) -> int:
        """Rows so far."""
        return self.spool.count

    @property
    def is_empty(self) -> bool:
        return not (self.count or self.replaced or self._deleted)

    def replace_shard(self, shard: int) -> None:
        """End every row of the shard so far, here and in the catalogue."""
        self.replaced[shard] = self.count

    def delete(self, shard: int, region_id: str, entry_ids: Iterable[str]) -> None:
        now = self.count
        self._deleted += [(shard, ident_of(region_id, item), now) for item in entry_ids]

    def read(
        self, region_id: str, source: EntryRows, wanted: npt.NDArray[np.int64] | None = None
    ) -> Iterator[Frame]:
        """Rows for entries, or for those `wanted` by number.

        Raises ShardDamagedError at once, before there is any row.
        """
        return frames_of(source, region_id, self._numbering, self._held, wanted)

    def add(
        self, frames: Iterable[Frame], shard: int | npt.NDArray[np.int64] | None = None
    ) -> None:
        """Stage rows; whatever an earlier row of the same shard and id held has ended.

        `shard` is that of all rows, or of each.
        """
        if shard is not None and np.max(shard, initial=0) > MAX_SHARDS:
            raise CatalogueFullError(what="shards", limit=MAX_SHARDS)
        start = 0
        try:
            for frame in frames:
                if isinstance(shard, np.ndarray):
                    frame.rows["shard"] = shard[start : start + len(frame)]
                elif shard is not None:
                    frame.rows["shard"] = shard
                start += len(frame)
                self.spool.append(frame)
        except OSError as error:
            raise known_os_error(error, self._folder) from error
        if self.count > MAX_ENTRIES:
            raise CatalogueFullError(what="entries", limit=MAX_ENTRIES)

    # --- what it comes to

    def living(self) -> npt.NDArray[np.int64]:
        """Numbers of the rows that are still the last word on their shard and id."""
        kept = self.spool.packed_column
        if not self._deleted and self.has_distinct_idents():
            return self._without_replaced(np.arange(self.count), kept("shard"))
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
        return self._without_replaced(last, shards)

    def has_distinct_idents(self) -> bool:
        """Whether no row bears the ident of another."""
        count, answer = self._distinct
        if count != self.count:  # sorting four million takes 32 MB
            answer = _are_distinct(self.spool.packed_column("ident"))
            self._distinct = self.count, answer
        return answer

    def _without_replaced(
        self, rows: npt.NDArray[np.int64], shards: npt.NDArray[np.integer]
    ) -> npt.NDArray[np.int64]:
        """Rows that came after the last snapshot of their shard."""
        if not self.replaced:
            return rows
        first = np.zeros(max(int(shards.max(initial=0)), *self.replaced) + 1, np.int64)
        for shard, row in self.replaced.items():
            first[shard] = row
        kept: npt.NDArray[np.int64] = rows[rows >= first[shards[rows]]]
        return kept

    def touched(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """(shards, idents) of every row that ends if the catalogue has it."""
        deleted = np.array(self._deleted, np.int64).reshape(-1, 3)
        shards = np.concatenate((self.spool.column("shard"), deleted[:, 0]))
        return shards, np.concatenate((self.spool.column("ident"), deleted[:, 1]))

    def close(self) -> None:
        self.spool.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _are_distinct(idents: npt.NDArray[np.integer]) -> bool:
    """Whether no ident is there twice."""
    ordered = np.sort(idents)
    return not bool((ordered[1:] == ordered[:-1]).any())
