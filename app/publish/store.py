# SPDX-License-Identifier: GPL-3.0-or-later
"""The publisher's working database: entries as given, shards as published, and a build under way.

A build stages its results here before the timestamp is published, so one that was cut is repeated
or merely closed, never half forgotten. While one is pending, entries stay as they are.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.base.db import Database, Migrations, open_writer, transaction
from app.publish.errors import BuildPendingError, RegionEntryUnknownError
from app.publish.home import make_dir
from app.publish.plan import IssuedBundle, ShardState
from app.publish.states import state_from_json, state_to_json
from app.region import layout
from app.region.entry import Entry, entry_to_json, parse_entry
from app.region.index import BundleLine, DeltaBundleLine, Prefix, ShardKey

MIGRATIONS = Migrations("kezhan.publish")
_FINGERPRINT_BYTES = 16


@MIGRATIONS()
def m001_first(db: Database) -> None:
    """Entries, shards with their deltas and bundles, the pending build, blobs."""
    for statement in (
        "CREATE TABLE entry (entry_id TEXT PRIMARY KEY, shard_id TEXT NOT NULL, body TEXT NOT NULL,"
        " files_bytes INTEGER NOT NULL, fingerprint BLOB NOT NULL,"
        " is_deleted INTEGER NOT NULL DEFAULT 0,"
        " released_fingerprint BLOB, released_shard TEXT,"
        " is_changed INTEGER GENERATED ALWAYS AS (is_deleted OR"
        " fingerprint IS NOT released_fingerprint OR shard_id IS NOT released_shard) VIRTUAL)"
        " WITHOUT ROWID",
        "CREATE INDEX entry_by_shard ON entry (shard_id)",
        "CREATE INDEX entry_changed ON entry (shard_id, released_shard) WHERE is_changed",
        "CREATE TABLE shard_key (shard_id TEXT PRIMARY KEY, stage TEXT NOT NULL,"
        " subject TEXT NOT NULL, edition TEXT NOT NULL, is_exercise INTEGER NOT NULL)",
        "CREATE TABLE shard (shard_id TEXT NOT NULL, is_staged INTEGER NOT NULL,"
        " state TEXT NOT NULL, PRIMARY KEY (shard_id, is_staged))",
        "CREATE TABLE bundle (bundle_id TEXT PRIMARY KEY, length INTEGER NOT NULL,"
        " sha256 TEXT NOT NULL)",
        "CREATE TABLE build (number INTEGER PRIMARY KEY, issued TEXT NOT NULL,"
        " timestamp_version INTEGER NOT NULL, is_done INTEGER NOT NULL)",
        "CREATE TABLE blob (sha256 TEXT PRIMARY KEY, size_bytes INTEGER NOT NULL,"
        " pieces_sha256 TEXT) WITHOUT ROWID",
        "CREATE TABLE source_file (path TEXT PRIMARY KEY, size_bytes INTEGER NOT NULL,"
        " mtime_ns INTEGER NOT NULL, sha256 TEXT NOT NULL) WITHOUT ROWID",
    ):
        db.execute(statement)


@MIGRATIONS()
def m002_delta_bundles(db: Database) -> None:
    """Bundles in which the deltas of a build are packed together."""
    db.execute(
        "CREATE TABLE delta_bundle (bundle_id TEXT PRIMARY KEY, issued TEXT NOT NULL,"
        " shards INTEGER NOT NULL, head_length INTEGER NOT NULL, head_sha256 TEXT NOT NULL,"
        " lessons_length INTEGER NOT NULL, lessons_sha256 TEXT NOT NULL,"
        " length INTEGER NOT NULL, sha256 TEXT NOT NULL)"
    )


@dataclass(frozen=True, slots=True)
class Build:
    """A build: its number, its time, and the timestamp version it will publish."""

    number: int
    issued: str
    timestamp_version: int


@dataclass(frozen=True, slots=True)
class Blob:
    """A resource file whose bytes lie in the public tree."""

    sha256: str
    size_bytes: int
    pieces_sha256: str | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What a build must bring into one shard."""

    upserts: tuple[Entry, ...]
    deleted_ids: tuple[str, ...]


