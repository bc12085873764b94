# SPDX-License-Identifier: GPL-3.0-or-later
"""desk.db as the window's one writing thread holds it: usage log, lesson lists, lease."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from app.base import db
from app.base.errors import KnownError
from app.base.paths import DataPaths
from app.lesson import store as lesson_store
from app.lesson.universal import store as slip_store
from app.usage import store as usage_store

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Desk:
    """Lives on the thread of the desk queue and nowhere else."""

    database: db.Database
    usage: usage_store.UsageStore
    lessons: lesson_store.LessonStore
    paths: DataPaths
    repaired: KnownError | None = None  # a damaged file was set aside and its predecessor used

    def close(self) -> None:
        """Keep a generation and close."""
        try:
            db.keep_generation(self.database, self.paths.desk_db)
        except KnownError as error:
            log.warning("desk.db: no generation kept: %s", error.code)
        self.database.conn.close()


def open_desk(paths: DataPaths) -> Desk:
    """Open the writer; a damaged desk.db is set aside and its previous generation used."""
    database, repaired = db.open_writer_or_previous(
        paths.desk_db,
        [usage_store.MIGRATIONS, lesson_store.MIGRATIONS, slip_store.MIGRATIONS],
    )
    return Desk(
        database=database,
        usage=usage_store.UsageStore(database),
        lessons=lesson_store.LessonStore(database),
        paths=paths,
        repaired=repaired,
    )
