# SPDX-License-Identifier: GPL-3.0-or-later
"""What schools have sent, as rows of `received.db`: bundles, statements, uploads and decisions.

An upload is arriving (pieces of it may still be missing), waiting (for review), accepted, returned
or damaged (all of it came, with other bytes than announced). Ids are made in the schools, so
whatever comes again is recognised here and changes nothing.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from app.base.db import Database, Migrations, open_writer, transaction
from app.publish.home import make_dir
from app.region.bundle import BundledUpload, StatementRecord

MIGRATIONS = Migrations("kezhan.publish.received")


@MIGRATIONS()
def m001_received(db: Database) -> None:
    """Bundles, statements with the spool of those not yet in a file, uploads, decisions."""
    for statement in (
        "CREATE TABLE bundle (bundle_id TEXT PRIMARY KEY, device_id TEXT NOT NULL,"
        " school TEXT NOT NULL, trip INTEGER NOT NULL, is_vouched INTEGER NOT NULL,"
        " received_at TEXT NOT NULL) STRICT, WITHOUT ROWID",
        "CREATE TABLE statement (statement_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID",
        "CREATE TABLE spool (position INTEGER PRIMARY KEY, batch INTEGER, body BLOB NOT NULL)"
        " STRICT",
        "CREATE TABLE batch (number INTEGER PRIMARY KEY, statements INTEGER NOT NULL,"
        " is_posted INTEGER NOT NULL DEFAULT 0) STRICT",
        "CREATE TABLE upload (number INTEGER PRIMARY KEY AUTOINCREMENT, upload_id TEXT NOT NULL,"
        " sha256 TEXT NOT NULL, size_bytes INTEGER NOT NULL, name TEXT NOT NULL,"
        " school TEXT NOT NULL, details TEXT NOT NULL, device_id TEXT NOT NULL,"
        " is_vouched INTEGER NOT NULL, state TEXT NOT NULL, level INTEGER NOT NULL DEFAULT 0,"
        " reason TEXT NOT NULL DEFAULT '', entry_id TEXT NOT NULL DEFAULT '',"
        " changed_at TEXT NOT NULL, UNIQUE (upload_id, sha256)) STRICT",
        "CREATE INDEX upload_state ON upload (state, number)",
        "CREATE TABLE decision (number INTEGER NOT NULL, level TEXT NOT NULL,"
        " verdict TEXT NOT NULL, reason TEXT NOT NULL, decided_at TEXT NOT NULL) STRICT",
    ):
        db.execute(statement)


@MIGRATIONS()
def m002_unvouched(db: Database) -> None:
    """Statements that nobody vouches for are kept apart."""
    for table in ("spool", "batch"):
        db.execute(f"ALTER TABLE {table} ADD COLUMN is_vouched INTEGER NOT NULL DEFAULT 1")


class State(StrEnum):
    """Where an upload stands at the region."""

    ARRIVING = "arriving"
    WAITING = "waiting"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    DAMAGED = "damaged"


_MOST_UNVOUCHED: Final = 10_000  # of a list that somebody reads
ARRIVED: Final = (State.WAITING, State.ACCEPTED, State.RETURNED)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who brought something; `is_vouched` says that it knew the account of its school.

    Where a region has given out no accounts, everybody counts as vouched for.
    """

    device_id: str
    school_code: str
    is_vouched: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """What belongs into one file of statements."""

    number: int
    lines: tuple[bytes, ...]
    is_vouched: bool


@dataclass(frozen=True, slots=True)
class ReceivedBundle:
    """A bundle of which everything has arrived."""

    bundle_id: str
    sender: Sender
    trip: int


@dataclass(frozen=True, slots=True)
class ReceivedUpload:
    """One upload. `level` counts the levels of review that it has passed."""

    number: int
    upload_id: str
    sha256: str
    size_bytes: int
    name: str
    school_code: str
    device_id: str
    is_vouched: bool
    state: State
    level: int
    reason: str
    entry_id: str
    changed_at: str
    details: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def title(self) -> str:
        return self.details.get("title") or self.name


