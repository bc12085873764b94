# SPDX-License-Identifier: GPL-3.0-or-later
"""Which machines were heard of by stick, read from the agent's database by others."""

from __future__ import annotations

from app.base.db import DatabaseError, open_reader
from app.base.errors import MissingFileError
from app.base.paths import DataPaths
from app.sync.courier.store import Point, RelayStore


def read_points(paths: DataPaths) -> tuple[Point, ...]:
    """Every point, the longest silent first; none while the agent has not made its tables."""
    try:
        reader = open_reader(paths.state_db)
    except MissingFileError:
        return ()
    try:
        return RelayStore(reader).points()
    except DatabaseError:
        return ()
    finally:
        reader.conn.close()
