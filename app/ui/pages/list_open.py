# SPDX-License-Identifier: GPL-3.0-or-later
"""One open lesson list: its things in order, how ready it is, and 「上课」."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QScrollPrepareEvent, QShortcut
from PySide6.QtWidgets import QFrame, QMenu, QScrollArea, QVBoxLayout, QWidget

from app.lesson.lists import Extract, LessonList
from app.ui.look.theme import Theme
from app.ui.models.card import Card
from app.ui.models.cards import CardsModel
from app.ui.pages.list_part import PartPanel, has_parts
from app.ui.pages.list_reading import Ready, ready_of
from app.ui.widgets.card_grid import give_viewport, grab_scrolling
from app.ui.widgets.controls import Deck, EmptyState, FlowBox, Notice, button, label, row
from app.ui.widgets.item_list import ItemDelegate, ItemList
from app.ui.words import item_words, size_words

_LIST_PX = 260  # two or three things are always to be seen


class OpenList(QScrollArea):
    """Signals: left(); taught(int) from that place; wanted(str) what to do with the list;
    item_wanted(str, Card) what to do with one thing; moved(int, int); cut(Card, Extract)."""

    left = Signal()
    taught = Signal(int)
    wanted = Signal(str)
    item_wanted = Signal(str, object)
    moved = Signal(int, int)
    cut = Signal(object, object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._list: LessonList | None = None
        self.cards = CardsModel()
        self._make_head()
        self._make_item_bar()
        self.notice = Notice(theme, "noticeQuiet", "info")
        self.notice.hide()
        self.part = PartPanel(theme)
        self.part.hide()
        self._delegate = ItemDelegate(theme)
        self.view = ItemList(theme)
        self.view.setAccessibleName(self.tr("What is in this list"))
        self.view.setItemDelegate(self._delegate)
        self.view.setModel(self.cards)
        self.empty = EmptyState(theme, "lists")
        self.empty.say(
            self.tr("This list is empty"),
            self.tr(
                "Open a resource and press “Add to lesson list”, or add your own files and pages."
            ),
        )
        self._deck = Deck(theme, self.view, self.empty)
        self._deck.setMinimumHeight(theme.px(_LIST_PX))
        layout = QVBoxLayout(self._make_body())
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.px(8))
        for part in (self._head, self.notice, self.item_bar, self.part):
            layout.addWidget(part)
        layout.addWidget(self._deck, 1)
        self._connect()

    def _make_body(self) -> QWidget:
        """Everything scrolls where the window is low and the print is large."""
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        grab_scrolling(give_viewport(self))
        body = QWidget()
        body.setObjectName("scrollBody")
        self.setWidget(body)
        return body

    def _make_head(self) -> None:
        theme = self._theme
        self.back_button = button(theme, self.tr("All lists"), "back")
        self.name = label(theme, role="title")
        self.state = label(theme, name="muted")
        self.teach_button = button(theme, self.tr("Start class"), "play", "hero")
        self.keep_button = button(theme, self.tr("Keep all offline"), "download", "big")
        self.board_button = button(theme, self.tr("Board page"), "add", "big")
        self.file_button = button(theme, self.tr("Own file"), "folder", "big")
        self.more_button = button(theme, self.tr("More"), "more", "big")
        self._acts = FlowBox(theme.px(8))
        for made in (
            self.teach_button,
            self.keep_button,
            self.board_button,
            self.file_button,
            self.more_button,
        ):
            self._acts.add(made)
        self._head = QWidget()
        line = row(self.back_button, self.name, gap=theme.px(14))
        line.setStretch(1, 1)
        layout = QVBoxLayout(self._head)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.px(8))
        layout.addLayout(line)
        layout.addWidget(self.state)
        layout.addWidget(self._acts)

    def _make_item_bar(self) -> None:
        """What can be done with the chosen thing; there only when one is chosen."""
        theme = self._theme
        self.from_button = button(theme, self.tr("From here"), "play", "primary")
        self.up_button = button(theme, self.tr("Up"), "up")
        self.down_button = button(theme, self.tr("Down"), "down")
        self.part_button = button(theme, self.tr("Part"), "clock")
        self.again_button = button(theme, self.tr("Once more"), "copy")
        self.rename_item_button = button(theme, self.tr("Rename"), "edit")
        self.remove_button = button(theme, self.tr("Take out"), "close")
        self.item_bar = FlowBox(theme.px(8))
        for made in (
            self.from_button,
            self.up_button,
            self.down_button,
            self.part_button,
            self.again_button,
            self.rename_item_button,
            self.remove_button,
        ):
            self.item_bar.add(made)
        self.item_bar.hide()

    def _connect(self) -> None:
        self.back_button.clicked.connect(self.left)
        self.teach_button.clicked.connect(partial(self.taught.emit, 0))
        self.keep_button.clicked.connect(partial(self.wanted.emit, "keep"))
        self.board_button.clicked.connect(partial(self.wanted.emit, "board"))
        self.file_button.clicked.connect(partial(self.wanted.emit, "file"))
        self.more_button.clicked.connect(self._offer_more)
        self.from_button.clicked.connect(self._teach_from)
        self.up_button.clicked.connect(partial(self._move, -1))
        self.down_button.clicked.connect(partial(self._move, 1))
        self.part_button.clicked.connect(self._offer_part)
        self.again_button.clicked.connect(partial(self._item, "again"))
        self.rename_item_button.clicked.connect(partial(self._item, "rename"))
        self.remove_button.clicked.connect(partial(self._item, "remove"))
        self.view.chosen.connect(self._choose)
        self.view.dragged.connect(self.moved)
        self.view.taken_out.connect(self._take_out)
        self.view.selectionModel().currentChanged.connect(self._show_item_bar)
        self.part.chosen.connect(self._cut)
        self.part.left.connect(self._leave_part)
        context = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence("F5"), self, partial(self.taught.emit, 0), context=context)
        QShortcut(QKeySequence("Esc"), self, self.left.emit, context=context)

    def viewportEvent(self, event: QEvent) -> bool:
        """A finger on a grip carries a thing; the page stays where it is."""
        if isinstance(event, QScrollPrepareEvent):
            at = self.viewport().mapTo(self, event.startPos().toPoint())
            inner = self.view.viewport()
            if self.view.isVisible() and self.view.is_grip_at(inner.mapFrom(self, at)):
                event.ignore()
                return True
        return super().viewportEvent(event)

    # -- showing -----------------------------------------------------------------------------

    def show_list(self, one: LessonList, cards: tuple[Card, ...]) -> None:
        """Show a list; what was chosen stays chosen."""
        kept = self.current
        self._list = one
        self.name.setText(one.name)
        self.cards.show(cards)
        ready = ready_of(cards)
        self.state.setText(self._state_words(ready))
        self.teach_button.setEnabled(ready.playing > 0)
        self.keep_button.setVisible(not ready.is_whole and ready.items > 0)
        is_done = not ready.missing and one.is_pinned
        self.keep_button.setEnabled(not is_done)
        self._acts.refresh()
        ids = [card.item_id for card in cards]
        if kept is not None and kept.item_id in ids:
            self.view.setCurrentIndex(self.cards.index(ids.index(kept.item_id)))
        self._deck.setCurrentWidget(self.view if cards else self.empty)
        self._show_item_bar()

    def _state_words(self, ready: Ready) -> str:
        parts = [item_words(ready.items)]
        if ready.size_bytes:
            parts.append(size_words(ready.size_bytes))
        if ready.is_whole:
            parts.append(self.tr("all of it available offline"))
        elif ready.items:
            said = self.tr("{playing} of {items} can be shown")
            parts.append(said.format(playing=ready.playing, items=ready.items))
            if ready.missing_bytes:
                lacks = self.tr("{size} still to come")
                parts.append(lacks.format(size=size_words(ready.missing_bytes)))
            if ready.is_asked:
                parts.append(self.tr("asked for"))
        return " · ".join(parts)

    @property
    def current(self) -> Card | None:
        """The chosen thing."""
        at = self.view.currentIndex().row()
        return self.cards.cards[at] if 0 <= at < len(self.cards.cards) else None

    @Slot()
    def _show_item_bar(self) -> None:
        card = self.current
        self.item_bar.setVisible(card is not None)
        self.part.hide()
        if card is None:
            return
        at = self.view.currentIndex().row()
        self.from_button.setEnabled(card.plays)
        self.up_button.setEnabled(at > 0)
        self.down_button.setEnabled(at < len(self.cards.cards) - 1)
        self.part_button.setVisible(has_parts(card))
        self.item_bar.refresh()

    # -- doing -------------------------------------------------------------------------------

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        self.view.setCurrentIndex(index)

    @Slot()
    def _teach_from(self) -> None:
        self.taught.emit(max(0, self.view.currentIndex().row()))

    def _move(self, step: int) -> None:
        at = self.view.currentIndex().row()
        if at >= 0:
            self.moved.emit(at, at + step)

    def _item(self, what: str) -> None:
        card = self.current
        if card is not None:
            self.item_wanted.emit(what, card)

    @Slot(int)
    def _take_out(self, at: int) -> None:
        self.item_wanted.emit("remove", self.cards.cards[at])

    @Slot()
    def _offer_part(self) -> None:
        card = self.current
        if card is not None:
            self.part.show()
            self.part.show_card(card)

    @Slot()
    def _leave_part(self) -> None:
        self.part.hide()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def _cut(self, part: Extract) -> None:
        card = self.current
        self._leave_part()
        if card is not None:
            self.cut.emit(card, part)

    @Slot()
    def _offer_more(self) -> None:
        theme = self._theme
        menu = QMenu(self)
        menu.setFont(theme.font())
        if self._list is not None and self._list.is_pinned:
            words = self.tr("Keep offline no longer")
            menu.addAction(theme.icon("close"), words).setData("release")
        for key, words, icon in (
            ("rename", self.tr("Rename list"), "edit"),
            ("copy", self.tr("Duplicate list"), "copy"),
            ("export", self.tr("Export as a file"), "external"),
            ("universal", self.tr("Universal stick (any TV or computer)"), "usb"),
            ("delete", self.tr("Delete list"), "delete"),
        ):
            menu.addAction(theme.icon(icon), words).setData(key)
        menu.triggered.connect(self._more)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.more_button.mapToGlobal(self.more_button.rect().bottomLeft()))

    @Slot("QAction*")
    def _more(self, action: object) -> None:
        self.wanted.emit(str(action.data()))  # type: ignore[attr-defined]
