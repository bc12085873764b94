# SPDX-License-Identifier: GPL-3.0-or-later
"""Uploads as rows of state.db.

queued → sending → delivered (the bytes are there) → accepted or rejected (a signed receipt).
Besides these: paused (by wish, or with the problem that stopped it), cancelling (the server still
has to be told) and cancelled. The local copy stays until accepted, or until its teacher deletes it.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.base.db import (
    Database,
    DatabaseError,
    Migrations,
    known_database_error,
    transaction,
)
from app.base.errors import KnownError
from app.region.receipts import ReceiptState, UploadReceipt
from app.sync.uploads.errors import UnknownUploadError

MIGRATIONS = Migrations("kezhan.uploads")


class State(StrEnum):
    """Where an upload is on its way."""

    QUEUED = "queued"
    SENDING = "sending"
    PAUSED = "paused"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"


_UNSENT = (State.QUEUED, State.SENDING, State.PAUSED)
_DECIDED = (State.ACCEPTED, State.REJECTED, State.CANCELLED)
_STATE_OF = {
    ReceiptState.RECEIVED: State.DELIVERED,
    ReceiptState.ACCEPTED: State.ACCEPTED,
    ReceiptState.REJECTED: State.REJECTED,
}
_NEEDS_COPY = (*_UNSENT, State.DELIVERED, State.REJECTED)
# Parts of others' sealed bundles say so (`app.sync.courier.depot`).
_NO_BUNDLE = "(json_extract(details, '$.kind') IS NOT 'bundle')"
_COLUMNS = (
    "upload_id, region_id, sha256, size_bytes, name, details, state, endpoint, address, "
    "offset_bytes, code, data"
)


@MIGRATIONS()
def m001_uploads(database: Database) -> None:
    """The outbox of uploads, in the order in which teachers added them."""
    database.execute(
        """CREATE TABLE upload (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            upload_id TEXT NOT NULL UNIQUE, region_id TEXT NOT NULL, sha256 TEXT NOT NULL,
            size_bytes INTEGER NOT NULL, name TEXT NOT NULL, details TEXT NOT NULL,
            state TEXT NOT NULL, endpoint TEXT NOT NULL DEFAULT '', address TEXT,
            offset_bytes INTEGER NOT NULL DEFAULT 0,
            code TEXT NOT NULL DEFAULT '', data TEXT NOT NULL DEFAULT '{}') STRICT"""
    )
    database.execute("CREATE INDEX upload_content ON upload (region_id, sha256)")
    database.execute("CREATE INDEX upload_way ON upload (region_id, state, number)")


@dataclass(frozen=True, slots=True)
class Upload:
    """One row. `address` is where the server keeps the bytes that have arrived there.

    `code` and `data` tell the problem that paused it, or with `rejected` the region's reason.
    """

    upload_id: str
    region_id: str
    sha256: str
    size_bytes: int
    name: str
    details: Mapping[str, str]
    state: State
    endpoint: str = ""
    address: str | None = None
    offset_bytes: int = 0
    code: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What the teacher called it."""
        return self.details.get("title") or self.name


