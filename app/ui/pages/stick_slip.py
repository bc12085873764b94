# SPDX-License-Identifier: GPL-3.0-or-later
"""补登: a lesson that was taught from a universal stick goes into the register by its number."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.base.errors import KnownError
from app.base.messages import message_of
from app.catalogue.query import EntryKey
from app.lesson.universal.plan import parse_slip
from app.region.entry import Entry
from app.ui.look.theme import Theme
from app.ui.models.usage_rows import day_words
from app.ui.services import CatalogueReader, Services
from app.ui.widgets.controls import Chooser, Notice, button, label, named
from app.usage.events import Kind, Occasion
from app.usage.store import LessonNote

if TYPE_CHECKING:
    from app.lesson.universal.store import Slip
    from app.ui.desk import Desk

_LOOK_MS = 250  # after the last sign that was typed
_DAYS = 92  # what is older nobody remembers exactly
_FULL_CHARS = 10  # eight signs and what people put between them


@dataclass(frozen=True, slots=True)
class _Found:
    """What a number stands for, and whether that lesson is in the register already."""

    number: str
    slip: Slip | None
    is_entered: bool


class SlipDialog(QDialog):
    """Signals: entered(str) with the list's name when the lesson is in the register."""

    entered = Signal(str)

    def __init__(self, theme: Theme, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._services = theme, services
        self._found: _Found | None = None
        self._is_entering = False
        self.setWindowTitle(self.tr("Enter a slip"))
        self.setModal(True)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._make_fields()
        self._lay_out()
        self._show_ready()

    def _make_fields(self) -> None:
        theme, room = self._theme, self._services.classroom
        self.number = QLineEdit()
        self.number.setFont(theme.font("title"))
        self.number.setMaxLength(24)
        self.number.setMinimumHeight(theme.px(56))
        self.number.setPlaceholderText("K7M2-Q4AB")
        self.number.setAccessibleName(self.tr("Number on the slip"))
        self.number.textChanged.connect(self._typed)
        self.day = Chooser(theme, self.tr("Date of the lesson"))
        for days_ago in range(_DAYS):
            day = room.today - timedelta(days=days_ago)
            self.day.addItem(day_words(day, room.today), day.isoformat())
        self.day.currentIndexChanged.connect(self._typed)
        self.lesson_class = Chooser(theme, self.tr("Class"))
        self.lesson_class.addItem(self.tr("Not chosen"), "")
        for name in room.classes:
            self.lesson_class.addItem(name, name)
        self._choose(self.lesson_class, room.class_id)
        self.lesson_class.currentIndexChanged.connect(self._typed)
        self.teacher = Chooser(theme, self.tr("Teacher"))
        self.teacher.addItem(self.tr("Not chosen"), "")
        now = room.teacher
        for one in room.facts.teachers:
            if not one.has_pin or one == now:  # a PIN is asked for at the start of a lesson only
                self.teacher.addItem(one.name, one.teacher_id)
        self._choose(self.teacher, now.teacher_id if now is not None else "")
        self.about = Notice(theme, "noticeQuiet", "usb")
        self.about.hide()
        self.problem = Notice(theme, "noticeBad", "warning")
        self.problem.hide()
        self.cancel_button = button(theme, self.tr("Cancel"))
        self.cancel_button.clicked.connect(self.reject)
        self.enter_button = button(theme, self.tr("Enter in the register"), "log", "primary")
        self.enter_button.clicked.connect(self._enter)
        self.enter_button.setDefault(True)

    @staticmethod
    def _choose(chooser: Chooser, value: str) -> None:
        chooser.setCurrentIndex(max(0, chooser.findData(value)))

    def _lay_out(self) -> None:
        theme = self._theme
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(side) for side in (28, 22, 28, 20)))
        layout.setSpacing(theme.px(12))
        layout.addWidget(label(theme, self.tr("Enter a slip"), "title"))
        words = self.tr(
            "The number stands in the box at the end of 上课.html and on the printed page."
        )
        layout.addWidget(label(theme, words, name="muted"))
        layout.addWidget(named(theme, self.number))
        layout.addWidget(self.about)
        layout.addWidget(self.problem)
        line = QHBoxLayout()
        line.setSpacing(theme.px(12))
        for field in (self.day, self.lesson_class, self.teacher):
            line.addWidget(named(theme, field), 1)
        layout.addLayout(line)
        layout.addStretch(1)
        foot = QHBoxLayout()
        foot.setSpacing(theme.px(12))
        foot.addStretch(1)
        foot.addWidget(self.cancel_button)
        foot.addWidget(self.enter_button)
        layout.addLayout(foot)
        room = self.screen().availableSize()
        self.resize(min(theme.px(680), room.width() - 40), min(theme.px(420), room.height() - 40))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.number.setFocus()

    # -- what the number stands for ----------------------------------------------------------

    @property
    def _taught_on(self) -> date:
        return date.fromisoformat(str(self.day.currentData()))

    @Slot()
    def _typed(self) -> None:
        self._found = None
        self._say("", "")
        self._timer.start()

    @Slot()
    def _look(self) -> None:
        text = self.number.text().strip()
        number = parse_slip(text)
        if number is None:
            is_long = len(text) >= _FULL_CHARS
            self._say(
                "", self.tr("This is no number of a slip; please compare each sign.") * is_long
            )
            return
        taught_on, class_id = self._taught_on, str(self.lesson_class.currentData())

        def find(desk: Desk) -> object:
            from app.lesson.universal.store import SlipStore

            store = SlipStore(desk.database)
            is_entered = store.is_entered(number, taught_on, class_id)
            return _Found(number, store.find(number), is_entered)

        job = self._services.desk.submit(find, "slip")
        job.succeeded.connect(self._show)
        job.failed.connect(self._failed)

    @Slot(object)
    def _show(self, found: _Found) -> None:
        if found.number != parse_slip(self.number.text()):
            return  # typed on meanwhile
        if found.slip is None:
            words = self.tr(
                "This slip was not made here; enter it on the computer that made the stick."
            )
            self._say("", words)
        elif found.is_entered:
            self._say("", self.tr("This lesson is in the register already."))
        else:
            self._found = found
            words = self.tr("“{name}”, resources: %n", "", len(found.slip.items))
            self._say(words.format(name=found.slip.name), "")

    def _say(self, about: str, problem: str) -> None:
        self.about.say(about)
        self.problem.say(problem)
        self._show_ready()

    def _show_ready(self) -> None:
        self.enter_button.setEnabled(self._found is not None and not self._is_entering)

    @Slot(object)
    def _failed(self, error: object) -> None:
        self._is_entering = False
        if isinstance(error, KnownError):
            language = self._services.settings.current.language
            self._say("", message_of(error, language).line)

    # -- into the register -------------------------------------------------------------------

    @Slot()
    def _enter(self) -> None:
        """Ask the catalogue what the resources are called and belong to, then record them."""
        slip = self._found.slip if self._found is not None else None
        if slip is None or self._is_entering:
            return
        self._is_entering = True
        self._show_ready()

        def read(catalogue: CatalogueReader) -> object:
            return [
                (one.region_id, catalogue.entry(EntryKey(one.region_id, one.entry_id)) or bare)
                for one in slip.items
                for bare in [Entry(id=one.entry_id, title=one.title or slip.name)]
            ]

        job = self._services.catalogue.submit(read)
        job.succeeded.connect(self._record)
        job.failed.connect(self._failed)

    @Slot(object)
    def _record(self, entries: list[tuple[str, Entry]]) -> None:
        """Events first, in the same queue what marks the slip: a cut in between loses nothing."""
        slip = self._found.slip if self._found is not None else None
        if slip is None:
            return
        taught_on, class_id = self._taught_on, str(self.lesson_class.currentData())
        lesson_id = str(uuid.uuid4())
        occasion = Occasion(
            teacher_id=str(self.teacher.currentData()), class_id=class_id, lesson_id=lesson_id
        )
        log = self._services.lesson_log
        for region_id, entry in entries:
            opened = log.open(region_id, entry, occasion)
            log.record(opened, Kind.TERMINATED, {})
        log.flush()
        note = LessonNote(
            lesson_id,
            topic=slip.name,
            equipment=self.tr("Universal stick"),
            taught_on="" if taught_on == self._services.classroom.today else taught_on.isoformat(),
        )

        def keep(desk: Desk) -> object:
            from app.lesson.universal.store import SlipStore

            desk.usage.note(note)
            SlipStore(desk.database).enter(slip.number, taught_on, class_id)
            return slip.name

        job = self._services.desk.submit(keep)
        job.succeeded.connect(self._kept)
        job.failed.connect(self._failed)

    @Slot(object)
    def _kept(self, name: str) -> None:
        self.entered.emit(name)
        self.accept()
