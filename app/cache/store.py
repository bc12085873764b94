# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent's side of the cache: rows about blobs, partial files, pins and eviction."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from app.base import files
from app.base.clock import Clock
from app.base.db import Database, Migrations, transaction
from app.base.errors import CancelledError, DiskFullError, KnownError, known_os_error
from app.base.paths import DataPaths
from app.cache.errors import BlobMismatchError
from app.cache.partial import PartialBlob
from app.cache.quota import Holding, choose_evictions, default_quota_bytes, reserve_bytes
from app.cache.reader import BlobReader
from app.region.layout import blob_path

MIGRATIONS = Migrations("kezhan.cache")
_COPY_BYTES = 1 << 20
# About ten seconds of a slow disk at a start.
_CHECK_BYTES = 256 << 20

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


class BlobStore(BlobReader):
    """Everything the agent does with blobs; only its main thread calls it."""

    def __init__(
        self, database: Database, paths: DataPaths, shelves: Sequence[Path], clock: Clock
    ) -> None:
        super().__init__(paths, shelves)
        self._db = database
        self._clock = clock
        self._held = {row[0] for row in database.execute("SELECT sha256 FROM blob")}
        self._held.update(self.shelf_hashes())

    def held(self, sha256: str) -> bool:
        """Whether the whole blob is here (from memory: quick enough to ask for millions)."""
        return sha256 in self._held

    def held_hashes(self) -> Collection[str]:
        """All blobs that are here."""
        return self._held

    def used_bytes(self) -> int:
        """Bytes of all whole blobs in the cache (shelves not counted)."""
        row = self._db.execute("SELECT coalesce(sum(size_bytes), 0) FROM blob").fetchone()
        return int(row[0])

    def check(
        self, is_cancelled: Callable[[], bool] = lambda: False, limit_bytes: int = _CHECK_BYTES
    ) -> list[str]:
        """Compare rows with files at start; returns the hashes that were lost from the disk.

        Others use this machine too: a file whose time has changed is hashed again, about
        `limit_bytes` of such now and the rest by `scrub` before all others.
        """
        lost: list[str] = []
        met: list[tuple[int, str]] = []
        looked_at_bytes = 0
        rows = self._db.execute("SELECT sha256, size_bytes, mtime_ns FROM blob").fetchall()
        for sha256, size_bytes, known_ns in rows:
            found_ns = self._mtime_ns(sha256, size_bytes)
            if found_ns is None:
                lost.append(sha256)
            elif not known_ns:
                met.append((found_ns, sha256))
            elif found_ns != known_ns:
                looked_at_bytes += size_bytes
                if looked_at_bytes > limit_bytes or is_cancelled():
                    self._scrub_first(sha256)
                elif not self._is_still_right(sha256):
                    lost.append(sha256)
        with transaction(self._db):
            self._db.conn.executemany("UPDATE blob SET mtime_ns=? WHERE sha256=?", met)
        self._forget(lost)
        return lost

    def begin(self, sha256: str, size_bytes: int, piece_bytes: int = 0) -> PartialBlob:
        """Start or continue a blob.

        Raises:
            DiskFullError: it would eat into the space that the system needs.
        """
        path = self._final(sha256).with_name(f"{sha256}.part")
        row = self._db.execute(
            "SELECT done FROM partial WHERE sha256=? AND size_bytes=? AND piece_bytes=?",
            [sha256, size_bytes, piece_bytes],
        ).fetchone()
        partial = PartialBlob(path, sha256, size_bytes, piece_bytes)
        if row is not None and path.exists():
            partial.done = _unpack(row[0])
        self._require_room(size_bytes - partial.prefix_bytes, path)
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
        self._record_whole(partial.sha256, partial.size_bytes)
        return final

    def commit_verified(self, partials: Sequence[PartialBlob]) -> None:
        """Name and record blobs whose bytes were hashed while they were written here.

        Unlike `commit` it does not read them again; many are recorded in one commit.
        """
        files.publish_files([(one.path, self._final(one.sha256)) for one in partials])
        now = self._clock.wall().timestamp()
        with transaction(self._db):
            for one in partials:
                self._insert_whole(one.sha256, one.size_bytes, now)
        self._held.update(one.sha256 for one in partials)

    def part_of(self, sha256: str, size_bytes: int) -> PartialBlob:
        """Where a small blob is collected that nobody resumes: without a row of its own.

        Raises:
            DiskFullError: it would eat into the space that the system needs.
        """
        path = self._final(sha256).with_name(f"{sha256}.part")
        self._require_room(size_bytes, path)
        return PartialBlob(path, sha256, size_bytes, 0)

    def discard(self, partial: PartialBlob) -> None:
        """Forget a partial blob, file and row."""
        partial.path.unlink(missing_ok=True)
        with transaction(self._db):
            self._db.execute("DELETE FROM partial WHERE sha256=?", [partial.sha256])

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

    def touch(self, sha256: str) -> None:
        """Note that a blob was used just now."""
        with transaction(self._db):
            self._db.execute(
                "UPDATE blob SET used_at=? WHERE sha256=?",
                [self._clock.wall().timestamp(), sha256],
            )

    def quota_bytes(self, chosen: int | None) -> int:
        """The chosen quota, or the default for this disk."""
        if chosen is not None:
            return chosen
        usage = shutil.disk_usage(self._paths.root)
        return default_quota_bytes(usage.free, self.used_bytes(), usage.total)

    def evict(self, excess_bytes: int, in_use: Collection[str] = ()) -> list[str]:
        """Free at least `excess_bytes` where possible; returns what went.

        A file that the system will not delete (it is open) counts as "later".
        """
        gone: list[str] = []
        for holding in choose_evictions(self._holdings(in_use), excess_bytes):
            try:
                self._final(holding.sha256).unlink(missing_ok=True)
            except OSError:
                continue
            gone.append(holding.sha256)
        self._forget(gone)
        return gone

    def scrub(self, limit_bytes: int) -> list[str]:
        """Hash the blobs not looked at for longest, about `limit_bytes`; rotten ones are removed.

        Returns the rotten hashes, to be fetched again.
        """
        rotten: list[str] = []
        looked_at_bytes = 0
        for sha256, size_bytes in self._oldest_scrubbed():
            if looked_at_bytes >= limit_bytes:
                break
            looked_at_bytes += size_bytes
            if not self._is_still_right(sha256):
                rotten.append(sha256)
        self._forget(rotten)
        return rotten

    def _oldest_scrubbed(self) -> list[tuple[str, int]]:
        rows = self._db.execute("SELECT sha256, size_bytes FROM blob ORDER BY scrubbed_at, sha256")
        return [(row[0], row[1]) for row in rows]

    def _is_still_right(self, sha256: str) -> bool:
        """Hash a blob again; a wrong one leaves the disk."""
        path = self._final(sha256)
        try:
            found_ns = path.stat().st_mtime_ns
            is_right = files.sha256_file(path) == sha256
        except (OSError, KnownError):
            return False  # it is gone, or the disk no longer gives it
        if not is_right:
            path.unlink(missing_ok=True)
            return False
        with transaction(self._db):
            self._db.execute(
                "UPDATE blob SET scrubbed_at=?, mtime_ns=? WHERE sha256=?",
                [self._clock.wall().timestamp(), found_ns, sha256],
            )
        return True

    def _scrub_first(self, sha256: str) -> None:
        with transaction(self._db):
            self._db.execute("UPDATE blob SET scrubbed_at=0 WHERE sha256=?", [sha256])

    def _holdings(self, in_use: Collection[str]) -> Iterator[Holding]:
        rows = self._db.execute(
            "SELECT b.sha256, b.size_bytes, b.used_at, EXISTS(SELECT 1 FROM blob_entry e"
            " JOIN pin p ON p.region_id=e.region_id AND p.entry_id=e.entry_id"
            " WHERE e.sha256=b.sha256) FROM blob b"
        ).fetchall()
        for sha256, size_bytes, used_at, is_pinned in rows:
            yield Holding(sha256, size_bytes, used_at, bool(is_pinned) or sha256 in in_use)

    def _final(self, sha256: str) -> Path:
        return self._paths.root / blob_path(sha256)

    def _mtime_ns(self, sha256: str, size_bytes: int) -> int | None:
        """When the file was last written; None when it is not there in its full size."""
        try:
            found = self._final(sha256).stat()
        except OSError:
            return None
        return found.st_mtime_ns if found.st_size == size_bytes else None

    def _record_whole(self, sha256: str, size_bytes: int) -> None:
        now = self._clock.wall().timestamp()
        with transaction(self._db):
            self._insert_whole(sha256, size_bytes, now)
        self._held.add(sha256)

    def _insert_whole(self, sha256: str, size_bytes: int, now: float) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO blob(sha256, size_bytes, used_at, scrubbed_at, mtime_ns)"
            " VALUES(?, ?, ?, ?, ?)",
            [sha256, size_bytes, now, now, self._mtime_ns(sha256, size_bytes) or 0],
        )
        self._db.execute("DELETE FROM partial WHERE sha256=?", [sha256])

    def _forget(self, hashes: Sequence[str]) -> None:
        with transaction(self._db):
            self._db.conn.executemany(
                "DELETE FROM blob WHERE sha256=?", [(item,) for item in hashes]
            )
        self._held.difference_update(item for item in hashes if not self.is_on_shelf(item))

    def _require_room(self, needed_bytes: int, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
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
