# SPDX-License-Identifier: GPL-3.0-or-later
"""备课: lesson lists, favourites, own files, and what was used last on this machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QModelIndex, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from app.base.errors import KnownError
from app.base.messages import message_of
from app.lesson.lists import Extract, LessonList, ListItem
from app.ui.desk import Desk
from app.ui.look.theme import Theme
from app.ui.models.card import CARD_ROLE, Card
from app.ui.models.cards import CardsModel
from app.ui.models.list_rows import LIST_ROLE, ListsModel
from app.ui.pages.list_empty import say_empty
from app.ui.pages.list_keep import ListKeeper
from app.ui.pages.list_open import OpenList
from app.ui.pages.list_reading import Asked, read_cards, read_tab
from app.ui.pages.list_travel import ListTravel
from app.ui.services import CatalogueReader, Services
from app.ui.widgets.card_grid import CardGrid
from app.ui.widgets.controls import Deck, EmptyState, FlowBox, Notice, Segments, button, label
from app.ui.widgets.lesson_rows import ROW_PX, LessonRowDelegate
from app.ui.widgets.list_rows import ListsDelegate
from app.ui.widgets.name_dialog import ask_name


class ListsPage(QWidget):
    """Signals: chosen(Card); play_wanted(Card, tuple of Cards); stick_wanted()."""

    chosen = Signal(object)
    play_wanted = Signal(object, object)
    stick_wanted = Signal()

    def __init__(self, theme: Theme, services: Services) -> None:
        super().__init__()
        self.setObjectName("page")
        self._theme, self._services = theme, services
        self._list_id = ""
        self._list: LessonList | None = None
        self._deleted: tuple[str, tuple[ListItem, ...]] | None = None
        self.lists = ListsModel()
        self.cards = CardsModel()
        self.travel = ListTravel(services)
        self._keeper = ListKeeper(services)
        self._make()
        self._connect()
        self.tabs.set_key("lists")
        services.wanted.refresh()
        self.refresh()

    # -- building ----------------------------------------------------------------------------

    def _make(self) -> None:
        theme = self._theme
        self.page_title = label(theme, self.tr("Preparing lessons"), "display")
        self.tabs = Segments(
            theme,
            [
                ("lists", self.tr("Lists")),
                ("favourites", self.tr("Favourites")),
                ("own", self.tr("Own files")),
                ("recent", self.tr("Last used")),
            ],
            self.tr("Preparing"),
        )
        self.new_button = button(theme, self.tr("New lesson list"), "add", "primary")
        self.import_button = button(theme, self.tr("Import"), "download")
        self.stick_button = button(theme, self.tr("USB stick: open or keep"), "usb", "quiet")
        self.acts = FlowBox(theme.px(10))
        self.forget_button = button(theme, self.tr("Delete the chosen file"), "delete")
        for made in (
            self.new_button,
            self.import_button,
            self.forget_button,
            self.stick_button,
        ):
            self.acts.add(made)
        self.notice = Notice(theme, "noticeQuiet", "info")
        self.undo_button = button(theme, self.tr("Undo"), "", "quiet")
        self.notice.line.addWidget(self.undo_button)
        self.undo_button.hide()
        self.notice.hide()
        self._lists_delegate = ListsDelegate(theme)
        self.lists_view = CardGrid(theme, min_card_px=300, card_height=104, edge_px=0)
        self.lists_view.setAccessibleName(self.tr("Lesson lists"))
        self.lists_view.setItemDelegate(self._lists_delegate)
        self.lists_view.setModel(self.lists)
        self._row_delegate = LessonRowDelegate(theme)
        self.cards_view = CardGrid(theme, min_card_px=400, card_height=ROW_PX, gap_px=12, edge_px=0)
        self.cards_view.setAccessibleName(self.tr("Resources"))
        self.cards_view.setItemDelegate(self._row_delegate)
        self.cards_view.setModel(self.cards)
        self.empty = EmptyState(theme, "lists")
        self._shown = Deck(theme, self.lists_view, self.cards_view, self.empty)
        self._overview = QWidget()
        inner = QVBoxLayout(self._overview)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(theme.px(12))
        for part in (self.page_title, self.tabs, self.acts):
            inner.addWidget(part)
        inner.addWidget(self._shown, 1)
        self.open = OpenList(theme)
        self._deck = Deck(theme, self._overview, self.open)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(side) for side in (28, 22, 28, 10)))
        layout.setSpacing(theme.px(10))
        layout.addWidget(self.notice)
        layout.addWidget(self._deck, 1)

    def _connect(self) -> None:
        self.tabs.picked.connect(self._pick_tab)
        self.new_button.clicked.connect(self._create)
        self.import_button.clicked.connect(self._import)
        self.stick_button.clicked.connect(self.stick_wanted)
        self.forget_button.clicked.connect(self._forget)
        self.undo_button.clicked.connect(self._undo)
        self.lists_view.chosen.connect(self._open_row)
        self.cards_view.chosen.connect(self._choose)
        opened = self.open
        opened.left.connect(self.close_list)
        opened.taught.connect(self._teach)
        opened.wanted.connect(self._do)
        opened.item_wanted.connect(self._do_item)
        opened.moved.connect(self._move)
        opened.cut.connect(self._cut)
        self.travel.said.connect(self._say)
        self.travel.brought.connect(self.open_list)
        self.travel.changed.connect(self.refresh)
        self._services.wanted.changed.connect(self.refresh)

    # -- reading -----------------------------------------------------------------------------

    @Slot()
    def refresh(self) -> None:
        """Read what the chosen tab or the open list shows."""
        tab, list_id = self.tabs.key, self._list_id

        def work(desk: Desk) -> object:
            return read_tab(tab, list_id, desk)

        job = self._services.desk.submit(work, "lists_page")
        job.succeeded.connect(self._asked)
        job.failed.connect(self._failed)

    @Slot(object)
    def _asked(self, asked: Asked) -> None:
        if asked.tab != self.tabs.key or asked.list_id != self._list_id:
            return
        if self._list_id:
            found = [one for one in asked.lists if one.list_id == self._list_id]
            if not found:
                self.close_list()
                return
            self._list = found[0]
        elif asked.tab == "lists":
            self.lists.show(asked.lists)
            self._show(self.lists_view, is_filled=bool(asked.lists))
            return
        services = self._services

        def work(catalogue: CatalogueReader) -> object:
            return asked, read_cards(services, asked.items, catalogue)

        job = services.catalogue.submit(work, "lists_page")
        job.succeeded.connect(self._found)
        job.failed.connect(self._failed)

    @Slot(object)
    def _found(self, answer: tuple[Asked, tuple[Card, ...]]) -> None:
        asked, cards = answer
        if asked.tab != self.tabs.key or asked.list_id != self._list_id:
            return
        if self._list is not None and self._list_id:
            self.open.show_list(self._list, cards)
            self._keeper.follow(self._list, cards)
            self._deck.setCurrentWidget(self.open)
            return
        self.cards.show(cards)
        self._show(self.cards_view, is_filled=bool(cards))

    @Slot(object)
    def _failed(self, error: object) -> None:
        if isinstance(error, KnownError):
            said = message_of(error, self._services.settings.current.language)
            self._say(said.line)

    def _show(self, view: QWidget, *, is_filled: bool) -> None:
        self._deck.setCurrentWidget(self._overview)
        tab = self.tabs.key
        self.new_button.setVisible(tab == "lists")
        self.import_button.setVisible(tab == "lists")
        self.stick_button.setVisible(tab == "own")
        self.forget_button.setVisible(tab == "own" and is_filled)
        self.acts.setVisible(tab in ("lists", "own"))
        self.acts.refresh()
        if is_filled:
            self._shown.setCurrentWidget(view)
            return
        say_empty(self.empty, tab)
        self._shown.setCurrentWidget(self.empty)

    @Slot(str)
    def _say(self, words: str) -> None:
        self.undo_button.hide()
        self._deleted = None
        self.notice.say(words)

    # -- going about -------------------------------------------------------------------------

    @Slot(str)
    def _pick_tab(self, _key: str) -> None:
        self._list_id, self._list = "", None
        self._say("")
        self.refresh()

    def show_tab(self, key: str) -> None:
        """Show one of the tabs."""
        self.tabs.set_key(key)
        self._pick_tab(key)

    @Slot(str)
    def open_list(self, list_id: str) -> None:
        """Show one list; with an empty id, all of them."""
        self.tabs.set_key("lists")
        self._list_id, self._list = list_id, None
        self.refresh()

    @Slot()
    def close_list(self) -> None:
        """Back to all lists."""
        self.open_list("")

    @Slot(QModelIndex)
    def _open_row(self, index: QModelIndex) -> None:
        one = index.data(LIST_ROLE)
        if isinstance(one, LessonList):
            self._say("")
            self.open_list(one.list_id)

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        card = index.data(CARD_ROLE)
        if not isinstance(card, Card):
            return
        if card.is_own and card.plays:
            self.play_wanted.emit(card, (card,))
        elif not card.is_own:
            self.chosen.emit(card)

    @Slot()
    def _forget(self) -> None:
        """The own file that was opened last."""
        card = self.cards_view.currentIndex().data(CARD_ROLE)
        if isinstance(card, Card) and card.is_own:
            self.travel.forget(card.entry.id)

    @Slot(int)
    def _teach(self, at: int) -> None:
        """All that plays, in order, beginning with the first from that place on."""
        cards = self.open.cards.cards
        playing = tuple(card for card in cards if card.plays)
        first = next((card for card in cards[at:] if card.plays), None)
        if first is not None:
            self.play_wanted.emit(first, playing)

    # -- doing -------------------------------------------------------------------------------

    def _change(self, work: Callable[[Desk], object]) -> None:
        job = self._services.desk.submit(work)
        job.succeeded.connect(self._changed)
        job.failed.connect(self._failed)
        job.failed.connect(self._changed)

    @Slot(object)
    def _changed(self, _result: object) -> None:
        self.refresh()

    @Slot()
    def _create(self) -> None:
        name = ask_name(self, self._theme, self.tr("Name of the new lesson list"), "")
        if name:
            job = self._services.desk.submit(lambda desk: desk.lessons.create(name))
            job.succeeded.connect(self.open_list)
            job.failed.connect(self._failed)

    @Slot()
    def _import(self) -> None:
        words = self.tr("Lesson lists (*.kezhan)")
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Import a lesson list"), "", words)
        if path:
            self.bring_in(Path(path))

    def bring_in(self, path: Path) -> None:
        """Bring a `.kezhan` file in and show its list."""
        self._say("")
        self.travel.bring_in(path)

    @Slot(str)
    def _do(self, what: str) -> None:
        acts = {
            "keep": self._keep,
            "release": self._release,
            "board": self._add_board,
            "file": self._add_files,
            "rename": self._rename,
            "copy": self._copy,
            "export": self._export,
            "delete": self._delete,
        }
        if self._list is not None and what in acts:
            acts[what](self._list)

    def _keep(self, one: LessonList) -> None:
        self._change(lambda desk: desk.lessons.pin(one.list_id, is_pinned=True))
        self._keeper.keep(one, self.open.cards.cards)

    def _release(self, one: LessonList) -> None:
        self._change(lambda desk: desk.lessons.pin(one.list_id, is_pinned=False))
        self._keeper.release(one, self.open.cards.cards)

    def _add_board(self, one: LessonList) -> None:
        title = self.tr("Board page")
        self._change(lambda desk: desk.lessons.add_board(one.list_id, title))

    def _add_files(self, one: LessonList) -> None:
        paths, _ = QFileDialog.getOpenFileNames(self, self.tr("Add own files"))
        self.travel.take_in([Path(path) for path in paths], one.list_id)

    def _rename(self, one: LessonList) -> None:
        name = ask_name(self, self._theme, self.tr("New name"), one.name)
        if name:
            self._change(lambda desk: desk.lessons.rename(one.list_id, name))

    def _copy(self, one: LessonList) -> None:
        job = self._services.desk.submit(lambda desk: desk.lessons.duplicate(one.list_id))
        job.succeeded.connect(self.open_list)
        job.failed.connect(self._failed)

    def _export(self, one: LessonList) -> None:
        words = self.tr("Lesson lists (*.kezhan)")
        start = f"{one.name}.kezhan".replace("/", "_")
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Export"), start, words)
        if path:
            self.travel.send_out(one, Path(path))

    def _delete(self, one: LessonList) -> None:
        """Gone at once, with a way back for as long as this page says so."""

        def work(desk: Desk) -> object:
            items = desk.lessons.items(one.list_id)
            desk.lessons.delete(one.list_id)
            return one.name, items

        self._keeper.release(one, self.open.cards.cards)
        job = self._services.desk.submit(work)
        job.succeeded.connect(self._gone)
        job.failed.connect(self._failed)

    @Slot(object)
    def _gone(self, deleted: tuple[str, tuple[ListItem, ...]]) -> None:
        self.close_list()
        self._say(self.tr("“{name}” was deleted.").format(name=deleted[0]))
        self._deleted = deleted
        self.undo_button.show()

    @Slot()
    def _undo(self) -> None:
        deleted = self._deleted
        self._say("")
        if deleted is not None:
            job = self._services.desk.submit(lambda desk: desk.lessons.bring(*deleted))
            job.succeeded.connect(self.open_list)

    @Slot(str, object)
    def _do_item(self, what: str, card: Card) -> None:
        item_id = card.item_id
        if what == "remove":
            self._change(lambda desk: desk.lessons.remove(item_id))
        elif what == "again":
            self._change(lambda desk: desk.lessons.duplicate_item(item_id))
        elif what == "rename":
            name = ask_name(self, self._theme, self.tr("New name"), card.entry.title)
            if name:
                self._change(lambda desk: desk.lessons.rename_item(item_id, name))

    @Slot(int, int)
    def _move(self, source: int, target: int) -> None:
        one = self._list
        if one is not None:
            self._change(lambda desk: desk.lessons.move(one.list_id, source, target))

    @Slot(object, object)
    def _cut(self, card: Card, part: Extract) -> None:
        self._change(lambda desk: desk.lessons.set_extract(card.item_id, part))
