# SPDX-License-Identifier: GPL-3.0-or-later
"""The first page: it opens on the class, not on other people's history.

Two taps from here to a lesson on the screen: 【接着上】 is one, a book and its lesson are two.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.base.errors import KnownError
from app.base.messages import message_of
from app.lesson.lists import LessonList
from app.ui.look.theme import Theme
from app.ui.models.books import BOOK_ROLE, BookCache, BookCover, BooksModel, lesson_cards
from app.ui.models.card import Card
from app.ui.pages.home_parts import ClassBar, Hero, Section
from app.ui.pages.home_reading import (
    Asked,
    Prepared,
    Shown,
    asked_of,
    read_prepared,
    read_shown,
)
from app.ui.services import CatalogueReader, Services
from app.ui.widgets.book_rows import BOOK_SHARE, BOOK_TEXT_PX, BookDelegate
from app.ui.widgets.card_grid import CardGrid
from app.ui.widgets.controls import EmptyState, Notice, ScrollPage, column, label

if TYPE_CHECKING:
    from app.ui.pages.home_contents import ContentsPart
    from app.ui.pages.home_questions import HomeQuestions

_SIDE_PX = 330
_WIDE_PX = 900
_SOON_MS = 30


class HomePage(QWidget):
    """Signals: play_wanted(Card, tuple of Cards); chosen(Card); list_wanted(str);
    page_wanted(str) with the key of a page; stick_wanted(); settled()."""

    play_wanted = Signal(object, object)
    chosen = Signal(object)
    list_wanted = Signal(str)
    page_wanted = Signal(str)
    stick_wanted = Signal()
    settled = Signal()

    def __init__(self, theme: Theme, services: Services) -> None:
        super().__init__()
        self.setObjectName("page")
        self._theme, self._services = theme, services
        self._room = services.classroom
        self._number = 0
        self._shown = Shown()
        self._asked: Asked | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self._ask)
        self.is_waiting = True
        self._is_progress = False
        self._cache = BookCache()
        self.books = BooksModel()
        self._make()
        self._connect()
        self._room_changed()

    # -- building ----------------------------------------------------------------------------

    def _make(self) -> None:
        theme = self._theme
        self.bar = ClassBar(theme)
        self.notice = Notice(theme, "noticeQuiet", "sync")
        self.notice.hide()
        self.hero = Hero(theme, self._services.covers)
        self.hero.hide()
        self.books_title = label(theme, self.tr("Textbooks"), "heading")
        self._book_delegate = BookDelegate(theme)
        self.books_view = CardGrid(
            theme,
            min_card_px=140,
            card_height=BOOK_TEXT_PX,
            picture_share=BOOK_SHARE,
            gap_px=14,
            edge_px=0,
        )
        self.books_view.setAccessibleName(self.tr("Textbooks"))
        self.books_view.setItemDelegate(self._book_delegate)
        self.books_view.setModel(self.books)
        self.books_view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.empty = EmptyState(theme, "library")
        self.empty.setMinimumHeight(theme.px(360))
        self.lists = Section(theme, self.tr("Lesson lists"), self.tr("All"))
        self.favourites = Section(theme, self.tr("Favourites"), self.tr("All"))
        self.news = Section(theme, self.tr("New"))
        self._main = self._lay_out()
        self._contents: ContentsPart | None = None
        self._questions: HomeQuestions | None = None
        self._stack = QStackedWidget()
        self._stack.addWidget(self._main)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def _lay_out(self) -> ScrollPage:
        theme = self._theme
        scroll = ScrollPage(theme, 1560)
        left = column(self.hero, self.books_title, self.books_view, self.empty, gap=theme.px(12))
        left.addStretch(1)
        self._side = QWidget()
        side = column(self.lists, self.favourites, self.news, gap=theme.px(14))
        side.addStretch(1)
        self._side.setLayout(side)
        self._columns = QHBoxLayout()
        self._columns.setSpacing(theme.px(26))
        self._columns.addLayout(left, 1)
        self._columns.addWidget(self._side)
        scroll.body.addWidget(self.bar)
        scroll.body.addWidget(self.notice)
        scroll.body.addLayout(self._columns, 1)
        return scroll

    def _connect(self) -> None:
        bar = self.bar
        bar.class_pressed.connect(self._ask_class)
        bar.subject_pressed.connect(self._ask_subject)
        bar.teacher_pressed.connect(self._ask_teacher)
        bar.search_pressed.connect(partial(self.page_wanted.emit, "search"))
        bar.stick_pressed.connect(self.stick_wanted)
        self.hero.resumed.connect(self._resume)
        self.hero.followed.connect(self._follow)
        self.books_view.chosen.connect(self._open_book)
        self.lists.chosen.connect(self._open_thing)
        self.lists.more.connect(partial(self.page_wanted.emit, "lists"))
        self.favourites.chosen.connect(self._open_thing)
        self.favourites.more.connect(partial(self.page_wanted.emit, "favourites"))
        self.news.chosen.connect(self._open_thing)
        self.empty.pressed.connect(partial(self.page_wanted.emit, "library"))
        self._room.changed.connect(self._room_changed)
        self._services.wanted.changed.connect(self.refresh)
        self._services.agent.changed.connect(self._agent_changed)

    @Slot(str)
    def _agent_changed(self, what: str) -> None:
        if what == "regions":  # an enrolment came: it may know school, rooms and classes
            self._room.refresh()

    @property
    def contents(self) -> ContentsPart:
        """A book's table of contents; made when the first book is opened."""
        if self._contents is None:
            from app.ui.pages.home_contents import ContentsPart

            self._contents = made = ContentsPart(self._theme, self._services)
            made.left.connect(self.show_main)
            made.play_wanted.connect(self.play_wanted)
            made.chosen.connect(self.chosen)
            self._stack.addWidget(made)
        return self._contents

    @property
    def questions(self) -> HomeQuestions:
        """Room, class, subject, teacher; made when something is asked."""
        if self._questions is None:
            from app.ui.pages.home_questions import HomeQuestions

            self._questions = made = HomeQuestions(self._theme, self._room)
            made.left.connect(self.show_main)
            self._stack.addWidget(made)
        return self._questions

    # -- what is shown -----------------------------------------------------------------------

    @property
    def is_settled(self) -> bool:
        """Whether everything that is on screen has come."""
        is_quiet = not self.is_waiting and not self._soon.isActive()
        if self._contents is not None and self._contents.is_waiting:
            return False
        return is_quiet and self._services.covers.is_idle

    @property
    def has_content(self) -> bool:
        """Whether there is something to open."""
        return bool(self._shown.books or self._shown.last or self._shown.lists)

    def say(self, text: str, *, is_progress: bool = False) -> None:
        """One quiet line; progress goes by itself when lessons are there."""
        self._is_progress = is_progress
        self.notice.say("" if is_progress and self._shown.books else text)

    @Slot()
    def refresh(self) -> None:
        """Something on this machine has changed."""
        self.is_waiting = True
        if self._asked is None:
            self._ask()  # nothing is shown yet: whoever waits gains nothing by a pause
        else:
            self._soon.start()

    @Slot()
    def _room_changed(self) -> None:
        self.bar.show_room(self._room, self._shown.subject or self._room.subject)
        if self._room.is_asking_room:
            self.questions.ask_room()
            self._stack.setCurrentWidget(self.questions)
        elif self._is_answered():
            self.show_main()
        if self._asked is None or asked_of(self._room, self._asked.number) != self._asked:
            self.refresh()

    def _is_answered(self) -> bool:
        """Whether a question stands there that nobody needs to answer any more."""
        asked = self._questions
        return asked is not None and asked.is_over and self._stack.currentWidget() is asked

    @Slot()
    def _ask(self) -> None:
        if not self._room.is_known:
            return  # the room says when it is
        self._number += 1
        self._asked = asked_of(self._room, self._number)
        job = self._services.desk.submit(read_prepared, "home")
        job.succeeded.connect(self._prepared)
        job.failed.connect(self._desk_failed)

    @Slot(object)
    def _desk_failed(self, _error: object) -> None:
        self._prepared(Prepared())  # said elsewhere; the lessons are still there

    @Slot(object)
    def _prepared(self, prepared: Prepared) -> None:
        asked, services, cache = self._asked, self._services, self._cache
        if asked is None:
            return

        def work(catalogue: CatalogueReader) -> object:
            return read_shown(services, asked, prepared, cache, catalogue)

        job = services.catalogue.submit(work, "home")
        job.succeeded.connect(self._show)
        job.failed.connect(self._fail)

    @Slot(object)
    def _show(self, shown: Shown) -> None:
        if shown.number != self._number:
            return
        self.is_waiting = False
        had_books = bool(self._shown.books)
        self._shown = shown
        room, last = self._room, shown.last
        self.bar.show_room(room, shown.subject or room.subject)
        self.hero.setVisible(last is not None)
        if last is not None:
            who = " ".join(w for w in (room.class_id, last.card.entry.subject) if w)
            self.hero.show_last(last, who)
        self.books.show(shown.books)
        self.books_title.setVisible(bool(shown.books))
        self.books_view.setVisible(bool(shown.books))
        self.empty.setVisible(not shown.books)
        if not shown.books:
            self._say_empty()
        elif not had_books:
            if self._is_progress:
                self.notice.say("")
            if self._stack.currentWidget() is self._main:
                self.books_view.setFocus(Qt.FocusReason.OtherFocusReason)
        hint = self.tr("Put what a lesson needs in order; then it plays one after the other.")
        self.lists.show_rows(shown.lists, hint)
        self.favourites.show_rows(shown.favourites)
        title = self.tr("New in {subject}").format(subject=shown.subject)
        self.news.title.setText(title if shown.subject else self.tr("New for my subjects"))
        self.news.show_rows(shown.news)
        self._size()
        self.settled.emit()

    def _say_empty(self) -> None:
        self.empty.say(
            self.tr("No lesson is on this machine yet"),
            self.tr("Lessons come with the next sync or from a USB stick."),
            self.tr("Look in the library"),
            "empty",
        )

    @Slot(object)
    def _fail(self, error: object) -> None:
        self.is_waiting = False
        if isinstance(error, KnownError):
            said = message_of(error, self._services.settings.current.language)
            self.empty.say(said.title, said.line, self.tr("Look in the library"), "warning")
            self.books_title.hide()
            self.books_view.hide()
            self.empty.show()

    @Slot()
    def show_main(self) -> None:
        """Back to what the page opens with."""
        if self._room.is_asking_room:
            return
        self._stack.setCurrentWidget(self._main)
        (self.hero.resume_button if self.hero.isVisible() else self.books_view).setFocus(
            Qt.FocusReason.OtherFocusReason
        )

    # -- doing -------------------------------------------------------------------------------

    @Slot()
    def _ask_class(self) -> None:
        self.questions.ask_class()
        self._stack.setCurrentWidget(self.questions)

    @Slot()
    def _ask_subject(self) -> None:
        self.questions.ask_subject(self._shown.subjects, self._shown.subject)
        self._stack.setCurrentWidget(self.questions)

    @Slot()
    def _ask_teacher(self) -> None:
        self.questions.ask_teacher()
        self._stack.setCurrentWidget(self.questions)

    @Slot()
    def _resume(self) -> None:
        last = self._shown.last
        if last is not None and last.card.plays:
            lesson = last.lesson if last.card in last.lesson else (last.card,)
            self.play_wanted.emit(last.card, lesson)

    @Slot()
    def _follow(self) -> None:
        last = self._shown.last
        if last is None or last.following is None:
            return
        path, services = last.following.path, self._services

        def work(catalogue: CatalogueReader) -> object:
            return lesson_cards(catalogue, path, services.playable, services.wanted)

        job = services.catalogue.submit(work, "home_lesson")
        job.succeeded.connect(self._play_lesson)

    @Slot(object)
    def _play_lesson(self, cards: tuple[Card, ...]) -> None:
        lesson = tuple(card for card in cards if card.plays)
        if lesson:
            self.play_wanted.emit(lesson[0], lesson)
        elif cards:
            self.chosen.emit(cards[0])

    @Slot(QModelIndex)
    def _open_book(self, index: QModelIndex) -> None:
        book = index.data(BOOK_ROLE)
        if isinstance(book, BookCover):
            last = self._shown.last
            self.contents.open_book(book, last.card.entry if last is not None else None)
            self._stack.setCurrentWidget(self.contents)

    @Slot(object)
    def _open_thing(self, thing: object) -> None:
        if isinstance(thing, LessonList):
            self.list_wanted.emit(thing.list_id)
        elif isinstance(thing, Card):
            self.chosen.emit(thing)

    # -- layout ------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._size()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._size()

    def _size(self) -> None:
        theme = self._theme
        is_wide = self.width() >= theme.px(_WIDE_PX)
        direction = QBoxLayout.Direction
        self._columns.setDirection(direction.LeftToRight if is_wide else direction.TopToBottom)
        room = min(self.width(), theme.px(1560 + 56)) - theme.px(56)
        side = theme.px(_SIDE_PX) if is_wide else room
        self._side.setFixedWidth(max(1, side))
        left = room - (side + theme.px(26) if is_wide else 0)
        self.hero.lay(left)
        self.books_view.setMaximumWidth(max(1, left))
        self.books_view.resize(max(1, left), self.books_view.height())
        self.books_view.updateGeometries()
        self.books_view.setFixedHeight(max(1, self.books_view.content_height()))
        for section in (self.lists, self.favourites, self.news):
            section.view.resize(max(1, side), section.view.height())
            section.size_view()
