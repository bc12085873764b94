# SPDX-License-Identifier: GPL-3.0-or-later
"""All bars of a lesson: where they stand, when they come and go, what unfolds from them.

With a mouse there is one bar below, which hides while nothing moves. On a touch board the four
buttons stand upright at both edges and stay; only the time line comes and goes below.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QRect, QTimer, Signal, Slot
from PySide6.QtGui import QInputDevice
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QWidget

from app.player.view import LessonView
from app.ui.board.more_panel import MorePanel, Surroundings
from app.ui.board.side_bar import SideBar
from app.ui.look.theme import Theme
from app.ui.widgets.controls import label
from app.ui.widgets.player_bar import PlayerBar

BAR_MS = 3500
EDGE_PX = 14


def has_touch_screen() -> bool:
    """Whether somebody can touch the screen."""
    kinds = (device.type() for device in QInputDevice.devices())
    return QInputDevice.DeviceType.TouchScreen in kinds


class LessonBars(QObject):
    """Signals: pressed(str), a button; sought(float) seconds; moved(int percent, bool folded) after
    the side bars were put elsewhere; rested() and woken() as the bars go and come."""

    pressed = Signal(str)
    sought = Signal(float)
    moved = Signal(int, bool)
    rested = Signal()
    woken = Signal()

    def __init__(self, theme: Theme, stage: QWidget) -> None:
        super().__init__(stage)
        self._theme, self._stage = theme, stage
        self._room = QRect()
        self._view: LessonView | None = None
        self._is_docked = self._has_sides = self._is_folded = False
        self._percent = 50
        self.is_held = False  # somebody else wants the bars to stay
        self.bottom = PlayerBar(theme)
        self.bottom.setParent(stage)
        self.bottom.pressed.connect(self.pressed)
        self.bottom.sought.connect(self.sought)
        names = self.bottom.four_buttons()
        self.sides = (SideBar(theme, names, stage), SideBar(theme, names, stage))
        for bar in self.sides:
            bar.pressed.connect(self.pressed)
            bar.grip.dragged.connect(self._drag)
            bar.grip.let_go.connect(self._tell_moved)
            bar.grip.tapped.connect(self._toggle_fold)
            bar.hide()
        self.more = MorePanel(theme, stage)
        self.more.hide()
        self.name = label(theme, role="heading")
        self.name.setWordWrap(False)
        self.top = QFrame(stage)
        self.top.setObjectName("bar")
        self.bell = label(theme, role="small")
        self.bell.setWordWrap(False)
        self.bell.hide()
        inside = QHBoxLayout(self.top)
        inside.setContentsMargins(*(theme.px(side) for side in (18, 8, 18, 8)))
        inside.setSpacing(theme.px(18))
        inside.addWidget(self.name)
        inside.addWidget(self.bell)
        self._timer = QTimer(self, interval=BAR_MS, singleShot=True)
        self._timer.timeout.connect(self.rest)

    # -- kind and content --------------------------------------------------------------------

    @property
    def has_sides(self) -> bool:
        """Whether the buttons stand at both edges."""
        return self._has_sides

    def use_sides(self, *, has_sides: bool, percent: int, is_folded: bool) -> None:
        """Stand at the edges, that far down, or below."""
        self._has_sides, self._percent, self._is_folded = has_sides, percent, is_folded
        self.bottom.use_buttons(has_buttons=not has_sides)
        for bar in self.sides:
            bar.setVisible(has_sides)
            bar.fold(is_folded=is_folded)
        self.place(self._room)

    def follow(self, view: LessonView | None, *, has_items: bool, is_docked: bool) -> None:
        """Another view is on the stage."""
        self._view, self._is_docked = view, is_docked
        self.bottom.follow(view, has_items=has_items, is_docked=is_docked)
        self.more.hide()

    def show_pen(self, *, is_writing: bool, is_offered: bool) -> None:
        """Whether the pen is in the hand, and whether there is one."""
        self.bottom.show_pen(is_writing=is_writing, is_offered=is_offered)
        for bar in self.sides:
            pen = bar.buttons["pen"]
            pen.setCheckable(True)
            pen.setChecked(is_writing)
            pen.setProperty("wanted", is_offered)
            pen.setVisible(is_offered and not self._is_folded)
            bar.adjustSize()
        self.place(self._room)

    def name_turning(self, *, has_pages: bool, has_items: bool) -> None:
        """What the first two buttons do now."""
        self.bottom.name_turning(has_pages=has_pages, has_items=has_items)
        for bar in self.sides:
            for key, icon in (("previous", "prev"), ("next", "next")):
                words = self.bottom.turning_words(key, has_pages=has_pages or not has_items)
                bar.buttons[key].say(words, icon)
                bar.buttons[key].setEnabled(has_pages or has_items)

    def show_bell(self, words: str) -> None:
        """How long until the bell, beside the title."""
        self.bell.setText(words)
        self.bell.setVisible(bool(words))
        self.place(self._room)

    def picture_room(self) -> QRect:
        """Where the picture may lie: all of the stage, but beside the bars when they are docked."""
        room = QRect(self._room)
        if not self._is_docked:
            return room
        if self._has_sides:
            side = self.sides[0].sizeHint().width()
            return room.adjusted(side, 0, -side, 0)
        return room.adjusted(0, 0, 0, -self.bottom.best_size(room.width()).height())

    # -- coming and going --------------------------------------------------------------------

    @property
    def is_awake(self) -> bool:
        """Whether the bar below is to be seen."""
        return not self.bottom.isHidden()

    @Slot()
    def wake(self) -> None:
        """Somebody is there."""
        was_awake = self.is_awake
        self.bottom.setVisible(not self.bottom.is_empty)
        self.top.setVisible(not self._is_docked and bool(self.name.text()))
        self.place(self._room)
        self._timer.start()
        if not was_awake:
            self.woken.emit()

    @Slot()
    def rest(self) -> None:
        """Nobody moves: out of the picture, unless something is being done here."""
        view = self._view
        is_paused = view is not None and view.is_timed and not view.is_playing
        is_used = self.bottom.underMouse() or self.bottom.slider.isSliderDown()
        at = QApplication.focusWidget()
        is_used = is_used or (at is not None and self.bottom.isAncestorOf(at))
        if is_paused or is_used or self.is_held or self._is_docked or not self.more.isHidden():
            self._timer.start()
            return
        self.hide_now()

    def hide_now(self) -> None:
        """Out of the picture at once (somebody writes)."""
        self._timer.stop()
        self.more.hide()
        self.top.hide()
        if not self._is_docked:
            self.bottom.hide()
        self.rested.emit()

    def sleep(self) -> None:
        """The lesson is over: nothing more happens by itself."""
        self._timer.stop()
        self.more.hide()

    def open_more(self, around: Surroundings, near: QPoint | None = None) -> None:
        """Unfold the rest, beside the bar or where somebody pressed long."""
        self.more.show_for(self._view, around)
        px = self._theme.px
        room = self._room.adjusted(px(EDGE_PX), px(EDGE_PX), -px(EDGE_PX), -px(EDGE_PX))
        if self._has_sides:
            side = self.sides[0].width() + px(EDGE_PX)
            room.adjust(side, 0, -side, 0)
        above = self.bottom.height() + px(8) if self.is_awake and near is None else 0
        width, height = self.more.best_size(room.width(), room.height() - above)
        if above and (self.more.property("compact") or height > room.height() - above):
            above = 0  # over the bar: there is no room above it for words
            width, height = self.more.best_size(room.width(), room.height())
        left = room.center().x() - width // 2
        top = room.bottom() - above - height
        if near is not None:
            left, top = near.x() - width // 2, near.y() - height // 2
        left = max(room.left(), min(left, room.right() - width))
        top = max(room.top(), min(top, room.bottom() - height))
        self.more.setGeometry(left, top, width, height)
        self.more.show()
        self.more.raise_()

    def covers(self, at: QPoint) -> bool:
        """Whether a press there (on the stage) is meant for a bar or panel."""
        parts: tuple[QWidget, ...] = (self.bottom, self.more, *self.sides)
        return any(not part.isHidden() and part.geometry().contains(at) for part in parts)

    # -- place -------------------------------------------------------------------------------

    def place(self, room: QRect) -> None:
        """Stand in this room of the stage."""
        self._room = QRect(room)
        px, edge = self._theme.px, 0 if self._is_docked else self._theme.px(EDGE_PX)
        free = room.width() - 2 * edge
        if self._has_sides and not self._is_docked:
            free -= 2 * (self.sides[0].sizeHint().width() + px(8))
        size = self.bottom.best_size(free)
        width = room.width() if self._is_docked else size.width()
        left = room.left() + (room.width() - width) // 2
        top = room.bottom() + 1 - size.height() - edge
        self.bottom.setGeometry(left, top, width, size.height())
        title, margin = self.top.sizeHint(), px(EDGE_PX)
        title_width = min(title.width(), room.width() - 2 * margin)
        is_mirrored = self._stage.isRightToLeft()
        side = self.sides[0].sizeHint().width() if self._has_sides else 0
        title_width = min(title_width, room.width() - 2 * (margin + side))
        inset = margin + side
        x = room.right() - title_width - inset if is_mirrored else room.left() + inset
        self.top.setGeometry(x, room.top() + margin, title_width, title.height())
        self._place_sides()

    def _place_sides(self) -> None:
        room = self._room
        for bar, is_left in zip(self.sides, (True, False), strict=True):
            if self._has_sides:
                bar.fit_height(room.height())
            size = bar.sizeHint()
            free = max(0, room.height() - size.height())
            top = room.top() + free * self._percent // 100
            left = room.left() if is_left else room.right() + 1 - size.width()
            bar.setGeometry(left, top, size.width(), size.height())

    @Slot(int)
    def _drag(self, step_px: int) -> None:
        free = max(1, self._room.height() - self.sides[0].sizeHint().height())
        top = self.sides[0].y() - self._room.top() + step_px
        self._percent = max(0, min(100, round(top * 100 / free)))
        for bar in self.sides:
            bar.move(bar.x(), self._room.top() + max(0, min(free, top)))

    @Slot()
    def _tell_moved(self) -> None:
        self.moved.emit(self._percent, self._is_folded)

    @Slot()
    def _toggle_fold(self) -> None:
        self._is_folded = not self._is_folded
        for bar in self.sides:
            bar.fold(is_folded=self._is_folded)
        self._place_sides()
        self._tell_moved()

    def raise_all(self) -> None:
        """Above the picture and all ink."""
        for part in (*self.sides, self.top, self.bottom, self.more):
            part.raise_()
