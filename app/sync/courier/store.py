# SPDX-License-Identifier: GPL-3.0-or-later
"""What left on sticks, as rows of state.db: bundles, what each holds, and bundles of others.

A row of a bundle is written before the bundle is finished, so that none can be on its way unknown;
it goes when the region's receipt is here. Statements and uploads keep their own states meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.base.db import Database, Migrations, transaction
from app.sync.store import stamp

MIGRATIONS = Migrations("kezhan.courier")


@MIGRATIONS()
def m001_courier(database: Database) -> None:
    """Own bundles and their content; parts of other machines' bundles; points heard of."""
    for statement in (
        "CREATE TABLE bundle(bundle_id TEXT PRIMARY KEY, region_id TEXT NOT NULL,"
        " trip INTEGER NOT NULL, made_at TEXT NOT NULL, size_bytes INTEGER NOT NULL,"
        " has_arrived INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID",
        "CREATE TABLE bundle_statement(bundle_id TEXT NOT NULL, statement_id TEXT NOT NULL,"
        " PRIMARY KEY(bundle_id, statement_id)) STRICT, WITHOUT ROWID",
        "CREATE INDEX bundle_statement_id ON bundle_statement(statement_id)",
        "CREATE TABLE bundle_upload(bundle_id TEXT NOT NULL, upload_id TEXT NOT NULL,"
        " start_bytes INTEGER NOT NULL, end_bytes INTEGER NOT NULL,"
        " PRIMARY KEY(bundle_id, upload_id, start_bytes)) STRICT, WITHOUT ROWID",
        "CREATE INDEX bundle_upload_id ON bundle_upload(upload_id)",
        "CREATE TABLE relay(bundle_id TEXT PRIMARY KEY, region_id TEXT NOT NULL,"
        " point TEXT NOT NULL, size_bytes INTEGER NOT NULL, parts INTEGER NOT NULL,"
        " taken_at TEXT NOT NULL, state TEXT NOT NULL) STRICT, WITHOUT ROWID",
        "CREATE TABLE point(point TEXT PRIMARY KEY, name TEXT NOT NULL DEFAULT '',"
        " first_at TEXT NOT NULL, last_at TEXT NOT NULL, bundles INTEGER NOT NULL DEFAULT 0)"
        " STRICT, WITHOUT ROWID",
    ):
        database.execute(statement)


class RelayState(StrEnum):
    """Where another machine's bundle is: kept here, at the region's server, or known to be home."""

    KEPT = "kept"
    SENT = "sent"
    ARRIVED = "arrived"


@dataclass(frozen=True, slots=True)
class Bundle:
    """One of our own bundles; `size_bytes` is what all its parts take, 0 until it is finished."""

    bundle_id: str
    region_id: str
    trip: int
    made_at: str
    size_bytes: int
    has_arrived: bool


@dataclass(frozen=True, slots=True)
class UploadPiece:
    """A part of an upload, from `start_bytes` up to but not including `end_bytes`."""

    upload_id: str
    start_bytes: int
    end_bytes: int


@dataclass(frozen=True, slots=True)
class Relay:
    """Another machine's sealed bundle that this one passes on without being able to read it."""

    bundle_id: str
    region_id: str
    point: str
    size_bytes: int
    parts: int
    taken_at: str
    state: RelayState


@dataclass(frozen=True, slots=True)
class Point:
    """A machine whose bundles came by; its name is what somebody here called it."""

    point: str
    name: str
    first_at: str
    last_at: str
    bundles: int


