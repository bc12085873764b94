# SPDX-License-Identifier: GPL-3.0-or-later
"""The lesson itself: one resource after the other, each with its ink, place and log."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot

from app.base.errors import KnownError
from app.base.messages import message_of
from app.player.create import create_view
from app.player.item import PlayerEvent, Position
from app.player.view import LessonView
from app.ui.lesson_log import OpenLesson
from app.ui.lesson_place import LessonPlace, PlaceKeeper
from app.ui.look.theme import Theme
from app.ui.models.card import Card
from app.ui.pages.player_next import NextUp, Prepared
from app.ui.pages.player_outside import OutsideOpener
from app.ui.pages.player_span import is_over_at, start_of
from app.ui.pages.player_stage import Stage
from app.ui.play_items import play_item_of
from app.ui.resume import ask_place, keep_place
from app.ui.services import Services


class LessonStage(Stage):
    """Signals: left(), the lesson is over; shown(), there is a picture or the sentence that
    replaces it."""

    left = Signal()
    shown = Signal()

    def __init__(self, theme: Theme, services: Services) -> None:
        super().__init__(theme, services)
        self._cards: tuple[Card, ...] = ()
        self._at = 0
        self._open: OpenLesson | None = None
        self._start: Position | None = None  # of a lesson that goes on after a crash
        self._is_confirming = self._is_part_over = False
        self._repeat_from_s: float | None = None
        self.next_up = NextUp(self, services)
        self.place_keeper = PlaceKeeper(services.desk, services.paths, self._place_now, self)
        self.failure.back.clicked.connect(self.leave)
        self.failure.next.clicked.connect(self.next_item)
        self.outside = OutsideOpener(services, self)
        self.outside.failed.connect(self._notice)
        self.failure.outside.clicked.connect(self._open_outside)
        self.hint.over.connect(self._end_hint)
        self.tools.failed.connect(self._notice)
        self.tools.ink_restored.connect(self._ink_restored)
        self.tools.ink.changed.connect(self._mark_ink)

    # -- opening and leaving -----------------------------------------------------------------

    @property
    def view(self) -> LessonView | None:
        """What is on the screen."""
        return self._view

    @property
    def card(self) -> Card | None:
        """The resource that is open."""
        return self._cards[self._at] if self._cards else None

    def begin(self, card: Card, lesson: Sequence[Card], start: LessonPlace | None = None) -> None:
        """Start a lesson with `card`; the others of `lesson` follow on request. With `start` it
        goes on exactly there."""
        self.close_item()  # of a lesson that still runs
        self._cards = tuple(lesson)
        self._at = start.at if start is not None else self._cards.index(card)
        self._start = start.position if start is not None else None
        self._services.agent.keep_quiet()
        lesson_id = start.lesson_id if start is not None else ""
        self._services.lesson_log.begin_lesson(self._services.settings.current.room, lesson_id)
        self.tools.begin_lesson(*(f"{c.key.region_id}/{c.entry.id}" for c in self._cards))
        self.place_keeper.begin()
        self._open_current()
        self.enter()
        self.bars.wake()
        if start is not None and start.board_page:
            self.tools.toggle_board()

    @Slot()
    def leave(self) -> None:
        """End the lesson and go back."""
        self.end_lesson()
        self.left.emit()

    def end_lesson(self) -> None:
        """Let go of everything; nothing is left to go on with."""
        self.close_item()
        self.next_up.drop()
        self.tools.end_lesson()
        self.place_keeper.end()
        self._services.lesson_log.end_lesson()
        self._services.lesson_log.flush()
        self._services.agent.nudge_later()
        self.exit()

    @Slot()
    def next_item(self) -> None:
        """The next resource of the lesson."""
        self._go_to_item(self._at + 1)

    def _go_to_item(self, at: int) -> None:
        if 0 <= at < len(self._cards):
            self._at = at
            self._open_current()
            self.bars.wake()

    def close_item(self) -> None:
        """Let go of the file and remember where one was."""
        view, card, self._view = self._view, self.card, None
        if view is None or card is None:
            return
        self.tools.follow(None)
        self.search.forget()
        if not view.is_preparing:  # else its place may not have been read yet
            keep_place(self._services.desk, card, view)
        view.close_item()
        if self._open is not None:
            self._services.lesson_log.record(self._open, "terminated", {})
        view.hide()
        view.deleteLater()
        self.bars.follow(None, has_items=len(self._cards) > 1, is_docked=False)

    @property
    def _has_next(self) -> bool:
        return self._at + 1 < len(self._cards)

    def _open_current(self) -> None:
        self.close_item()
        card = self._cards[self._at]
        self.failure.hide()
        self._end_hint()
        self._is_part_over, self._repeat_from_s = False, None
        self.bars.name.setText(card.entry.title)
        self._open = self._services.lesson_log.open(card.key.region_id, card.entry)
        prepared = self.next_up.take(card)
        try:
            view = prepared.view if prepared is not None else self._new_view(card)
        except KnownError as error:
            self._fail(error)
            return
        self._view = view
        self._connect_view(view)
        main = card.entry.main_file
        self.tools.follow(view, card.key.region_id, card.entry.id, main.sha256 if main else "")
        self.bars.follow(view, has_items=len(self._cards) > 1, is_docked=self.is_docked)
        self._name_turning()
        self.raise_all()
        self.place_all()
        view.show()
        if prepared is not None:
            self._go_on_with(prepared)
        else:
            self.waiting.show()
            self._begin_view(view, card)

    def _new_view(self, card: Card) -> LessonView:
        item = play_item_of(card, self._services.locator, self._services.paths)
        return create_view(item, self)

    def _connect_view(self, view: LessonView) -> None:
        view.happened.connect(self._happened)
        view.failed.connect(self._fail)
        view.noticed.connect(self._notice)
        view.ready.connect(self._ready)
        view.ended.connect(self._ended)
        view.state_changed.connect(self._state_changed)
        view.position_changed.connect(self._reached)

    def _begin_view(self, view: LessonView, card: Card) -> None:
        if self._start is not None:
            view.restore(self._start)
            self._start = None
        else:
            begin = start_of(card, None)
            if begin is not None:
                view.restore(begin)
            ask_place(self._services.desk, card).succeeded.connect(self._resume)
        view.open()

    def _go_on_with(self, prepared: Prepared) -> None:
        """A view that was opened ahead begins now."""
        for event in prepared.events:
            self._happened(event)
        for notice in prepared.notices:
            self._notice(notice)
        if prepared.view.is_timed:
            prepared.view.play()
        if prepared.is_ready:
            self._ready()
        else:
            self.waiting.show()

    # -- what the view tells -----------------------------------------------------------------

    @Slot(PlayerEvent)
    def _happened(self, event: PlayerEvent) -> None:
        if self._open is not None:
            self._services.lesson_log.record(self._open, event.kind, event.numbers)

    @Slot(object)
    def _fail(self, error: object) -> None:
        if not isinstance(error, KnownError):
            return
        self.waiting.hide()
        said = message_of(error, self._services.settings.current.language)
        can_go_outside = self.outside.offers(error, self.card)
        self.failure.say(said, has_next=self._has_next, can_go_outside=can_go_outside)
        self.failure.show()
        if self._view is not None:
            self._view.hide()
        self.tools.follow(None)
        self.bars.follow(None, has_items=len(self._cards) > 1, is_docked=False)
        self.bars.is_held = True
        self._name_turning()
        self.raise_all()
        self.bars.wake()
        self.place_all()
        self._want_next()
        self.shown.emit()

    @Slot()
    def _open_outside(self) -> None:
        if self.card is not None:
            self.outside.open(self.card)
            self._happened(PlayerEvent("interacted", {"what": "outside"}))

    @Slot(object)
    def _notice(self, error: object) -> None:
        if isinstance(error, KnownError):
            said = message_of(error, self._services.settings.current.language)
            self.say_hint(said.line)

    @Slot()
    def _ready(self) -> None:
        self.waiting.hide()
        self.bars.follow(self._view, has_items=len(self._cards) > 1, is_docked=self.is_docked)
        self._name_turning()
        self._mark_ink()
        self.bars.wake()
        self.place_all()
        self._want_next()
        self.place_keeper.keep()
        self.shown.emit()

    def show_tools(self) -> None:
        """See `Stage.show_tools`; what the first two buttons do depends on them too."""
        super().show_tools()
        self._name_turning()

    def _name_turning(self) -> None:
        view = self._view
        has_pages = self.tools.has_board or (view is not None and view.has_pages)
        self.bars.name_turning(has_pages=has_pages, has_items=len(self._cards) > 1)

    def _want_next(self) -> None:
        following = self._cards[self._at + 1] if self._has_next else None
        self.next_up.want(following, self.bars.picture_room().size())

    @Slot()
    def _ended(self) -> None:
        self.bars.wake()
        if self._has_next:
            self._offer_next()

    @Slot()
    def _state_changed(self) -> None:
        self.bar.show_state()
        is_preparing = self._view is not None and self._view.is_preparing
        self.waiting.setVisible(is_preparing and self.failure.isHidden())
        if not self.bars.more.isHidden():
            self.bars.more.show_for(self._view, self.surroundings())
        self.place_all()

    @Slot(float)
    def _reached(self, seconds: float) -> None:
        self.bar.show_position(seconds)
        view, card = self._view, self.card
        if view is None or card is None or self._repeat_from_s is not None:
            return
        is_over = is_over_at(card.extract, seconds)
        if is_over and not self._is_part_over and view.is_playing:
            view.pause()
            self._ended()
        self._is_part_over = is_over

    @Slot(object)
    def _resume(self, answer: tuple[Card, Position | None]) -> None:
        card, place = answer
        begin = start_of(card, place)
        if begin is not None and self._view is not None and card is self.card:
            self._view.restore(begin)

    def _offer_next(self) -> None:
        self._is_confirming = True
        words = self.tr("Press once more for: {title}")
        self.say_hint(words.format(title=self._cards[self._at + 1].entry.title))

    @Slot()
    def _end_hint(self) -> None:
        self._is_confirming = False
        self.hint.hide()

    @Slot()
    def _ink_restored(self) -> None:
        self.say_hint(self.tr("What was written here before is shown; Wipe removes it"))

    @Slot()
    def _mark_ink(self) -> None:
        self.bar.show_moments(self.tools.ink.moments_s)

    def _place_now(self) -> LessonPlace | None:
        if self._view is None or not self._cards:
            return None
        is_full = self.window().isFullScreen()
        board = self.tools.board.page if self.tools.has_board else 0
        lesson_id = self._services.lesson_log.lesson_id
        return LessonPlace(self._cards, self._at, self._view.position(), is_full, board, lesson_id)
