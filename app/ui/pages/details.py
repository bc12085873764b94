# SPDX-License-Identifier: GPL-3.0-or-later
"""One resource: play it, fetch it, keep it; and everything else of the same lesson."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from app.catalogue.query import EntryKey
from app.lesson.lists import LessonList
from app.ui.look.theme import Theme
from app.ui.models.card import CARD_ROLE, Card, Readiness, card_of
from app.ui.models.cards import CardsModel
from app.ui.services import CatalogueReader, Services
from app.ui.widgets.card_delegate import readiness_words
from app.ui.widgets.card_grid import CardGrid
from app.ui.widgets.controls import (
    FlowBox,
    ScrollPage,
    button,
    column,
    label,
    row,
)
from app.ui.widgets.cover_box import CoverBox
from app.ui.widgets.facts import Facts
from app.ui.widgets.lesson_rows import ROW_PX, LessonRowDelegate
from app.ui.words import (
    chapter_words,
    extent_words,
    place_words,
    type_words,
)

if TYPE_CHECKING:
    from app.ui.desk import Desk  # loads the database layer: not before the first paint

_CHIPS = {
    Readiness.PLAYS: "chipGood",
    Readiness.UNPLAYABLE: "chipWarn",
    Readiness.TOMORROW: "chipTint",
    Readiness.WAITING: "chipTint",
    Readiness.DOWNLOADABLE: "chip",
    Readiness.GONE: "chip",
    Readiness.CATALOGUE_ONLY: "chip",
}


@dataclass(frozen=True, slots=True)
class _Found:
    look_up: int
    card: Card | None
    siblings: tuple[Card, ...]


class DetailsPage(QWidget):
    """Signals: left(); play_wanted(Card, tuple of Cards of the lesson); list_changed()."""

    left = Signal()
    play_wanted = Signal(object, object)

    def __init__(self, theme: Theme, services: Services) -> None:
        super().__init__()
        self.setObjectName("page")
        self._theme, self._services = theme, services
        self.card: Card | None = None
        self._is_favourite = False
        self._look_ups = 0
        self.siblings = CardsModel()
        self._make_head()
        self._make_rest()
        self._connect()
        services.wanted.refresh()

    # -- building ----------------------------------------------------------------------------

    def _make_head(self) -> None:
        theme = self._theme
        self.back_button = button(theme, self.tr("Back"), "back")
        self.cover = CoverBox(theme, self._services.covers)
        self.kind = label(theme, role="small", name="chipTint", is_bold=True)
        self.ready = label(theme, role="small", name="chipGood", is_bold=True)
        self.title = label(theme, role="display")
        self.place = label(theme, role="body")
        self.chapter = label(theme, role="body", name="muted")
        self.honest = label(theme, role="body", name="muted")
        self.play_button = button(theme, self.tr("Teach"), "play", "hero")
        self.fetch_button = button(theme, self.tr("Download"), "download", "big")
        self.star_button = button(theme, self.tr("Favourite"), "star", "big")
        self.list_button = button(theme, self.tr("Add to lesson list"), "add_list", "big")
        self.actions_box = FlowBox(theme.px(12))
        for made in (self.play_button, self.fetch_button, self.star_button, self.list_button):
            self.actions_box.add(made)
        self.chips = FlowBox(theme.px(8))
        self.chips.add(self.kind)
        self.chips.add(self.ready)

    def _make_rest(self) -> None:
        theme = self._theme
        self._scroll = ScrollPage(theme, 1180)
        body = self._scroll.body
        text = column(self.chips, self.title, self.place, self.chapter, gap=theme.px(8))
        text.addWidget(self.honest)
        text.addStretch(1)
        text.addWidget(self.actions_box)
        head = QHBoxLayout()
        head.setSpacing(theme.px(28))
        head.addWidget(self.cover, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(text, 1)
        self._head = head
        self.siblings_title = label(theme, self.tr("In this lesson"), "title")
        self._row_delegate = LessonRowDelegate(theme)
        self.siblings_view = CardGrid(
            theme, min_card_px=400, card_height=ROW_PX, gap_px=12, edge_px=0
        )
        self.siblings_view.setAccessibleName(self.tr("In this lesson"))
        self.siblings_view.setItemDelegate(self._row_delegate)
        self.siblings_view.setModel(self.siblings)
        self.siblings_view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.facts_title = label(theme, self.tr("About"), "title")
        self.facts = Facts(theme)
        body.addLayout(row(self.back_button, 1))
        body.addLayout(head)
        body.addSpacing(theme.px(6))
        body.addWidget(self.siblings_title)
        body.addWidget(self.siblings_view)
        body.addWidget(self.facts_title)
        body.addWidget(self.facts)
        body.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._scroll, 1)

    def _connect(self) -> None:
        self.back_button.clicked.connect(self.left)
        for keys in ("Esc", "Alt+Left", "Backspace"):
            context = Qt.ShortcutContext.WidgetWithChildrenShortcut
            QShortcut(QKeySequence(keys), self, self.left.emit, context=context)
        self.play_button.clicked.connect(self._play)
        self.fetch_button.clicked.connect(self._fetch)
        self.star_button.clicked.connect(self._toggle_favourite)
        self.list_button.clicked.connect(self._offer_lists)
        self.siblings_view.chosen.connect(self._choose)
        self._services.wanted.changed.connect(self._wishes_changed)

    # -- showing -----------------------------------------------------------------------------

    def show_card(self, card: Card) -> None:
        """Show a resource at once, and look up what belongs to it."""
        self.card = card
        self._fill(card)
        self._scroll.verticalScrollBar().setValue(0)
        if card not in self.siblings.cards:
            self.siblings.show((card,))
            self._size_siblings()
        self._look_up()
        self._ask_favourite()
        self.play_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Something on this machine has changed."""
        if self.card is not None:
            self._look_up()

    def _fill(self, card: Card) -> None:
        entry = card.entry
        self.cover.show_entry(entry)
        extent = extent_words(entry)
        kind = type_words(entry.resource_type)
        self.kind.setText(f"{kind} · {extent}" if extent else kind)
        newer = " · " + self.tr("a newer one exists") if card.has_newer else ""
        self.ready.setText(readiness_words(card) + newer)
        self.ready.setObjectName(_CHIPS[card.readiness])
        self.ready.style().unpolish(self.ready)
        self.ready.style().polish(self.ready)
        self.chips.refresh()
        self.title.setText(entry.title)
        self.place.setText(" · ".join(p for p in (entry.stage, place_words(entry)) if p))
        self.chapter.setText(chapter_words(entry))
        self.chapter.setVisible(bool(self.chapter.text()))
        self._say_honestly(card)
        self.facts.show_entry(entry)

    def _say_honestly(self, card: Card) -> None:
        words = {
            Readiness.PLAYS: "",
            Readiness.UNPLAYABLE: self.tr(
                "It is on this machine, but no program here can show this kind of file."
            ),
            Readiness.TOMORROW: self.tr(
                "It is being fetched and will be here by tomorrow morning."
            ),
            Readiness.WAITING: self.tr("Will be fetched as soon as there is a connection."),
            Readiness.DOWNLOADABLE: self.tr(
                "Not on this machine yet. Download it once and it plays without a network."
            ),
            Readiness.CATALOGUE_ONLY: self.tr(
                "The region lists it, but has published no file for it."
            ),
            Readiness.GONE: self.tr("The file is no longer on this machine."),
        }
        is_asked = card.readiness in (Readiness.TOMORROW, Readiness.WAITING)
        self.honest.setText(words[card.readiness])
        self.honest.setVisible(bool(words[card.readiness]))
        is_fetchable = is_asked or card.readiness is Readiness.DOWNLOADABLE
        self.play_button.setVisible(card.readiness is Readiness.PLAYS)
        self.fetch_button.setVisible(is_fetchable)
        self.fetch_button.setEnabled(not is_asked)
        self.fetch_button.setText(
            self.tr("Download asked for") if is_asked else self.tr("Download")
        )
        self.fetch_button.setObjectName("hero" if is_fetchable and not is_asked else "big")
        icon_role = "on_primary" if is_fetchable and not is_asked else "text"
        self.fetch_button.setIcon(self._theme.icon("download", icon_role, 24))
        self.fetch_button.style().unpolish(self.fetch_button)
        self.fetch_button.style().polish(self.fetch_button)
        self.actions_box.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = self.width()
        is_narrow = width < self._theme.px(760)
        self._head.setDirection(
            QHBoxLayout.Direction.TopToBottom if is_narrow else QHBoxLayout.Direction.LeftToRight
        )
        room = min(width, self._theme.px(1236)) - self._theme.px(56)
        cover = (
            min(room, self._theme.px(480))
            if is_narrow
            else min(round(room * 0.42), self._theme.px(480))
        )
        self.cover.set_width(max(1, cover))
        self._size_siblings()

    def _size_siblings(self) -> None:
        count = len(self.siblings.cards)
        self.siblings_title.setVisible(count > 1)
        self.siblings_view.setVisible(count > 1)
        self.siblings_view.updateGeometries()
        self.siblings_view.setFixedHeight(self.siblings_view.content_height())

    # -- looking up --------------------------------------------------------------------------

    def _look_up(self) -> None:
        if self.card is None:
            return
        key, playable, wishes = self.card.key, self._services.playable, self._services.wanted
        self._look_ups += 1
        mine = self._look_ups

        def work(catalogue: CatalogueReader) -> object:
            hits = catalogue.lesson_resources(key)
            cards = tuple(card_of(hit, playable, wishes) for hit in hits)
            return _Found(mine, next((card for card in cards if card.key == key), None), cards)

        job = self._services.catalogue.submit(work, "details")
        job.succeeded.connect(self._found)

    @Slot(object)
    def _found(self, found: _Found) -> None:
        # One begun before a tap on "Download" would offer that button again for a moment.
        is_late = found.look_up != self._look_ups
        if is_late or found.card is None or self.card is None or found.card.key != self.card.key:
            return
        self.card = found.card
        self._fill(found.card)
        self.siblings.show(found.siblings)
        self._size_siblings()
        at = found.siblings.index(found.card)
        self.siblings_view.setCurrentIndex(self.siblings.index(at))

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        card = index.data(CARD_ROLE)
        if isinstance(card, Card):
            self.show_card(card)

    # -- doing -------------------------------------------------------------------------------

    @Slot()
    def _play(self) -> None:
        if self.card is not None:
            lesson = tuple(c for c in self.siblings.cards if c.readiness is Readiness.PLAYS)
            self.play_wanted.emit(self.card, lesson if self.card in lesson else (self.card,))

    @Slot()
    def _fetch(self) -> None:
        card = self.card
        if card is None:
            return
        wanted = self._services.wanted
        wanted.ask((card.key,))
        self._services.agent.nudge()
        self.card = replace(card, readiness=wanted.readiness(card.key.region_id, card.entry))
        self._fill(self.card)

    @Slot()
    def _wishes_changed(self) -> None:
        self.refresh()

    def _ask_favourite(self) -> None:
        if self.card is None:
            return
        key = self.card.key

        def work(desk: Desk) -> object:
            return key, desk.lessons.is_favourite(key.region_id, key.entry_id)

        job = self._services.desk.submit(work, "favourite")
        job.succeeded.connect(self._show_favourite)

    @Slot(object)
    def _show_favourite(self, answer: tuple[EntryKey, bool]) -> None:
        key, is_favourite = answer
        if self.card is None or key != self.card.key:
            return
        self._is_favourite = is_favourite
        self.star_button.setText(self.tr("In favourites") if is_favourite else self.tr("Favourite"))
        icon, role = ("star_full", "star") if is_favourite else ("star", "text")
        self.star_button.setIcon(self._theme.icon(icon, role, 24))
        self.actions_box.refresh()

    @Slot()
    def _toggle_favourite(self) -> None:
        card = self.card
        if card is None:
            return
        wanted = not self._is_favourite

        def work(desk: Desk) -> object:
            key = card.key
            desk.lessons.set_favourite(
                key.region_id, key.entry_id, card.entry.title, is_favourite=wanted
            )
            return key, wanted

        job = self._services.desk.submit(work)
        job.succeeded.connect(self._show_favourite)

    @Slot()
    def _offer_lists(self) -> None:
        job = self._services.desk.submit(lambda desk: desk.lessons.lists(), "lists")
        job.succeeded.connect(self._show_lists)

    @Slot(object)
    def _show_lists(self, lists: tuple[LessonList, ...]) -> None:
        menu = QMenu(self)
        menu.setFont(self._theme.font())
        new = menu.addAction(self._theme.icon("add", "primary"), self.tr("New lesson list"))
        new.setData("")
        for one in lists[:12]:
            menu.addAction(self._theme.icon("lists"), one.name).setData(one.list_id)
        menu.triggered.connect(self._add_to_list)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.list_button.mapToGlobal(self.list_button.rect().bottomLeft()))

    @Slot("QAction*")
    def _add_to_list(self, action: object) -> None:
        card = self.card
        list_id = action.data()  # type: ignore[attr-defined]
        if card is None:
            return
        name = card.entry.lesson or card.entry.title

        def work(desk: Desk) -> object:
            target = list_id or desk.lessons.create(name)
            desk.lessons.add(target, card.key.region_id, card.key.entry_id, card.entry.title)
            return None

        job = self._services.desk.submit(work)
        job.succeeded.connect(self._added)

    @Slot(object)
    def _added(self, _nothing: object) -> None:
        self.list_button.setText(self.tr("Added"))
        self.list_button.setIcon(self._theme.icon("check", "good", 24))
        self.actions_box.refresh()
