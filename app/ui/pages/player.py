# SPDX-License-Identifier: GPL-3.0-or-later
"""The lesson itself: one view, a bar that comes and goes, clicker keys; nothing pops up here."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCursor, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.base.errors import KnownError
from app.base.messages import message_of
from app.player.create import create_view
from app.player.item import PlayerEvent, Position
from app.player.view import LessonView
from app.ui.lesson_log import OpenLesson
from app.ui.look.theme import Theme
from app.ui.models.card import Card
from app.ui.pages.player_keys import Act, act_of, press_view
from app.ui.play_items import play_item_of
from app.ui.resume import ask_place, keep_place
from app.ui.services import Services
from app.ui.widgets.controls import label
from app.ui.widgets.player_bar import PlayerBar
from app.ui.widgets.stage_parts import BlackScreen, FailureCard, Hint

_BAR_MS = 3500
_SEEK_S = 5.0


class PlayerPage(QWidget):
    """Signals: left(), the lesson is over; full_screen_wanted(bool); shown(), there is a picture
    or the sentence that replaces it."""

    left = Signal()
    full_screen_wanted = Signal(bool)
    shown = Signal()

    def __init__(self, theme: Theme, services: Services) -> None:
        super().__init__()
        self.setObjectName("stage")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._theme, self._services = theme, services
        self._cards: tuple[Card, ...] = ()
        self._at = 0
        self._view: LessonView | None = None
        self._open: OpenLesson | None = None
        self._is_confirming = False
        self._watched: QObject | None = None
        self.bar = PlayerBar(theme)
        self.bar.setParent(self)
        self.bar.pressed.connect(self._press)
        self.bar.sought.connect(self._seek)
        self.name = label(theme, role="heading")
        self.name.setWordWrap(False)
        self.top = QFrame(self)
        self.top.setObjectName("bar")
        top = QVBoxLayout(self.top)
        top.setContentsMargins(*(theme.px(side) for side in (18, 8, 18, 8)))
        top.addWidget(self.name)
        self.waiting = label(theme, self.tr("Opening …"), "title")
        self.waiting.setParent(self)
        self.waiting.setStyleSheet("color: #b4c2bd")
        self.waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.failure = FailureCard(theme)
        self.failure.setParent(self)
        self.failure.back.clicked.connect(self.leave)
        self.failure.next.clicked.connect(self.next_item)
        self.hint = Hint(theme, self)
        self.hint.over.connect(self._end_hint)
        self.black = BlackScreen(self)
        for part in (self.waiting, self.failure, self.hint, self.black):
            part.hide()
        self._bar_timer = QTimer(self)
        self._bar_timer.setSingleShot(True)
        self._bar_timer.setInterval(_BAR_MS)
        self._bar_timer.timeout.connect(self._hide_bar)

    # -- opening and leaving -----------------------------------------------------------------

    @property
    def view(self) -> LessonView | None:
        """What is on the screen."""
        return self._view

    @property
    def card(self) -> Card | None:
        """The resource that is open."""
        return self._cards[self._at] if self._cards else None

    def begin(self, card: Card, lesson: Sequence[Card]) -> None:
        """Start a lesson with `card`; the others of `lesson` follow on request."""
        self._cards = tuple(lesson)
        self._at = self._cards.index(card)
        self._services.agent.keep_quiet()
        self._services.lesson_log.begin_lesson(self._services.settings.current.room)
        self._open_current()
        self._watch_window()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_bar()

    @Slot()
    def leave(self) -> None:
        """End the lesson and go back."""
        self.close_item()
        self._services.lesson_log.end_lesson()
        self._services.lesson_log.flush()
        self._services.agent.nudge_later()
        self._unwatch_window()
        self.unsetCursor()
        self.left.emit()

    @Slot()
    def next_item(self) -> None:
        """The next resource of the lesson."""
        if self._at + 1 < len(self._cards):
            self._at += 1
            self._open_current()
            self._show_bar()

    def close_item(self) -> None:
        """Let go of the file and remember where one was."""
        view, card, self._view = self._view, self.card, None
        if view is None or card is None:
            return
        keep_place(self._services.desk, card, view)
        view.close_item()
        if self._open is not None:
            self._services.lesson_log.record(self._open, "terminated", {})
        view.hide()
        view.deleteLater()
        self.bar.follow(None, has_next_item=self._has_next)

    @property
    def _is_docked(self) -> bool:
        """What is pressed inside has the bar below it, never above it."""
        return self._view is not None and self._view.has_own_controls

    @property
    def _has_next(self) -> bool:
        return self._at + 1 < len(self._cards)

    def _open_current(self) -> None:
        self.close_item()
        card = self._cards[self._at]
        self.failure.hide()
        self._end_hint()
        self.name.setText(card.entry.title)
        self._open = self._services.lesson_log.open(card.key.region_id, card.entry)
        try:
            item = play_item_of(card, self._services.locator, self._services.paths)
            view = create_view(item, self)
        except KnownError as error:
            self._fail(error)
            return
        self._view = view
        view.happened.connect(self._happened)
        view.failed.connect(self._fail)
        view.noticed.connect(self._notice)
        view.ready.connect(self._ready)
        view.ended.connect(self._ended)
        view.state_changed.connect(self._state_changed)
        view.position_changed.connect(self.bar.show_position)
        view.lower()
        view.show()
        self.waiting.show()
        self.bar.follow(view, has_next_item=self._has_next, is_docked=self._is_docked)
        ask_place(self._services.desk, card).succeeded.connect(self._resume)
        view.open()
        self._place()

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
        self.failure.say(said, has_next=self._has_next)
        self.failure.show()
        self.failure.raise_()
        if self._view is not None:
            self._view.hide()
        self.bar.follow(None, has_next_item=self._has_next)
        self._place()
        self._show_bar()
        self.shown.emit()

    @Slot(object)
    def _notice(self, error: object) -> None:
        if isinstance(error, KnownError):
            said = message_of(error, self._services.settings.current.language)
            self._say_hint(said.line)

    @Slot()
    def _ready(self) -> None:
        self.waiting.hide()
        self.bar.follow(self._view, has_next_item=self._has_next, is_docked=self._is_docked)
        self._place()
        self._bar_timer.start()
        self.shown.emit()

    @Slot()
    def _ended(self) -> None:
        self._show_bar()
        if self._has_next:
            self._offer_next()

    @Slot()
    def _state_changed(self) -> None:
        self.bar.show_state()
        self.waiting.setVisible(
            self._view is not None and self._view.is_preparing and self.failure.isHidden()
        )
        self._place()

    def _offer_next(self) -> None:
        self._is_confirming = True
        words = self.tr("Press once more for: {title}")
        self._say_hint(words.format(title=self._cards[self._at + 1].entry.title))

    def _say_hint(self, text: str) -> None:
        self.hint.say(text)
        self._place()

    @Slot()
    def _end_hint(self) -> None:
        self._is_confirming = False
        self.hint.hide()

    @Slot(object)
    def _resume(self, answer: tuple[Card, Position | None]) -> None:
        card, place = answer
        if place is not None and self._view is not None and card is self.card:
            self._view.restore(place)

    # -- doing -------------------------------------------------------------------------------

    @Slot(str)
    def _press(self, key: str) -> None:
        acts = {
            "exit": Act.END,
            "previous": Act.PREVIOUS,
            "play": Act.TOGGLE,
            "next": Act.NEXT,
            "black": Act.BLACK,
            "fullscreen": Act.FULL_SCREEN,
        }
        if key in acts:
            self.do(acts[key])
        elif key == "more":
            self.next_item()
        elif self._view is not None:
            press_view(self._view, key)
            self.bar.show_state()
        self._show_bar()

    @Slot(float)
    def _seek(self, seconds: float) -> None:
        if self._view is not None:
            self._view.seek_to(seconds)
        self._bar_timer.start()

    def do(self, act: Act) -> None:
        """Carry out what a key or a button asks for."""
        if self.black.isVisible():
            self.black.hide()
            return
        if act is Act.END:
            self.leave()
        elif act is Act.BLACK:
            self.black.setGeometry(self.rect())
            self.black.show()
            self.black.raise_()
        elif act is Act.FULL_SCREEN:
            self.full_screen_wanted.emit(not self.window().isFullScreen())
        elif self._view is not None and self.failure.isHidden():
            self._do_view(act, self._view)

    def _do_view(self, act: Act, view: LessonView) -> None:
        if act is Act.NEXT:
            self._forward(view)
        elif act is Act.PREVIOUS:
            view.previous_page()
        elif act is Act.TOGGLE:
            view.toggle_play()
        elif act is Act.BACK_5S:
            view.seek_by(-_SEEK_S)
        elif act is Act.ON_5S:
            view.seek_by(_SEEK_S)
        elif act is Act.FROM_START:
            if view.is_timed:
                view.seek_to(0)
                view.play()
            else:
                view.go_to(1)
        self.bar.show_state()
        if view.is_timed:
            self._show_bar()

    def _forward(self, view: LessonView) -> None:
        if self._is_confirming:
            self.next_item()
        elif view.is_timed and not view.is_playing and view.position_s == 0:
            view.play()
        elif not view.next_page() and self._has_next:
            self._offer_next()

    # -- bar, keys, layout -------------------------------------------------------------------

    def _show_bar(self) -> None:
        if self.bar.isHidden():
            self.bar.show()
            self.unsetCursor()
        self.top.setVisible(not self._is_docked)
        self.bar.raise_()
        self.top.raise_()
        self._place()
        self._bar_timer.start()

    @Slot()
    def _hide_bar(self) -> None:
        is_busy = (
            not self.failure.isHidden() or self.bar.underMouse() or self.bar.slider.isSliderDown()
        )
        is_held = self._view is not None and self._view.is_timed and not self._view.is_playing
        if is_busy or is_held or self._is_docked:
            self._bar_timer.start()
            return
        self.bar.hide()
        self.top.hide()
        self.setCursor(QCursor(Qt.CursorShape.BlankCursor))

    def _place(self) -> None:
        theme, width, height = self._theme, self.width(), self.height()
        edge = 0 if self._is_docked else theme.px(14)
        bar_height = self.bar.sizeHint().height()
        widest = width if self._is_docked else max(self.bar.sizeHint().width(), theme.px(1180))
        bar_width = min(width - 2 * edge, widest)
        bar_top = height - bar_height - edge
        self.bar.setGeometry((width - bar_width) // 2, bar_top, bar_width, bar_height)
        if self._view is not None:
            self._view.setGeometry(0, 0, width, bar_top if self._is_docked else height)
        self.waiting.setGeometry(self.rect())
        edge = theme.px(14)
        hint = self.top.sizeHint()
        top_width = min(hint.width(), width - 2 * edge)
        x = width - top_width - edge if self.isRightToLeft() else edge
        self.top.setGeometry(x, edge, top_width, hint.height())
        self.failure.place(self.size(), edge)
        self.hint.move((width - self.hint.width()) // 2, bar_top - edge - self.hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.black.setGeometry(self.rect())
        self._place()

    def _watch_window(self) -> None:
        """Keys and mouse are seen where they enter the window, whatever widget has the focus."""
        self._unwatch_window()
        handle = self.window().windowHandle()
        if handle is not None:
            handle.installEventFilter(self)
            self._watched = handle

    def _unwatch_window(self) -> None:
        if self._watched is not None:
            self._watched.removeEventFilter(self)
            self._watched = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin):
            self._show_bar()
        elif kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._press_key(event)
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._press_key(event):
            super().keyPressEvent(event)

    def _press_key(self, event: QKeyEvent) -> bool:
        view = self._view
        is_typing = view is not None and not view.is_timed and not view.has_pages
        is_timed = view is not None and view.is_timed
        act = act_of(event.key(), event.modifiers(), is_timed=is_timed, is_page_typing=is_typing)
        if act is None:
            return False
        self.do(act)
        return True
