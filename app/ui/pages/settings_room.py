# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of the classroom: which room, whose names, the timetable and its bell."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PySide6.QtCore import QDate, Qt, Signal, Slot
from PySide6.QtWidgets import QDateEdit, QFileDialog, QLineEdit, QVBoxLayout, QWidget

from app.base.errors import KnownError
from app.base.messages import message_of
from app.lesson.bell import parse_day
from app.lesson.timetable import Timetable, parse_cses
from app.ui.classroom import Classroom
from app.ui.desk import Desk
from app.ui.look.theme import Theme
from app.ui.services import Services
from app.ui.widgets.controls import Card, Chooser, FlowBox, Notice, button, clear_layout, label, row

_ROOM_CHARS = 40
_NAME_CHARS = 40
_PIN_CHARS = 8
_BELL_STEP_S = 10
_MAX_TIMETABLE_BYTES = 1 << 20


class RoomCard(Card):
    """Which room this is; empty on an office or home computer."""

    def __init__(self, theme: Theme, services: Services) -> None:
        super().__init__(theme)
        self._room = services.classroom
        self.body.addWidget(label(theme, self.tr("Classroom"), "title"))
        words = self.tr("What is shown in a classroom counts as a lesson in the register.")
        self.body.addWidget(label(theme, words, name="muted"))
        self.field = QLineEdit(services.settings.current.room)
        self.field.setFont(theme.font())
        self.field.setAccessibleName(self.tr("Classroom"))
        self.field.setPlaceholderText(self.tr("Leave empty on an office or home computer"))
        self.field.setMaxLength(_ROOM_CHARS)
        self.field.setMinimumHeight(theme.px(48))
        self.field.editingFinished.connect(self._set_room)
        self.body.addWidget(self.field)
        self.rooms = Chooser(theme, self.tr("Rooms of the school"))
        self.rooms.activated.connect(self._pick_room)
        self.body.addLayout(row(self.rooms, 1))
        self._room.changed.connect(self._show_rooms)
        self._show_rooms()

    @Slot()
    def _show_rooms(self) -> None:
        rooms = self._room.school.rooms
        self.rooms.setVisible(bool(rooms))
        if [self.rooms.itemData(n) for n in range(1, self.rooms.count())] != list(rooms):
            self.rooms.clear()
            self.rooms.addItem(self.tr("Choose a room"), "")
            for name in rooms:
                self.rooms.addItem(name, name)

    @Slot()
    def _set_room(self) -> None:
        name = self.field.text().strip()
        if name != self._room.room:
            self._room.pick_room(name)

    @Slot(int)
    def _pick_room(self, at: int) -> None:
        name = str(self.rooms.itemData(at))
        if name:
            self.field.setText(name)
            self._room.pick_room(name)


