# SPDX-License-Identifier: GPL-3.0-or-later
"""The slips given out with universal sticks, as a table of desk.db."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from app.base.db import Database, Migrations, transaction

MIGRATIONS = Migrations("kezhan.universal")


@MIGRATIONS()
def m001_slips(database: Database) -> None:
    """What each slip's number stands for."""
    database.execute(
        "CREATE TABLE slip(number TEXT PRIMARY KEY, name TEXT NOT NULL, made_at TEXT NOT NULL,"
        " keys TEXT NOT NULL) STRICT, WITHOUT ROWID"
    )


@dataclass(frozen=True, slots=True)
class Slip:
    """A lesson that left on a stick: its list's name and the resources in it."""

    number: str
    name: str
    made_at: datetime
    keys: tuple[tuple[str, str], ...]  # (region_id, entry_id)


class SlipStore:
    """On one connection of desk.db; reading works on any."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, number: str, name: str, keys: tuple[tuple[str, str], ...]) -> None:
        """Remember a slip that was written."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
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
        keys = tuple((str(one[0]), str(one[1])) for one in json.loads(row[3]))
        return Slip(str(row[0]), str(row[1]), datetime.fromisoformat(row[2]), keys)
