# SPDX-License-Identifier: GPL-3.0-or-later
"""Who teaches whom when in this room: names, timetable, last choice, where each class is."""

from __future__ import annotations

import contextlib
import uuid
from dataclasses import asdict
from datetime import datetime

from app.lesson.errors import PinInvalidError, PinWrongError
from app.lesson.lists import clean_name
from app.lesson.pins import fits_pin, is_pin, sealed_pin
from app.lesson.table import Table, now_text
from app.lesson.teaching import RoomChoice, Taught, Teacher
from app.lesson.timetable import Timetable, parse_cses, to_cses

_KEPT_PLACES = 400  # classes × subjects that remember where they are


class RoomStore(Table):
    """All that a room knows about itself."""

    def teachers(self) -> tuple[Teacher, ...]:
        """This room's names in the order they were added."""
        rows = self._database.execute(
            "SELECT teacher_id, name, pin != '' FROM lesson_teacher ORDER BY rowid"
        )
        return tuple(Teacher(row[0], row[1], bool(row[2])) for row in rows)

    def add_teacher(self, name: str) -> Teacher:
        """Put a name on the list; the same name is the same teacher."""
        cleaned = clean_name(name)
        known = next((t for t in self.teachers() if t.name == cleaned), None)
        if known is not None:
            return known
        teacher = Teacher(str(uuid.uuid4()), cleaned)
        with self._writing():
            self._run(
                "INSERT INTO lesson_teacher(teacher_id, name) VALUES (?, ?)",
                teacher.teacher_id,
                teacher.name,
            )
        return teacher

    def remove_teacher(self, teacher_id: str) -> None:
        """Take a name off the list."""
        with self._writing():
            self._run("DELETE FROM lesson_teacher WHERE teacher_id = ?", teacher_id)

    def set_pin(self, teacher_id: str, pin: str) -> None:
        """Protect a name with a PIN, or with an empty one no more.

        Raises:
            PinInvalidError: not four to eight digits.
        """
        if pin and not is_pin(pin):
            raise PinInvalidError
        sealed = sealed_pin(pin) if pin else ""
        with self._writing():
            self._run("UPDATE lesson_teacher SET pin=? WHERE teacher_id=?", sealed, teacher_id)

    def check_pin(self, teacher_id: str, pin: str) -> None:
        """Let a teacher in.

        Raises:
            PinWrongError: this is not the PIN.
        """
        row = self._one("SELECT pin FROM lesson_teacher WHERE teacher_id = ?", teacher_id)
        if row is not None and not fits_pin(pin, str(row[0])):
            raise PinWrongError

    # -- timetable ---------------------------------------------------------------------------

    def set_timetable(self, timetable: Timetable | None) -> None:
        """Replace the room's timetable, or forget it."""
        with self._writing():
            if timetable is None:
                self._run("DELETE FROM lesson_timetable")
            else:
                self._run(
                    "INSERT OR REPLACE INTO lesson_timetable VALUES (1, ?)", to_cses(timetable)
                )

    def timetable(self) -> Timetable | None:
        """The room's timetable, if one was given."""
        row = self._one("SELECT cses FROM lesson_timetable WHERE id = 1")
        return parse_cses(str(row[0]).encode("utf-8")) if row is not None else None

    # -- choice and places -------------------------------------------------------------------

    def choice(self) -> RoomChoice:
        """What was chosen last."""
        known = dict(self._database.execute("SELECT name, value FROM room_choice").fetchall())
        seconds = 0
        with contextlib.suppress(ValueError):
            seconds = int(known.get("bell_offset_s", "0"))
        return RoomChoice(
            class_id=known.get("class_id", ""),
            subject=known.get("subject", ""),
            teacher_id=known.get("teacher_id", ""),
            bell_offset_s=seconds,
            term_start=known.get("term_start", ""),
        )

    def set_choice(self, choice: RoomChoice) -> None:
        """Remember what was chosen."""
        with self._writing():
            for name, value in asdict(choice).items():
                self._run("INSERT OR REPLACE INTO room_choice VALUES (?, ?)", name, str(value))

    def note_taught(
        self, class_id: str, subject: str, key: tuple[str, str], title: str, lesson: str
    ) -> None:
        """A class sees this resource now; `key` is region and entry."""
        with self._writing():
            self._run(
                "INSERT OR REPLACE INTO lesson_taught VALUES (?, ?, ?, ?, ?, ?, ?)",
                class_id,
                subject,
                *key,
                title,
                lesson,
                now_text(),
            )
            self._run(
                "DELETE FROM lesson_taught WHERE rowid NOT IN"
                " (SELECT rowid FROM lesson_taught ORDER BY rowid DESC LIMIT ?)",
                _KEPT_PLACES,
            )

    def taught(self, class_id: str) -> tuple[Taught, ...]:
        """Where a class is in each subject, the last taught first."""
        rows = self._database.execute(
            "SELECT class_id, subject, region_id, entry_id, title, lesson, taught"
            " FROM lesson_taught WHERE class_id = ? ORDER BY rowid DESC",
            [class_id],
        )
        return tuple(
            Taught(row[0], row[1], row[2], row[3], row[4], row[5], datetime.fromisoformat(row[6]))
            for row in rows
        )

    def taught_classes(self) -> tuple[str, ...]:
        """The classes that were taught here, the last one first."""
        rows = self._database.execute(
            "SELECT class_id FROM lesson_taught WHERE class_id != ''"
            " GROUP BY class_id ORDER BY max(rowid) DESC"
        )
        return tuple(str(row[0]) for row in rows)
