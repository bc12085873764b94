# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of requests: rows that the agent writes and everybody may read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.base.db import Database, DatabaseError, transaction
from app.base.errors import KnownError
from app.sync.inbox import Request
from app.sync.store import stamp

WORKING, DONE, FAILED = "working", "done", "failed"


@dataclass(frozen=True, slots=True)
class RequestState:
    """`working` (maybe with the code of what it waits for), `done` or `failed`."""

    id: str
    kind: str
    state: str
    code: str | None
    data: Mapping[str, Any]
    result: Mapping[str, Any]

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in (DONE, FAILED)


_COLUMNS = "id, kind, state, code, data, result"


def request_state(reader: Database, request_id: str) -> RequestState | None:
    """The state of a request, or None when the agent has not taken it yet."""
    try:
        row = reader.execute(
            f"SELECT {_COLUMNS} FROM request WHERE id=?",  # noqa: S608 - our own columns
            [request_id],
        ).fetchone()
    except DatabaseError:
        return None  # the agent has not made its tables yet
    return None if row is None else _state(row)


# Requests begin in the order they were left, and two of one click differ by less than a second.
_LEFT_AT = "%Y-%m-%dT%H:%M:%S.%fZ"


class RequestTable:
    """The agent's side."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def take(self, request: Request, now: datetime) -> bool:
        """Write a new request down; False when it was taken before."""
        with transaction(self._db):
            cursor = self._db.execute(
                "INSERT OR IGNORE INTO request(id, kind, body, state, left_at)"
                " VALUES(?, ?, ?, ?, ?)",
                [
                    request.id,
                    request.kind.value,
                    json.dumps(dict(request.body), ensure_ascii=False),
                    WORKING,
                    now.astimezone(UTC).strftime(_LEFT_AT),
                ],
            )
        return bool(cursor.rowcount)

    def working(self) -> list[tuple[str, str, dict[str, Any]]]:
        """id, kind and body of everything that is not over, oldest first."""
        rows = self._db.execute(
            "SELECT id, kind, body FROM request WHERE state=? ORDER BY left_at, id", [WORKING]
        )
        return [(row[0], row[1], json.loads(row[2])) for row in rows.fetchall()]

    def done(self, request_id: str, result: Mapping[str, object], now: datetime) -> None:
        """It is fulfilled."""
        self._set(request_id, DONE, None, result, now)

    def failed(self, request_id: str, error: KnownError, now: datetime) -> None:
        """It cannot be fulfilled."""
        self._set(request_id, FAILED, error, {}, now)

    def waits(self, request_id: str, error: KnownError) -> None:
        """It goes on later; until then the error says why."""
        with transaction(self._db):
            self._db.execute(
                "UPDATE request SET code=?, data=? WHERE id=? AND state=?",
                [error.code, json.dumps(error.data), request_id, WORKING],
            )

    def _set(
        self,
        request_id: str,
        state: str,
        error: KnownError | None,
        result: Mapping[str, object],
        now: datetime,
    ) -> None:
        with transaction(self._db):
            self._db.execute(
                "UPDATE request SET state=?, code=?, data=?, result=?, done_at=? WHERE id=?",
                [
                    state,
                    error.code if error is not None else None,
                    json.dumps(error.data if error is not None else {}),
                    json.dumps(dict(result)),
                    stamp(now),
                    request_id,
                ],
            )


def _state(row: tuple[Any, ...]) -> RequestState:
    request_id, kind, state, code, data, result = row
    return RequestState(
        request_id, kind, state, code, json.loads(data or "{}"), json.loads(result or "{}")
    )
