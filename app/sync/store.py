# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent's own tables in state.db: regions, trust floor, jobs, requests, problems, anchors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.base.clock import Anchor
from app.base.db import Database, Migrations, transaction
from app.base.errors import Datum, KnownError
from app.region.floor import TrustFloor
from app.region.index import ShardKey

MIGRATIONS = Migrations("kezhan.sync")
IMPORT_META = "catalogue_import_bytes"  # what the update of the catalogue takes of the disk


@MIGRATIONS(name="001_sync")
def _sync(database: Database) -> None:
    for statement in (
        "CREATE TABLE region(region_id TEXT PRIMARY KEY, name TEXT NOT NULL, base TEXT NOT NULL,"
        " mirrors TEXT NOT NULL, statements_url TEXT, uploads_url TEXT, enrolled_at TEXT NOT NULL,"
        " verdict TEXT NOT NULL DEFAULT '', issued TEXT, checked_at TEXT, good_at TEXT)"
        " WITHOUT ROWID",
        "CREATE TABLE floor(region_id TEXT PRIMARY KEY, root INTEGER NOT NULL,"
        " timestamp INTEGER NOT NULL, snapshot INTEGER NOT NULL, targets INTEGER NOT NULL,"
        " generation INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE TABLE subscription(region_id TEXT NOT NULL, stage TEXT NOT NULL,"
        " subject TEXT NOT NULL, edition TEXT NOT NULL, is_exercise INTEGER NOT NULL,"
        " is_on INTEGER NOT NULL, PRIMARY KEY(region_id, stage, subject, edition, is_exercise)"
        ") WITHOUT ROWID",
        "CREATE TABLE job(sha256 TEXT PRIMARY KEY, size_bytes INTEGER NOT NULL,"
        " pieces_sha256 TEXT, region_id TEXT NOT NULL, title TEXT NOT NULL,"
        " priority INTEGER NOT NULL, done_bytes INTEGER NOT NULL DEFAULT 0,"
        " tries INTEGER NOT NULL DEFAULT 0, code TEXT, data TEXT, added_at TEXT NOT NULL"
        ") WITHOUT ROWID",
        "CREATE TABLE want(sha256 TEXT NOT NULL, region_id TEXT NOT NULL, entry_id TEXT NOT NULL,"
        " request_id TEXT NOT NULL, PRIMARY KEY(sha256, region_id, entry_id, request_id)"
        ") WITHOUT ROWID",
        "CREATE TABLE request(id TEXT PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL,"
        " state TEXT NOT NULL, code TEXT, data TEXT, result TEXT, left_at TEXT NOT NULL,"
        " done_at TEXT) WITHOUT ROWID",
        "CREATE TABLE problem(code TEXT NOT NULL, subject TEXT NOT NULL, data TEXT NOT NULL,"
        " scope TEXT NOT NULL, first_at TEXT NOT NULL, last_at TEXT NOT NULL,"
        " count INTEGER NOT NULL, PRIMARY KEY(code, subject)) WITHOUT ROWID",
        "CREATE TABLE anchor(source TEXT NOT NULL, at TEXT NOT NULL, boot_id TEXT NOT NULL,"
        " boot_s REAL NOT NULL, PRIMARY KEY(source, boot_id)) WITHOUT ROWID",
        "CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    ):
        database.execute(statement)


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A region as last seen; `mirrors` are absolute addresses in the order to ask them."""

    region_id: str
    name: str
    base: str
    mirrors: tuple[str, ...]
    statements_url: str | None
    uploads_url: str | None
    verdict: str = ""
    issued: str | None = None
    checked_at: str | None = None
    good_at: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that does not work now; `subject` is the region, host or item it concerns."""

    code: str
    subject: str
    data: Mapping[str, Datum]
    scope: str
    first_at: str
    last_at: str
    count: int


def stamp(moment: datetime) -> str:
    """A moment as the tables hold it: ISO 8601, UTC, seconds."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


class SyncStore:
    """Rows of the agent; only its main thread writes, others open the database read-only."""

    def __init__(self, database: Database) -> None:
        self.database = database

    # -- regions ----------------------------------------------------------------------------

    def regions(self) -> list[RegionRow]:
        """All regions, in the order of enrolment."""
        rows = self.database.execute(
            "SELECT region_id, name, base, mirrors, statements_url, uploads_url, verdict, issued,"
            " checked_at, good_at FROM region ORDER BY enrolled_at, region_id"
        )
        return [_region(row) for row in rows.fetchall()]

    def region(self, region_id: str) -> RegionRow | None:
        """One region, or None."""
        return next((row for row in self.regions() if row.region_id == region_id), None)

    def save_region(self, row: RegionRow, now: datetime) -> None:
        """Insert a region or replace its addresses; what was learnt about it stays."""
        with transaction(self.database):
            self.database.execute(
                "INSERT INTO region(region_id, name, base, mirrors, statements_url, uploads_url,"
                " enrolled_at) VALUES(?, ?, ?, ?, ?, ?, ?) ON CONFLICT(region_id) DO UPDATE SET"
                " name=excluded.name, base=excluded.base, mirrors=excluded.mirrors,"
                " statements_url=excluded.statements_url, uploads_url=excluded.uploads_url",
                [
                    row.region_id,
                    row.name,
                    row.base,
                    json.dumps(row.mirrors),
                    row.statements_url,
                    row.uploads_url,
                    stamp(now),
                ],
            )

    def note_check(self, region_id: str, verdict: str, issued: str | None, now: datetime) -> None:
        """Remember how the last refresh went; `issued` None keeps what is known."""
        is_good = verdict in ("updated", "same")
        with transaction(self.database):
            self.database.execute(
                "UPDATE region SET verdict=?, issued=coalesce(?, issued), checked_at=?,"
                " good_at=CASE WHEN ? THEN ? ELSE good_at END WHERE region_id=?",
                [verdict, issued, stamp(now), is_good, stamp(now), region_id],
            )

    # -- trust floor ------------------------------------------------------------------------

    def floor(self, region_id: str) -> TrustFloor | None:
        """The versions that must never go back."""
        row = self.database.execute(
            "SELECT root, timestamp, snapshot, targets, generation FROM floor WHERE region_id=?",
            [region_id],
        ).fetchone()
        return TrustFloor(*row) if row is not None else None

    def save_floor(self, region_id: str, floor: TrustFloor) -> None:
        """The one commit that makes a refresh count."""
        with transaction(self.database):
            self.database.execute(
                "INSERT OR REPLACE INTO floor VALUES(?, ?, ?, ?, ?, ?)",
                [
                    region_id,
                    floor.root,
                    floor.timestamp,
                    floor.snapshot,
                    floor.targets,
                    floor.generation,
                ],
            )

    def forget_floor(self, region_id: str) -> None:
        """Another root: what was signed under the old one says nothing about the new one."""
        with transaction(self.database):
            self.database.execute("DELETE FROM floor WHERE region_id=?", [region_id])

    # -- subscriptions ----------------------------------------------------------------------

    def subscriptions(self, region_id: str) -> dict[ShardKey, bool]:
        """What was switched on or off on this machine, beyond the enrolment."""
        rows = self.database.execute(
            "SELECT stage, subject, edition, is_exercise, is_on FROM subscription"
            " WHERE region_id=?",
            [region_id],
        )
        return {
            ShardKey(stage, subject, edition, bool(is_exercise)): bool(is_on)
            for stage, subject, edition, is_exercise, is_on in rows.fetchall()
        }

    def subscribe(self, region_id: str, keys: Iterable[ShardKey], *, is_on: bool) -> None:
        """Switch shards on or off."""
        with transaction(self.database):
            self.database.conn.executemany(
                "INSERT OR REPLACE INTO subscription VALUES(?, ?, ?, ?, ?, ?)",
                [
                    (region_id, key.stage, key.subject, key.edition, key.is_exercise, is_on)
                    for key in keys
                ],
            )

    # -- problems ---------------------------------------------------------------------------

    def open_problem(self, error: KnownError, subject: str, now: datetime) -> None:
        """Record that something does not work; the same again only counts up."""
        with transaction(self.database):
            self.database.execute(
                "INSERT INTO problem VALUES(?, ?, ?, ?, ?, ?, 1) ON CONFLICT(code, subject)"
                " DO UPDATE SET data=excluded.data, last_at=excluded.last_at, count=count+1",
                [
                    error.code,
                    subject,
                    json.dumps(error.data),
                    error.scope.value,
                    stamp(now),
                    stamp(now),
                ],
            )

    def close_problems(self, subject: str, codes: Iterable[str] | None = None) -> None:
        """It works again: forget the problems of `subject` (only `codes`, when given)."""
        with transaction(self.database):
            if codes is None:
                self.database.execute("DELETE FROM problem WHERE subject=?", [subject])
            else:
                self.database.conn.executemany(
                    "DELETE FROM problem WHERE subject=? AND code=?",
                    [(subject, code) for code in codes],
                )

    def problems(self) -> list[Problem]:
        """What does not work now, newest first."""
        rows = self.database.execute(
            "SELECT code, subject, data, scope, first_at, last_at, count FROM problem"
            " ORDER BY last_at DESC, code"
        )
        return [
            Problem(code, subject, json.loads(data), scope, first_at, last_at, count)
            for code, subject, data, scope, first_at, last_at, count in rows.fetchall()
        ]

    # -- clock and the rest -----------------------------------------------------------------

    def anchors(self) -> list[Anchor]:
        """Moments that somebody trustworthy vouched for."""
        rows = self.database.execute("SELECT at, boot_id, boot_s, source FROM anchor")
        return [
            Anchor(datetime.fromisoformat(row[0]), row[1], row[2], row[3])
            for row in rows.fetchall()
        ]

    def save_anchor(self, anchor: Anchor) -> None:
        """Keep the newest anchor of a source and a boot."""
        with transaction(self.database):
            self.database.execute(
                "INSERT INTO anchor VALUES(?, ?, ?, ?) ON CONFLICT(source, boot_id) DO UPDATE SET"
                " at=excluded.at, boot_s=excluded.boot_s WHERE excluded.at > at",
                [anchor.source, anchor.at.isoformat(), anchor.boot_id, anchor.boot_s],
            )

    def meta(self, name: str) -> Any:
        """A small remembered value, or None."""
        row = self.database.execute("SELECT value FROM meta WHERE name=?", [name]).fetchone()
        return None if row is None else json.loads(row[0])

    def set_meta(self, name: str, value: object) -> None:
        """Remember a small value."""
        with transaction(self.database):
            self.database.execute(
                "INSERT OR REPLACE INTO meta VALUES(?, ?)", [name, json.dumps(value)]
            )


def _region(row: tuple[Any, ...]) -> RegionRow:
    region_id, name, base, mirrors, *rest = row
    return RegionRow(region_id, name, base, tuple(json.loads(mirrors)), *rest)