class PublishStore:
    """The one writer of `entries.db`."""

    def __init__(self, path: Path) -> None:
        make_dir(path.parent)
        self._db = open_writer(path, [MIGRATIONS])

    def close(self) -> None:
        self._db.conn.close()

    def _rows(self, sql: str, *values: object) -> list[Any]:
        return list(self._db.execute(sql, list(values)).fetchall())

    # --- entries

    def put_entries(self, entries: Iterable[Entry]) -> int:
        """Add or replace all or none; how many differ from what was there."""
        changed = 0
        with transaction(self._db):
            self._refuse_pending()
            for entry in entries:
                changed += self._put(entry)
        return changed

    def _put(self, entry: Entry) -> int:
        body = json.dumps(entry_to_json(entry), ensure_ascii=False, separators=(",", ":"))
        fingerprint = hashlib.sha256(body.encode("utf-8")).digest()[:_FINGERPRINT_BYTES]
        key = shard_key_of(entry)
        self._db.execute(
            "INSERT INTO shard_key VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [key.shard_id, key.stage, key.subject, key.edition, int(key.is_exercise)],
        )
        cursor = self._db.execute(
            "INSERT INTO entry (entry_id, shard_id, body, files_bytes, fingerprint)"
            " VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (entry_id) DO UPDATE SET shard_id = excluded.shard_id,"
            " body = excluded.body, files_bytes = excluded.files_bytes,"
            " fingerprint = excluded.fingerprint, is_deleted = 0"
            " WHERE fingerprint IS NOT excluded.fingerprint OR is_deleted",
            [entry.id, key.shard_id, body, files_bytes_of(entry), fingerprint],
        )
        return int(cursor.rowcount)

    def remove_entries(self, entry_ids: Iterable[str]) -> int:
        """Mark entries as deleted, all or none; RegionEntryUnknownError names one not there."""
        count = 0
        with transaction(self._db):
            self._refuse_pending()
            for entry_id in entry_ids:
                cursor = self._db.execute(
                    "UPDATE entry SET is_deleted = 1 WHERE entry_id = ? AND NOT is_deleted",
                    [entry_id],
                )
                if not cursor.rowcount:
                    raise RegionEntryUnknownError(entry_id=entry_id)
                count += 1
        return count

    def entry_count(self) -> int:
        return int(self._rows("SELECT count(*) FROM entry WHERE NOT is_deleted")[0][0])

    def _refuse_pending(self) -> None:
        if self.pending() is not None:
            raise BuildPendingError()

    # --- blobs

    def known_source(self, path: str, size_bytes: int, mtime_ns: int) -> Blob | None:
        """The blob that this unchanged source file became earlier."""
        rows = self._rows(
            "SELECT blob.sha256, blob.size_bytes, pieces_sha256 FROM source_file JOIN blob"
            " USING (sha256) WHERE path = ? AND source_file.size_bytes = ? AND mtime_ns = ?",
            path,
            size_bytes,
            mtime_ns,
        )
        return Blob(*rows[0]) if rows else None

    def put_blob(self, blob: Blob, path: str, mtime_ns: int | None) -> None:
        """Record a blob after its bytes are durable in the tree.

        Without a time its source is read again when it is next brought.
        """
        with transaction(self._db):
            self._db.execute(
                "INSERT OR REPLACE INTO blob VALUES (?, ?, ?)",
                [blob.sha256, blob.size_bytes, blob.pieces_sha256],
            )
            if mtime_ns is None:
                self._db.execute("DELETE FROM source_file WHERE path = ?", [path])
                return
            self._db.execute(
                "INSERT OR REPLACE INTO source_file VALUES (?, ?, ?, ?)",
                [path, blob.size_bytes, mtime_ns, blob.sha256],
            )

    def blob(self, sha256: str) -> Blob | None:
        rows = self._rows("SELECT * FROM blob WHERE sha256 = ?", sha256)
        return Blob(*rows[0]) if rows else None

    # --- a build

    def pending(self) -> Build | None:
        rows = self._rows("SELECT number, issued, timestamp_version FROM build WHERE NOT is_done")
        return Build(*rows[0]) if rows else None

    def newest_issued(self) -> str:
        """The time of the newest build that was begun; empty before the first."""
        return str(self._rows("SELECT coalesce(max(issued), '') FROM build")[0][0])

    def begin(self, issued: str, timestamp_version: int) -> Build:
        with transaction(self._db):
            self._refuse_pending()
            number = self._rows("SELECT coalesce(max(number), 0) + 1 FROM build")[0][0]
            self._db.execute(
                "INSERT INTO build VALUES (?, ?, ?, 0)", [number, issued, timestamp_version]
            )
        return Build(number, issued, timestamp_version)

    def has_changes(self) -> bool:
        return bool(self._rows("SELECT 1 FROM entry WHERE is_changed LIMIT 1"))

    def changed_shards(self) -> list[ShardKey]:
        """Shards that a build must touch, in the order of their ids."""
        rows = self._rows(
            "WITH changed AS (SELECT shard_id, released_shard FROM entry WHERE is_changed)"
            " SELECT stage, subject, edition, is_exercise FROM shard_key WHERE shard_id IN"
            " (SELECT shard_id FROM changed UNION SELECT released_shard FROM changed)"
            " ORDER BY shard_id"
        )
        return [ShardKey(row[0], row[1], row[2], bool(row[3])) for row in rows]

    def size(self, shard_id: str) -> tuple[int, int]:
        """Living entries of a shard, and the bytes of all their files."""
        row = self._rows(
            "SELECT count(*), coalesce(sum(files_bytes), 0) FROM entry"
            " WHERE shard_id = ? AND NOT is_deleted",
            shard_id,
        )[0]
        return int(row[0]), int(row[1])

    def entries(self, shard_id: str) -> Iterator[Entry]:
        """All living entries of a shard."""
        rows = self._db.execute(
            "SELECT body FROM entry WHERE shard_id = ? AND NOT is_deleted ORDER BY entry_id",
            [shard_id],
        )
        return (parse_entry(json.loads(row[0])) for row in rows)

    def changes(self, shard_id: str) -> Changes:
        """Living entries that are new or different in this shard, and ids that leave it."""
        upserts = self._rows(
            "SELECT body FROM entry WHERE shard_id = ? AND NOT is_deleted AND"
            " (fingerprint IS NOT released_fingerprint OR released_shard IS NOT shard_id)"
            " ORDER BY entry_id",
            shard_id,
        )
        deleted = self._rows(
            "SELECT entry_id FROM entry WHERE released_shard = ?"
            " AND (is_deleted OR shard_id != released_shard) AND is_changed"
            " ORDER BY entry_id",
            shard_id,
        )
        return Changes(
            tuple(parse_entry(json.loads(row[0])) for row in upserts),
            tuple(row[0] for row in deleted),
        )

    def shards(self, *, is_staged: bool) -> list[ShardState]:
        rows = self._rows(
            "SELECT state FROM shard WHERE is_staged = ? ORDER BY shard_id", int(is_staged)
        )
        return [state_from_json(json.loads(row[0])) for row in rows]

    def shard(self, shard_id: str) -> ShardState | None:
        rows = self._rows("SELECT state FROM shard WHERE shard_id = ? AND NOT is_staged", shard_id)
        return state_from_json(json.loads(rows[0][0])) if rows else None

    def stage_shards(self, states: Iterable[ShardState]) -> None:
        """Record shards whose files are written; one commit for all of them."""
        with transaction(self._db):
            for state in states:
                self._save_shard(state, is_staged=True)

    def _save_shard(self, state: ShardState, *, is_staged: bool) -> None:
        body = json.dumps(state_to_json(state), ensure_ascii=False)
        self._db.execute(
            "INSERT OR REPLACE INTO shard VALUES (?, ?, ?)", [state.shard_id, int(is_staged), body]
        )

    def bundles(self) -> list[BundleLine]:
        rows = self._rows("SELECT bundle_id, length, sha256 FROM bundle ORDER BY bundle_id")
        return [
            BundleLine(row[0], layout.bundle_path(row[0], row[2]), row[1], row[2]) for row in rows
        ]

    def delta_bundles(self) -> list[IssuedBundle]:
        """Bundles that are published or staged, oldest first."""
        rows = self._rows(
            "SELECT * FROM delta_bundle ORDER BY issued, length(bundle_id), bundle_id"
        )
        return [
            IssuedBundle(
                DeltaBundleLine(
                    bundle_id=row[0],
                    path=layout.delta_bundle_path(row[0], row[8]),
                    head=Prefix(row[3], row[4]),
                    lessons=Prefix(row[5], row[6]),
                    whole=Prefix(row[7], row[8]),
                    shards=row[2],
                ),
                row[1],
            )
            for row in rows
        ]

    def stage_delta_bundle(self, bundle: IssuedBundle) -> None:
        """Record a bundle whose file is written."""
        line = bundle.line
        prefixes = (line.head, line.lessons, line.whole)
        values = [value for one in prefixes for value in (one.length, one.sha256)]
        with transaction(self._db):
            self._db.execute(
                "INSERT OR REPLACE INTO delta_bundle VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [line.bundle_id, bundle.issued, line.shards, *values],
            )

    def finish(self, build: Build, shards: Iterable[ShardState], bundle_ids: Iterable[str]) -> None:
        """After the timestamp is published: what was staged is now the published state."""
        with transaction(self._db):
            self._db.execute("DELETE FROM shard")
            for state in shards:
                self._save_shard(state, is_staged=False)
            kept = set(bundle_ids)
            for table, known in (
                ("bundle", [bundle.bundle_id for bundle in self.bundles()]),
                ("delta_bundle", [bundle.line.bundle_id for bundle in self.delta_bundles()]),
            ):
                for bundle_id in set(known) - kept:
                    self._db.execute(
                        f"DELETE FROM {table} WHERE bundle_id = ?",  # noqa: S608 - constant
                        [bundle_id],
                    )
            self._db.execute("DELETE FROM entry WHERE is_deleted")
            self._db.execute(
                "UPDATE entry SET released_fingerprint = fingerprint, released_shard = shard_id"
                " WHERE is_changed"
            )
            self._db.execute("UPDATE build SET is_done = 1 WHERE number = ?", [build.number])


def files_bytes_of(entry: Entry) -> int:
    """What downloading all of an entry costs, its cover included."""
    cover = entry.cover.size_bytes if entry.cover else 0
    return cover + sum(file.size_bytes for file in entry.files)


def shard_key_of(entry: Entry) -> ShardKey:
    """One shard per stage × subject × edition; exercises are many and have their own."""
    return ShardKey(entry.stage, entry.subject, entry.edition, entry.resource_type == "练习")
