# SPDX-License-Identifier: GPL-3.0-or-later
"""Pen, board, spotlight and timer of one stage, and which of them is in use."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QRect, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from app.base.settings import Settings
from app.player.view import LessonView
from app.ui.board.blank_board import BlankBoard
from app.ui.board.ink_layer import InkLayer
from app.ui.board.lesson_ink import LessonInk
from app.ui.board.lesson_timer import LessonTimer
from app.ui.board.pen_panel import PenPanel
from app.ui.board.select_layer import SelectLayer
from app.ui.board.spotlight import Spotlight
from app.ui.board.strokes import Tool
from app.ui.look.theme import Theme
from app.ui.services import Services

_BACK_MS = 1500  # after the last line; long enough to dot an i


class LessonTools(QObject):
    """Signals: changed() when any of them came or went; writing() when a line begins; paused(bool)
    when the hand rests (True); picture_wanted(); ink_restored(); failed(KnownError)."""

    changed = Signal()
    writing = Signal()
    paused = Signal()
    picture_wanted = Signal()
    ink_restored = Signal()
    failed = Signal(object)

    def __init__(self, theme: Theme, stage: QWidget, services: Services) -> None:
        super().__init__(stage)
        self._theme = theme
        self._room = QRect()
        self._view: LessonView | None = None
        self.board = BlankBoard(theme, stage)
        self.layer = InkLayer(stage)
        self.ink = LessonInk(self.layer, services.desk, services.paths)
        self.select = SelectLayer(theme, self.ink, stage)
        self.spotlight = Spotlight(theme, stage)
        self.panel = PenPanel(theme)
        self.panel.setParent(stage)
        self.panel.hide()
        self.timer = LessonTimer(theme, stage)
        self._back = QTimer(self, interval=_BACK_MS, singleShot=True)
        self._back.timeout.connect(self.paused)
        self.layer.began.connect(self._line_begins)
        self.layer.drawn.connect(self._line_ended)
        self.select.began.connect(self._line_begins)
        self.select.rested.connect(self._back.start)
        self.ink.changed.connect(self._show_ink_state)
        self.ink.restored.connect(self.ink_restored)
        self.ink.failed.connect(self.failed)
        self.panel.taken.connect(self._take)
        self.panel.pressed.connect(self._press)
        self.board.turned.connect(self.ink.show_board)
        self.board.closed.connect(self.close_board)
        self.spotlight.closed.connect(self.changed)
        self.timer.closed.connect(self.changed)

    def apply(self, settings: Settings) -> None:
        """Follow the settings."""
        self.layer.palm_erases = settings.palm == "erase"
        self.layer.pointer_scale = 2.0 if settings.is_pointer_large else 1.0

    # -- what is in use ----------------------------------------------------------------------

    @property
    def is_writing(self) -> bool:
        """Whether a pen is in the hand."""
        return self.layer.is_writing

    @property
    def has_board(self) -> bool:
        """Whether the blank board is shown."""
        return not self.board.isHidden()

    def take_pen(self, tool: Tool = Tool.PEN) -> None:
        """Take this tool; the one that is in the hand already is put away."""
        if self.is_writing and self.panel.case.tool is tool and not self.panel.isHidden():
            self.put_pen_away()
            return
        self.stop_selecting()
        self.panel.show_case(self.panel.case.with_tool(tool))
        self.layer.take_pen(self.panel.case)
        self.show_panel()
        self.changed.emit()

    def press_pen(self) -> None:
        """The pen's button: take it, unfold its panel, put it away."""
        if self.is_writing and not self.panel.isHidden():
            self.put_pen_away()
        elif self.is_writing:
            self.show_panel()
            self.changed.emit()
        else:
            self.take_pen(self.panel.case.tool)

    @Slot()
    def put_pen_away(self) -> None:
        """Presses are for the lesson again."""
        self.stop_selecting()
        self.layer.take_pen(None)
        self.panel.hide()
        self.changed.emit()

    def toggle_selecting(self) -> None:
        """Take hold of ink that is drawn, or draw again."""
        if self.select.isHidden():
            self.layer.finish_lines()
            self.select.begin()
            self.panel.show_selecting(is_selecting=True)
        else:
            self.stop_selecting()

    def stop_selecting(self) -> None:
        """Draw again."""
        if not self.select.isHidden():
            self.select.put_away()
            self.panel.show_selecting(is_selecting=False)

    def toggle_board(self) -> None:
        """An empty page, with the pen in the hand; or back to the lesson."""
        if self.has_board:
            self.close_board()
            return
        self.board.open_at(self.ink.board_pages)
        if not self.is_writing:
            self.take_pen(self.panel.case.tool)
        self.changed.emit()

    @Slot()
    def close_board(self) -> None:
        """Back to the lesson."""
        if self.has_board:
            self.board.put_away()
            self.ink.show_board(None)
            self.put_pen_away()

    def toggle_spotlight(self) -> None:
        """Dark but one place, or light."""
        if self.spotlight.isHidden():
            self.put_pen_away()
            self.spotlight.show()
        else:
            self.spotlight.put_away()
        self.changed.emit()

    def toggle_timer(self) -> None:
        """Show the timer, or stop it."""
        if not self.timer.isHidden():
            self.timer.put_away()
            return
        self.timer.adjustSize()
        edge = self._theme.px(14)
        corner = self._room.topRight() - QPoint(self.timer.width() + edge, -edge * 6)
        self.timer.show()
        self.timer.keep_inside(corner)
        self.timer.raise_()
        self.changed.emit()

    def step_back(self) -> bool:
        """Esc: put away what was taken last; False when the lesson itself is meant."""
        if not self.spotlight.isHidden():
            self.spotlight.put_away()
        elif not self.select.isHidden():
            self.stop_selecting()
        elif self.is_writing:
            self.put_pen_away()
        elif self.has_board:
            self.close_board()
        else:
            return False
        return True

    def turn_board(self, *, is_forward: bool) -> bool:
        """Turn a page of the board; False when it is not shown."""
        if not self.has_board:
            return False
        if is_forward:
            self.board.next_page(is_blank=self.ink.is_blank)
        else:
            self.board.previous_page()
        return True

    # -- lesson ------------------------------------------------------------------------------

    def begin_lesson(self, *names: str) -> None:
        """A lesson begins, known by these names."""
        self.ink.begin_lesson(names)

    def follow(self, view: LessonView | None, *names: str) -> None:
        """Another resource is on the stage."""
        self._view = view
        self.close_board()
        self.ink.follow(view, *names)

    def end_lesson(self) -> None:
        """All away."""
        self.follow(None)
        self.put_pen_away()
        self.spotlight.hide()
        self.timer.put_away()
        self._back.stop()

    def picture(self) -> QImage:
        """What the class sees: the lesson or the board, with the ink."""
        layer = self.layer
        ratio = layer.devicePixelRatioF()
        image = QImage(layer.size() * ratio, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(0)
        painter = QPainter(image)
        if self.has_board:
            painter.fillRect(layer.rect(), self.board.ground)
        elif self._view is not None:
            place = self._view.pos() - layer.pos()
            painter.drawPixmap(place, self._view.grab())
        layer.finish_lines()
        layer.paint_over(painter)
        painter.end()
        return image

    # -- place -------------------------------------------------------------------------------

    def place(self, room: QRect) -> None:
        """Cover this room of the stage."""
        has_moved = room != self._room
        self._room = QRect(room)
        for part in (self.board, self.layer, self.select, self.spotlight):
            part.setGeometry(room)
        self.board.place_strip()
        if not self.timer.isHidden():
            self.timer.keep_inside()
        if has_moved:
            self.ink.lay()

    def place_panel(self, area: QRect) -> None:
        """Stand at the lower edge of `area`, in its middle."""
        width, height = self.panel.fit_width(area.width())
        left = area.left() + (area.width() - width) // 2
        self.panel.setGeometry(left, area.bottom() + 1 - height, width, height)

    def raise_all(self) -> None:
        """Above the picture, in their order."""
        for part in (self.board, self.layer, self.select, self.board.strip, self.spotlight):
            part.raise_()

    def raise_panels(self) -> None:
        """Above the bars."""
        self.panel.raise_()
        self.timer.raise_()

    # -- inside ------------------------------------------------------------------------------

    def show_panel(self) -> None:
        """Colours and widths."""
        self._show_ink_state()
        self.panel.show()
        self.panel.raise_()

    @Slot()
    def _line_begins(self) -> None:
        self._back.stop()
        self.panel.hide()
        self.writing.emit()

    @Slot(object)
    def _line_ended(self, _stroke: object) -> None:
        self._back.start()

    @Slot()
    def _show_ink_state(self) -> None:
        ink = self.ink
        self.panel.show_state(can_undo=ink.can_undo, can_redo=ink.can_redo, is_blank=ink.is_blank)

    @Slot(object)
    def _take(self, _case: object) -> None:
        self.stop_selecting()
        self.layer.take_pen(self.panel.case)
        self.changed.emit()

    @Slot(str)
    def _press(self, key: str) -> None:
        if key == "picture":
            self.picture_wanted.emit()
            return
        acts = {
            "select": self.toggle_selecting,
            "undo": self.ink.undo,
            "redo": self.ink.redo,
            "clear": self.ink.wipe,
            "away": self.put_pen_away,
        }
        acts[key]()
