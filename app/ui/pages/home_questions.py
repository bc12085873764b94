# SPDX-License-Identifier: GPL-3.0-or-later
"""The home page's questions: which room is this, which class, which subject, who teaches."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Slot

from app.base.errors import KnownError
from app.base.messages import message_of
from app.ui.classroom import Classroom
from app.ui.look.theme import Theme
from app.ui.widgets.question import Question

_NOBODY = ""


class HomeQuestions(Question):
    """Asks, and tells the classroom what was answered; `is_over` when nothing is left to ask."""

    def __init__(self, theme: Theme, room: Classroom) -> None:
        super().__init__(theme)
        self._room = room
        self._about = ""
        self._entering = ""  # the teacher whose PIN is asked for
        self.is_over = True
        self.answered.connect(self._take)
        self.written.connect(self._take_written)
        room.failed.connect(self._refused)

    def ask_room(self) -> None:
        """First run: the one question there is."""
        if self._about == "room" and not self.is_over:
            return
        self._begin("room")
        rooms = [(room, room, "") for room in self._room.school.rooms]
        self.ask(
            self.tr("Which room is this?"),
            self._room.school.name,
            [*rooms, ("", self.tr("An office or home computer"), "home")],
            can_leave=False,
        )

    def ask_class(self) -> None:
        """Which class sits here."""
        self._begin("class")
        self.ask(
            self.tr("Which class is it?"),
            "",
            [(name, name, "") for name in self._room.classes],
            chosen=self._room.class_id,
            write=(self.tr("Another class"), self.tr("This class")),
        )

    def ask_subject(self, subjects: Sequence[str], chosen: str) -> None:
        """What is taught."""
        self._begin("subject")
        every = [(_NOBODY, self.tr("All subjects"), "")]
        self.ask(
            self.tr("Which subject?"),
            "",
            [*every, *((name, name, "") for name in subjects)],
            chosen=chosen,
        )

    def ask_teacher(self) -> None:
        """Who teaches; 「先不选」 is always an answer."""
        self._begin("teacher")
        room = self._room
        names = [
            (one.teacher_id, one.name, "lock" if one.has_pin else "teacher")
            for one in room.facts.teachers
        ]
        teacher = room.teacher
        self.ask(
            self.tr("Who is teaching?"),
            self.tr("For the register of this room only; names never leave this machine."),
            [*names, (_NOBODY, self.tr("Nobody for now"), "close")],
            chosen=teacher.teacher_id if teacher is not None else _NOBODY,
            write=(self.tr("Another name"), self.tr("Add")),
        )

    def _begin(self, about: str) -> None:
        self._about, self.is_over, self._entering = about, False, ""

    @Slot(str)
    def _take(self, key: str) -> None:
        room = self._room
        if self._about == "teacher":
            known = next((one for one in room.facts.teachers if one.teacher_id == key), None)
            if known is not None and known.has_pin:
                self._entering = key
                title = self.tr("PIN of {name}").format(name=known.name)
                self.ask_pin(title, self.tr("PIN"), self.tr("OK"))
                return
        self.is_over = True
        if self._about == "room":
            room.pick_room(key)
        elif self._about == "class":
            room.pick_class(key)
        elif self._about == "subject":
            room.pick_subject(key)
        else:
            room.pick_teacher(key)
        self.left.emit()

    @Slot(str)
    def _take_written(self, text: str) -> None:
        room = self._room
        if self._entering:
            self.is_over = True  # the room says so when the PIN fits
            room.pick_teacher(self._entering, text)
        elif self._about == "class":
            self.is_over = True
            room.pick_class(text)
            self.left.emit()
        else:
            self.is_over = True
            room.add_teacher(text)
            self.left.emit()

    @Slot(object)
    def _refused(self, error: object) -> None:
        """The PIN was not right: say so and let it be tried again."""
        if self._entering and isinstance(error, KnownError):
            self.is_over = False
            self.notice.say(message_of(error, self._room.language).line)
            self.field.clear()
