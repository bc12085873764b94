# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent's side of the cache: rows about blobs, partial files, pins and eviction."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from app.base import files
from app.base.clock import Clock
from app.base.db import Database, Migrations, transaction
from app.base.errors import CancelledError, DiskFullError, known_os_error
from app.base.paths import DataPaths
from app.cache.errors import BlobMismatchError
from app.cache.partial import PartialBlob
from app.cache.quota import Holding, choose_evictions, default_quota_bytes, reserve_bytes
from app.cache.watch import WatchedBlobs
from app.region.layout import blob_path

MIGRATIONS = Migrations("kezhan.cache")
logger = logging.getLogger(__name__)
_COPY_BYTES = 1 << 20
# A stick whose copying was cut is often back the next day, and then goes on where it stopped.
_ABANDONED_AFTER_S = 36 * 3600.0

Key = tuple[str, str]  # (region_id, entry_id)


@MIGRATIONS(name="001_blobs")
def _blobs(database: Database) -> None:
    database.execute(
        "CREATE TABLE blob(sha256 TEXT PRIMARY KEY, size_bytes INTEGER NOT NULL,"
        " used_at REAL NOT NULL, scrubbed_at REAL NOT NULL DEFAULT 0) WITHOUT ROWID"
    )
    database.execute(
        "CREATE TABLE blob_entry(sha256 TEXT NOT NULL, region_id TEXT NOT NULL,"
        " entry_id TEXT NOT NULL, PRIMARY KEY(sha256, region_id, entry_id)) WITHOUT ROWID"
    )
    database.execute(
        "CREATE TABLE pin(region_id TEXT NOT NULL, entry_id TEXT NOT NULL, reason TEXT NOT NULL,"
        " PRIMARY KEY(region_id, entry_id, reason)) WITHOUT ROWID"
    )
    database.execute(
        "CREATE TABLE partial(sha256 TEXT PRIMARY KEY, size_bytes INTEGER NOT NULL,"
        " piece_bytes INTEGER NOT NULL, done BLOB NOT NULL) WITHOUT ROWID"
    )


@MIGRATIONS(name="002_times")
def _times(database: Database) -> None:
    # 0: not known yet.
    database.execute("ALTER TABLE blob ADD COLUMN mtime_ns INTEGER NOT NULL DEFAULT 0")


