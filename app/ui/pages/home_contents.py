# SPDX-License-Identifier: GPL-3.0-or-later
"""A textbook's table of contents: one tap on a lesson and it plays."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.region.entry import Entry
from app.ui.look.theme import Theme
from app.ui.models.books import (
    CONTENTS_ROLE,
    BookCover,
    ContentsLine,
    ContentsModel,
    LineKind,
    contents,
    lesson_cards,
)
from app.ui.models.card import Card
from app.ui.services import CatalogueReader, Services
from app.ui.widgets.book_rows import LINE_PX, ContentsDelegate
from app.ui.widgets.card_grid import CardGrid
from app.ui.widgets.controls import Deck, EmptyState, button, label, row


class ContentsPart(QWidget):
    """Signals: left(); play_wanted(Card, tuple of Cards); chosen(Card) for what does not play."""

    left = Signal()
    play_wanted = Signal(object, object)
    chosen = Signal(object)

    def __init__(self, theme: Theme, services: Services) -> None:
        super().__init__()
        self.setObjectName("page")
        self._services = services
        self._book: BookCover | None = None
        self.is_waiting = False
        self.model = ContentsModel()
        self.back_button = button(theme, self.tr("All books"), "back")
        self.back_button.clicked.connect(self.left)
        self.title = label(theme, role="title")
        self.title.setWordWrap(False)
        self.edition = label(theme, name="muted")
        self._delegate = ContentsDelegate(theme)
        self.view = CardGrid(theme, min_card_px=420, card_height=LINE_PX, gap_px=4, edge_px=0)
        self.view.setItemDelegate(self._delegate)
        self.view.setModel(self.model)
        self.view.set_columns(1)
        self.view.chosen.connect(self._choose)
        self.empty = EmptyState(theme, "book")
        self._deck = Deck(theme, self.view, self.empty)
        context = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for keys in ("Esc", "Alt+Left", "Backspace"):
            QShortcut(QKeySequence(keys), self, self.left.emit, context=context)
        head = row(self.back_button, self.title, self.edition, gap=theme.px(16))
        head.setStretch(2, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(side) for side in (28, 22, 28, 10)))
        layout.setSpacing(theme.px(12))
        layout.addLayout(head)
        layout.addWidget(self._deck, 1)

    def open_book(self, book: BookCover, last: Entry | None) -> None:
        """Show the contents of a book; `last` is where the class is."""
        self._book = book
        self.title.setText(f"{book.subject} {book.volume}")
        self.edition.setText(book.edition)
        self.view.setAccessibleName(self.title.text())
        self.model.show(())
        self._deck.setCurrentWidget(self.view)
        here = last if last is not None and last.subject == book.subject else None
        self.is_waiting = True

        def work(catalogue: CatalogueReader) -> object:
            return book, contents(catalogue, book.path, here)

        job = self._services.catalogue.submit(work, "contents")
        job.succeeded.connect(self._show)

    @Slot(object)
    def _show(self, answer: tuple[BookCover, tuple[ContentsLine, ...]]) -> None:
        book, lines = answer
        if book != self._book:
            return
        self.is_waiting = False
        self.model.show(lines)
        if not lines:
            self.empty.say(self.tr("Nothing in this book yet"), "", "", "book")
            self._deck.setCurrentWidget(self.empty)
            return
        first = [n for n, line in enumerate(lines) if line.kind is LineKind.LESSON]
        here = [n for n in first if lines[n].is_last_taught] or first
        index = self.model.index(here[0] if here else 0)
        self.view.setCurrentIndex(index)
        self.view.scrollTo(index)
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        line = index.data(CONTENTS_ROLE)
        if not isinstance(line, ContentsLine) or line.kind is LineKind.UNIT:
            return
        services = self._services

        def work(catalogue: CatalogueReader) -> object:
            return lesson_cards(catalogue, line.path, services.playable, services.wanted)

        job = services.catalogue.submit(work, "lesson")
        job.succeeded.connect(self._open)

    @Slot(object)
    def _open(self, cards: tuple[Card, ...]) -> None:
        lesson = tuple(card for card in cards if card.plays)
        if lesson:
            self.play_wanted.emit(lesson[0], lesson)
        elif cards:
            self.chosen.emit(cards[0])
