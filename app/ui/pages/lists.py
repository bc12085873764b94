# SPDX-License-Identifier: GPL-3.0-or-later
"""备课: lesson lists, favourites, and what was used last on this machine."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, Signal, Slot
from PySide6.QtWidgets import QInputDialog, QLineEdit, QVBoxLayout, QWidget

from app.catalogue.query import EntryKey
from app.lesson.lists import LessonList, ListItem
from app.lesson.store import FAVOURITES_ID
from app.ui.desk import Desk
from app.ui.look.theme import Theme
from app.ui.models.card import CARD_ROLE, Card, Readiness
from app.ui.models.cards import CardsModel
from app.ui.models.list_rows import ListsModel
from app.ui.services import CatalogueReader, Services, card_from_entry
from app.ui.widgets.card_grid import CardGrid
from app.ui.widgets.controls import Deck, EmptyState, FlowBox, Segments, button, label, row
from app.ui.widgets.lesson_rows import ROW_PX, LessonRowDelegate
from app.ui.widgets.list_rows import ListsDelegate

_RECENT_EVENTS = 400
_RECENT_SHOWN = 24


@dataclass(frozen=True, slots=True)
class _Asked:
    tab: str
    lists: tuple[LessonList, ...]
    wanted: tuple[tuple[str, EntryKey], ...]  # item id (may be empty) and resource


@dataclass(frozen=True, slots=True)
class _Shown:
    cards: tuple[Card, ...]
    item_ids: tuple[str, ...]


class ListsPage(QWidget):
    """Signals: chosen(Card); play_wanted(Card, tuple of Cards)."""

    chosen = Signal(object)
    play_wanted = Signal(object, object)

    def __init__(self, theme: Theme, services: Services) -> None:
        super().__init__()
        self.setObjectName("page")
        self._theme, self._services = theme, services
        self._list: LessonList | None = None
        self._item_ids: tuple[str, ...] = ()
        self.lists = ListsModel()
        self.cards = CardsModel()
        self._make()
        self.tabs.set_key("lists")
        self.refresh()

    def _make(self) -> None:
        theme = self._theme
        self.tabs = Segments(
            theme,
            [
                ("lists", self.tr("Lesson lists")),
                ("favourites", self.tr("Favourites")),
                ("recent", self.tr("Last used")),
            ],
            self.tr("Preparing"),
        )
        self.tabs.picked.connect(self._pick_tab)
        self.new_button = button(theme, self.tr("New lesson list"), "add", "primary")
        self.new_button.clicked.connect(self._create)
        self._make_list_head()
        self._lists_delegate = ListsDelegate(theme)
        self.lists_view = CardGrid(theme, min_card_px=300, card_height=104, edge_px=0)
        self.lists_view.setAccessibleName(self.tr("Lesson lists"))
        self.lists_view.setItemDelegate(self._lists_delegate)
        self.lists_view.setModel(self.lists)
        self.lists_view.chosen.connect(self._open_list)
        self._row_delegate = LessonRowDelegate(theme)
        self.cards_view = CardGrid(theme, min_card_px=400, card_height=ROW_PX, gap_px=12, edge_px=0)
        self.cards_view.setAccessibleName(self.tr("Resources"))
        self.cards_view.setItemDelegate(self._row_delegate)
        self.cards_view.setModel(self.cards)
        self.cards_view.chosen.connect(self._choose)
        self.empty = EmptyState(theme, "lists")
        self._shown = Deck(theme, self.lists_view, self.cards_view, self.empty)
        self.page_title = label(theme, self.tr("Preparing lessons"), "display")
        head = row(self.page_title, self.new_button)
        head.setStretch(0, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(side) for side in (28, 22, 28, 10)))
        layout.setSpacing(theme.px(12))
        layout.addLayout(head)
        layout.addWidget(self.tabs)
        layout.addWidget(self.list_head)
        layout.addWidget(self._shown, 1)

    def _make_list_head(self) -> None:
        theme = self._theme
        self.list_head = QWidget()
        self.list_name = label(theme, role="title")
        self.back_button = button(theme, self.tr("All lists"), "back")
        self.teach_button = button(theme, self.tr("Start class"), "play", "primary")
        self.up_button = button(theme, self.tr("Up"), "up")
        self.down_button = button(theme, self.tr("Down"), "down")
        self.remove_button = button(theme, self.tr("Take out"), "close")
        self.rename_button = button(theme, self.tr("Rename"), "edit")
        self.copy_button = button(theme, self.tr("Duplicate"), "copy")
        self.delete_button = button(theme, self.tr("Delete"), "delete", "danger")
        box = FlowBox(theme.px(8))
        acts = (
            (self.back_button, self._close_list),
            (self.teach_button, self._teach),
            (self.up_button, self._move_up),
            (self.down_button, self._move_down),
            (self.remove_button, self._remove),
            (self.rename_button, self._rename),
            (self.copy_button, self._copy),
            (self.delete_button, self._delete),
        )
        for made, slot in acts:
            made.clicked.connect(slot)
            box.add(made)
        layout = QVBoxLayout(self.list_head)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list_name)
        layout.addWidget(box)
        self.list_head.hide()

    # -- reading -----------------------------------------------------------------------------

    @Slot()
    def refresh(self) -> None:
        """Read what the chosen tab shows."""
        tab = self.tabs.key
        list_id = self._list.list_id if self._list is not None else ""

        def work(desk: Desk) -> object:
            if tab == "recent":
                return _Asked(tab, (), _recent(desk))
            source = FAVOURITES_ID if tab == "favourites" else list_id
            items = desk.lessons.items(source) if source else ()
            wanted = tuple((item.item_id, _key_of(item)) for item in items)
            return _Asked(tab, desk.lessons.lists() if tab == "lists" else (), wanted)

        job = self._services.desk.submit(work, "lists_page")
        job.succeeded.connect(self._asked)

    @Slot(object)
    def _asked(self, asked: _Asked) -> None:
        if asked.tab != self.tabs.key:
            return
        if asked.tab == "lists" and self._list is None:
            self.lists.show(asked.lists)
            self._show(self.lists_view, is_filled=bool(asked.lists))
            return
        if asked.tab == "lists" and self._list is not None:
            found = [one for one in asked.lists if one.list_id == self._list.list_id]
            if not found:
                self._close_list()
                return
            self._list = found[0]
            self.list_name.setText(self._list.name)
        services = self._services

        def work(catalogue: CatalogueReader) -> object:
            cards: list[Card] = []
            ids: list[str] = []
            for item_id, key in asked.wanted:
                entry = catalogue.entry(key)
                if entry is not None:
                    cards.append(card_from_entry(services, key, entry))
                    ids.append(item_id)
            return _Shown(tuple(cards), tuple(ids))

        job = services.catalogue.submit(work, "lists_page")
        job.succeeded.connect(self._found)

    @Slot(object)
    def _found(self, shown: _Shown) -> None:
        kept = self.cards_view.currentIndex().row()
        kept_id = self._item_ids[kept] if 0 <= kept < len(self._item_ids) else ""
        self._item_ids = shown.item_ids
        self.cards.show(shown.cards)
        if kept_id in shown.item_ids:
            self.cards_view.setCurrentIndex(self.cards.index(shown.item_ids.index(kept_id)))
        self._show(self.cards_view, is_filled=bool(shown.cards))

    def _show(self, view: QWidget, *, is_filled: bool) -> None:
        is_list = self.tabs.key == "lists" and self._list is not None
        self.list_head.setVisible(is_list)
        self.page_title.setVisible(not is_list)
        self.tabs.setVisible(not is_list)
        self.new_button.setVisible(self.tabs.key == "lists" and not is_list)
        if is_filled:
            self._shown.setCurrentWidget(view)
            return
        self._say_empty(is_list=is_list)
        self._shown.setCurrentWidget(self.empty)

    def _say_empty(self, *, is_list: bool) -> None:
        tab = self.tabs.key
        if is_list:
            title = self.tr("This list is empty")
            words = self.tr("Open a resource and press “Add to lesson list”.")
        elif tab == "lists":
            title = self.tr("No lesson list yet")
            words = self.tr(
                "Put the resources of a lesson in order, then play them one after another."
            )
        elif tab == "favourites":
            title = self.tr("No favourites yet")
            words = self.tr("Open a resource and press “Favourite”; it is found here again.")
        else:
            title = self.tr("Nothing used yet")
            words = self.tr("What was played on this machine is found here again.")
        icons = {"favourites": "star", "recent": "clock"}
        self.empty.say(title, words, icon=icons.get(tab, "lists"))

    # -- doing -------------------------------------------------------------------------------

    @Slot(str)
    def _pick_tab(self, _key: str) -> None:
        self._list = None
        self.refresh()

    @Slot(QModelIndex)
    def _open_list(self, index: QModelIndex) -> None:
        self._list = self.lists.lists[index.row()]
        self.cards.show(())
        self.refresh()

    @Slot()
    def _close_list(self) -> None:
        self._list = None
        self.refresh()

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        card = index.data(CARD_ROLE)
        if isinstance(card, Card):
            self.chosen.emit(card)

    @Slot()
    def _teach(self) -> None:
        playable = tuple(c for c in self.cards.cards if c.readiness is Readiness.PLAYS)
        if playable:
            self.play_wanted.emit(playable[0], playable)

    def _ask_name(self, title: str, name: str) -> str:
        dialog = QInputDialog(self)
        dialog.setFont(self._theme.font())
        dialog.setWindowTitle(title)
        dialog.setLabelText(title)
        dialog.setTextValue(name)
        dialog.setOkButtonText(self.tr("OK"))
        dialog.setCancelButtonText(self.tr("Cancel"))
        field = dialog.findChild(QLineEdit)
        if field is not None:
            field.setMaxLength(80)
            field.setMinimumWidth(self._theme.px(360))
        return dialog.textValue().strip() if dialog.exec() else ""

    def _change(self, work: object) -> None:
        job = self._services.desk.submit(work)  # type: ignore[arg-type]
        job.succeeded.connect(self._changed)
        job.failed.connect(self._changed)

    @Slot(object)
    def _changed(self, _result: object) -> None:
        self.refresh()

    @Slot()
    def _create(self) -> None:
        name = self._ask_name(self.tr("Name of the new lesson list"), "")
        if name:
            self._change(lambda desk: desk.lessons.create(name))

    @Slot()
    def _rename(self) -> None:
        chosen = self._list
        name = self._ask_name(self.tr("New name"), chosen.name) if chosen is not None else ""
        if chosen is not None and name:
            self._change(lambda desk: desk.lessons.rename(chosen.list_id, name))

    @Slot()
    def _copy(self) -> None:
        chosen = self._list
        if chosen is not None:
            self._change(lambda desk: desk.lessons.duplicate(chosen.list_id))
            self._list = None

    @Slot()
    def _delete(self) -> None:
        """Two presses: the first one asks."""
        chosen = self._list
        if chosen is None:
            return
        if self.delete_button.property("asked") != chosen.list_id:
            self.delete_button.setProperty("asked", chosen.list_id)
            self.delete_button.setText(self.tr("Really delete"))
            parent = self.delete_button.parentWidget()
            if isinstance(parent, FlowBox):
                parent.refresh()
            return
        self.delete_button.setProperty("asked", "")
        self.delete_button.setText(self.tr("Delete"))
        self._change(lambda desk: desk.lessons.delete(chosen.list_id))
        self._list = None

    def _move(self, step: int) -> None:
        chosen, at = self._list, self.cards_view.currentIndex().row()
        if chosen is None or at < 0:
            return
        item_id = self._item_ids[at]

        def work(desk: Desk) -> object:
            order = [item.item_id for item in desk.lessons.items(chosen.list_id)]
            place = order.index(item_id)
            desk.lessons.move(chosen.list_id, place, place + step)
            return None

        self._change(work)

    @Slot()
    def _move_up(self) -> None:
        self._move(-1)

    @Slot()
    def _move_down(self) -> None:
        self._move(1)

    @Slot()
    def _remove(self) -> None:
        at = self.cards_view.currentIndex().row()
        if 0 <= at < len(self._item_ids):
            item_id = self._item_ids[at]
            self._change(lambda desk: desk.lessons.remove(item_id))


def _key_of(item: ListItem) -> EntryKey:
    return EntryKey(item.region_id, item.entry_id)


def _recent(desk: Desk) -> tuple[tuple[str, EntryKey], ...]:
    seen: dict[EntryKey, None] = {}
    for logged in desk.usage.recent(_RECENT_EVENTS):
        seen.setdefault(EntryKey(logged.event.region_id, logged.event.entry_id))
    return tuple(("", key) for key in list(seen)[:_RECENT_SHOWN])
