# SPDX-License-Identifier: GPL-3.0-or-later
"""Statements as rows of state.db: waiting (an event), frozen (bytes), delivered or quarantined.

A row keeps its id for as long as its event exists, so that an event met again is known.
"""

from __future__ import annotations

import contextlib
import hashlib
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from app.base.db import (
    Database,
    DatabaseError,
    Migrations,
    known_database_error,
    transaction,
)
from app.usage.events import Event, event_from_json, event_to_json, time_from_text, time_to_text

MIGRATIONS = Migrations("kezhan.statements")


class State(StrEnum):
    """Where a statement is on its way."""

    WAITING = "waiting"
    FROZEN = "frozen"
    DELIVERED = "delivered"
    QUARANTINED = "quarantined"


@MIGRATIONS()
def m001_statements(database: Database) -> None:
    """The outbox of statements, the cursor into the event log, and the random accounts."""
    database.execute(
        """CREATE TABLE statement (
            statement_id TEXT PRIMARY KEY, region_id TEXT NOT NULL, position INTEGER NOT NULL,
            state TEXT NOT NULL, event TEXT, body BLOB,
            status INTEGER, reason TEXT) STRICT, WITHOUT ROWID"""
    )
    database.execute("CREATE INDEX statement_way ON statement (region_id, state, position)")
    database.execute(
        """CREATE TABLE statement_cursor (
            region_id TEXT PRIMARY KEY, position INTEGER NOT NULL, event_id TEXT NOT NULL,
            frozen_until TEXT) STRICT, WITHOUT ROWID"""
    )
    database.execute(
        """CREATE TABLE statement_account (
            home_page TEXT NOT NULL, teacher_id TEXT NOT NULL, account TEXT NOT NULL,
            PRIMARY KEY (home_page, teacher_id)) STRICT, WITHOUT ROWID"""
    )


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a region's statements have been collected; the id notices a log that was set back."""

    position: int = 0
    event_id: str = ""


@dataclass(frozen=True, slots=True)
class FrozenStatement:
    """A statement whose bytes never change again."""

    statement_id: str
    body: bytes


