# SPDX-License-Identifier: GPL-3.0-or-later
"""The one window: navigation, pages built when first shown, and the lesson over all of it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QWidget

from app.base.errors import BugError, KnownError
from app.base.messages import message
from app.catalogue.errors import CatalogueDamagedError
from app.catalogue.query import EntryKey
from app.region.entry import Entry
from app.ui.look.theme import Theme
from app.ui.models.card import Card
from app.ui.screens import TvMargin, WindowPlace
from app.ui.services import CatalogueReader, Services, card_from_entry
from app.ui.widgets.rail import Rail
from app.ui.window_news import WindowNews
from app.ui.window_pages import HOME, LIBRARY, STICK, make_page

if TYPE_CHECKING:
    from app.ui.lesson_place import LessonPlace
    from app.ui.pages.details import DetailsPage
    from app.ui.pages.home import HomePage
    from app.ui.pages.library import LibraryPage
    from app.ui.pages.lists import ListsPage

P = TypeVar("P", bound=QWidget)
_REFRESH_MS = 400  # several changes in a row are one refresh
_INNER = frozenset({"details", STICK})  # reached from another page, and left to it
_READ_AGAIN = frozenset({HOME, "lists", "log", "uploads", "status", STICK})
PACKAGE_ENDING = ".kezhan"


class MainWindow(QMainWindow):
    """Signals: closing(); shown_player() when a lesson has its first picture."""

    closing = Signal()
    shown_player = Signal()
    open_failed = Signal(str)

    def __init__(self, theme: Theme, services: Services) -> None:
        super().__init__()
        self.services = services
        self.theme = theme
        self._pages: dict[str, QWidget] = {}
        self._key = HOME
        self._behind = HOME  # where "back" leads from the details
        self.place = WindowPlace(self, services.settings)
        self._changes: set[str] = set()
        self._wanted_id = ""
        self._refresh_timer = QTimer(self)
        self._refresh_timer.setSingleShot(True)
        self._refresh_timer.setInterval(_REFRESH_MS)
        self._refresh_timer.timeout.connect(self._refresh)
        self.setWindowTitle(self.tr("Kezhan"))
        self.setMinimumSize(800, 520)
        self._build()
        services.agent.changed.connect(self._agent_changed)
        WindowNews(self)
        for keys, slot in (("F11", self._toggle_full), ("Ctrl+F", self._to_search)):
            QShortcut(QKeySequence(keys), self, slot)

    # -- building ----------------------------------------------------------------------------

    def _build(self) -> None:
        theme = self.theme
        theme.dress()
        self.setStyleSheet(theme.style_sheet())
        self._whole = QStackedWidget()
        self.shell = QWidget()
        self._stack = QStackedWidget()
        self.rail = Rail(
            theme,
            [
                (HOME, self.tr("Home"), "home"),
                (LIBRARY, self.tr("Library"), "library"),
                ("lists", self.tr("Preparing"), "lists"),
                ("log", self.tr("Usage log"), "log"),
                ("uploads", self.tr("My uploads"), "upload"),
                ("status", self.tr("Sync"), "sync"),
                ("settings", self.tr("Settings"), "settings"),
            ],
            self.tr("Pages"),
        )
        self.rail.picked.connect(self.show_page)
        layout = QHBoxLayout(self.shell)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.rail)
        layout.addWidget(self._stack, 1)
        self._whole.addWidget(self.shell)
        TvMargin(self.shell, self.services.settings)
        self.setCentralWidget(self._whole)
        self.show_page(self._key if self._key not in _INNER else HOME)
        if self._key == HOME:
            self.home.show_main()

    def rebuild(self, theme: Theme) -> None:
        """Take on another look or language: all pages are made anew, the place is kept."""
        card = self._details.card if "details" in self._pages and self._key == "details" else None
        key = self._key
        self.theme = theme
        old = self._whole
        self._pages = {}
        self._build()
        old.deleteLater()
        if card is not None:
            self.show_details(card)
        else:
            self.show_page(key)

    def _make(self, key: str) -> QWidget:
        """A page, made when it is first shown."""
        page = make_page(self, key)
        self._pages[key] = page
        (self._whole if key == "player" else self._stack).addWidget(page)
        return page

    def page(self, key: str) -> QWidget:
        """The page of that key."""
        return self._pages.get(key) or self._make(key)

    def _typed(self, key: str, kind: type[P]) -> P:
        page = self.page(key)
        if not isinstance(page, kind):
            raise BugError(f"page {key} is {type(page).__name__}")
        return page

    @property
    def home(self) -> HomePage:
        """The first page."""
        from app.ui.pages.home import HomePage

        return self._typed(HOME, HomePage)

    @property
    def library(self) -> LibraryPage:
        """Where everything is found."""
        from app.ui.pages.library import LibraryPage

        return self._typed(LIBRARY, LibraryPage)

    @property
    def _details(self) -> DetailsPage:
        from app.ui.pages.details import DetailsPage

        return self._typed("details", DetailsPage)

    @property
    def is_at_home(self) -> bool:
        """Whether the first page is the one shown."""
        return self._key == HOME

    @property
    def is_in_lesson(self) -> bool:
        """Whether a lesson is on the screen."""
        return self._whole.currentWidget() is not self.shell

    # -- going about -------------------------------------------------------------------------

    @Slot(str)
    def show_page(self, key: str) -> None:
        """Show a page of the navigation."""
        page = self.page(key)
        self._key = key
        self._stack.setCurrentWidget(page)
        self.rail.set_key(key)
        refresh = getattr(page, "refresh", None)
        if key in _READ_AGAIN and callable(refresh):
            refresh()

    @Slot(str)
    def go_to(self, key: str) -> None:
        """A page, the search in the library, or the favourites."""
        if key == "search":
            self._to_search()
        elif key == "favourites":
            self.show_page("lists")
            self.lists.show_tab(key)
        else:
            self.show_page(key)

    @Slot(str)
    def show_list(self, list_id: str) -> None:
        """One lesson list."""
        self.show_page("lists")
        self.lists.open_list(list_id)

    @Slot()
    def show_stick(self) -> None:
        """The teacher's own stick; "back" leads to where one was."""
        if self._key not in _INNER:
            self._behind = self._key
        self.show_page(STICK)

    def open_wish(self, wish: str) -> None:
        """`kezhan open`: play a resource by its id, or bring a lesson list in and show it."""
        if wish.lower().endswith(PACKAGE_ENDING):
            self.show_page("lists")
            self.lists.bring_in(Path(wish))
        else:
            self.open_by_id(wish)

    @property
    def lists(self) -> ListsPage:
        """The lesson lists."""
        from app.ui.pages.lists import ListsPage

        return self._typed("lists", ListsPage)

    def say(self, words: str, *, is_progress: bool = False) -> None:
        """One quiet line on the pages where lessons are found."""
        for key in (HOME, LIBRARY):
            page = self._pages.get(key)
            if page is not None:
                page.say(words, is_progress=is_progress)  # type: ignore[attr-defined]

    @Slot(object)
    def show_details(self, card: Card) -> None:
        """Show one resource; "back" leads to where one was."""
        if self._key not in _INNER:
            self._behind = self._key
        self._key = "details"
        self._stack.setCurrentWidget(self._details)
        self._details.show_card(card)

    @Slot()
    def back(self) -> None:
        """To where one was."""
        self.show_page(self._behind)
        if self._behind == LIBRARY:
            self.library.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object, object)
    def play(self, card: Card, lesson: tuple[Card, ...]) -> None:
        """Teach: the lesson fills the screen."""
        from app.ui.pages.player import PlayerPage

        page = self._typed("player", PlayerPage)
        self._whole.setCurrentWidget(page)
        self.place.set_full(True)
        page.begin(card, lesson)

    def go_on(self, place: LessonPlace) -> None:
        """After a crash: the same lesson, the same place in it."""
        from app.ui.pages.player import PlayerPage

        page = self._typed("player", PlayerPage)
        self._whole.setCurrentWidget(page)
        if place.is_full_screen:
            self.place.set_full(True)
        page.begin(place.cards[place.at], place.cards, place)

    @Slot()
    def leave_player(self) -> None:
        """The lesson is over: back to where one was."""
        self.place.set_full(False)
        self._whole.setCurrentWidget(self.shell)
        if self._changes:
            self._refresh_timer.start()
        if self._key == "details":
            self._details.play_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_by_id(self, entry_id: str) -> None:
        """`kezhan open ID`: play one resource of the catalogue at once."""

        def work(catalogue: CatalogueReader) -> object:
            keys = catalogue.find(entry_id)
            found = [(key, catalogue.entry(key)) for key in keys]
            is_empty = catalogue.count() == 0
            return entry_id, [(k, entry) for k, entry in found if entry is not None], is_empty

        job = self.services.catalogue.submit(work)
        job.succeeded.connect(self._open_found)
        job.failed.connect(partial(self._open_failed, entry_id))

    @Slot(object)
    def _open_found(self, answer: tuple[str, list[tuple[EntryKey, Entry]], bool]) -> None:
        entry_id, found, is_empty = answer
        self._wanted_id = ""
        if not found and is_empty:
            self._wanted_id = entry_id  # the first catalogue is still on its way
            return
        if not found:
            said = message(
                "open_unknown", {"id": entry_id}, self.services.settings.current.language
            )
            self.say(said.line)
            self.open_failed.emit(entry_id)
            return
        card = card_from_entry(self.services, *found[0])
        self.show_details(card)
        self.play(card, (card,))

    def _open_failed(self, entry_id: str, error: object) -> None:
        if isinstance(error, CatalogueDamagedError):
            self._wanted_id = entry_id  # also one of an older program: the agent builds it anew
        else:
            self.open_failed.emit("")

    @Slot(str)
    def come_forward(self, open_id: str) -> None:
        """A second start asked for this window."""
        if self.isMinimized():
            self.showNormal()
        self.show()
        self.raise_()
        self.activateWindow()
        if open_id:
            self.open_wish(open_id)

    @Slot()
    def _to_search(self) -> None:
        player = self._pages.get("player")
        if self.is_in_lesson and player is not None:
            player.press("search")  # type: ignore[attr-defined]
        else:
            self.show_page(LIBRARY)
            self.library.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.library.search.selectAll()

    # -- full screen and screens -------------------------------------------------------------

    @Slot()
    def _toggle_full(self) -> None:
        self.place.set_full(not self.isFullScreen())

    @Slot()
    def to_next_screen(self) -> None:
        """The teacher's choice holds for the lessons to come."""
        box = self.services.settings
        box.put(replace(box.current, screen=self.place.to_next_screen()))

    # -- what the agent says -----------------------------------------------------------------

    @Slot(str)
    def _agent_changed(self, what: str) -> None:
        self._changes.add(what)
        if not self.is_in_lesson:
            self._refresh_timer.start()

    @Slot()
    def _refresh(self) -> None:
        changes, self._changes = self._changes, set()
        if not changes & {"catalogue", "blobs", "regions"}:
            return
        job = self.services.catalogue.submit(_reopen, "reopen")
        job.succeeded.connect(self._reopened)

    @Slot(object)
    def _reopened(self, _has_changed: object) -> None:
        if self._wanted_id:
            self.open_by_id(self._wanted_id)
        for key in (HOME, LIBRARY):
            if key in self._pages:
                self._pages[key].refresh()  # type: ignore[attr-defined]
        if "details" in self._pages and self._details.card is not None:
            self._details.refresh()

    def closeEvent(self, event: QCloseEvent) -> None:
        try:
            if self.is_in_lesson and "player" in self._pages:
                self._pages["player"].end_lesson()  # type: ignore[attr-defined]
        finally:  # whatever a lesson's end stumbles over, what was recorded is written
            super().closeEvent(event)
            self.place.pointer.restore()
            self.hide()  # nobody has to watch threads and processes end
            self.closing.emit()


def _reopen(catalogue: CatalogueReader) -> object:
    try:
        return catalogue.reopen_if_changed()
    except KnownError:
        return True
