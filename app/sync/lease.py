# SPDX-License-Identifier: GPL-3.0-or-later
"""The lesson lease in desk.db: while a lesson runs, every agent keeps quiet."""

from __future__ import annotations

from app.base.clock import Clock
from app.base.db import Database, DatabaseError, open_reader
from app.base.errors import KnownError
from app.base.paths import DataPaths

# A window that died leaves a lease; none may quiet us longer than this.
LONGEST_LEASE_S = 4 * 3600.0


class LessonLease:
    """Asks desk.db, read-only; a missing or damaged database means that there is no lesson."""

    def __init__(self, paths: DataPaths, clock: Clock) -> None:
        self._paths = paths
        self._clock = clock
        self._reader: Database | None = None

    def left_s(self) -> float:
        """Seconds that the lease still runs; 0 without one."""
        row = self._row()
        if row is None or row[1] != self._clock.boot_id():
            return 0.0
        left_s = float(row[0]) - self._clock.boot_s()
        return left_s if 0 < left_s <= LONGEST_LEASE_S else 0.0

    def close(self) -> None:
        """Let go of the database."""
        if self._reader is not None:
            self._reader.conn.close()
            self._reader = None

    def _row(self) -> tuple[float, str] | None:
        try:
            if self._reader is None:
                if not self._paths.desk_db.is_file():
                    return None
                self._reader = open_reader(self._paths.desk_db)
            found = self._reader.execute(
                "SELECT until_boot_s, boot_id FROM lease ORDER BY until_boot_s DESC LIMIT 1"
            ).fetchone()
        except (KnownError, DatabaseError):
            self.close()
            return None
        return None if found is None else (found[0], found[1])
