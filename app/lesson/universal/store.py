# SPDX-License-Identifier: GPL-3.0-or-later
"""The slips given out with universal sticks, as a table of desk.db."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from app.base.db import Database, Migrations, transaction
from app.lesson.universal.plan import SlipItem

MIGRATIONS = Migrations("kezhan.universal")


@MIGRATIONS()
def m001_slips(database: Database) -> None:
    """What each slip's number stands for."""
    database.execute(
        "CREATE TABLE slip(number TEXT PRIMARY KEY, name TEXT NOT NULL, made_at TEXT NOT NULL,"
        " keys TEXT NOT NULL) STRICT, WITHOUT ROWID"
    )


@MIGRATIONS()
def m002_uses(database: Database) -> None:
    """Which slips were entered into the register, so that none is entered twice."""
    database.execute(
        "CREATE TABLE slip_use(number TEXT NOT NULL, taught_on TEXT NOT NULL,"
        " class_id TEXT NOT NULL, PRIMARY KEY(number, taught_on, class_id)) STRICT, WITHOUT ROWID"
    )


@dataclass(frozen=True, slots=True)
class Slip:
    """A lesson that left on a stick: its list's name and what was in it."""

    number: str
    name: str
    made_at: datetime
    items: tuple[SlipItem, ...]


class SlipStore:
    """On one connection of desk.db; reading works on any."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, number: str, name: str, items: Sequence[SlipItem]) -> None:
        """Remember a slip that was written."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        keys = [[one.region_id, one.entry_id, one.title] for one in items]
        with transaction(self._db):
            self._db.execute(
                "INSERT OR REPLACE INTO slip VALUES(?, ?, ?, ?)",
                [number, name, now, json.dumps(keys, ensure_ascii=False)],
            )

    def find(self, number: str) -> Slip | None:
        """What a number (as `parse_slip` gives it) stands for; None when it was made elsewhere."""
        row = self._db.execute(
            "SELECT number, name, made_at, keys FROM slip WHERE number = ?", [number]
        ).fetchone()
        if row is None:
            return None
        items = tuple(SlipItem(*map(str, one)) for one in json.loads(row[3]))
        return Slip(str(row[0]), str(row[1]), datetime.fromisoformat(row[2]), items)

    def is_entered(self, number: str, taught_on: date, class_id: str) -> bool:
        """Whether that lesson stands in the register already."""
        row = self._db.execute(
            "SELECT 1 FROM slip_use WHERE number = ? AND taught_on = ? AND class_id = ?",
            [number, taught_on.isoformat(), class_id],
        ).fetchone()
        return row is not None

    def enter(self, number: str, taught_on: date, class_id: str) -> None:
        """Remember that it does."""
        with transaction(self._db):
            self._db.execute(
                "INSERT OR IGNORE INTO slip_use VALUES(?, ?, ?)",
                [number, taught_on.isoformat(), class_id],
            )
