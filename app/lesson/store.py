# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of a lesson in desk.db: what makes them, and the lease and places kept there."""

from __future__ import annotations

from app.base.db import Database, Migrations
from app.lesson.lease import LEASE_S, Lease
from app.lesson.list_store import FAVOURITES_ID, ListStore
from app.lesson.room_store import RoomStore
from app.lesson.table import now_text

__all__ = ["FAVOURITES_ID", "MIGRATIONS", "LessonStore"]
MIGRATIONS = Migrations("kezhan.lesson")


@MIGRATIONS()
def m001_lesson(database: Database) -> None:
    """Lists and their items, teachers, the timetable, the lease, and where one stopped."""
    database.execute(
        """CREATE TABLE lesson_list (
            list_id TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            kind TEXT NOT NULL,
            changed TEXT NOT NULL
        )"""
    )
    database.execute(
        """CREATE TABLE lesson_item (
            item_id TEXT PRIMARY KEY,
            list_id TEXT NOT NULL REFERENCES lesson_list(list_id) ON DELETE CASCADE,
            place INTEGER NOT NULL,
            region_id TEXT NOT NULL,
            entry_id TEXT NOT NULL,
            title TEXT NOT NULL,
            start_s REAL,
            end_s REAL,
            first_page INTEGER,
            last_page INTEGER
        )"""
    )
    database.execute("CREATE INDEX lesson_item_place ON lesson_item(list_id, place)")
    database.execute("CREATE INDEX lesson_item_entry ON lesson_item(region_id, entry_id)")
    database.execute(
        "CREATE TABLE lesson_teacher (teacher_id TEXT PRIMARY KEY, name TEXT NOT NULL)"
    )
    database.execute("CREATE TABLE lesson_timetable (id INTEGER PRIMARY KEY, cses TEXT NOT NULL)")
    database.execute(
        """CREATE TABLE lease (
            id INTEGER PRIMARY KEY,
            boot_id TEXT NOT NULL,
            until_boot_s REAL NOT NULL
        )"""
    )
    database.execute(
        """CREATE TABLE lesson_position (
            region_id TEXT NOT NULL,
            entry_id TEXT NOT NULL,
            seconds REAL NOT NULL,
            page INTEGER NOT NULL,
            changed TEXT NOT NULL,
            PRIMARY KEY (region_id, entry_id)
        )"""
    )


@MIGRATIONS()
def m002_room(database: Database) -> None:
    """Own files and blank pages in lists, pinned lists, PINs, and where each class is."""
    database.execute("ALTER TABLE lesson_item ADD COLUMN kind TEXT NOT NULL DEFAULT 'resource'")
    database.execute("ALTER TABLE lesson_item ADD COLUMN sha256 TEXT NOT NULL DEFAULT ''")
    database.execute("ALTER TABLE lesson_list ADD COLUMN is_pinned INTEGER NOT NULL DEFAULT 0")
    database.execute("ALTER TABLE lesson_teacher ADD COLUMN pin TEXT NOT NULL DEFAULT ''")
    database.execute(
        """CREATE TABLE own_file (
            sha256 TEXT PRIMARY KEY,
            size_bytes INTEGER NOT NULL,
            name TEXT NOT NULL,
            media_type TEXT NOT NULL,
            added TEXT NOT NULL
        )"""
    )
    database.execute("CREATE TABLE room_choice (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
    database.execute(
        """CREATE TABLE lesson_taught (
            class_id TEXT NOT NULL,
            subject TEXT NOT NULL,
            region_id TEXT NOT NULL,
            entry_id TEXT NOT NULL,
            title TEXT NOT NULL,
            lesson TEXT NOT NULL,
            taught TEXT NOT NULL,
            PRIMARY KEY (class_id, subject)
        )"""
    )


class LessonStore(ListStore, RoomStore):
    """All of it on one connection; a read-only one can do all but write."""

    def hold_lease(self, boot_id: str, boot_s: float) -> None:
        """A lesson runs for at least another `LEASE_S` seconds."""
        with self._writing():
            until = boot_s + LEASE_S
            self._run("INSERT OR REPLACE INTO lease VALUES (1, ?, ?)", boot_id, until)

    def end_lease(self) -> None:
        """The lesson is over."""
        with self._writing():
            self._run("DELETE FROM lease")

    def lease(self) -> Lease | None:
        """The last lease, held or not."""
        row = self._one("SELECT boot_id, until_boot_s FROM lease")
        return Lease(*row) if row is not None else None

    def keep_position(self, region_id: str, entry_id: str, seconds: float, page: int) -> None:
        """Remember where one stopped."""
        with self._writing():
            self._run(
                "INSERT OR REPLACE INTO lesson_position VALUES (?, ?, ?, ?, ?)",
                region_id,
                entry_id,
                seconds,
                page,
                now_text(),
            )

    def position(self, region_id: str, entry_id: str) -> tuple[float, int] | None:
        """Seconds and page where one stopped."""
        row = self._one(
            "SELECT seconds, page FROM lesson_position WHERE region_id = ? AND entry_id = ?",
            region_id,
            entry_id,
        )
        return (float(row[0]), int(row[1])) if row is not None else None
