# SPDX-License-Identifier: GPL-3.0-or-later
"""Downloads as rows: which blobs are wanted, for which entries, and for which request."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.base.db import Database, transaction
from app.base.errors import KnownError
from app.region.entry import ResourceFile
from app.sync.store import stamp
from app.sync.transfer import WantedBlob

# Smaller goes first.
TEACHER_WAITS, PINNED, REPAIR, COVER = 0, 10, 20, 30


@dataclass(frozen=True, slots=True)
class Job:
    """One blob to bring."""

    blob: WantedBlob
    region_id: str
    title: str
    priority: int
    done_bytes: int
    tries: int
    code: str | None


@dataclass(frozen=True, slots=True)
class Want:
    """That an entry wants a blob, for a request or (an empty `request_id`) for itself."""

    sha256: str
    region_id: str
    entry_id: str
    request_id: str


class JobTable:
    """The queue of downloads; a row goes when its blob is whole."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(
        self,
        files: Iterable[ResourceFile],
        *,
        key: tuple[str, str],
        title: str,
        priority: int,
        request_id: str = "",
        now: datetime,
    ) -> None:
        """Queue files of an entry; one that is queued already becomes at least as urgent."""
        region_id, entry_id = key
        with transaction(self._db):
            for file in files:
                self._db.execute(
                    "INSERT INTO job(sha256, size_bytes, pieces_sha256, region_id, title,"
                    " priority, added_at) VALUES(?, ?, ?, ?, ?, ?, ?) ON CONFLICT(sha256)"
                    " DO UPDATE SET priority=min(priority, excluded.priority)",
                    [
                        file.sha256,
                        file.size_bytes,
                        file.pieces_sha256,
                        region_id,
                        title,
                        priority,
                        stamp(now),
                    ],
                )
                self._db.execute(
                    "INSERT OR IGNORE INTO want VALUES(?, ?, ?, ?)",
                    [file.sha256, region_id, entry_id, request_id],
                )

    def waiting(self) -> list[Job]:
        """All jobs, most urgent first, small ones before large ones."""
        rows = self._db.execute(
            "SELECT sha256, size_bytes, pieces_sha256, region_id, title, priority, done_bytes,"
            " tries, code FROM job ORDER BY priority, tries, size_bytes, sha256"
        )
        return [
            Job(WantedBlob(sha256, size_bytes, pieces), *rest)
            for sha256, size_bytes, pieces, *rest in rows.fetchall()
        ]

    def count(self) -> int:
        """How many blobs are still to come."""
        return int(self._db.execute("SELECT count(*) FROM job").fetchone()[0])

    def entries_of(self, sha256: str) -> list[tuple[str, str]]:
        """The entries that want a blob."""
        rows = self._db.execute(
            "SELECT DISTINCT region_id, entry_id FROM want WHERE sha256=?", [sha256]
        )
        return [(region_id, entry_id) for region_id, entry_id in rows.fetchall()]

    def wants_of(self, region_id: str) -> list[Want]:
        """What a region's entries still want."""
        rows = self._db.execute(
            "SELECT sha256, region_id, entry_id, request_id FROM want WHERE region_id=?"
            " ORDER BY entry_id, sha256, request_id",
            [region_id],
        )
        return [Want(*row) for row in rows.fetchall()]

    def unwant(self, wants: Iterable[Want]) -> list[str]:
        """Take wants back; returns the blobs that nobody wants now, whose jobs are gone."""
        taken = list(wants)
        with transaction(self._db):
            self._db.conn.executemany(
                "DELETE FROM want WHERE sha256=? AND region_id=? AND entry_id=? AND request_id=?",
                [(one.sha256, one.region_id, one.entry_id, one.request_id) for one in taken],
            )
            gone = [
                sha256
                for sha256 in sorted({one.sha256 for one in taken})
                if not self.entries_of(sha256)
            ]
            self._db.conn.executemany("DELETE FROM job WHERE sha256=?", [(one,) for one in gone])
        return gone

    def progressed(self, sha256: str, done_bytes: int) -> None:
        """Note how far a job is, for who looks from outside."""
        with transaction(self._db):
            self._db.execute("UPDATE job SET done_bytes=? WHERE sha256=?", [done_bytes, sha256])

    def failed(self, sha256: str, error: KnownError) -> None:
        """Note why a job could not go on; it stays."""
        with transaction(self._db):
            self._db.execute(
                "UPDATE job SET tries=tries+1, code=?, data=? WHERE sha256=?",
                [error.code, json.dumps(error.data), sha256],
            )

    def finished(self, sha256: str) -> None:
        """The blob is here."""
        with transaction(self._db):
            self._db.execute("DELETE FROM job WHERE sha256=?", [sha256])
            self._db.execute("DELETE FROM want WHERE sha256=?", [sha256])

    def left_of(self, request_id: str) -> int:
        """How many blobs a request still waits for."""
        row = self._db.execute(
            "SELECT count(*) FROM want JOIN job USING(sha256) WHERE request_id=?", [request_id]
        ).fetchone()
        return int(row[0])

    def blobs_of(self, request_id: str) -> set[str]:
        """The blobs a request still waits for."""
        rows = self._db.execute("SELECT sha256 FROM want WHERE request_id=?", [request_id])
        return {row[0] for row in rows.fetchall()}
