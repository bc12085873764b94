# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings shards into the catalogue. The agent's main thread alone uses it.

Changes are staged beside the catalogue; `finish` publishes them all at once, as one more segment
or, where much has changed, as a new generation. A kill at any moment leaves the previous catalogue.
"""

import gc
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Final, Self

import numpy as np
from pyroaring import BitMap

from app.base import files
from app.base.errors import KnownError, known_os_error
from app.base.paths import DataPaths
from app.catalogue import generations
from app.catalogue.builder import ShardRow, build_generation
from app.catalogue.carrying import carried_frames
from app.catalogue.errors import CatalogueDamagedError, DeltaGapError
from app.catalogue.fetch import find_documents
from app.catalogue.ledger import Ledger
from app.catalogue.postings import pack_bitmap, unpack
from app.catalogue.query import EntryKey
from app.catalogue.records import ident_of
from app.catalogue.restoring import BundleSource, ShardSource, restore
from app.catalogue.staging import Staging
from app.catalogue.store import Segment, Store
from app.catalogue.update import append_segment
from app.catalogue.verify import verify
from app.region.delta_bundle import Section
from app.region.shard import DeltaReader, SnapshotReader

# Four weekly deltas cost a search half as much again; merging them takes half a second.
MAX_DELTA_SEGMENTS: Final = 4
# New and ended entries beyond these numbers are numbered by popularity anew with all others.
REBUILD_AT_LEAST: Final = 500
REBUILD_AT_MOST: Final = 20_000
REBUILD_SHARE: Final = 0.05


class CatalogueWriter:
    """The one writer of a data directory's catalogue."""

    def __init__(self, paths: DataPaths, held: Callable[[str], bool]) -> None:
        self._paths = paths
        self._folder = paths.catalogue_dir
        self._held = held
        self._store: Store | None = None
        self._shards: dict[tuple[str, str], list[int]] = {}  # key: [number, serial]
        self._staging: Staging | None = None
        self._removed: list[int] = []
        self.damage: CatalogueDamagedError | None = None
        self._load()

    @classmethod
    def open(cls, paths: DataPaths, held: Callable[[str], bool]) -> Self:
        """Open for writing; `held` says whether a blob is on this machine.

        Where the current catalogue cannot be read, `damage` says so, no shard is here, and
        `rebuild` (or importing everything) makes it anew.
        """
        try:
            paths.catalogue_dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise known_os_error(error, paths.catalogue_dir) from error
        generations.sweep(paths.catalogue_dir)
        return cls(paths, held)

    def _load(self) -> None:
        self._shards = {}
        generation = generations.current_generation(self._folder)
        if generation is None:
            return
        path = generations.generation_file(self._folder, generation)
        try:
            self._store = Store.open_writer(path)
            self._shards = {(row[1], row[2]): [row[0], row[3]] for row in self._store.shards()}
        except CatalogueDamagedError as error:
            self._store, self.damage = None, error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Forget what is staged and not published."""
        if self._staging is not None:
            self._staging.close()
            self._staging = None
        if self._store is not None:
            self._store.close()
            self._store = None

    def verify(self) -> bool:
        """Read everything and see whether it can be decoded; if not, `damage` says so.

        For quiet times: it reads the whole file.
        """
        if self._store is not None:
            try:
                verify(self._store)
            except CatalogueDamagedError as error:
                self.damage = error
        return self.damage is None

    # --- staging

    def serial_of(self, region_id: str, shard_id: str) -> int | None:
        """The serial of a shard with everything staged so far; None where it is not here."""
        found = self._shards.get((region_id, shard_id))
        return None if found is None else found[1]

    def shards_of(self, region_id: str) -> dict[str, int]:
        """Shard id to serial of a region."""
        return {key[1]: value[1] for key, value in self._shards.items() if key[0] == region_id}

    def size(self) -> int:
        """Rows in the current catalogue, those that have ended included."""
        return 0 if self._store is None else sum(one.entries for one in self._store.segments())

    def apply_snapshot(self, region_id: str, reader: SnapshotReader) -> None:
        """Stage a shard's whole content in place of what it held.

        Raises ShardDamagedError from the reader; then nothing of the shard is staged.
        """
        with _without_collection():
            frames = self._staged().read(region_id, reader.rows)
            number = self._shard_number(region_id, reader.key.shard_id, reader.serial)
            self._staged().replace_shard(number)
            self._staged().add(frames, number)

    def apply_delta(self, region_id: str, reader: DeltaReader) -> None:
        """Stage a delta.

        Raises:
            DeltaGapError: it does not start where the shard is.
            ShardDamagedError: from the reader; nothing of the delta is staged.
        """
        shard_id = reader.key.shard_id
        expected = self.serial_of(region_id, shard_id)
        if expected != reader.from_serial:
            raise DeltaGapError(shard_id=shard_id, expected=expected, found=reader.from_serial)
        frames = self._staged().read(region_id, reader.upserts)
        number = self._shard_number(region_id, shard_id, reader.to_serial)
        self._staged().delete(number, region_id, reader.deleted_ids)
        self._staged().add(frames, number)

    def apply_section(self, region_id: str, section: Section, shard_ids: Collection[str]) -> int:
        """Stage what a bundle brings for those of these shards that are where it starts.

        Returns how many entries are new, changed or gone.

        Raises ShardDamagedError: from the reader; nothing is staged.
        """
        chosen = [
            place
            for place, delta in enumerate(section.deltas)
            if delta.shard_id in shard_ids
            and self.serial_of(region_id, delta.shard_id) == delta.from_serial
        ]
        if not chosen:
            return 0
        places = section.rows.places()
        rows = np.flatnonzero(np.isin(places, chosen))
        with _without_collection():
            frames = self._staged().read(region_id, section.rows, rows)
        numbers = np.zeros(len(section.deltas), np.int64)
        for place in chosen:
            delta, deleted = section.deltas[place], section.deleted_ids[place]
            numbers[place] = self._shard_number(region_id, delta.shard_id, delta.to_serial)
            self._staged().delete(int(numbers[place]), region_id, deleted)
        self._staged().add(frames, numbers[places[rows]])
        return len(rows) + sum(section.deltas[place].deleted for place in chosen)

    def remove_shard(self, region_id: str, shard_id: str) -> None:
        """Stage the end of a shard and all its entries."""
        found = self._shards.pop((region_id, shard_id), None)
        if found is not None:
            self._staged().replace_shard(found[0])
            self._removed.append(found[0])

    def remove_region(self, region_id: str) -> None:
        """Stage the end of everything of a region."""
        for shard_id in self.shards_of(region_id):
            self.remove_shard(region_id, shard_id)

    def _staged(self) -> Staging:
        if self._staging is None:
            self._staging = Staging(self._folder, self._held)
        return self._staging

    def _shard_number(self, region_id: str, shard_id: str, serial: int) -> int:
        key = (region_id, shard_id)
        if key not in self._shards:
            used = {value[0] for value in self._shards.values()} | set(self._removed)
            self._shards[key] = [max(used, default=0) + 1, serial]
        self._shards[key][1] = serial
        return self._shards[key][0]

    def _shard_rows(self) -> list[ShardRow]:
        return [(value[0], *key, value[1]) for key, value in self._shards.items()]

    # --- publishing

    def finish(self) -> None:
        """Publish everything staged, at once. Readers see all of it or nothing.

        Raises:
            CatalogueDamagedError: the current catalogue cannot be read; `rebuild` it.
            DiskFullError, ReadOnlyError: nothing is published, the last good catalogue stays.
        """
        staging = self._staging
        if staging is None:
            return
        if staging.is_empty:
            staging.close()
            self._staging = None
            return
        try:
            self._publish(staging)
        except CatalogueDamagedError as error:
            self.damage = error
            raise
        except OSError as error:
            raise known_os_error(error, self._folder) from error
        staging.close()
        self._staging = None
        self._removed = []

    def _publish(self, staging: Staging) -> None:
        if self._store is None:
            self._publish_generation(staging)
            return
        with self._store.checked():
            self._publish_change(staging, self._store)

    def _publish_change(self, staging: Staging, store: Store) -> None:
        ledger = Ledger(store)
        ended = ledger.ended_by(list(staging.replaced), *staging.touched())
        deltas = ledger.segments[1:]
        loose = staging.count + len(ledger.dead | ended)
        loose += sum(segment.entries for segment in deltas)
        if loose > most_loose(ledger.living):
            self._carry(staging, store, ledger, ended, ledger.segments)
            del ledger  # of four million entries 70 MB
            self._publish_generation(staging)
            return
        merged = deltas if len(deltas) >= MAX_DELTA_SEGMENTS else []
        if merged:
            self._carry(staging, store, ledger, ended, merged)
        append_segment(store, staging, ledger, ended, merged, self._shard_rows())

    def _publish_generation(self, staging: Staging) -> None:
        building = staging.folder / "building.db"
        building.unlink(missing_ok=True)
        build_generation(building, staging, self._shard_rows())
        generation = generations.next_generation(self._folder)
        files.publish_file(building, generations.generation_file(self._folder, generation))
        if self._store is not None:
            self._store.close()
            self._store = None
        generations.make_current(self._folder, generation)
        generations.sweep_generations(self._folder)
        self._load()

    def _carry(
        self,
        staging: Staging,
        store: Store,
        ledger: Ledger,
        ended: BitMap,
        segments: Iterable[Segment],
    ) -> None:
        """Stage again every living row of these segments that the import does not end."""
        for segment in segments:
            docs = ledger.living_docs([segment])
            docs = docs[~np.isin(docs, np.array(ended, np.int64))]
            staging.add(carried_frames(store, segment, docs, ledger, staging))

    # --- what is on this machine

    def set_offline(self, keys: Iterable[EntryKey], is_offline: bool) -> None:
        """Say of entries that their files came or went; readers see it with their next search."""
        if self._store is None:
            return
        idents = [ident_of(key.region_id, key.entry_id) for key in keys]
        if not idents:
            return
        docs = find_documents(self._store, self._store.segments(), idents)
        changed = BitMap(docs) - unpack(self._store.meta("dead"))
        offline = unpack(self._store.meta("offline"))
        after = offline | changed if is_offline else offline - changed
        if after != offline:
            with self._store.writing():
                self._store.put_meta("offline", pack_bitmap(after))

    # --- starting over

    def rebuild(
        self, sources: Iterable[ShardSource], bundles: Iterable[BundleSource] = ()
    ) -> list[KnownError]:
        """Make the catalogue anew from verified files; the old one serves until that is done.

        What cannot be read is left out and returned: a snapshot with its whole shard (`serial_of`
        is then None), a delta with those behind it.
        """
        self.close()
        self._shards, self._removed, self.damage = {}, [], None
        problems = restore(self, sources, bundles)
        staging = self._staged()
        self._publish_generation(staging)
        staging.close()
        self._staging = None
        return problems


def most_loose(living: int) -> float:
    """How many rows outside the base's order (or ended in it) cost less than a new base."""
    return max(REBUILD_AT_LEAST, min(living, REBUILD_AT_MOST), REBUILD_SHARE * living)


@contextmanager
def _without_collection() -> Iterator[None]:
    """Entries make no reference cycles, and looking for some takes a third of an import."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
