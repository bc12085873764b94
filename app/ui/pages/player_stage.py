# SPDX-License-Identifier: GPL-3.0-or-later
"""The stage of a lesson: what lies above the picture, and where everything stands.

From below: picture, blank board, ink, spotlight, sentences, bars, panels, black screen.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, QRect, Qt, Slot
from PySide6.QtGui import QCursor, QKeyEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.player.view import LessonView
from app.ui.board.awake import Awake
from app.ui.board.bell_left import BellLeft
from app.ui.board.lesson_bars import EDGE_PX, LessonBars, has_touch_screen
from app.ui.board.lesson_tools import LessonTools
from app.ui.board.more_panel import Surroundings
from app.ui.board.pointer import Pointer
from app.ui.board.rival_pens import RivalPens
from app.ui.look.theme import Theme
from app.ui.pages.player_focus import BarFocus
from app.ui.pages.player_input import StageInput
from app.ui.pages.player_search import SearchStrip
from app.ui.services import Services
from app.ui.widgets.controls import label
from app.ui.widgets.player_bar import PlayerBar
from app.ui.widgets.stage_parts import BlackScreen, FailureCard, Hint


class Stage(QWidget):
    """What `PlayerPage` plays on; it decides nothing about the lesson itself."""

    def __init__(self, theme: Theme, services: Services) -> None:
        super().__init__()
        self.setObjectName("stage")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._theme, self._services = theme, services
        self._view: LessonView | None = None
        self._was_touched = self._is_passing_on = False
        self.tools = LessonTools(theme, self, services)
        self.bars = LessonBars(theme, self)
        self.waiting = label(theme, self.tr("Opening …"), "title")
        self.waiting.setParent(self)
        self.waiting.setStyleSheet("color: #b4c2bd")
        self.waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.failure = FailureCard(theme)
        self.failure.setParent(self)
        self.search = SearchStrip(theme, self)
        self.hint = Hint(theme, self)
        self.black = BlackScreen(self)
        for part in (self.waiting, self.failure, self.hint, self.black):
            part.hide()
        self._own_pointer = Pointer()
        self._shared_pointer: Pointer | None = None
        self.awake = Awake()
        self.rivals = RivalPens(services.runner, self)
        self.bar_focus = BarFocus(self)
        self.bell = BellLeft(services.classroom, self)
        self.input = StageInput(self, self.press_key)
        self._connect_stage()

    def _connect_stage(self) -> None:
        self.input.stirred.connect(self.stir)
        self.input.pressed.connect(self._pressed)
        self.input.long_pressed.connect(self._long_pressed)
        self.input.touched.connect(self._touched)
        self.bars.rested.connect(self._rested)
        self.bars.moved.connect(self._keep_bar_place)
        self.bell.changed.connect(self._show_bell)
        self.tools.changed.connect(self.show_tools)
        self.tools.writing.connect(self._write)
        self.tools.paused.connect(self.bars.wake)
        self.rivals.changed.connect(self.show_tools)
        self._services.settings.changed.connect(self.apply_settings)

    # -- for PlayerPage ----------------------------------------------------------------------

    def press_key(self, _event: QKeyEvent) -> bool:
        """A key came down; True when it was for the lesson."""
        return False

    def surroundings(self) -> Surroundings:
        """What the panel behind 「更多」 must know."""
        return Surroundings()

    @property
    def bar(self) -> PlayerBar:
        """The bar below."""
        return self.bars.bottom

    @property
    def is_docked(self) -> bool:
        """What is pressed inside has the bars beside it, never above it."""
        return (
            self._view is not None
            and self._view.has_own_controls
            and self._view.isVisibleTo(self)
            and not self.tools.has_board
        )

    @property
    def is_pen_offered(self) -> bool:
        """Not while the board's own pen program runs."""
        is_always = self._services.settings.current.is_pen_always_offered
        return is_always or not self.rivals.is_running

    @property
    def pointer(self) -> Pointer:
        """What the mouse looks like."""
        return self._shared_pointer or self._own_pointer

    def share_pointer(self, pointer: Pointer) -> None:
        """Use the window's, which stays large between lessons."""
        self._shared_pointer = pointer

    # -- beginning and end -------------------------------------------------------------------

    def enter(self) -> None:
        """Somebody teaches here from now on."""
        self.awake.set_held(True)
        self.bell.watch()
        self.rivals.watch()
        self.input.watch(self)
        self.apply_settings()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def exit(self) -> None:
        """No more."""
        self.awake.set_held(False)
        self.bell.rest()
        self.rivals.rest()
        self.input.rest()
        self.bars.sleep()
        self.hint.rest()
        if self._shared_pointer is None:
            self.pointer.restore()
        else:
            is_large = self._services.settings.current.is_pointer_large
            self.pointer.show(is_large=is_large, ratio=self.devicePixelRatioF())
        self.unsetCursor()

    @Slot()
    def apply_settings(self) -> None:
        """Bars, pen and pointer as the settings want them."""
        now = self._services.settings.current
        self.tools.apply(now)
        is_touch = self._was_touched or has_touch_screen()
        has_sides = now.bar_place == "sides" or (now.bar_place == "auto" and is_touch)
        self.bars.use_sides(
            has_sides=has_sides, percent=now.side_bar_percent, is_folded=now.is_side_bar_folded
        )
        if self.awake.is_held:
            self._show_pointer()
            self.bars.wake()
        self.place_all()

    def _show_pointer(self) -> None:
        is_large = self._services.settings.current.is_pointer_large
        # The pen has a pointer of its own, which shows its colour and width.
        self.pointer.show(
            is_large=is_large and not self.tools.is_writing, ratio=self.devicePixelRatioF()
        )

    @Slot(int, bool)
    def _keep_bar_place(self, percent: int, is_folded: bool) -> None:
        box = self._services.settings
        box.put(replace(box.current, side_bar_percent=percent, is_side_bar_folded=is_folded))

    # -- tools -------------------------------------------------------------------------------

    @Slot()
    def show_tools(self) -> None:
        """Bars follow pen and board."""
        if self.tools.is_writing and not self.is_pen_offered:
            self.tools.put_pen_away()
            return
        self.bars.is_held = self.tools.is_writing or not self.tools.timer.isHidden()
        self.bars.show_pen(is_writing=self.tools.is_writing, is_offered=self.is_pen_offered)
        if self.awake.is_held:
            self._show_pointer()
        self.bars.wake()
        self.place_all()

    @Slot()
    def _write(self) -> None:
        """Nothing stands in the way of who writes."""
        self.hint.hide()
        self.bars.hide_now()

    def say_hint(self, text: str) -> None:
        """One quiet sentence."""
        self.hint.say(text)
        self.place_all()

    @Slot()
    def _show_bell(self) -> None:
        self.bars.show_bell(self.bell.words)
        self.tools.timer.know_bell(self.bell.seconds)

    # -- somebody is there -------------------------------------------------------------------

    @Slot()
    def stir(self) -> None:
        """Mouse or finger moved."""
        if self.tools.layer.is_drawing:
            return
        if self.awake.is_held:
            self._show_pointer()
        if not self.tools.is_writing:
            self.unsetCursor()
            self.bars.wake()

    @Slot()
    def _rested(self) -> None:
        self.bar_focus.leave()
        if not self.tools.is_writing:
            self.setCursor(QCursor(Qt.CursorShape.BlankCursor))
            self.pointer.hide()

    @Slot()
    def _touched(self) -> None:
        if not self._was_touched:
            self._was_touched = True
            self.apply_settings()

    @Slot(QPointF)
    def _pressed(self, at: QPointF) -> None:
        """A press elsewhere folds what was unfolded."""
        place = self.mapFromGlobal(at).toPoint()
        if not self.bars.more.isHidden() and not self.bars.covers(place):
            self.bars.more.hide()
        self.bar_focus.leave()

    @Slot(QPointF)
    def _long_pressed(self, at: QPointF) -> None:
        place = self.mapFromGlobal(at).toPoint()
        is_busy = self.tools.is_writing or self.is_docked or not self.black.isHidden()
        tools = self.tools
        others = (tools.panel, tools.timer, tools.board.strip, tools.spotlight, self.search)
        is_on_other = any(not o.isHidden() and o.geometry().contains(place) for o in others)
        if is_busy or is_on_other or self.bars.covers(place):
            return
        self.bars.open_more(self.surroundings(), place)

    # -- place -------------------------------------------------------------------------------

    def room(self) -> QRect:
        """The stage without what a TV cuts off."""
        share = self._services.settings.current.overscan_percent / 100
        x, y = round(self.width() * share), round(self.height() * share)
        return self.rect().adjusted(x, y, -x, -y)

    def place_all(self) -> None:
        """Put everything where it belongs."""
        room, edge = self.room(), self._theme.px(EDGE_PX)
        self.bars.place(room)
        picture = self.bars.picture_room()
        if self._view is not None:
            self._view.setGeometry(picture)
        self.tools.place(room if self.tools.has_board else picture)
        self.waiting.setGeometry(room)
        bottom = self.bars.bottom
        above = bottom.y() - edge if self.bars.is_awake else room.bottom() - edge
        self.failure.place(room.adjusted(0, 0, 0, above - room.bottom()), edge)
        self._place_panels(room, above)
        hint_top = min(above, room.bottom() - edge) - self.hint.height()
        if not self.tools.panel.isHidden():
            hint_top -= self.tools.panel.height() + edge
        self.hint.move(room.center().x() - self.hint.width() // 2, hint_top)
        self.black.setGeometry(self.rect())

    def _place_panels(self, room: QRect, above: int) -> None:
        edge = self._theme.px(EDGE_PX)
        area = room.adjusted(edge, edge, -edge, 0)
        area.setBottom(above)
        if self.bars.has_sides:
            side = self.bars.sides[0].width()
            area.adjust(side, 0, -side, 0)
        self.tools.place_panel(area)
        width = self.search.best_width(area.width())
        height = self.search.sizeHint().height()
        self.search.setGeometry(area.center().x() - width // 2, area.top(), width, height)

    def raise_all(self) -> None:
        """Everything in its layer."""
        if self._view is not None:
            self._view.lower()
        self.tools.raise_all()
        self.waiting.raise_()
        self.bars.raise_all()
        self.failure.raise_()  # its buttons lead on, where a large scale leaves no room for both
        self.tools.raise_panels()
        above: tuple[QWidget, ...] = (self.search, self.hint, self.black)
        for part in above:
            part.raise_()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel zooms and scrolls the lesson with the pen in the hand, too."""
        view = self._view
        is_ours = self.tools.is_writing and not self.tools.has_board and not self._is_passing_on
        if view is None or not is_ours:
            event.ignore()
            return
        at = view.mapFrom(self, event.position())
        below = view.childAt(at.toPoint()) or view
        copy = QWheelEvent(
            below.mapFrom(view, at),
            event.globalPosition(),
            event.pixelDelta(),
            event.angleDelta(),
            event.buttons(),
            event.modifiers(),
            event.phase(),
            event.inverted(),
        )
        self._is_passing_on = True  # what the lesson does not take comes up here again
        QApplication.sendEvent(below, copy)
        self._is_passing_on = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size, another screen."""
        super().resizeEvent(event)
        self.place_all()
