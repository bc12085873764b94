# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the agent's database for pages that show it, on a worker thread; never writes."""

from __future__ import annotations

from app.base.db import DatabaseError, open_reader
from app.base.errors import MissingFileError
from app.base.paths import DataPaths
from app.sync.requests import RequestState, request_state
from app.sync.uploads.store import Upload, UploadStore


def read_uploads(paths: DataPaths) -> tuple[Upload, ...]:
    """All uploads, the newest first; none while the agent has not made its tables yet."""
    try:
        reader = open_reader(paths.state_db)
    except MissingFileError:
        return ()
    try:
        return UploadStore(reader).all()
    except DatabaseError:
        return ()
    finally:
        reader.conn.close()


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