class TeachersCard(Card):
    """The names that can be tapped on the first page; a PIN for who wants one."""

    def __init__(self, theme: Theme, services: Services) -> None:
        super().__init__(theme)
        self._theme, self._room = theme, services.classroom
        self._language = services.settings.current.language
        self._pin_of = ""
        self.body.addWidget(label(theme, self.tr("Who teaches in this room"), "title"))
        words = self.tr("Names stay on this machine and go into the register only.")
        self.body.addWidget(label(theme, words, name="muted"))
        self._names = QVBoxLayout()
        self._names.setSpacing(theme.px(8))
        self.body.addLayout(self._names)
        self.notice = Notice(theme, "noticeBad", "warning")
        self.notice.hide()
        self.body.addWidget(self.notice)
        self.name = self._field(theme, self.tr("Name"), _NAME_CHARS)
        self.add_button = button(theme, self.tr("Add"), "add")
        self.add_button.clicked.connect(self._add)
        self.name.returnPressed.connect(self._add)
        line = row(self.name, self.add_button, gap=theme.px(10))
        line.setStretch(0, 1)
        self.body.addLayout(line)
        self._make_pin(theme)
        self._shown: object = None
        self._room.changed.connect(self._show)
        self._room.failed.connect(self._refused)
        self._show()

    def _field(self, theme: Theme, name: str, max_chars: int) -> QLineEdit:
        made = QLineEdit()
        made.setFont(theme.font())
        made.setPlaceholderText(name)
        made.setAccessibleName(name)
        made.setMaxLength(max_chars)
        made.setMinimumHeight(theme.px(48))
        return made

    def _make_pin(self, theme: Theme) -> None:
        self.pin_box = QWidget()
        self.pin_words = label(theme, is_bold=True)
        self.pin = self._field(theme, self.tr("4 to 8 digits; empty: no PIN"), _PIN_CHARS)
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin.returnPressed.connect(self._set_pin)
        self.pin_button = button(theme, self.tr("Set PIN"), "lock", "primary")
        self.pin_button.clicked.connect(self._set_pin)
        line = row(self.pin, self.pin_button, gap=theme.px(10))
        line.setStretch(0, 1)
        layout = QVBoxLayout(self.pin_box)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.pin_words)
        layout.addLayout(line)
        self.pin_box.hide()
        self.body.addWidget(self.pin_box)

    @Slot()
    def _show(self) -> None:
        teachers = self._room.facts.teachers
        if teachers == self._shown:
            return
        self._shown = teachers
        theme = self._theme
        clear_layout(self._names)
        for teacher in teachers:
            holder = QWidget()
            name = label(theme, teacher.name, is_bold=True)
            pin = button(
                theme, self.tr("Change PIN") if teacher.has_pin else self.tr("PIN"), "lock"
            )
            pin.setProperty("teacher", teacher.teacher_id)
            pin.setAccessibleName(f"{pin.text()} {teacher.name}")
            pin.clicked.connect(self._ask_pin)
            remove = button(theme, self.tr("Remove"), "close")
            remove.setProperty("teacher", teacher.teacher_id)
            remove.setAccessibleName(f"{remove.text()} {teacher.name}")
            remove.clicked.connect(self._remove)
            line = row(name, pin, remove, gap=theme.px(10))
            line.setStretch(0, 1)
            holder.setLayout(line)
            self._names.addWidget(holder)

    @Slot()
    def _add(self) -> None:
        name = self.name.text().strip()
        if name:
            self.name.clear()
            self._room.change(lambda desk: desk.lessons.add_teacher(name))

    @Slot()
    def _remove(self) -> None:
        teacher_id = str(self.sender().property("teacher"))
        self.pin_box.hide()
        self._room.change(lambda desk: desk.lessons.remove_teacher(teacher_id))

    @Slot()
    def _ask_pin(self) -> None:
        self._pin_of = str(self.sender().property("teacher"))
        known = [t.name for t in self._room.facts.teachers if t.teacher_id == self._pin_of]
        self.pin_words.setText(self.tr("PIN of {name}").format(name="".join(known)))
        self.pin.clear()
        self.notice.say("")
        self.pin_box.show()
        self.pin.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _set_pin(self) -> None:
        teacher_id, pin = self._pin_of, self.pin.text().strip()
        self.pin_box.hide()
        self.notice.say("")
        self._room.change(lambda desk: desk.lessons.set_pin(teacher_id, pin))

    @Slot(object)
    def _refused(self, error: object) -> None:
        if isinstance(error, KnownError) and error.code == "pin_invalid":
            self.notice.say(message_of(error, self._language).line)
            self.pin_box.show()


