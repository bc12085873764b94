# SPDX-License-Identifier: GPL-3.0-or-later
"""Blobs that others may have touched: which changed, which are still right, which are gone."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path

from app.base import files
from app.base.clock import Clock
from app.base.db import Database, transaction
from app.base.errors import MissingFileError, ReadOnlyError, UnreadableFileError
from app.base.paths import DataPaths
from app.cache.reader import BlobReader
from app.region.layout import blob_path

# About ten seconds of a slow disk at a start.
_CHECK_BYTES = 256 << 20


class WatchedBlobs(BlobReader):
    """Rows about whole blobs compared with what lies on the disk; the agent's main thread alone."""

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

    def touch(self, hashes: Iterable[str]) -> list[str]:
        """Note that blobs were used just now; returns those whose size or time has changed."""
        now = self._clock.wall().timestamp()
        rows = []
        with transaction(self._db):
            for sha256 in hashes:
                self._db.execute("UPDATE blob SET used_at=? WHERE sha256=?", [now, sha256])
                rows += self._db.execute(
                    "SELECT sha256, size_bytes, mtime_ns FROM blob WHERE sha256=?", [sha256]
                ).fetchall()
        return [
            sha256
            for sha256, size_bytes, known_ns in rows
            if self._mtime_ns(sha256, size_bytes) != known_ns
        ]

    def recheck(self, sha256: str, on_bytes: Callable[[int], None] | None = None) -> bool:
        """Hash a blob again that somebody touched; whether it is still the right one.

        A wrong one leaves disk and rows. What `on_bytes` raises ends the look without a verdict.
        """
        is_right = self._is_still_right(sha256, on_bytes)
        if not is_right:
            self._forget([sha256])
        return is_right

    def scrub(
        self, limit_bytes: int, on_bytes: Callable[[int], None] | None = None
    ) -> Iterator[str]:
        """Hash the blobs not looked at for longest, about `limit_bytes`; rotten ones are removed.

        Yields each rotten hash, to be fetched again. What `on_bytes` raises ends the look; what was
        looked at by then stays so.
        """
        looked_at_bytes = 0
        for sha256, size_bytes in self._oldest_scrubbed():
            if looked_at_bytes >= limit_bytes:
                return
            looked_at_bytes += size_bytes
            if not self.recheck(sha256, on_bytes):
                yield sha256

    def _oldest_scrubbed(self) -> list[tuple[str, int]]:
        rows = self._db.execute("SELECT sha256, size_bytes FROM blob ORDER BY scrubbed_at, sha256")
        return [(row[0], row[1]) for row in rows]

    def _is_still_right(self, sha256: str, on_bytes: Callable[[int], None] | None = None) -> bool:
        """Hash a blob again; a wrong one leaves the disk (one that is open: later)."""
        path = self._final(sha256)
        try:
            found_ns = path.stat().st_mtime_ns
            is_right = files.sha256_file(path, on_bytes) == sha256
        except (OSError, MissingFileError, ReadOnlyError, UnreadableFileError):
            return False  # it is gone, or the disk no longer gives it
        if not is_right:
            try:
                path.unlink(missing_ok=True)
            except OSError:
                self.doubt(sha256)
                return True
            return False
        with transaction(self._db):
            self._db.execute(
                "UPDATE blob SET scrubbed_at=?, mtime_ns=? WHERE sha256=?",
                [self._clock.wall().timestamp(), found_ns, sha256],
            )
        return True

    def doubt(self, sha256: str) -> None:
        """Whatever its time is, the next look hashes it again."""
        with transaction(self._db):
            self._db.execute("UPDATE blob SET scrubbed_at=0, mtime_ns=1 WHERE sha256=?", [sha256])

    def _scrub_first(self, sha256: str) -> None:
        with transaction(self._db):
            self._db.execute("UPDATE blob SET scrubbed_at=0 WHERE sha256=?", [sha256])

    def _final(self, sha256: str) -> Path:
        return Path(f"{self._paths.root}/{blob_path(sha256)}")

    def _mtime_ns(self, sha256: str, size_bytes: int) -> int | None:
        """When the file was last written; None when it is not there in its full size."""
        try:
            found = os.stat(f"{self._paths.root}/{blob_path(sha256)}")  # noqa: PTH116 - of thousands
        except OSError:
            return None
        return found.st_mtime_ns if found.st_size == size_bytes else None

    def _forget(self, hashes: Sequence[str]) -> None:
        with transaction(self._db):
            self._db.conn.executemany(
                "DELETE FROM blob WHERE sha256=?", [(item,) for item in hashes]
            )
        self._held.difference_update(item for item in hashes if not self.is_on_shelf(item))
