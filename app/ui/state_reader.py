# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the agent's database for pages that show it, on a worker thread; never writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.base.db import Database, DatabaseError, open_reader
from app.base.errors import MissingFileError
from app.base.paths import DataPaths
from app.sync.courier.cargo import is_carried
from app.sync.courier.store import BundleStore
from app.sync.requests import RequestState, request_state
from app.sync.uploads.store import State, Upload, UploadStore


@dataclass(frozen=True, slots=True)
class SentUpload:
    """An upload, and whether all of it is on its way on sticks, from which no answer has come."""

    upload: Upload
    is_carried: bool = False


def read_uploads(paths: DataPaths) -> tuple[SentUpload, ...]:
    """All uploads, the newest first; none while the agent has not made its tables yet."""
    try:
        reader = open_reader(paths.state_db)
    except MissingFileError:
        return ()
    try:
        uploads = UploadStore(reader).all()
        carried = _carried(reader, uploads)
        return tuple(SentUpload(one, one.upload_id in carried) for one in uploads)
    except DatabaseError:
        return ()
    finally:
        reader.conn.close()


def _carried(reader: Database, uploads: Sequence[Upload]) -> set[str]:
    """Those that wait here and have wholly left on sticks."""
    try:
        bundled = BundleStore(reader).pieces_by_upload()
    except DatabaseError:
        return set()  # the tables are made by the next agent
    return {
        one.upload_id
        for one in uploads
        if one.state is State.QUEUED
        and is_carried(one.size_bytes, (piece for _, piece in bundled.get(one.upload_id, ())))
    }


def read_request(paths: DataPaths, request_id: str) -> RequestState | None:
    """What became of a request; None while no agent has taken it."""
    try:
        reader = open_reader(paths.state_db)
    except MissingFileError:
        return None
    try:
        return request_state(reader, request_id)
    finally:
        reader.conn.close()
