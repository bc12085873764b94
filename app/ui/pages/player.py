# SPDX-License-Identifier: GPL-3.0-or-later
"""What keys and buttons do in a lesson; nothing pops up here that nobody asked for."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent

from app.player.view import LessonView
from app.ui.board.more_panel import Surroundings
from app.ui.board.strokes import Tool
from app.ui.look.theme import Theme
from app.ui.pages.player_keys import SEEK_S, Act, act_of, press_view
from app.ui.pages.player_lesson import LessonStage
from app.ui.pages.player_picture import PictureKeeper
from app.ui.pages.player_span import is_first_page, is_last_page
from app.ui.services import Services

# After these one often presses again.
_STAYS_OPEN = frozenset(
    "back_5s on_5s step rate repeat mute subtitles second letters "
    "zoom_out fit zoom_in rotate".split()
)


class PlayerPage(LessonStage):
    """Signals: full_screen_wanted(bool); screen_wanted(), the next one."""

    full_screen_wanted = Signal(bool)
    screen_wanted = Signal()

    def __init__(self, theme: Theme, services: Services) -> None:
        super().__init__(theme, services)
        self.pictures = PictureKeeper(services, self)
        self.pictures.kept.connect(self._picture_kept)
        self.pictures.failed.connect(self._notice)
        self.bars.pressed.connect(self.press)
        self.bars.sought.connect(self._seek)
        self.bars.more.pressed.connect(self.press)
        self.tools.picture_wanted.connect(self.keep_picture)

    @Slot(str)
    def press(self, key: str) -> None:
        """A button was pressed."""
        acts = {
            "exit": self.leave,
            "previous": self._press_previous,
            "next": self._press_next,
            "black": self._black,
            "pen": self.tools.press_pen,
            "board": self.tools.toggle_board,
            "spotlight": self.tools.toggle_spotlight,
            "timer": self.tools.toggle_timer,
            "picture": self.keep_picture,
            "search": self._search,
            "print": self._print,
            "previous_item": self._previous_item,
            "next_item": self.next_item,
            "screen": self.screen_wanted.emit,
            "fullscreen": self._toggle_full,
            "repeat": self._repeat,
            "more": self._more,
        }
        if key not in _STAYS_OPEN and key != "more":
            self.bars.more.hide()
        if key in acts:
            acts[key]()
        elif self._view is not None and press_view(self._view, key) and key == "rotate":
            self.tools.ink.rotated()
        if self.awake.is_held:
            self._after_press()

    def _after_press(self) -> None:
        self.bar.show_state()
        if not self.bars.more.isHidden():
            self.bars.more.show_for(self._view, self.surroundings())
        self.bars.wake()

    def surroundings(self) -> Surroundings:
        """See `Stage.surroundings`."""
        return Surroundings(
            has_previous_item=self._at > 0,
            has_next_item=self._has_next,
            has_screens=len(QGuiApplication.screens()) > 1,
            is_full_screen=self.window().isFullScreen(),
            repeat_from_s=self._repeat_from_s,
        )

    @Slot(float)
    def _seek(self, seconds: float) -> None:
        if self._view is not None:
            self._view.seek_to(seconds)
        self.bars.wake()

    def do(self, act: Act) -> None:
        """Carry out what a key asks for."""
        if self.black.isVisible():
            self.black.hide()
            return
        anywhere = {
            Act.END: self._step_back,
            Act.BLACK: self._black,
            Act.FULL_SCREEN: self._toggle_full,
            Act.NEXT: self._next,
            Act.PREVIOUS: self._previous,
            Act.PEN: self._toggle_pen,
            Act.ERASER: self._take_eraser,
            Act.UNDO: self.tools.ink.undo,
            Act.REDO: self.tools.ink.redo,
            Act.SEARCH: self._search,
        }
        if act in anywhere:
            anywhere[act]()
        elif self._view is not None and self.failure.isHidden():
            self._do_view(act, self._view)

    def _do_view(self, act: Act, view: LessonView) -> None:
        if act is Act.TOGGLE:
            view.toggle_play()
        elif act is Act.BACK_5S:
            view.seek_by(-SEEK_S)
        elif act is Act.ON_5S:
            view.seek_by(SEEK_S)
        elif act is Act.FROM_START:
            self._from_start(view)
        self.bar.show_state()
        if view.is_timed:
            self.bars.wake()

    def _from_start(self, view: LessonView) -> None:
        part = self.card.extract if self.card is not None else None
        if view.is_timed:
            view.seek_to(part.start_s or 0.0 if part is not None else 0.0)
            view.play()
        else:
            view.go_to(part.first_page or 1 if part is not None else 1)

    # -- pages and items ---------------------------------------------------------------------

    def _next(self) -> None:
        """On: a page of the board or of the lesson, then the next resource (asked once)."""
        view, card = self._view, self.card
        if self.tools.turn_board(is_forward=True) or card is None:
            return
        if self._is_confirming or (self._has_next and not self.failure.isHidden()):
            self.next_item()
        elif view is None or not self.failure.isHidden():
            return
        elif view.is_timed and not view.is_playing and view.position_s == 0:
            view.play()
        elif (is_last_page(card.extract, view) or not view.next_page()) and self._has_next:
            self._offer_next()

    def _previous(self) -> None:
        """Back: a page of the board or of the lesson."""
        view, card = self._view, self.card
        if self.tools.turn_board(is_forward=False) or view is None or card is None:
            return
        self._end_hint()
        if self.failure.isHidden() and not is_first_page(card.extract, view):
            view.previous_page()

    @property
    def _turns_items(self) -> bool:
        """The first two buttons say "next one": there is no page to turn."""
        view = self._view
        has_pages = view is not None and view.has_pages and self.failure.isHidden()
        return not self.tools.has_board and not has_pages

    def _press_next(self) -> None:
        if self._turns_items:
            self.next_item()
        else:
            self._next()

    def _press_previous(self) -> None:
        if self._turns_items:
            self._previous_item()
        else:
            self._previous()

    def _previous_item(self) -> None:
        self._go_to_item(self._at - 1)

    # -- pen and black screen ----------------------------------------------------------------

    def _toggle_pen(self) -> None:
        """Ctrl+P of a clicker: an explicit wish, even beside another pen program."""
        if self.tools.is_writing and self.tools.panel.case.tool is not Tool.ERASER:
            self.tools.put_pen_away()
        else:
            self.tools.take_pen(Tool.PEN)

    def _take_eraser(self) -> None:
        """Ctrl+E of a clicker."""
        if self.tools.is_writing and self.tools.panel.case.tool is Tool.ERASER:
            self.tools.take_pen(Tool.PEN)
        else:
            self.tools.take_pen(Tool.ERASER)

    def _black(self) -> None:
        self.black.setGeometry(self.rect())
        self.black.show()
        self.black.raise_()

    def _step_back(self) -> None:
        """Esc: what was unfolded or taken last goes first, then the lesson ends."""
        if not self.search.isHidden():
            self.search.put_away()
            self.setFocus()
        elif not self.bars.more.isHidden():
            self.bars.more.hide()
        elif not self.tools.step_back():
            self.leave()

    # -- what unfolds ------------------------------------------------------------------------

    def _more(self) -> None:
        if self.bars.more.isHidden():
            self.tools.panel.hide()
            self.bars.wake()  # it unfolds from the bar
            self.bars.open_more(self.surroundings())
        else:
            self.bars.more.hide()

    def _search(self) -> None:
        view = self._view
        if view is not None and view.can_search and self.failure.isHidden():
            self.search.open_for(view)

    def _toggle_full(self) -> None:
        self.full_screen_wanted.emit(not self.window().isFullScreen())

    def _repeat(self) -> None:
        """From here – to here – no more."""
        view = self._view
        if view is None:
            return
        if view.repeat is not None:
            view.set_repeat(None)
        elif self._repeat_from_s is None:
            self._repeat_from_s = view.position_s
            return
        else:
            view.set_repeat((self._repeat_from_s, view.position_s))
        self._repeat_from_s = None

    def _print(self) -> None:
        from app.ui.pages.player_print import print_view  # printing is rare and loads much

        if self._view is not None:
            print_view(self._view, self)

    @Slot()
    def keep_picture(self) -> None:
        """What the class sees goes into the lesson list."""
        if self.card is not None:
            self.pictures.keep(self.tools.picture(), self.card)

    @Slot(str)
    def _picture_kept(self, list_name: str) -> None:
        self.say_hint(self.tr("Kept in “{name}”").format(name=list_name))

    # -- keys --------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A key that reached the stage itself."""
        if not self.press_key(event):
            super().keyPressEvent(event)

    def press_key(self, event: QKeyEvent) -> bool:
        """See `Stage.press_key`."""
        view = self._view
        is_writing_words = self.search.has_keyboard
        has_letters = view is not None and not view.is_timed and not view.has_pages
        is_timed = view is not None and view.is_timed and not self.tools.has_board
        is_page_typing = is_writing_words or (has_letters and not self.tools.has_board)
        if self.black.isHidden() and self.bar_focus.take(event, is_page_typing=is_page_typing):
            return True
        act = act_of(
            event.key(), event.modifiers(), is_timed=is_timed, is_page_typing=is_page_typing
        )
        if act is None or (is_writing_words and act is not Act.END):
            return False
        self.do(act)
        return True
