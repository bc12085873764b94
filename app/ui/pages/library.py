# SPDX-License-Identifier: GPL-3.0-or-later
"""资源库: find a lesson by typing, by walking through the books, or by filters."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.base.errors import KnownError
from app.base.messages import message_of
from app.catalogue.query import Order, Query
from app.ui.look.theme import Theme
from app.ui.models.card import CARD_ROLE, Card
from app.ui.models.chapters import ChapterModel
from app.ui.models.facets import FacetModel
from app.ui.models.results import ResultsModel
from app.ui.pages.library_words import query_of
from app.ui.services import Services
from app.ui.widgets.card_delegate import PICTURE_SHARE, TEXT_HEIGHT, CardDelegate
from app.ui.widgets.card_grid import CardGrid
from app.ui.widgets.controls import Chooser, Deck, EmptyState, Notice, Segments, button, label, row
from app.ui.widgets.panel import SidePanel
from app.ui.widgets.search_field import SearchField
from app.ui.words import total_words

_TYPING_MS = 60  # a pause shorter than a keystroke; the answer itself takes a few ms
_PANEL_PX = 288
_NARROW_PX = 900  # below this the panel comes over the cards only when asked for


class LibraryPage(QWidget):
    """Signals: chosen(Card) when a resource is picked; settled() when all that is seen has come."""

    chosen = Signal(object)
    settled = Signal()

    def __init__(self, theme: Theme, services: Services) -> None:
        super().__init__()
        self.setObjectName("page")
        self._theme, self._services = theme, services
        self.results = ResultsModel(services.catalogue, services.playable, self, services.wanted)
        self.chapters = ChapterModel(services.catalogue, self)
        self.facets = FacetModel()
        self._is_progress = False
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self.ask)
        self._make_head()
        self._make_body()
        self._connect()
        self.where.set_key("playable")
        self.ask()
        self.chapters.show(is_playable_only=True)
        services.wanted.refresh()

    # -- building ----------------------------------------------------------------------------

    def _make_head(self) -> None:
        theme = self._theme
        self.search = SearchField(theme, self.tr("Search"), self.tr("Clear"))
        self.search.setPlaceholderText(self.tr("Search lessons: words, pinyin or initials"))
        self.where = Segments(
            theme,
            [("playable", self.tr("Plays here")), ("all", self.tr("All"))],
            self.tr("What is shown"),
        )
        self.order = Chooser(theme, self.tr("Order"))
        self.order.addItem(self.tr("Best match"), Order.RELEVANCE)
        self.order.addItem(self.tr("Most used"), Order.POPULARITY)
        self.order.addItem(self.tr("Newest"), Order.DATE)
        self.panel_button = button(theme, self.tr("Contents and filters"), "tree")
        self.panel_button.setCheckable(True)
        self.count = label(theme, role="small", name="muted")
        self.count.setWordWrap(False)

    def _make_body(self) -> None:
        theme = self._theme
        self.panel = SidePanel(theme, self.chapters, self.facets)
        self.panel.setFixedWidth(theme.px(_PANEL_PX))
        self._delegate = CardDelegate(theme, self._services.covers)
        self.grid = CardGrid(
            theme, min_card_px=250, card_height=TEXT_HEIGHT, picture_share=PICTURE_SHARE
        )
        self.grid.setAccessibleName(self.tr("Lessons"))
        self.grid.setItemDelegate(self._delegate)
        self.grid.setModel(self.results)
        self.empty = EmptyState(theme, "search")
        self._shown = Deck(theme, self.grid, self.empty)
        self.notice = Notice(theme, "noticeQuiet", "sync")
        self.notice.hide()
        gap = theme.px(14)
        top = QHBoxLayout()
        top.setContentsMargins(theme.px(20), theme.px(14), theme.px(20), 0)
        top.setSpacing(gap)
        top.addWidget(self.search, 1)
        top.addWidget(self.where)
        second = row(self.panel_button, self.count, 1, self.order, gap=gap)
        second.setContentsMargins(theme.px(16), 0, theme.px(20), 0)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(theme.px(2))
        right.addLayout(second)
        right.addWidget(self._shown, 1)
        body = QHBoxLayout()
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        body.addWidget(self.panel)
        body.addLayout(right, 1)
        notices = QHBoxLayout()
        notices.setContentsMargins(theme.px(20), 0, theme.px(20), 0)
        notices.addWidget(self.notice)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(theme.px(10))
        whole.addLayout(top)
        whole.addLayout(notices)
        whole.addLayout(body, 1)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._typed)
        self.search.returnPressed.connect(self._enter)
        self.search.installEventFilter(self)
        self.where.picked.connect(self._switch)
        self.order.activated.connect(self.ask)
        self.panel_button.toggled.connect(self._toggle_panel)
        self.facets.filters_changed.connect(self.ask)
        self.chapters.place_changed.connect(self.ask)
        self.results.answered.connect(self._answered)
        self.results.failed.connect(self._failed)
        self.chapters.failed.connect(self._failed)
        self.grid.chosen.connect(self._choose)
        self.empty.pressed.connect(self._help)
        self._services.covers.arrived.connect(self._cover_came)
        self._services.wanted.changed.connect(self.results.ask_again)

    # -- asking ------------------------------------------------------------------------------

    @Slot()
    def ask(self) -> None:
        """Fetch what the controls say."""
        self._typing.stop()
        self.results.ask(self.query())

    def query(self) -> Query:
        """The query that the controls stand for."""
        return query_of(
            words=self.search.text(),
            place=self.chapters.place,
            filters=self.facets.filters,
            order=Order(self.order.currentData()),  # Qt hands a plain text back
            is_playable_only=self.is_playable_only,
        )

    @property
    def is_playable_only(self) -> bool:
        """Whether the switch stands on 「本机能放」."""
        return self.where.key == "playable"

    def refresh(self) -> None:
        """The catalogue or what is on this machine has changed."""
        self._services.covers.forget_missing()
        self._services.wanted.refresh()
        self.results.ask_again()
        self.chapters.show(is_playable_only=self.is_playable_only)

    def say(self, text: str, *, is_progress: bool = False) -> None:
        """One quiet line above the cards; empty hides it, progress goes when lessons are there."""
        self._is_progress = is_progress
        self.notice.say(text)

    @Slot()
    def _typed(self) -> None:
        self._typing.start()

    @Slot()
    def _enter(self) -> None:
        self.ask()
        self.grid.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot(str)
    def _switch(self, _key: str) -> None:
        self.ask()
        self.chapters.show(is_playable_only=self.is_playable_only)

    # -- answers -----------------------------------------------------------------------------

    @Slot()
    def _answered(self) -> None:
        results = self.results
        self.facets.show_counts(results.facets, are_exact=results.are_counts_exact)
        self.count.setText(total_words(results.total, is_exact=results.is_total_exact))
        if results.total:
            if self._is_progress:
                self.say("")
            self._shown.setCurrentWidget(self.grid)
        else:
            self._say_empty()
            self._shown.setCurrentWidget(self.empty)

    def _say_empty(self) -> None:
        is_narrowed = bool(self.search.text().strip() or self.facets.filters or self.chapters.place)
        if self.is_playable_only and is_narrowed:
            self.empty.say(
                self.tr("Nothing that plays here"),
                self.tr("Perhaps the whole catalogue has it; it can be downloaded from there."),
                self.tr("Look in all resources"),
                "search",
            )
        elif is_narrowed:
            self.empty.say(
                self.tr("Nothing found"),
                self.tr("Try fewer or other words, or switch some filters off."),
                self.tr("Start over"),
                "search",
            )
        elif self.is_playable_only:
            self.empty.say(
                self.tr("No lesson is on this machine yet"),
                self.tr("Lessons come with the next sync or from a USB stick."),
                self.tr("Look in all resources"),
                "empty",
            )
        else:
            self.empty.say(
                self.tr("The catalogue is still empty"),
                self.tr("It fills by itself as soon as a line or a USB stick is there."),
                "",
                "empty",
            )

    @Slot(object)
    def _failed(self, error: object) -> None:
        if not isinstance(error, KnownError):
            return
        said = message_of(error, self._services.settings.current.language)
        self.empty.say(said.title, said.line, self.tr("Try again"), "warning")
        self._shown.setCurrentWidget(self.empty)

    @Slot()
    def _help(self) -> None:
        if self.results.total == 0 and self.results.has_answer and self.is_playable_only:
            self.where.set_key("all")
            self._switch("all")
            return
        self.start_over()

    def start_over(self) -> None:
        """Everything back to how the page opens, but for the switch."""
        self.search.clear()
        self.facets.clear()
        self.chapters.go_home()
        self.ask()

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        card = index.data(CARD_ROLE)
        if isinstance(card, Card):
            self.chosen.emit(card)

    @Slot()
    def _cover_came(self) -> None:
        self.grid.viewport().update()

    @property
    def is_settled(self) -> bool:
        """Whether everything that is on screen has come."""
        return (
            self.results.has_answer
            and self.results.is_settled
            and not self.chapters.is_waiting
            and self._services.covers.is_idle
        )

    # -- layout and keys ---------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_panel()

    @property
    def _is_narrow(self) -> bool:
        return self.width() < self._theme.px(_NARROW_PX)

    def _place_panel(self) -> None:
        is_narrow = self._is_narrow
        self.panel_button.setVisible(is_narrow)
        self.panel.setVisible(not is_narrow or self.panel_button.isChecked())
        self.grid.setVisible(True)

    @Slot(bool)
    def _toggle_panel(self, _is_on: bool) -> None:
        self._place_panel()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and isinstance(event, QKeyEvent):
            is_press = event.type() is QEvent.Type.KeyPress
            if is_press and event.key() == Qt.Key.Key_Down and self.results.total:
                self.grid.setFocus(Qt.FocusReason.ShortcutFocusReason)
                if not self.grid.currentIndex().isValid():
                    self.grid.setCurrentIndex(self.results.index(0))
                return True
            if is_press and event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
        return super().eventFilter(watched, event)