class UploadStore:
    """The outbox of uploads on one connection of state.db; reading works on any connection."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._path = Path(database.execute("PRAGMA database_list").fetchone()[2] or ":memory:")

    def add(
        self,
        upload_id: str,
        region_id: str,
        *,
        sha256: str,
        size_bytes: int,
        name: str,
        details: Mapping[str, str],
    ) -> str:
        """Queue a staged file; returns the id of the row.

        The same content already on its way to the region gives that row's id: what was said last
        counts as long as the server has not been told, and a paused row goes on.
        """
        with self._writing():
            if self._row("upload_id = ?", [upload_id]) is not None:
                return upload_id
            places = ", ".join("?" * len(_UNSENT))
            twin = self._row(
                f"region_id = ? AND sha256 = ? AND state IN ({places})",
                [region_id, sha256, *(state.value for state in _UNSENT)],
            )
            said = json.dumps(dict(details), ensure_ascii=False)
            if twin is not None:
                self._set("state = ?, code = '', data = '{}'", [State.QUEUED.value], twin.upload_id)
                if twin.address is None:
                    self._set("name = ?, details = ?", [name, said], twin.upload_id)
                return twin.upload_id
            self._database.conn.execute(
                """INSERT INTO upload (upload_id, region_id, sha256, size_bytes, name, details,
                state) VALUES (?, ?, ?, ?, ?, ?, ?)""",
                [upload_id, region_id, sha256, size_bytes, name, said, State.QUEUED.value],
            )
        return upload_id

    def get(self, upload_id: str) -> Upload:
        """One row.

        Raises:
            UnknownUploadError: there is none.
        """
        found = self._row("upload_id = ?", [upload_id])
        if found is None:
            raise UnknownUploadError(upload_id=upload_id)
        return found

    def all(self) -> tuple[Upload, ...]:
        """Every teacher's file, the newest first; not what is passed on for others."""
        rows = self._database.execute(
            f"SELECT {_COLUMNS} FROM upload WHERE {_NO_BUNDLE} ORDER BY number DESC"  # noqa: S608
        )
        return tuple(map(_upload, rows.fetchall()))

    def bundle_parts(self) -> tuple[Upload, ...]:
        """Parts of other machines' sealed bundles, which are sent like uploads."""
        rows = self._database.execute(
            f"SELECT {_COLUMNS} FROM upload WHERE NOT {_NO_BUNDLE}"  # noqa: S608
            " AND state NOT IN ('cancelling', 'cancelled')"
        )
        return tuple(map(_upload, rows.fetchall()))

    def next_due(self, region_id: str) -> Upload | None:
        """What to work on: what is to be cancelled, then what has begun, then the oldest."""
        return self._row(
            """region_id = ? AND state IN ('cancelling', 'sending', 'queued')
            ORDER BY state = 'cancelling' DESC, state = 'sending' DESC, number""",
            [region_id],
        )

    def for_stick(self, region_id: str) -> tuple[Upload, ...]:
        """What a stick may carry, in the teachers' order: everything unsent but what was paused.

        What a server found too large for it goes by stick all the same.
        """
        rows = self._database.execute(
            f"""SELECT {_COLUMNS} FROM upload WHERE {_NO_BUNDLE} AND region_id = ? AND (
            state IN ('queued', 'sending') OR (state = 'paused' AND code = 'upload_too_large'))
            ORDER BY number""",  # noqa: S608
            [region_id],
        )
        return tuple(map(_upload, rows.fetchall()))

    def created(self, upload_id: str, endpoint: str, address: str) -> None:
        """The server has made a place for the upload."""
        with self._writing():
            self._set(
                "state = ?, endpoint = ?, address = ?, offset_bytes = 0, code = '', data = '{}'",
                [State.SENDING.value, endpoint, address],
                upload_id,
            )

    def forget_address(self, upload_id: str) -> None:
        """The server no longer has the upload, or another file; it starts again."""
        with self._writing():
            self._set("endpoint = '', address = NULL, offset_bytes = 0", [], upload_id)

    def forget_addresses(self) -> None:
        """What has begun at the server was begun by another machine; this one starts anew."""
        with self._writing():
            self._database.conn.execute(
                "UPDATE upload SET endpoint = '', address = NULL, offset_bytes = 0"
                " WHERE state IN ('queued', 'sending', 'paused')"
            )

    def reached(self, upload_id: str, offset_bytes: int) -> None:
        """So many bytes are known to be at the server."""
        with self._writing():
            self._set("offset_bytes = ?", [offset_bytes], upload_id)

    def delivered(self, upload_id: str) -> None:
        """All bytes are at the server; the region has not decided yet."""
        with self._writing():
            self._set(
                "state = ?, offset_bytes = size_bytes, code = '', data = '{}'",
                [State.DELIVERED.value],
                upload_id,
            )

    def cancelled(self, upload_id: str) -> None:
        """The server has been told, or has forgotten by itself."""
        with self._writing():
            self._set("state = ?, address = NULL", [State.CANCELLED.value], upload_id)

    def pause(self, upload_id: str, error: KnownError | None = None) -> None:
        """Leave an upload alone until `resume`, by wish or because of a problem of its own.

        Raises:
            UnknownUploadError: there is none that could be paused.
        """
        code, data = ("", {}) if error is None else (error.code, error.data)
        self._change(
            upload_id,
            _UNSENT,
            "state = ?, code = ?, data = ?",
            [State.PAUSED.value, code, _json(data)],
        )

    def resume(self, upload_id: str) -> None:
        """Let a paused upload go on.

        Raises:
            UnknownUploadError: there is none that is paused.
        """
        self._change(
            upload_id, (State.PAUSED,), "state = ?, code = '', data = '{}'", [State.QUEUED.value]
        )

    def forget(self, upload_id: str) -> None:
        """The teacher no longer wants it: what is unsent is cancelled, what is done is deleted.

        Raises:
            UnknownUploadError: there is none.
        """
        with self._writing():
            upload = self.get(upload_id)
            if upload.state in (*_DECIDED, State.DELIVERED):
                self._database.conn.execute("DELETE FROM upload WHERE upload_id = ?", [upload_id])
            elif upload.address is None:
                self._set("state = ?", [State.CANCELLED.value], upload_id)
            else:
                self._set("state = ?, code = '', data = '{}'", [State.CANCELLING.value], upload_id)

    def apply_receipts(self, receipts: Iterable[UploadReceipt]) -> int:
        """Record what the region says about uploads of ours; returns how many rows changed.

        A receipt counts only for the content it names, and also where this machine has forgotten
        that everything was sent (a restored disk).
        """
        changed = 0
        rows = self._database.execute("SELECT upload_id, sha256 FROM upload").fetchall()
        own = {(str(row[0]), str(row[1])) for row in rows}
        with self._writing():
            for receipt in receipts:
                if (receipt.upload_id, receipt.sha256) not in own:
                    continue  # a region's list names the uploads of all its teachers
                state = _STATE_OF[receipt.state]
                data = _json({"reason": receipt.reason} if receipt.reason else {})
                # That it has arrived is no news to what is decided already.
                known = _DECIDED if state is State.DELIVERED else (State.CANCELLED,)
                closed = ", ".join("?" * len(known))
                changed += self._database.conn.execute(
                    f"""UPDATE upload SET state = ?, code = '', data = ?
                    WHERE upload_id = ? AND sha256 = ? AND (state != ? OR data != ?)
                    AND state != 'cancelling' AND state NOT IN ({closed})""",  # noqa: S608
                    [
                        *(state.value, data, receipt.upload_id, receipt.sha256, state.value, data),
                        *(one.value for one in known),
                    ],
                ).rowcount
        return changed

    def contents(self) -> frozenset[str]:
        """The sha256 of every copy that must stay in the outbox."""
        places = ", ".join("?" * len(_NEEDS_COPY))
        rows = self._database.execute(
            f"SELECT DISTINCT sha256 FROM upload WHERE state IN ({places})",  # noqa: S608
            [state.value for state in _NEEDS_COPY],
        )
        return frozenset(str(row[0]) for row in rows.fetchall())

    def left(self, region_id: str) -> int:
        """How many uploads the server still has to hear of: bytes to send, or to forget."""
        row = self._database.execute(
            """SELECT count(*) FROM upload WHERE region_id = ?
            AND state IN ('queued', 'sending', 'cancelling')""",
            [region_id],
        ).fetchone()
        return int(row[0])

    def count_by_state(self) -> dict[str, int]:
        """How many uploads of all regions are in each state."""
        rows = self._database.execute(
            f"SELECT state, count(*) FROM upload WHERE {_NO_BUNDLE} GROUP BY state"  # noqa: S608
        )
        return {str(state): int(count) for state, count in rows.fetchall()}

    def _row(self, where: str, values: list[Any]) -> Upload | None:
        row = self._database.execute(
            f"SELECT {_COLUMNS} FROM upload WHERE {where} LIMIT 1",  # noqa: S608
            values,
        ).fetchone()
        return None if row is None else _upload(row)

    def _set(self, change: str, values: list[Any], upload_id: str) -> None:
        self._database.conn.execute(
            f"UPDATE upload SET {change} WHERE upload_id = ?",  # noqa: S608
            [*values, upload_id],
        )

    def _change(
        self, upload_id: str, states: tuple[State, ...], change: str, values: list[Any]
    ) -> None:
        with self._writing():
            if self.get(upload_id).state not in states:
                raise UnknownUploadError(upload_id=upload_id)
            self._set(change, values, upload_id)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            with transaction(self._database):
                yield
        except DatabaseError as error:
            raise known_database_error(error, self._path) from error


def _upload(row: tuple[Any, ...]) -> Upload:
    return Upload(
        upload_id=row[0],
        region_id=row[1],
        sha256=row[2],
        size_bytes=row[3],
        name=row[4],
        details=json.loads(row[5]),
        state=State(row[6]),
        endpoint=row[7],
        address=row[8],
        offset_bytes=row[9],
        code=row[10],
        data=json.loads(row[11]),
    )


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(dict(data), ensure_ascii=False)