class TimetableCard(Card):
    """The timetable that says which lesson it is, and when this school's bell really rings.

    Signals: brought() when a timetable came in.
    """

    brought = Signal()

    def __init__(self, theme: Theme, services: Services) -> None:
        super().__init__(theme)
        self._theme, self._services = theme, services
        self._room: Classroom = services.classroom
        self.body.addWidget(label(theme, self.tr("Timetable"), "title"))
        self.words = label(theme, name="muted")
        self.notice = Notice(theme, "noticeBad", "warning")
        self.notice.hide()
        self.import_button = button(theme, self.tr("Import a timetable (CSES)"), "timetable")
        self.import_button.clicked.connect(self._import)
        self.forget_button = button(theme, self.tr("Remove"), "close")
        self.forget_button.clicked.connect(self._forget)
        acts = FlowBox(theme.px(10))
        acts.add(self.import_button)
        acts.add(self.forget_button)
        self._acts = acts
        for part in (self.words, self.notice, acts):
            self.body.addWidget(part)
        self._make_bell(theme)
        self._room.changed.connect(self._show)
        self._show()

    def _make_bell(self, theme: Theme) -> None:
        self.bell_box = QWidget()
        self.bell_words = label(theme)
        self.bell_button = button(theme, self.tr("The bell rings now"), "bell", "primary")
        self.bell_button.clicked.connect(self._ring)
        self.earlier_button = button(theme, self.tr("10 s earlier"), "prev")
        self.later_button = button(theme, self.tr("10 s later"), "next")
        self.earlier_button.clicked.connect(self._earlier)
        self.later_button.clicked.connect(self._later)
        self.bell_acts = FlowBox(theme.px(10))
        for made in (self.bell_button, self.earlier_button, self.later_button):
            self.bell_acts.add(made)
        self.term = QDateEdit()
        self.term.setFont(theme.font())
        self.term.setMinimumHeight(theme.px(48))
        self.term.setCalendarPopup(True)
        self.term.setDisplayFormat("yyyy-MM-dd")
        self.term.setAccessibleName(self.tr("First week of the term"))
        self.term.editingFinished.connect(self._set_term)
        self.term_words = label(theme, self.tr("First week of the term (for odd and even weeks)"))
        layout = QVBoxLayout(self.bell_box)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.px(10))
        layout.addWidget(self.bell_words)
        layout.addWidget(self.bell_acts)
        line = row(self.term_words, self.term, gap=theme.px(12))
        line.setStretch(0, 1)
        layout.addLayout(line)
        self.body.addWidget(self.bell_box)

    @Slot()
    def _show(self) -> None:
        facts = self._room.facts
        timetable = facts.timetable
        self.forget_button.setVisible(timetable is not None)
        self.bell_box.setVisible(timetable is not None)
        self._acts.refresh()
        if timetable is None:
            self.words.setText(
                self.tr("With a timetable, class and subject are known when the bell rings.")
            )
            return
        periods = sum(len(s.periods) * len(s.days) for s in timetable.schedules)
        said = self.tr("{count} lessons a week, {subjects} subjects")
        self.words.setText(said.format(count=periods, subjects=len(timetable.subjects)))
        self.bell_words.setText(self._said_of_bell(facts.choice.bell_offset_s))
        day = parse_day(facts.choice.term_start) or _first_day(self._room.today)
        self.term.setDate(QDate(day.year, day.month, day.day))

    def _said_of_bell(self, offset_s: int) -> str:
        if offset_s == 0:
            return self.tr("The bell rings as the timetable says.")
        if offset_s > 0:
            words = self.tr("The bell rings {seconds} s later than the timetable says.")
        else:
            words = self.tr("The bell rings {seconds} s earlier than the timetable says.")
        return words.format(seconds=abs(offset_s))

    @Slot()
    def _import(self) -> None:
        words = self.tr("Timetables (*.yaml *.yml *.cses)")
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Import a timetable (CSES)"), "", words)
        if path:
            self.bring_in(Path(path))

    def bring_in(self, path: Path) -> None:
        """Read a CSES file; its teachers come onto the list of names."""
        self.notice.say("")
        job = self._services.runner.start(lambda _context: read_timetable(path))
        job.succeeded.connect(self._take)
        job.failed.connect(self._refused)

    @Slot(object)
    def _take(self, timetable: Timetable) -> None:
        names = dict.fromkeys(s.teacher for s in timetable.subjects if s.teacher)

        def work(desk: Desk) -> object:
            desk.lessons.set_timetable(timetable)
            for name in names:
                desk.lessons.add_teacher(name)
            return None

        self._room.change(work)
        self.brought.emit()

    @Slot(object)
    def _refused(self, error: object) -> None:
        if isinstance(error, KnownError):
            language = self._services.settings.current.language
            self.notice.say(message_of(error, language).line)

    @Slot()
    def _forget(self) -> None:
        self._room.change(_forget_timetable)

    @Slot()
    def _ring(self) -> None:
        if self._room.bell_rings():
            self.notice.say("")
        else:
            self.notice.say(self.tr("No bell of the timetable is near this moment."))

    @Slot()
    def _earlier(self) -> None:
        self._room.set_bell(self._room.facts.choice.bell_offset_s - _BELL_STEP_S)

    @Slot()
    def _later(self) -> None:
        self._room.set_bell(self._room.facts.choice.bell_offset_s + _BELL_STEP_S)

    @Slot()
    def _set_term(self) -> None:
        day = self.term.date()
        text = date(day.year(), day.month(), day.day()).isoformat()
        if text != self._room.facts.choice.term_start:
            self._room.set_term_start(text)


def read_timetable(path: Path) -> Timetable:
    """A CSES file from anywhere.

    Raises:
        TimetableInvalidError, MissingFileError, UnreadableFileError.
    """
    from app.base.errors import known_os_error

    try:
        with path.open("rb") as file:
            raw = file.read(_MAX_TIMETABLE_BYTES + 1)
    except OSError as error:
        raise known_os_error(error, path) from error
    return parse_cses(raw)


def _forget_timetable(desk: Desk) -> object:
    desk.lessons.set_timetable(None)
    return None


def _first_day(today: date) -> date:
    """When the term probably began: 1 September, or 1 March in spring."""
    if 3 <= today.month <= 8:
        return date(today.year, 3, 1)
    return date(today.year if today.month >= 9 else today.year - 1, 9, 1)