class BundleStore:
    """Our own bundles, on one connection of state.db; reading works on any connection."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def begin(
        self,
        bundle: Bundle,
        statement_ids: Iterable[str],
        pieces: Iterable[UploadPiece],
    ) -> None:
        """Remember what a bundle holds, before it is finished."""
        with transaction(self._db):
            self._db.execute(
                "INSERT OR REPLACE INTO bundle VALUES(?, ?, ?, ?, ?, 0)",
                [
                    bundle.bundle_id,
                    bundle.region_id,
                    bundle.trip,
                    bundle.made_at,
                    bundle.size_bytes,
                ],
            )
            self._db.conn.executemany(
                "INSERT OR IGNORE INTO bundle_statement VALUES(?, ?)",
                [(bundle.bundle_id, one) for one in statement_ids],
            )
            self._db.conn.executemany(
                "INSERT OR IGNORE INTO bundle_upload VALUES(?, ?, ?, ?)",
                [
                    (bundle.bundle_id, one.upload_id, one.start_bytes, one.end_bytes)
                    for one in pieces
                ],
            )

    def finished(self, bundle_id: str, size_bytes: int) -> None:
        """It lies on the stick, whole and read back."""
        with transaction(self._db):
            self._db.execute(
                "UPDATE bundle SET size_bytes=? WHERE bundle_id=?", [size_bytes, bundle_id]
            )

    def forget(self, bundle_ids: Iterable[str]) -> None:
        """These were never finished, or nothing more has to be known of them."""
        ids = [(one,) for one in bundle_ids]
        with transaction(self._db):
            for table in ("bundle", "bundle_statement", "bundle_upload"):
                self._db.conn.executemany(
                    f"DELETE FROM {table} WHERE bundle_id=?",  # noqa: S608 - our own tables
                    ids,
                )

    def bundles(self, region_id: str) -> tuple[Bundle, ...]:
        """All bundles of a region, the oldest first."""
        rows = self._db.execute(
            "SELECT bundle_id, region_id, trip, made_at, size_bytes, has_arrived FROM bundle"
            " WHERE region_id=? ORDER BY trip, bundle_id",
            [region_id],
        )
        return tuple(map(_bundle, rows.fetchall()))

    def statements_of(self, bundle_id: str) -> list[str]:
        """The statements in a bundle."""
        rows = self._db.execute(
            "SELECT statement_id FROM bundle_statement WHERE bundle_id=?", [bundle_id]
        )
        return [str(row[0]) for row in rows.fetchall()]

    def pieces_of(self, bundle_id: str) -> list[UploadPiece]:
        """The pieces of uploads in a bundle."""
        rows = self._db.execute(
            "SELECT upload_id, start_bytes, end_bytes FROM bundle_upload WHERE bundle_id=?"
            " ORDER BY upload_id, start_bytes",
            [bundle_id],
        )
        return [UploadPiece(*row) for row in rows.fetchall()]

    def arrived(self, bundle_ids: Iterable[str]) -> list[str]:
        """The region has these; returns those of them that are ours and were not known to be."""
        news = []
        with transaction(self._db):
            for bundle_id in bundle_ids:
                cursor = self._db.execute(
                    "UPDATE bundle SET has_arrived=1 WHERE bundle_id=? AND has_arrived=0",
                    [bundle_id],
                )
                if cursor.rowcount:
                    news.append(bundle_id)
        return news

    def settle(self, bundle_id: str) -> None:
        """Its statements are delivered: only which pieces have arrived is still worth knowing."""
        with transaction(self._db):
            self._db.execute("DELETE FROM bundle_statement WHERE bundle_id=?", [bundle_id])

    def carried_statements(self, statement_ids: Sequence[str]) -> dict[str, set[str]]:
        """The bundles in which each of these statements left before; those that never did are not.

        At most a few hundred at a time.
        """
        found: dict[str, set[str]] = {}
        places = ", ".join("?" * len(statement_ids))
        rows = self._db.execute(
            "SELECT statement_id, bundle_id FROM bundle_statement"  # noqa: S608 - placeholders
            f" WHERE statement_id IN ({places})",
            statement_ids,
        )
        for statement_id, bundle_id in rows.fetchall():
            found.setdefault(str(statement_id), set()).add(str(bundle_id))
        return found

    def pieces_by_upload(self) -> dict[str, list[tuple[Bundle, UploadPiece]]]:
        """Every piece of every upload that left in a bundle, with that bundle."""
        rows = self._db.execute(
            "SELECT bundle_id, region_id, trip, made_at, size_bytes, has_arrived, upload_id,"
            " start_bytes, end_bytes FROM bundle_upload JOIN bundle USING(bundle_id)"
        )
        found: dict[str, list[tuple[Bundle, UploadPiece]]] = {}
        for row in rows.fetchall():
            piece = UploadPiece(*row[6:])
            found.setdefault(piece.upload_id, []).append((_bundle(row), piece))
        return found

    def last_trip(self) -> int:
        """The number of the newest bundle; 0 before the first."""
        row = self._db.execute("SELECT coalesce(max(trip), 0) FROM bundle").fetchone()
        return int(row[0])


class RelayStore:
    """Other machines' bundles and the points they came from."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def take(self, relay: Relay, now: datetime) -> bool:
        """Note a bundle that is kept here now; False when it was known."""
        with transaction(self._db):
            cursor = self._db.execute(
                "INSERT OR IGNORE INTO relay VALUES(?, ?, ?, ?, ?, ?, ?)",
                [
                    relay.bundle_id,
                    relay.region_id,
                    relay.point,
                    relay.size_bytes,
                    relay.parts,
                    stamp(now),
                    relay.state.value,
                ],
            )
            is_new = bool(cursor.rowcount)
            if is_new and relay.point:
                self._db.execute(
                    "INSERT INTO point VALUES(?, '', ?, ?, 1) ON CONFLICT(point) DO UPDATE SET"
                    " last_at=excluded.last_at, bundles=bundles+1",
                    [relay.point, stamp(now), stamp(now)],
                )
        return is_new

    def known(self, bundle_id: str) -> RelayState | None:
        """The state of a bundle that passed here, or None."""
        row = self._db.execute("SELECT state FROM relay WHERE bundle_id=?", [bundle_id]).fetchone()
        return None if row is None else RelayState(row[0])

    def ids(self) -> set[str]:
        """Every bundle that ever passed here."""
        return {str(row[0]) for row in self._db.execute("SELECT bundle_id FROM relay")}

    def in_state(self, state: RelayState) -> tuple[Relay, ...]:
        """All bundles in a state, the oldest first."""
        rows = self._db.execute(
            "SELECT bundle_id, region_id, point, size_bytes, parts, taken_at, state FROM relay"
            " WHERE state=? ORDER BY taken_at, bundle_id",
            [state.value],
        )
        return tuple(map(_relay, rows.fetchall()))

    def set_state(self, bundle_ids: Iterable[str], state: RelayState) -> int:
        """These have come further; what has arrived stays so. Returns how many rows changed."""
        changed = 0
        with transaction(self._db):
            for bundle_id in bundle_ids:
                changed += self._db.execute(
                    "UPDATE relay SET state=? WHERE bundle_id=? AND state NOT IN (?, ?)",
                    [state.value, bundle_id, state.value, RelayState.ARRIVED.value],
                ).rowcount
        return changed

    def points(self) -> tuple[Point, ...]:
        """Every machine that was heard of here, the longest silent first."""
        rows = self._db.execute(
            "SELECT point, name, first_at, last_at, bundles FROM point ORDER BY last_at, point"
        )
        return tuple(Point(*row) for row in rows.fetchall())

    def name_point(self, point: str, name: str) -> bool:
        """Call a machine something; False when it was never heard of."""
        with transaction(self._db):
            return bool(
                self._db.execute("UPDATE point SET name=? WHERE point=?", [name, point]).rowcount
            )


def _bundle(row: Sequence[Any]) -> Bundle:
    bundle_id, region_id, trip, made_at, size_bytes, has_arrived = row[:6]
    return Bundle(bundle_id, region_id, trip, made_at, size_bytes, bool(has_arrived))


def _relay(row: Sequence[Any]) -> Relay:
    bundle_id, region_id, point, size_bytes, parts, taken_at, state = row
    return Relay(bundle_id, region_id, point, size_bytes, parts, taken_at, RelayState(state))