_COLUMNS: Final = (
    "number, upload_id, sha256, size_bytes, name, school, device_id, is_vouched, state, level,"
    " reason, entry_id, changed_at, details"
)


class ReceivedStore:
    """The one writer of `received.db`."""

    def __init__(self, path: Path) -> None:
        make_dir(path.parent)
        self._db = open_writer(path, [MIGRATIONS])

    def close(self) -> None:
        self._db.conn.close()

    def _rows(self, sql: str, *values: object) -> list[Any]:
        return list(self._db.execute(sql, list(values)).fetchall())

    # --- bundles

    def has_bundle(self, bundle_id: str) -> bool:
        return bool(self._rows("SELECT 1 FROM bundle WHERE bundle_id = ?", bundle_id))

    def add_bundle(self, bundle: ReceivedBundle, now: str) -> None:
        """Record that everything in a bundle is durable here."""
        sender = bundle.sender
        with transaction(self._db):
            self._db.execute(
                "INSERT OR IGNORE INTO bundle VALUES (?, ?, ?, ?, ?, ?)",
                [
                    bundle.bundle_id,
                    sender.device_id,
                    sender.school_code,
                    bundle.trip,
                    int(sender.is_vouched),
                    now,
                ],
            )

    def bundle_ids_since(self, since: str) -> list[str]:
        """Bundles received at that time or later, the oldest first."""
        rows = self._rows(
            "SELECT bundle_id FROM bundle WHERE received_at >= ? ORDER BY received_at, bundle_id",
            since,
        )
        return [row[0] for row in rows]

    def unvouched_bundles(self) -> list[tuple[ReceivedBundle, str]]:
        """Bundles that no account vouches for, and when each came, the newest first."""
        rows = self._rows(
            "SELECT bundle_id, device_id, school, trip, received_at FROM bundle"
            " WHERE NOT is_vouched ORDER BY received_at DESC, bundle_id LIMIT ?",
            _MOST_UNVOUCHED,
        )
        return [
            (ReceivedBundle(row[0], Sender(row[1], row[2], False), row[3]), row[4]) for row in rows
        ]

    # --- statements

    def add_statements(self, records: Iterable[StatementRecord], *, is_vouched: bool) -> int:
        """Keep those not known yet, all in one commit; how many were new."""
        added = 0
        with transaction(self._db):
            for record in records:
                cursor = self._db.execute(
                    "INSERT OR IGNORE INTO statement VALUES (?)", [record.statement_id]
                )
                if cursor.rowcount:
                    self._db.execute(
                        "INSERT INTO spool (body, is_vouched) VALUES (?, ?)",
                        [record.raw, int(is_vouched)],
                    )
                    added += 1
        return added

    def next_batch(self, most: int) -> Batch | None:
        """The next file of statements; the same until `batch_written`."""
        with transaction(self._db):
            number = self._rows("SELECT min(batch) FROM spool WHERE batch IS NOT NULL")[0][0]
            if number is None:
                number = self._rows("SELECT coalesce(max(number), 0) + 1 FROM batch")[0][0]
                self._db.execute(
                    "UPDATE spool SET batch = ? WHERE position IN (SELECT position FROM spool"
                    " WHERE is_vouched = (SELECT is_vouched FROM spool ORDER BY position LIMIT 1)"
                    " ORDER BY position LIMIT ?)",
                    [number, most],
                )
        rows = self._rows(
            "SELECT body, is_vouched FROM spool WHERE batch = ? ORDER BY position", number
        )
        if not rows:
            return None
        return Batch(int(number), tuple(bytes(row[0]) for row in rows), bool(rows[0][1]))

    def batch_written(self, batch: Batch) -> None:
        """The file is durable; its statements leave the spool."""
        with transaction(self._db):
            self._db.execute(
                "INSERT OR IGNORE INTO batch (number, statements, is_vouched) VALUES (?, ?, ?)",
                [batch.number, len(batch.lines), int(batch.is_vouched)],
            )
            self._db.execute("DELETE FROM spool WHERE batch = ?", [batch.number])

    def unposted_batches(self) -> list[int]:
        """Files that may go to a record store and have not, the oldest first."""
        rows = self._rows(
            "SELECT number FROM batch WHERE NOT is_posted AND is_vouched ORDER BY number"
        )
        return [int(row[0]) for row in rows]

    def batch_posted(self, number: int) -> None:
        with transaction(self._db):
            self._db.execute("UPDATE batch SET is_posted = 1 WHERE number = ?", [number])

    def statement_count(self) -> int:
        return int(self._rows("SELECT count(*) FROM statement")[0][0])

    # --- uploads

    def find(self, upload_id: str, sha256: str) -> ReceivedUpload | None:
        rows = self._rows(
            f"SELECT {_COLUMNS} FROM upload WHERE upload_id = ? AND sha256 = ?",  # noqa: S608
            upload_id,
            sha256,
        )
        return _upload(rows[0]) if rows else None

    def get(self, number: int) -> ReceivedUpload | None:
        rows = self._rows(f"SELECT {_COLUMNS} FROM upload WHERE number = ?", number)  # noqa: S608
        return _upload(rows[0]) if rows else None

    def announce(
        self, upload: BundledUpload, name: str, sender: Sender, now: str
    ) -> ReceivedUpload:
        """The row of an upload of which bytes have come; made now if there is none."""
        with transaction(self._db):
            self._db.execute(
                "INSERT INTO upload (upload_id, sha256, size_bytes, name, school, details,"
                " device_id, is_vouched, state, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (upload_id, sha256) DO NOTHING",
                [
                    upload.upload_id,
                    upload.sha256,
                    upload.size_bytes,
                    name,
                    upload.school_code or sender.school_code,
                    json.dumps(dict(upload.details), ensure_ascii=False),
                    sender.device_id,
                    int(sender.is_vouched),
                    State.ARRIVING.value,
                    now,
                ],
            )
        row = self.find(upload.upload_id, upload.sha256)
        if row is None:
            raise LookupError(upload.upload_id)
        return row

    def set_state(self, number: int, state: State, now: str) -> None:
        with transaction(self._db):
            self._db.execute(
                "UPDATE upload SET state = ?, changed_at = ? WHERE number = ?",
                [state.value, now, number],
            )

    def uploads(self, states: Sequence[State]) -> Iterator[ReceivedUpload]:
        """Those in these states, the oldest first."""
        marks = ", ".join("?" * len(states))
        rows = self._rows(
            f"SELECT {_COLUMNS} FROM upload WHERE state IN ({marks}) ORDER BY number",  # noqa: S608
            *(state.value for state in states),
        )
        return map(_upload, rows)

    def by_last_change(self, states: Sequence[State]) -> Iterator[ReceivedUpload]:
        marks = ", ".join("?" * len(states))
        rows = self._rows(
            f"SELECT {_COLUMNS} FROM upload WHERE state IN ({marks})"  # noqa: S608
            " ORDER BY changed_at, number",
            *(state.value for state in states),
        )
        return map(_upload, rows)

    def decide(
        self,
        number: int,
        *,
        state: State,
        level: int,
        level_name: str,
        reason: str,
        entry_id: str,
        now: str,
    ) -> None:
        """Record what one level of review decided."""
        with transaction(self._db):
            self._db.execute(
                "UPDATE upload SET state = ?, level = ?, reason = ?, entry_id = ?, changed_at = ?"
                " WHERE number = ?",
                [state.value, level, reason, entry_id, now, number],
            )
            self._db.execute(
                "INSERT INTO decision VALUES (?, ?, ?, ?, ?)",
                [number, level_name, state.value, reason, now],
            )


def _upload(row: tuple[Any, ...]) -> ReceivedUpload:
    return ReceivedUpload(
        number=row[0],
        upload_id=row[1],
        sha256=row[2],
        size_bytes=row[3],
        name=row[4],
        school_code=row[5],
        device_id=row[6],
        is_vouched=bool(row[7]),
        state=State(row[8]),
        level=row[9],
        reason=row[10],
        entry_id=row[11],
        changed_at=row[12],
        details=json.loads(row[13]),
    )