class StatementStore:
    """The outbox of statements on one connection of state.db."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._path = Path(database.execute("PRAGMA database_list").fetchone()[2] or ":memory:")

    def cursor(self, region_id: str) -> Cursor:
        """How far this region's events have been collected."""
        row = self._database.execute(
            "SELECT position, event_id FROM statement_cursor WHERE region_id = ?", [region_id]
        ).fetchone()
        return Cursor() if row is None else Cursor(int(row[0]), str(row[1]))

    def collect(self, region_id: str, found: Iterable[tuple[int, Event]], cursor: Cursor) -> int:
        """Add events and move the cursor in one commit; known events change nothing."""
        added = 0
        with self._writing():
            for position, event in found:
                added += self._database.conn.execute(
                    """INSERT OR IGNORE INTO statement (statement_id, region_id, position, state,
                    event) VALUES (?, ?, ?, ?, ?)""",
                    [
                        event.event_id,
                        region_id,
                        position,
                        State.WAITING.value,
                        event_to_json(event),
                    ],
                ).rowcount
            self._database.conn.execute(
                """INSERT INTO statement_cursor (region_id, position, event_id) VALUES (?, ?, ?)
                ON CONFLICT (region_id) DO UPDATE
                SET position = excluded.position, event_id = excluded.event_id""",
                [region_id, cursor.position, cursor.event_id],
            )
        return added

    def frozen(self, region_id: str, limit: int) -> tuple[FrozenStatement, ...]:
        """Statements that may have been sent already, oldest first."""
        rows = self._database.execute(
            """SELECT statement_id, body FROM statement WHERE region_id = ? AND state = ?
            ORDER BY position LIMIT ?""",
            [region_id, State.FROZEN.value, limit],
        )
        return tuple(FrozenStatement(str(row[0]), bytes(row[1])) for row in rows.fetchall())

    def frozen_after(
        self, region_id: str, place: tuple[int, str], limit: int
    ) -> tuple[tuple[tuple[int, str], FrozenStatement], ...]:
        """Frozen statements behind a place, each with its own place; the first is (0, "")."""
        rows = self._database.execute(
            """SELECT position, statement_id, body FROM statement WHERE region_id = ? AND state = ?
            AND (position, statement_id) > (?, ?) ORDER BY position, statement_id LIMIT ?""",
            [region_id, State.FROZEN.value, *place, limit],
        )
        return tuple(
            ((int(row[0]), str(row[1])), FrozenStatement(str(row[1]), bytes(row[2])))
            for row in rows.fetchall()
        )

    def waiting(self, region_id: str, limit: int) -> tuple[Event, ...]:
        """Events whose statements have never been sent, oldest first."""
        rows = self._database.execute(
            """SELECT event FROM statement WHERE region_id = ? AND state = ?
            ORDER BY position LIMIT ?""",
            [region_id, State.WAITING.value, limit],
        )
        return tuple(event_from_json(row[0]) for row in rows.fetchall())

    def frozen_until(self, region_id: str) -> datetime | None:
        """The time of the newest frozen statement: later events happened after it."""
        row = self._database.execute(
            "SELECT frozen_until FROM statement_cursor WHERE region_id = ?", [region_id]
        ).fetchone()
        return None if row is None or row[0] is None else time_from_text(row[0])

    def freeze(
        self,
        region_id: str,
        make: Callable[[Callable[[str, str], str]], Sequence[FrozenStatement]],
        until: datetime,
    ) -> None:
        """Fix the bytes of statements in one commit, before the first of them is sent.

        `make` is given a function that finds or invents the random account of a teacher.
        """
        with self._writing():
            for one in make(self._account):
                self._database.conn.execute(
                    "UPDATE statement SET state = ?, body = ?, event = NULL WHERE statement_id = ?",
                    [State.FROZEN.value, one.body, one.statement_id],
                )
            self._database.conn.execute(
                "UPDATE statement_cursor SET frozen_until = ? WHERE region_id = ?",
                [time_to_text(until), region_id],
            )

    def delivered(self, statement_ids: Iterable[str]) -> None:
        """The store has these; their bytes are no longer needed."""
        with self._writing():
            self._database.conn.executemany(
                """UPDATE statement SET state = ?, body = NULL, event = NULL, status = NULL,
                reason = NULL WHERE statement_id = ?""",
                [(State.DELIVERED.value, one) for one in statement_ids],
            )

    def quarantine(self, statement_id: str, status: int, reason: str) -> None:
        """Set one statement aside with the store's answer; its bytes stay."""
        with self._writing():
            self._database.conn.execute(
                "UPDATE statement SET state = ?, status = ?, reason = ? WHERE statement_id = ?",
                [State.QUARANTINED.value, status, reason, statement_id],
            )

    def release_quarantined(self, region_id: str) -> int:
        """Send what was set aside once more (after the region repaired its store)."""
        with self._writing():
            return int(
                self._database.conn.execute(
                    "UPDATE statement SET state = ? WHERE region_id = ? AND state = ?",
                    [State.FROZEN.value, region_id, State.QUARANTINED.value],
                ).rowcount
            )

    def forget_until(self, position: int) -> int:
        """Drop delivered rows whose events are deleted from the log up to that position."""
        with self._writing():
            return int(
                self._database.conn.execute(
                    "DELETE FROM statement WHERE position <= ? AND state = ?",
                    [position, State.DELIVERED.value],
                ).rowcount
            )

    def left(self, region_id: str) -> int:
        """How many statements still have to be sent."""
        row = self._database.execute(
            "SELECT count(*) FROM statement WHERE region_id = ? AND state IN (?, ?)",
            [region_id, State.WAITING.value, State.FROZEN.value],
        ).fetchone()
        return int(row[0])

    def count_by_state(self) -> dict[str, int]:
        """How many statements of all regions are in each state."""
        rows = self._database.execute("SELECT state, count(*) FROM statement GROUP BY state")
        return {str(state): int(count) for state, count in rows.fetchall()}

    def _account(self, home_page: str, teacher_id: str) -> str:
        key = [home_page, teacher_id]
        row = self._database.execute(
            "SELECT account FROM statement_account WHERE home_page = ? AND teacher_id = ?", key
        ).fetchone()
        if row is not None:
            return str(row[0])
        # From the teacher's own random number, so that one teacher stays one account even when
        # this table was set back; without a teacher it is random.
        told = f"kezhan-account:{home_page}:{teacher_id}".encode()
        account = hashlib.sha256(told).hexdigest()[:32] if teacher_id else uuid.uuid4().hex
        self._database.conn.execute(
            "INSERT INTO statement_account VALUES (?, ?, ?)", [*key, account]
        )
        return account

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            with transaction(self._database):
                yield
        except DatabaseError as error:
            raise known_database_error(error, self._path) from error
