# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is taught what by whom in this room now: the timetable says it, one tap corrects it.

Nothing here is ever required: whatever is unknown stays empty, in the window and in the register.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.base.clock import Clock
from app.lesson.bell import (
    SCHOOL_TIME,
    NowTaught,
    aligned_offset,
    parse_day,
    seconds_left,
    taught_now,
)
from app.lesson.classes import class_of_room, in_school_order
from app.lesson.school import School
from app.lesson.teaching import RoomChoice, Taught, Teacher
from app.lesson.timetable import Timetable
from app.ui.jobs import JobRunner, SerialQueue
from app.usage.events import Occasion

if TYPE_CHECKING:
    from app.ui.desk import Desk
    from app.ui.services import SettingsBox

_LOOK_MS = 20_000
# What was tapped stands this long without a timetable: one lesson and its break.
_TAPPED_S = 50 * 60


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """What desk.db says of this room."""

    teachers: tuple[Teacher, ...] = ()
    choice: RoomChoice = field(default_factory=RoomChoice)
    timetable: Timetable | None = None
    taught: tuple[Taught, ...] = ()
    taught_classes: tuple[str, ...] = ()


class Classroom(QObject):
    """Signals: changed() when anything below may be another; failed(KnownError)."""

    changed = Signal()
    failed = Signal(object)

    def __init__(
        self,
        desk: SerialQueue[Desk],
        runner: JobRunner,
        settings: SettingsBox,
        clock: Clock,
        read_school: Callable[[], School],
    ) -> None:
        super().__init__()
        self._desk, self._runner, self._settings = desk, runner, settings
        self._clock, self._read_school = clock, read_school
        self.school = School()
        self.facts = RoomFacts()
        self.now: NowTaught | None = None
        self._has_school = self._has_facts = False  # the first answers have come
        self._picked_subject: tuple[str, str] | None = None  # period and subject
        self._picked_class: tuple[str, str, float] | None = None  # period, class, boot second
        self._picked_teacher: tuple[str, str, float] | None = None  # period, id, boot second
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)
        settings.changed.connect(self.changed)

    def start(self) -> None:
        """Read what is known; nothing happens before."""
        self.refresh()
        self._timer.start()

    def close(self) -> None:
        """Look at the clock no more."""
        self._timer.stop()

    @Slot()
    def refresh(self) -> None:
        """Read room and enrolments again."""
        read = self._read_school  # a job that kept this object might be the last to do so
        job = self._runner.start(lambda _context: read())
        job.succeeded.connect(self._take_school)
        job.failed.connect(self._no_school)
        self._reread()

    def _reread(self) -> None:
        class_id = self.class_id

        def work(desk: Desk) -> object:
            lessons = desk.lessons
            choice = lessons.choice()
            wanted = class_id or choice.class_id
            return RoomFacts(
                lessons.teachers(),
                choice,
                lessons.timetable(),
                lessons.taught(wanted),
                lessons.taught_classes(),
            )

        job = self._desk.submit(work, "room")
        job.succeeded.connect(self._take_facts)
        job.failed.connect(self._no_facts)

    @Slot(object)
    def _take_school(self, school: School) -> None:
        is_news = school != self.school or not self._has_school
        before = self.class_id
        self.school, self._has_school = school, True
        if self.class_id != before:
            self._reread()
        if is_news:
            self.changed.emit()

    @Slot(object)
    def _no_school(self, _error: object) -> None:
        """The enrolments cannot be read: the lessons still can."""
        self._has_school = True
        self.changed.emit()

    @Slot(object)
    def _take_facts(self, facts: RoomFacts) -> None:
        is_news = facts != self.facts or not self._has_facts
        before = self.class_id
        self.facts, self._has_facts = facts, True
        if self.class_id != before and self.class_id:
            self._reread()
        self._look()
        if is_news:
            self.changed.emit()

    @Slot(object)
    def _no_facts(self, error: object) -> None:
        """desk.db cannot be read: the lessons still can."""
        self._has_facts = True
        self.failed.emit(error)
        self.changed.emit()

    @Slot()
    def _look(self) -> None:
        """Has the bell rung?"""
        facts, now = self.facts, None
        if facts.timetable is not None:
            now = taught_now(
                facts.timetable,
                self._clock.wall(),
                offset_s=facts.choice.bell_offset_s,
                term_start=parse_day(facts.choice.term_start),
            )
        if now != self.now:
            self.now = now
            self.changed.emit()

    # -- what is so now ----------------------------------------------------------------------

    @property
    def is_known(self) -> bool:
        """Whether desk.db and the enrolments have answered: before, nobody knows what to show."""
        return self._has_school and self._has_facts

    @property
    def room(self) -> str:
        """The room's name; empty on an office or home computer."""
        return self._settings.current.room

    @property
    def language(self) -> str:
        """What language problems are said in."""
        return self._settings.current.language

    @property
    def is_asking_room(self) -> bool:
        """Whether the enrolment knows rooms and nobody has said which one this is."""
        settings = self._settings.current
        return bool(self.school.rooms) and not settings.room and not settings.is_room_asked

    @property
    def classes(self) -> tuple[str, ...]:
        """Every class that may be taught here, in school order."""
        return in_school_order((*self.school.classes, *self.facts.taught_classes))

    @property
    def class_id(self) -> str:
        """The class in this room: the last choice, else the room's own, else the only one."""
        chosen = self.facts.choice.class_id
        if chosen:
            return chosen
        classes = self.school.classes
        return class_of_room(self.room, classes) or (classes[0] if len(classes) == 1 else "")

    @property
    def is_class_sure(self) -> bool:
        """Whether `class_id` may go into the register.

        In a room that several classes use, the class of the lesson before says nothing about this
        one: it is shown, and recorded only when somebody has tapped it.
        """
        chosen = self.class_id
        own = class_of_room(self.room, self.classes)
        if not chosen or len(self.classes) < 2 or chosen == own:
            return bool(chosen)
        picked = self._picked_class
        return picked is not None and picked[1] == chosen and self._is_fresh(picked[0], picked[2])

    def _is_fresh(self, period: str, boot_s: float) -> bool:
        """Whether what was tapped then is about this lesson."""
        if period != self._period_key:
            return False
        return bool(period) or self._clock.boot_s() - boot_s < _TAPPED_S

    @property
    def subject(self) -> str:
        """The subject of now: what was tapped in this period, the timetable's, the last choice."""
        picked = self._picked_subject
        if picked is not None and picked[0] == self._period_key:
            return picked[1]
        return self.now.subject if self.now is not None else self.facts.choice.subject

    @property
    def teacher(self) -> Teacher | None:
        """Who teaches now, if anybody said so."""
        picked = self._picked_teacher
        if picked is not None and self._is_fresh(picked[0], picked[2]):
            return next((t for t in self.facts.teachers if t.teacher_id == picked[1]), None)
        planned = self.now.teacher if self.now is not None else ""
        free = [teacher for teacher in self.facts.teachers if not teacher.has_pin]
        if planned:
            return next((teacher for teacher in free if teacher.name == planned), None)
        is_alone = len(self.facts.teachers) == 1 and len(free) == 1
        return free[0] if is_alone else None

    def occasion(self) -> Occasion:
        """What goes into the events of a lesson that begins now."""
        teacher = self.teacher
        return Occasion(
            teacher_id=teacher.teacher_id if teacher is not None else "",
            class_id=self.class_id if self.is_class_sure else "",
            period_id=str(self.now.number) if self.now is not None else "",
        )

    @property
    def seconds_left(self) -> int | None:
        """Until the bell that ends this lesson, by timetable and bell; None when neither says."""
        return None if self.now is None else seconds_left(self.now, self._clock.wall())

    @property
    def _period_key(self) -> str:
        if self.now is None:
            return ""
        return f"{self.today.isoformat()} {self.now.number}"

    @property
    def today(self) -> date:
        """The day by the clocks of schools."""
        return self._clock.wall().astimezone(SCHOOL_TIME).date()

    # -- one tap -----------------------------------------------------------------------------

    def pick_room(self, room: str) -> None:
        """This is that room; empty for an office or home computer."""
        box = self._settings
        box.put(replace(box.current, room=room, is_room_asked=True))
        if class_of_room(room, self.school.classes):
            self._choose(replace(self.facts.choice, class_id=""))  # the room says which
        else:
            self._reread()

    def pick_class(self, name: str) -> None:
        """This class sits here now."""
        self._picked_class = (self._period_key, name, self._clock.boot_s())
        self._choose(replace(self.facts.choice, class_id=name))

    def pick_subject(self, subject: str) -> None:
        """This subject is taught now."""
        self._picked_subject = (self._period_key, subject)
        self._choose(replace(self.facts.choice, subject=subject))

    def pick_teacher(self, teacher_id: str, pin: str = "") -> None:
        """This name teaches now; an empty id: nobody says (先不选). `failed` if not let in."""
        if not teacher_id:
            self._let_in("")
            return

        def work(desk: Desk) -> object:
            desk.lessons.check_pin(teacher_id, pin)
            return teacher_id

        job = self._desk.submit(work)
        job.succeeded.connect(self._let_in)
        job.failed.connect(self.failed)

    def add_teacher(self, name: str) -> None:
        """Put a name on the room's list, and it teaches now."""

        def work(desk: Desk) -> object:
            return desk.lessons.add_teacher(name).teacher_id

        job = self._desk.submit(work)
        job.succeeded.connect(self._let_in)
        job.succeeded.connect(self._changed)
        job.failed.connect(self.failed)

    @Slot(object)
    def _let_in(self, teacher_id: str) -> None:
        self._picked_teacher = (self._period_key, teacher_id, self._clock.boot_s())
        self.changed.emit()

    def _choose(self, choice: RoomChoice) -> None:
        is_same = choice.class_id == self.facts.choice.class_id
        self.facts = replace(self.facts, choice=choice, taught=self.facts.taught if is_same else ())
        self._desk.submit(lambda desk: desk.lessons.set_choice(choice))
        self._reread()
        self.changed.emit()

    # -- settings of the room ----------------------------------------------------------------

    def change(self, work: Callable[[Desk], object]) -> None:
        """Change something of the room in desk.db and read it again."""
        job = self._desk.submit(work)
        job.succeeded.connect(self._changed)
        job.failed.connect(self.failed)

    @Slot(object)
    def _changed(self, _result: object) -> None:
        self._reread()

    def set_bell(self, offset_s: int) -> None:
        """The bell rings so much later than the timetable says."""
        self._choose(replace(self.facts.choice, bell_offset_s=offset_s))

    def bell_rings(self) -> bool:
        """The bell rings now: align with it; False when none is due."""
        if self.facts.timetable is None:
            return False
        term_start = parse_day(self.facts.choice.term_start)
        offset_s = aligned_offset(self.facts.timetable, self._clock.wall(), term_start=term_start)
        if offset_s is None:
            return False
        self.set_bell(offset_s)
        return True

    def set_term_start(self, text: str) -> None:
        """A day in the first week of the term, as an ISO date; empty: odd and even weeks count."""
        self._choose(replace(self.facts.choice, term_start=text))
