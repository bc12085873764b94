# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps ink and lesson together: the right sheet for page, time or board, shown, kept, restored.

Files are read and written on the desk's thread, at most a second after the last line; an error
there is told and the ink stays on the screen.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, QTimer, Signal, Slot

from app.base.paths import DataPaths
from app.player.view import LessonView
from app.ui.board.book import InkBook
from app.ui.board.ink_file import book_to_bytes, ink_path, load_book, save_book
from app.ui.board.ink_layer import InkLayer
from app.ui.board.picture_place import is_one_long_page, moves_of, picture_area
from app.ui.board.strokes import InkSheet, Stroke, Tool
from app.ui.jobs import SerialQueue

if TYPE_CHECKING:
    from app.ui.desk import Desk  # loads the database layer: not before the first paint

log = logging.getLogger(__name__)

SAVE_MS = 800


class KeptBook:
    """A book with the file it is kept in."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book = InkBook()
        self.is_loaded = False
        self.is_changed = False

    def take(self, kept: InkBook) -> None:
        """Put what was kept below what has been drawn meanwhile."""
        self.is_loaded = True
        for key, sheet in kept.sheets.items():
            mine = self.book.sheets.get(key)
            if mine is None:
                self.book.sheets[key] = sheet
            else:
                mine.marks[:0] = sheet.marks
                mine.span_s = mine.span_s or sheet.span_s


class LessonInk(QObject):
    """Signals: changed() when undo, redo or clear may apply or not; failed(KnownError) when ink
    could not be kept; restored() when ink of an earlier time came on the screen; laid() when the
    sheet was shown anew."""

    changed = Signal()
    failed = Signal(object)
    restored = Signal()
    laid = Signal()

    def __init__(self, layer: InkLayer, desk: SerialQueue[Desk], paths: DataPaths) -> None:
        super().__init__(layer)
        self._layer, self._desk, self._paths = layer, desk, paths
        self._view: LessonView | None = None
        self._item: KeptBook | None = None
        self._board: KeptBook | None = None
        self._board_page: int | None = None
        # Put aside before they were read: whoever comes back to them goes on with the same.
        self._unread: list[KeptBook] = []
        self._quarter_turns = 0
        self._laid: tuple[str | None, QRectF, float] | None = None
        self._key: str | None = None  # of the sheet shown; None: a video without ink here
        self._save_timer = QTimer(self, interval=SAVE_MS, singleShot=True)
        self._save_timer.timeout.connect(self.save)
        self._lay_timer = QTimer(self, interval=0, singleShot=True)
        self._lay_timer.timeout.connect(self.lay)
        layer.drawn.connect(self._take_stroke)

    # -- what is written on ------------------------------------------------------------------

    def begin_lesson(self, names: Sequence[str]) -> None:
        """A lesson begins; its blank board is kept under these names."""
        self._board = self._open(ink_path(self._paths, "board", *names))

    def follow(self, view: LessonView | None, *names: str) -> None:
        """Another resource is on the screen; its ink is kept under these names."""
        self._layer.finish_lines()
        self.save()
        self._view, self._quarter_turns = view, 0
        self._item = self._open(ink_path(self._paths, *names)) if view is not None else None
        self._key = self._laid = None
        if view is not None and self._item is not None:
            view.state_changed.connect(self._turned)
            view.ready.connect(self._turned)
            view.position_changed.connect(self._reached)
            for signal in moves_of(view):
                signal.connect(self._lay_timer.start)
        self._turned()

    def show_board(self, page: int | None) -> None:
        """Write on a page of the blank board (from 1); None goes back to the lesson."""
        self._layer.finish_lines()
        self._board_page = page
        self._turned()

    def rotated(self) -> None:
        """The picture was turned by a quarter: each side up has its own ink."""
        self._layer.finish_lines()
        self._quarter_turns = (self._quarter_turns + 1) % 4
        self._turned()

    @property
    def board_pages(self) -> int:
        """How many pages of the board are written on."""
        return self._board.book.board_pages() if self._board is not None else 0

    @property
    def moments_s(self) -> tuple[float, ...]:
        """Where in the video something was written."""
        return self._item.book.moments() if self._item is not None else ()

    # -- pen, undo, clear --------------------------------------------------------------------

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back on this sheet."""
        sheet = self._sheet()
        return sheet is not None and bool(sheet.marks)

    @property
    def can_redo(self) -> bool:
        """Whether something was taken back."""
        sheet = self._sheet()
        return sheet is not None and bool(sheet.undone)

    @property
    def is_blank(self) -> bool:
        """Whether this sheet shows nothing."""
        sheet = self._sheet()
        return sheet is None or sheet.is_blank

    @Slot()
    def undo(self) -> None:
        """Take back the last line."""
        self._layer.finish_lines()
        sheet = self._sheet()
        if sheet is not None and sheet.undo():
            self._changed()

    @Slot()
    def redo(self) -> None:
        """Bring it back."""
        self._layer.finish_lines()
        sheet = self._sheet()
        if sheet is not None and sheet.redo():
            self._changed()

    @Slot()
    def wipe(self) -> None:
        """Clear this sheet; undo brings it back."""
        self._layer.finish_lines()
        sheet = self._sheet()
        if sheet is not None and sheet.wipe():
            self._changed()

    # -- carrying what is drawn ----------------------------------------------------------------

    @property
    def strokes(self) -> list[Stroke]:
        """What this sheet shows."""
        sheet = self._sheet()
        return sheet.strokes if sheet is not None else []

    @property
    def area(self) -> QRectF:
        """Where the picture below lies on the layer."""
        area = self._area()
        return area if area.width() >= 1 else QRectF(0, 0, 1, 1)

    def edit(self, removed: tuple[Stroke, ...], added: tuple[Stroke, ...]) -> None:
        """Lines go, others come; one undo takes it back."""
        sheet = self._sheet()
        if sheet is not None:
            sheet.edit(removed, added)
            self._changed()

    def show_without(self, held: tuple[Stroke, ...]) -> None:
        """Show the sheet but for what is in the hand."""
        rest = self.strokes
        for stroke in held:
            if stroke in rest:
                rest.remove(stroke)
        self._layer.show_strokes(rest, self._area())

    def show_all(self) -> None:
        """Show the sheet as it is."""
        self._layer.show_strokes(self.strokes, self._area())

    # -- inside ------------------------------------------------------------------------------

    @property
    def _kept(self) -> KeptBook | None:
        return self._board if self._board_page is not None else self._item

    def _sheet(self) -> InkSheet | None:
        kept = self._kept
        return kept.book.sheets.get(self._key) if kept is not None and self._key else None

    def _key_now(self) -> str | None:
        kept, view = self._kept, self._view
        if kept is None:
            return None
        if self._board_page is not None:
            return kept.book.board(self._board_page)
        if view is None:
            return None
        if view.is_timed:
            return kept.book.at_time(view.position_s)
        if not view.has_pages or is_one_long_page(view):
            return kept.book.page(self._quarter_turns)
        return kept.book.page(view.page)

    @Slot()
    def _turned(self) -> None:
        key = self._key_now()
        if key != self._key:
            self._layer.finish_lines()
            self._key = key
            self.changed.emit()
        self.lay()

    @Slot(float)
    def _reached(self, _seconds: float) -> None:
        if self._board_page is not None or self._layer.is_drawing:
            return
        if self._key_now() != self._key:
            self._turned()

    @Slot()
    def lay(self) -> None:
        """Show the sheet where the picture is now; a line under way goes on if nothing moved."""
        laid = (self._key, self._area(), self._layer.devicePixelRatioF())
        if laid != self._laid:
            self._show(laid)

    def _show(self, laid: tuple[str | None, QRectF, float]) -> None:
        self._laid = laid
        sheet = self._sheet()
        self._layer.show_strokes(sheet.strokes if sheet is not None else [], laid[1])
        self.laid.emit()

    def _area(self) -> QRectF:
        whole = QRectF(self._layer.rect())
        if self._view is None or self._board_page is not None:
            return whole
        moved = QPointF(self._view.pos() - self._layer.pos())
        return picture_area(self._view).translated(moved)

    @Slot(Stroke)
    def _take_stroke(self, stroke: Stroke) -> None:
        kept, view = self._kept, self._view
        if kept is None:
            return
        if self._board_page is None and view is not None and view.is_timed:
            if stroke.tool is Tool.ERASER and self._key is None:
                return  # nothing to rub out
            self._key = kept.book.add_at_time(
                self._key, view.position_s, stroke, is_running=view.is_playing
            )
            if self._laid is not None:
                self._laid = (self._key, *self._laid[1:])  # it is shown already
        elif self._key is not None:
            kept.book.sheet(self._key).add(stroke)
        if self._laid is None:
            self._lay_timer.start()
        self._keep_soon(kept)

    def _changed(self) -> None:
        self._show((self._key, self._area(), self._layer.devicePixelRatioF()))
        if self._kept is not None:
            self._keep_soon(self._kept)

    def _keep_soon(self, kept: KeptBook) -> None:
        kept.is_changed = True
        if not self._save_timer.isActive():
            self._save_timer.start()
        self.changed.emit()

    # -- files -------------------------------------------------------------------------------

    def _open(self, path: Path) -> KeptBook:
        """The book kept there. One that is still being read is taken again: what was written on it
        meanwhile is not in its file yet."""
        for unread in self._unread:
            if unread.path == path:
                return unread
        kept = KeptBook(path)
        self._unread.append(kept)
        self._load(kept)
        return kept

    def _load(self, kept: KeptBook) -> None:
        path = kept.path

        def work(_desk: object) -> object:
            return kept, load_book(path)

        self._desk.submit(work).succeeded.connect(self._loaded)

    @Slot(object)
    def _loaded(self, answer: tuple[KeptBook, InkBook]) -> None:
        kept, book = answer
        self._unread.remove(kept)
        kept.take(book)
        if kept.is_changed:
            self._write(kept)
        if kept is self._kept and not book.is_blank:
            self._laid = None
            if not self._layer.is_drawing:  # else when the line is finished
                self._turned()
            self.changed.emit()
        if kept is self._item and not book.is_blank:
            self.restored.emit()

    @Slot()
    def save(self) -> None:
        """Keep what has changed."""
        self._save_timer.stop()
        for kept in (self._item, self._board):
            # One that is not read yet is written as soon as it is: nothing kept is lost.
            if kept is not None and kept.is_changed and kept.is_loaded:
                self._write(kept)

    def _write(self, kept: KeptBook) -> None:
        kept.is_changed = False
        self._desk.submit(_saving(kept)).failed.connect(self.failed)


def _saving(kept: KeptBook) -> Callable[[object], object]:
    sheets = {key: (sheet.span_s, sheet.strokes) for key, sheet in kept.book.sheets.items()}
    path = kept.path

    def work(_desk: object) -> object:
        save_book(path, book_to_bytes(sheets))
        return None

    return work