class BlobStore(WatchedBlobs):
    """Everything the agent does with blobs; only its main thread calls it."""

    def __init__(
        self, database: Database, paths: DataPaths, shelves: Sequence[Path], clock: Clock
    ) -> None:
        super().__init__(database, paths, shelves, clock)
        self.keys_in_use: Callable[[], Collection[Key]] = tuple
        """Entries that eviction must spare now: on the screen, or in a lesson list."""

    def used_bytes(self) -> int:
        """Bytes of all whole blobs in the cache (shelves not counted)."""
        row = self._db.execute("SELECT coalesce(sum(size_bytes), 0) FROM blob").fetchone()
        return int(row[0])

    def begin(self, sha256: str, size_bytes: int, piece_bytes: int = 0) -> PartialBlob:
        """Start or continue a blob.

        Raises:
            DiskFullError: it would eat into the space that the system needs.
        """
        path = self._part_path(sha256)
        row = self._db.execute(
            "SELECT done FROM partial WHERE sha256=? AND size_bytes=? AND piece_bytes=?",
            [sha256, size_bytes, piece_bytes],
        ).fetchone()
        partial = PartialBlob(path, sha256, size_bytes, piece_bytes)
        if row is not None and path.exists():
            partial.done = _unpack(row[0])
        _make_folder_of(path)
        _require_room(size_bytes - partial.prefix_bytes, path)
        self.record(partial)
        return partial

    def record(self, partial: PartialBlob) -> None:
        """Write down which pieces are verified; their bytes are made durable first."""
        if partial.done:
            partial.flush()
        with transaction(self._db):
            self._db.execute(
                "INSERT OR REPLACE INTO partial VALUES(?, ?, ?, ?)",
                [partial.sha256, partial.size_bytes, partial.piece_bytes, _pack(partial.done)],
            )

    def commit(self, partial: PartialBlob) -> Path:
        """Verify the whole file, give it its name, and record it.

        Raises:
            BlobMismatchError: the bytes are wrong; the partial file is emptied.
        """
        if partial.size_bytes == 0 and not partial.path.exists():
            partial.write_at(0, b"")
        if partial.prefix_bytes != partial.size_bytes or (
            files.sha256_file(partial.path) != partial.sha256
        ):
            self.discard(partial)
            raise BlobMismatchError(sha256=partial.sha256)
        final = self._final(partial.sha256)
        files.publish_file(partial.path, final)
        self._record_whole([(partial.sha256, partial.size_bytes)])
        return final

    def commit_verified(self, partials: Sequence[PartialBlob]) -> None:
        """Name and record blobs whose bytes were hashed while they were written here.

        Unlike `commit` it does not read them again; many are recorded in one commit.
        """
        root = self._paths.root
        files.publish_files([(one.path, f"{root}/{blob_path(one.sha256)}") for one in partials])
        self._record_whole([(one.sha256, one.size_bytes) for one in partials])

    def part_of(self, sha256: str, size_bytes: int) -> PartialBlob:
        """Where a small blob is collected that nobody resumes: without a row of its own.

        Raises:
            DiskFullError: it would eat into the space that the system needs.
        """
        (part,) = self.parts_of([(sha256, size_bytes)])
        return part

    def parts_of(self, wanted: Sequence[tuple[str, int]]) -> list[PartialBlob]:
        """`part_of` for blobs that arrive together: (sha256, size in bytes) of each.

        Raises:
            DiskFullError: they would eat into the space that the system needs.
        """
        parts = [PartialBlob(self._part_path(name), name, size, 0) for name, size in wanted]
        for path in {part.sha256[:2]: part.path for part in parts}.values():
            _make_folder_of(path)
        if parts:
            _require_room(sum(size for _, size in wanted), parts[0].path)
        return parts

    def discard(self, partial: PartialBlob) -> None:
        """Forget a partial blob, file and row."""
        partial.path.unlink(missing_ok=True)
        self._forget_partial(partial.sha256)

    def abandon(self, sha256: str) -> None:
        """Nobody wants a blob any more: what has arrived of it goes, file and row."""
        try:
            self._part_path(sha256).unlink(missing_ok=True)
        except OSError as error:  # somebody reads it just now
            logger.info("half a file goes later: %s", error)
            return
        self._forget_partial(sha256)

    def sweep_partials(self, wanted: Collection[str]) -> int:
        """Remove what half arrived, is not `wanted`, and was not touched for days; returns bytes.

        Whatever time the clock was set to meanwhile: far in the future is as long ago as the past.
        """
        now_s = self._clock.wall().timestamp()
        freed_bytes = 0
        for path in self._paths.blobs_dir.glob("??/*.part"):
            if path.stem in wanted:
                continue
            with suppress(OSError):  # in use or gone: the next sweep looks again
                found = path.stat()
                if abs(now_s - found.st_mtime) > _ABANDONED_AFTER_S:
                    path.unlink()
                    freed_bytes += found.st_size
        rows = self._db.execute("SELECT sha256 FROM partial").fetchall()
        empty = [row for row in rows if not self._part_path(row[0]).exists()]
        with transaction(self._db):
            self._db.conn.executemany("DELETE FROM partial WHERE sha256=?", empty)
        return freed_bytes

    def adopt(
        self, source: Path, sha256: str, size_bytes: int, is_cancelled: Callable[[], bool]
    ) -> Path:
        """Copy a file from a stick or folder into the cache; the source is closed afterwards.

        Raises:
            BlobMismatchError, CancelledError, DiskFullError, UnreadableFileError.
        """
        partial = self.begin(sha256, size_bytes)
        partial.truncate()
        try:
            with source.open("rb") as original, partial.path.open("wb") as copy:
                while chunk := original.read(_COPY_BYTES):
                    if is_cancelled():
                        raise CancelledError
                    copy.write(chunk)
        except OSError as error:
            self.discard(partial)
            raise known_os_error(error, source) from error
        except CancelledError:
            self.discard(partial)
            raise
        return self.commit(partial)

    def link(self, sha256: str, keys: Iterable[Key]) -> None:
        """Remember which entries a blob belongs to."""
        self.link_all({sha256: keys})

    def link_all(self, keys_of: Mapping[str, Iterable[Key]]) -> None:
        """`link` for many blobs in one commit."""
        with transaction(self._db):
            self._db.conn.executemany(
                "INSERT OR IGNORE INTO blob_entry VALUES(?, ?, ?)",
                [
                    (sha256, region_id, entry_id)
                    for sha256, keys in keys_of.items()
                    for region_id, entry_id in keys
                ],
            )

    def holders(self, sha256: str) -> tuple[Key, ...]:
        """The entries a blob belongs to."""
        rows = self._db.execute(
            "SELECT region_id, entry_id FROM blob_entry WHERE sha256=?", [sha256]
        )
        return tuple((row[0], row[1]) for row in rows)

    def pin(self, keys: Iterable[Key], reason: str = "teacher") -> None:
        """Keep the files of these entries whatever the quota says."""
        with transaction(self._db):
            self._db.conn.executemany(
                "INSERT OR IGNORE INTO pin VALUES(?, ?, ?)",
                [(region_id, entry_id, reason) for region_id, entry_id in keys],
            )

    def unpin(self, keys: Iterable[Key], reason: str = "teacher") -> None:
        """Take a pin back; other reasons to keep the entry stay."""
        with transaction(self._db):
            self._db.conn.executemany(
                "DELETE FROM pin WHERE region_id=? AND entry_id=? AND reason=?",
                [(region_id, entry_id, reason) for region_id, entry_id in keys],
            )

    def pinned(self) -> tuple[Key, ...]:
        """All pinned entries."""
        rows = self._db.execute("SELECT DISTINCT region_id, entry_id FROM pin ORDER BY 1, 2")
        return tuple((row[0], row[1]) for row in rows)

    def quota_bytes(self, chosen: int | None) -> int:
        """The chosen quota, or the default for this disk."""
        if chosen is not None:
            return chosen
        usage = shutil.disk_usage(self._paths.root)
        return default_quota_bytes(usage.free, self.used_bytes(), usage.total)

    def evict(self, excess_bytes: int, in_use: Collection[str] = ()) -> list[str]:
        """Free at least `excess_bytes` where possible; returns what went.

        Spared are pins, `in_use`, and the blobs of `keys_in_use`; a file that the system will not
        delete (it is open) counts as "later".
        """
        gone: list[str] = []
        spared = self._blobs_of(self.keys_in_use()).union(in_use)
        for holding in choose_evictions(self._holdings(spared), excess_bytes):
            try:
                self._final(holding.sha256).unlink(missing_ok=True)
            except OSError:
                continue
            gone.append(holding.sha256)
        self._forget(gone)
        return gone

    def _forget_partial(self, sha256: str) -> None:
        with transaction(self._db):
            self._db.execute("DELETE FROM partial WHERE sha256=?", [sha256])

    def _part_path(self, sha256: str) -> Path:
        return Path(f"{self._paths.root}/{blob_path(sha256)}.part")

    def _blobs_of(self, keys: Collection[Key]) -> set[str]:
        rows = self._db.execute("SELECT sha256, region_id, entry_id FROM blob_entry")
        wanted = frozenset(keys)
        return {row[0] for row in rows if (row[1], row[2]) in wanted} if wanted else set()

    def _holdings(self, in_use: Collection[str]) -> Iterator[Holding]:
        rows = self._db.execute(
            "SELECT b.sha256, b.size_bytes, b.used_at, EXISTS(SELECT 1 FROM blob_entry e"
            " JOIN pin p ON p.region_id=e.region_id AND p.entry_id=e.entry_id"
            " WHERE e.sha256=b.sha256) FROM blob b"
        ).fetchall()
        for sha256, size_bytes, used_at, is_pinned in rows:
            yield Holding(sha256, size_bytes, used_at, bool(is_pinned) or sha256 in in_use)

    def _record_whole(self, blobs: Sequence[tuple[str, int]]) -> None:
        """(sha256, size in bytes) of each, in one commit."""
        now = self._clock.wall().timestamp()
        rows = [(name, size, now, now, self._mtime_ns(name, size) or 0) for name, size in blobs]
        names = [name for name, _ in blobs]
        with transaction(self._db):
            self._db.conn.executemany(
                "INSERT OR REPLACE INTO blob(sha256, size_bytes, used_at, scrubbed_at, mtime_ns)"
                " VALUES(?, ?, ?, ?, ?)",
                rows,
            )
            self._db.conn.executemany(
                "DELETE FROM partial WHERE sha256=?", [(name,) for name in names]
            )
        self._held.update(names)


def _make_folder_of(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise known_os_error(error, path) from error


def _require_room(needed_bytes: int, path: Path) -> None:
    """Raises DiskFullError when so many more bytes beside `path` are too many for its disk."""
    try:
        usage = shutil.disk_usage(path.parent)
    except OSError as error:
        raise known_os_error(error, path) from error
    if usage.free - needed_bytes < reserve_bytes(usage.total):
        raise DiskFullError(path=str(path), needed_bytes=needed_bytes)


def _pack(indexes: set[int]) -> bytes:
    """A bitmap, least significant bit first."""
    bits = sum(1 << index for index in indexes)
    return bits.to_bytes(-(-bits.bit_length() // 8), "little")


def _unpack(packed: bytes) -> set[int]:
    bits = int.from_bytes(packed, "little")
    return {index for index in range(bits.bit_length()) if bits >> index & 1}
