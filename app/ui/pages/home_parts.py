# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of the home page: who is taught now, where the class is, short lists beside it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.lesson.lists import LessonList
from app.ui.classroom import Classroom
from app.ui.look.theme import Theme
from app.ui.models.card import Card
from app.ui.models.rows import RowsModel
from app.ui.pages.home_reading import Last
from app.ui.widgets.card_grid import CardGrid
from app.ui.widgets.controls import Card as Box
from app.ui.widgets.controls import FlowBox, button, column, label, row
from app.ui.widgets.cover import CoverStore, icon_of
from app.ui.widgets.cover_box import CoverBox
from app.ui.widgets.painted_row import PaintedRow
from app.ui.words import chapter_words, extent_words, item_words, type_words

SIDE_ROW_PX = 62
_SIDE_ROLE = int(Qt.ItemDataRole.UserRole) + 9


class ClassBar(QWidget):
    """Signals: class_pressed(), subject_pressed(), teacher_pressed(), search_pressed(),
    stick_pressed()."""

    class_pressed = Signal()
    subject_pressed = Signal()
    teacher_pressed = Signal()
    search_pressed = Signal()
    stick_pressed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.class_button = button(theme, "", "class", "chipButton")
        self.subject_button = button(theme, "", "book", "chipButton")
        self.teacher_button = button(theme, "", "teacher", "chipButton")
        self.search_button = button(theme, self.tr("Search"), "search", "chipButton")
        self.stick_button = button(theme, self.tr("USB stick: open or keep"), "usb", "quiet")
        self.stick_button.clicked.connect(self.stick_pressed)
        for made in (self.class_button, self.subject_button):
            made.setFont(theme.font("title"))
        self.class_button.clicked.connect(self.class_pressed)
        self.subject_button.clicked.connect(self.subject_pressed)
        self.teacher_button.clicked.connect(self.teacher_pressed)
        self.search_button.clicked.connect(self.search_pressed)
        self.when = label(theme, role="body", name="muted")
        self.when.setWordWrap(False)
        self._box = FlowBox(theme.px(10))
        for part in (
            self.class_button,
            self.subject_button,
            self.when,
            self.search_button,
            self.teacher_button,
            self.stick_button,
        ):
            self._box.add(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._box)
        self.when.setMinimumHeight(theme.px(52))

    def show_room(self, room: Classroom, subject: str) -> None:
        """Say who is taught what by whom now."""
        is_doubtful = bool(room.class_id) and not room.is_class_sure
        class_words = (
            self.tr("{name}?").format(name=room.class_id) if is_doubtful else room.class_id
        )
        self._name(self.class_button, class_words or self.tr("Choose class"))
        self._name(self.subject_button, subject or self.tr("Choose subject"))
        teacher = room.teacher
        self._name(self.teacher_button, teacher.name if teacher else self.tr("Who is teaching?"))
        now = room.now
        words = ""
        if now is not None:
            said = self.tr("period {number} · {start}–{end}")
            words = said.format(
                number=now.number, start=f"{now.start:%H:%M}", end=f"{now.end:%H:%M}"
            )
        self.when.setText(words)
        self.when.setVisible(bool(words))
        self._box.refresh()

    def _name(self, made: QPushButton, words: str) -> None:
        made.setText(words)
        made.setAccessibleName(words)


