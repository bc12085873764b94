# SPDX-License-Identifier: GPL-3.0-or-later
"""Lesson lists, favourites, teachers, the timetable and the lease, as tables of desk.db."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.base.db import Database, DatabaseError, Migrations, known_database_error, transaction
from app.base.errors import KnownError
from app.lesson.errors import ListMissingError
from app.lesson.lease import LEASE_S, Lease
from app.lesson.lists import LessonList, ListItem, ListKind, clean_name, copy_name, moved
from app.lesson.teaching import Teacher
from app.lesson.timetable import Timetable, parse_cses, to_cses

MIGRATIONS = Migrations("kezhan.lesson")
FAVOURITES_ID = "favourites"
_ITEM_COLUMNS = "item_id, region_id, entry_id, title, start_s, end_s, first_page, last_page"


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


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class LessonStore:
    """All of it on one connection; a read-only one can do all but write."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._path = Path(database.execute("PRAGMA database_list").fetchone()[2] or ":memory:")

    # -- lists -------------------------------------------------------------------------------

    def lists(self) -> tuple[LessonList, ...]:
        """The teacher's lists, the last changed one first."""
        rows = self._database.execute(
            """SELECT list_id, name, kind, (SELECT count(*) FROM lesson_item i
                WHERE i.list_id = l.list_id), changed
            FROM lesson_list l WHERE kind = ? ORDER BY changed DESC, rowid DESC""",
            [ListKind.LESSON.value],
        )
        return tuple(_list_of(row) for row in rows)

    def items(self, list_id: str) -> tuple[ListItem, ...]:
        """The items of a list in order."""
        rows = self._database.execute(
            f"SELECT {_ITEM_COLUMNS} FROM lesson_item WHERE list_id = ? ORDER BY place",  # noqa: S608
            [list_id],
        )
        return tuple(ListItem(*row) for row in rows)

    def create(self, name: str) -> str:
        """A new empty list; returns its id."""
        list_id = str(uuid.uuid4())
        with self._writing():
            self._insert_list(list_id, clean_name(name), ListKind.LESSON)
        return list_id

    def rename(self, list_id: str, name: str) -> None:
        """Give a list another name."""
        with self._writing():
            self._require(list_id)
            self._run(
                "UPDATE lesson_list SET name = ? WHERE list_id = ?", clean_name(name), list_id
            )
            self._touch(list_id)

    def duplicate(self, list_id: str) -> str:
        """A copy with its items under a free name; returns the copy's id."""
        copy_id = str(uuid.uuid4())
        with self._writing():
            name = self._require(list_id)
            taken = [row[0] for row in self._database.execute("SELECT name FROM lesson_list")]
            self._insert_list(copy_id, copy_name(name, taken), ListKind.LESSON)
            for place, item in enumerate(self.items(list_id)):
                self._insert_item(copy_id, place, item, str(uuid.uuid4()))
        return copy_id

    def delete(self, list_id: str) -> None:
        """Delete a list; the resources stay."""
        with self._writing():
            self._run("DELETE FROM lesson_list WHERE list_id = ?", list_id)

    def add(self, list_id: str, region_id: str, entry_id: str, title: str) -> str:
        """Put a resource at the end; one that is there already stays where it is."""
        with self._writing():
            self._require(list_id)
            known = self._database.execute(
                "SELECT item_id FROM lesson_item WHERE list_id=? AND region_id=? AND entry_id=?",
                [list_id, region_id, entry_id],
            ).fetchone()
            if known is not None:
                return str(known[0])
            item_id = str(uuid.uuid4())
            item = ListItem(item_id, region_id, entry_id, title)
            self._insert_item(list_id, len(self.items(list_id)), item, item_id)
            self._touch(list_id)
        return item_id

    def remove(self, item_id: str) -> None:
        """Take an item out of its list."""
        with self._writing():
            self._run("DELETE FROM lesson_item WHERE item_id = ?", item_id)

    def move(self, list_id: str, source: int, target: int) -> None:
        """Move the item at one place (from 0) to another."""
        with self._writing():
            for place, item in enumerate(moved(self.items(list_id), source, target)):
                self._run("UPDATE lesson_item SET place = ? WHERE item_id = ?", place, item.item_id)
            self._touch(list_id)

    # -- favourites --------------------------------------------------------------------------

    def set_favourite(
        self, region_id: str, entry_id: str, title: str, *, is_favourite: bool
    ) -> None:
        """Put a resource among the favourites, newest first, or take it out."""
        with self._writing():
            if self._name_of(FAVOURITES_ID) is None:
                self._insert_list(FAVOURITES_ID, "", ListKind.FAVOURITES)
            self._run(
                "DELETE FROM lesson_item WHERE list_id=? AND region_id=? AND entry_id=?",
                FAVOURITES_ID,
                region_id,
                entry_id,
            )
            if is_favourite:
                first = self._database.execute(
                    "SELECT min(place) FROM lesson_item WHERE list_id = ?", [FAVOURITES_ID]
                ).fetchone()[0]
                item_id = str(uuid.uuid4())
                item = ListItem(item_id, region_id, entry_id, title)
                self._insert_item(FAVOURITES_ID, (first or 0) - 1, item, item_id)

    def is_favourite(self, region_id: str, entry_id: str) -> bool:
        """Whether a resource is among the favourites."""
        row = self._database.execute(
            "SELECT 1 FROM lesson_item WHERE list_id=? AND region_id=? AND entry_id=?",
            [FAVOURITES_ID, region_id, entry_id],
        ).fetchone()
        return row is not None

    # -- who and when ------------------------------------------------------------------------

    def teachers(self) -> tuple[Teacher, ...]:
        """This room's names in the order they were added."""
        rows = self._database.execute("SELECT teacher_id, name FROM lesson_teacher ORDER BY rowid")
        return tuple(Teacher(*row) for row in rows)

    def add_teacher(self, name: str) -> Teacher:
        """Put a name on the list; the same name is the same teacher."""
        cleaned = clean_name(name)
        known = next((t for t in self.teachers() if t.name == cleaned), None)
        if known is not None:
            return known
        teacher = Teacher(str(uuid.uuid4()), cleaned)
        with self._writing():
            self._run("INSERT INTO lesson_teacher VALUES (?, ?)", teacher.teacher_id, teacher.name)
        return teacher

    def remove_teacher(self, teacher_id: str) -> None:
        """Take a name off the list."""
        with self._writing():
            self._run("DELETE FROM lesson_teacher WHERE teacher_id = ?", teacher_id)

    def set_timetable(self, timetable: Timetable) -> None:
        """Replace the room's timetable."""
        with self._writing():
            self._run("INSERT OR REPLACE INTO lesson_timetable VALUES (1, ?)", to_cses(timetable))

    def timetable(self) -> Timetable | None:
        """The room's timetable, if one was given."""
        row = self._database.execute("SELECT cses FROM lesson_timetable WHERE id = 1").fetchone()
        return parse_cses(str(row[0]).encode("utf-8")) if row is not None else None

    # -- the lease and places ----------------------------------------------------------------

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
        row = self._database.execute("SELECT boot_id, until_boot_s FROM lease").fetchone()
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
                _now(),
            )

    def position(self, region_id: str, entry_id: str) -> tuple[float, int] | None:
        """Seconds and page where one stopped."""
        row = self._database.execute(
            "SELECT seconds, page FROM lesson_position WHERE region_id = ? AND entry_id = ?",
            [region_id, entry_id],
        ).fetchone()
        return (float(row[0]), int(row[1])) if row is not None else None

    # -- inside ------------------------------------------------------------------------------

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

    def _name_of(self, list_id: str) -> str | None:
        row = self._database.execute(
            "SELECT name FROM lesson_list WHERE list_id = ?", [list_id]
        ).fetchone()
        return str(row[0]) if row is not None else None

    def _require(self, list_id: str) -> str:
        name = self._name_of(list_id)
        if name is None:
            raise ListMissingError(list_id=list_id)
        return name

    def _touch(self, list_id: str) -> None:
        self._run("UPDATE lesson_list SET changed = ? WHERE list_id = ?", _now(), list_id)

    def _insert_list(self, list_id: str, name: str, kind: ListKind) -> None:
        self._run("INSERT INTO lesson_list VALUES (?, ?, ?, ?)", list_id, name, kind.value, _now())

    def _insert_item(self, list_id: str, place: int, item: ListItem, item_id: str) -> None:
        self._run(
            f"INSERT INTO lesson_item ({_ITEM_COLUMNS}, list_id, place)"  # noqa: S608
            " VALUES (?,?,?,?,?,?,?,?,?,?)",
            item_id,
            item.region_id,
            item.entry_id,
            item.title,
            item.start_s,
            item.end_s,
            item.first_page,
            item.last_page,
            list_id,
            place,
        )


def _list_of(row: tuple[Any, ...]) -> LessonList:
    return LessonList(row[0], row[1], ListKind(row[2]), row[3], datetime.fromisoformat(row[4]))
