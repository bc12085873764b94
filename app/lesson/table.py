# SPDX-License-Identifier: GPL-3.0-or-later
"""What every group of tables in desk.db shares: one connection, one way to write and to fail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.base.db import Database, DatabaseError, known_database_error, transaction
from app.base.errors import KnownError


class Table:
    """Some tables on one connection; a read-only one can do all but write."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._path = Path(database.execute("PRAGMA database_list").fetchone()[2] or ":memory:")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            with transaction(self._database):
                yield
        except DatabaseError as error:
            translated = known_database_error(error, self._path)
            if isinstance(translated, KnownError):
                raise translated from error
            raise

    def _run(self, statement: str, *values: Any) -> None:
        self._database.conn.execute(statement, values)

    def _one(self, statement: str, *values: Any) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self._database.execute(statement, list(values)).fetchone()
        return row


def now_text() -> str:
    """This moment as the tables hold it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