class Hero(Box):
    """「上次讲到《几分之一》」 and the two ways on. Signals: resumed(); followed()."""

    resumed = Signal()
    followed = Signal()

    def __init__(self, theme: Theme, covers: CoverStore) -> None:
        super().__init__(theme, pad_px=18)
        self._theme = theme
        self.cover = CoverBox(theme, covers)
        self.said = label(theme, role="body", name="muted")
        self.title = label(theme, role="display")
        self.place = label(theme, role="body", name="muted")
        self.resume_button = button(theme, self.tr("Go on from there"), "play", "hero")
        self.resume_button.clicked.connect(self.resumed)
        self.next_button = button(theme, "", "next", "big")
        self.next_button.clicked.connect(self.followed)
        self.acts = FlowBox(theme.px(12))
        self.acts.add(self.resume_button)
        self.acts.add(self.next_button)
        words = column(self.said, self.title, self.place, gap=theme.px(4))
        words.addStretch(1)
        words.addSpacing(theme.px(10))
        words.addWidget(self.acts)
        self._line = QHBoxLayout()
        self._line.setSpacing(theme.px(22))
        self._line.addWidget(self.cover, 0, Qt.AlignmentFlag.AlignTop)
        self._line.addLayout(words, 1)
        self.body.addLayout(self._line)

    def show_last(self, last: Last, who: str) -> None:
        """Show where `who` is."""
        entry = last.card.entry
        self.cover.show_entry(entry)
        self.said.setText(
            self.tr("{who} · last time up to").format(who=who)
            if who
            else self.tr("Last time up to")
        )
        self.title.setText(entry.lesson or entry.title)
        self.place.setText(chapter_words(entry) or entry.title)
        self.resume_button.setEnabled(last.card.plays)
        following = last.following
        self.next_button.setVisible(following is not None)
        if following is not None:
            words = self.tr("Next: {lesson}").format(lesson=_short(following.text))
            self.next_button.setText(words)
            self.next_button.setAccessibleName(words)
        self.acts.refresh()

    def lay(self, width: int) -> None:
        """Find room for cover and words in so much width."""
        self.cover.setVisible(width >= self._theme.px(560))  # words before pictures
        room = width - self._theme.px(2 * 18)
        self.cover.set_width(max(1, min(round(room * 0.4), self._theme.px(300))))


def _short(text: str, max_chars: int = 14) -> str:
    return text if len(text) <= max_chars else text[: max_chars - 1] + "…"


SideThing = Card | LessonList


class SideModel(RowsModel[SideThing]):
    """A few lists or resources."""

    row_role = _SIDE_ROLE

    def text_of(self, row: SideThing) -> str:
        return row.name if isinstance(row, LessonList) else row.entry.title


class SideDelegate(PaintedRow[SideThing]):
    """One line each: icon, name, a word about it."""

    row_role = _SIDE_ROLE

    def paint_row(self, painter: QPainter, option: QStyleOptionViewItem, row: SideThing) -> None:
        theme = self._theme
        self.ground(painter, option)
        if isinstance(row, LessonList):
            icon, title, words = "lists", row.name, item_words(row.item_count)
        else:
            kind, extent = type_words(row.entry.resource_type), extent_words(row.entry)
            icon, title = icon_of(row.entry), row.entry.title
            words = " · ".join(part for part in (kind, extent) if part)
        text = self.icon_box(painter, option.rect, icon, theme.colour("tint"), "on_tint")
        self.two_lines(painter, text, title, words)


class Section(QWidget):
    """A heading with a short list below. Signals: chosen(object), more()."""

    chosen = Signal(object)
    more = Signal()

    def __init__(self, theme: Theme, title: str, more: str = "") -> None:
        super().__init__()
        self.model = SideModel()
        self.title: QLabel = label(theme, title, "heading")
        self.more_button = button(theme, more, look="quiet")
        self.more_button.setVisible(bool(more))
        self.more_button.clicked.connect(self.more)
        self.words = label(theme, role="small", name="muted")
        self.words.hide()
        self._delegate = SideDelegate(theme)
        self.view = CardGrid(theme, min_card_px=200, card_height=SIDE_ROW_PX, gap_px=8, edge_px=0)
        self.view.setAccessibleName(title)
        self.view.setItemDelegate(self._delegate)
        self.view.setModel(self.model)
        self.view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.chosen.connect(self._choose)
        head = row(self.title, self.more_button, gap=theme.px(8))
        head.setStretch(0, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.px(4))
        layout.addLayout(head)
        layout.addWidget(self.words)
        layout.addWidget(self.view)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def show_rows(self, rows: tuple[SideThing, ...], empty: str = "") -> None:
        """Show these, or words where there are none, or nothing at all."""
        self.model.show(rows)
        self.words.setText(empty)
        self.words.setVisible(not rows and bool(empty))
        self.view.setVisible(bool(rows))
        self.setVisible(bool(rows) or bool(empty))
        self.size_view()

    def size_view(self) -> None:
        """As high as its rows."""
        self.view.updateGeometries()
        self.view.setFixedHeight(self.view.content_height())

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        self.chosen.emit(index.data(_SIDE_ROLE))
