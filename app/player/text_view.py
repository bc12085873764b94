# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts and Markdown, scrolled by the screenful; 练习 get a view of their own."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QResizeEvent, QTextCursor, QTextDocument
from PySide6.QtWidgets import QWidget

from app.base.errors import KnownError, known_os_error
from app.player.encodings import decode_text
from app.player.errors import DamagedMediaError, TextShortenedNotice
from app.player.exercise import parse_exercise
from app.player.exercise_view import ExerciseView
from app.player.item import Fit, PlayerEvent, PlayItem, Position
from app.player.page_log import PageLog
from app.player.reading_page import ReadingPage
from app.player.view import LessonView
from app.player.zoom_canvas import ZOOM_STEP
from app.region.media import guess_media_type

MAX_BYTES = 4 << 20
# Laid out in half a second on two old cores; the longest 教案 we know has 60,000.
MAX_CHARACTERS = 200_000
_MARKDOWN = "text/markdown"
_SCREENFUL = 0.88
# The stage says the title up there for some seconds: it must not lie on the first heading.
_HEADROOM = 0.1


def text_view(item: PlayItem, parent: QWidget | None = None) -> LessonView:
    """The view for a text: an exercise is recognised by its questions and answers.

    The file is a few kilobytes, so it is looked into here already; a file that cannot be read
    says so when the view opens.
    """
    try:
        text = read_text_file(item)
    except KnownError:
        text = ""
    questions = parse_exercise(text) if is_markdown(item) else ()
    return ExerciseView(item, questions, parent) if questions else TextView(item, parent)


def is_markdown(item: PlayItem) -> bool:
    """By type, else by name."""
    plain = item.media_type.partition(";")[0].strip().lower()
    return plain in (_MARKDOWN, "text/x-markdown") or (
        plain in ("", "text/plain", "application/octet-stream")
        and guess_media_type(item.name) == _MARKDOWN
    )


def read_text_file(item: PlayItem) -> str:
    """The text, at most its first 4 MB.

    Raises:
        MissingFileError, UnreadableFileError: it cannot be read.
        DamagedMediaError: it is empty or no text.
    """
    try:
        with item.path.open("rb") as file:
            raw = file.read(MAX_BYTES)
    except OSError as error:
        raise known_os_error(error, item.path) from error
    has_mark = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not raw.strip() or (b"\0" in raw and not has_mark):
        raise DamagedMediaError(name=item.name)
    return decode_text(raw)


class TextView(LessonView):
    """A text; its pages are screenfuls. See `LessonView` for the signals."""

    def __init__(self, item: PlayItem, parent: QWidget | None = None) -> None:
        super().__init__(item, parent)
        self._reading = ReadingPage(self)
        self._reading.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._reading.leave_headroom(_HEADROOM)
        self._reading.scrolled.connect(self._note_scroll)
        self._is_open = False
        self._words = ""
        self._hits: list[tuple[int, int]] = []
        self._hit_index = -1
        self._restore: Position | None = None
        self._log = PageLog(self.happened.emit, self)

    @property
    def has_pages(self) -> bool:
        """Screenfuls."""
        return True

    @property
    def can_zoom(self) -> bool:
        """Always."""
        return True

    @property
    def can_search(self) -> bool:
        """Always."""
        return True

    def open(self, *, is_playing: bool = True) -> None:
        """See `LessonView.open`."""
        try:
            text = read_text_file(self.item)
        except KnownError as error:
            self.failed.emit(error)
            self.state_changed.emit()
            return
        is_shortened = len(text) > MAX_CHARACTERS
        text = text[:MAX_CHARACTERS]
        if is_markdown(self.item):
            self._reading.show_markdown(text)
        else:
            self._reading.show_plain(text)
        self._is_open = True
        self._log.begin(self.page_count)
        self._log.show(1)
        if self._restore is not None:
            self.restore(self._restore)
        self.ready.emit()
        self.state_changed.emit()
        if is_shortened:
            self.noticed.emit(TextShortenedNotice(name=self.item.name))

    def close_item(self) -> None:
        """See `LessonView.close_item`."""
        self._is_open = False
        self._log.terminate()
        self._reading.show_plain("")

    def position(self) -> Position:
        """See `LessonView.position`."""
        zoom = self._reading.zoom
        return Position(page=self.page, fit=Fit.FREE, zoom=zoom, y=self._reading.share)

    def restore(self, position: Position) -> None:
        """See `LessonView.restore`."""
        self._restore = position
        if self._is_open:
            self._reading.set_zoom(position.zoom)
            self._reading.scroll_to_share(position.y)

    def snapshot(self) -> QImage:
        """The visible text."""
        return self._reading.grab().toImage()

    # -- pages -------------------------------------------------------------------------------

    def _step(self) -> int:
        return max(1, round(self._reading.viewport().height() * _SCREENFUL))

    @property
    def page(self) -> int:
        """See `LessonView.page`."""
        if not self._is_open:
            return 0
        bar = self._reading.verticalScrollBar()
        if bar.maximum() > 0 and bar.value() >= bar.maximum():
            return self.page_count
        return 1 + bar.value() // self._step()

    @property
    def page_count(self) -> int:
        """See `LessonView.page_count`."""
        if not self._is_open:
            return 0
        return 1 + -(-self._reading.verticalScrollBar().maximum() // self._step())

    def next_page(self) -> bool:
        """See `LessonView.next_page`."""
        bar = self._reading.verticalScrollBar()
        if bar.value() >= bar.maximum():
            if self._is_open:
                self.ended.emit()
            return False
        bar.setValue(bar.value() + self._step())
        return True

    def previous_page(self) -> bool:
        """See `LessonView.previous_page`."""
        bar = self._reading.verticalScrollBar()
        if bar.value() <= 0:
            return False
        bar.setValue(bar.value() - self._step())
        return True

    def go_to(self, page: int) -> None:
        """See `LessonView.go_to`."""
        self._reading.verticalScrollBar().setValue((page - 1) * self._step())

    def _note_scroll(self) -> None:
        if self._is_open:
            self._log.show(self.page)
            self.state_changed.emit()

    # -- look --------------------------------------------------------------------------------

    @property
    def fit_mode(self) -> Fit:
        """Texts have no page to fit."""
        return Fit.FREE

    def zoom_in(self) -> None:
        """See `LessonView.zoom_in`."""
        self._reading.set_zoom(self._reading.zoom * ZOOM_STEP)

    def zoom_out(self) -> None:
        """See `LessonView.zoom_out`."""
        self._reading.set_zoom(self._reading.zoom / ZOOM_STEP)

    def fit(self, mode: Fit = Fit.PAGE) -> None:
        """Back to the normal size."""
        self._reading.set_zoom(1.0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The text fills the view."""
        super().resizeEvent(event)
        self._reading.setGeometry(self.rect())

    # -- search ------------------------------------------------------------------------------

    def search(self, words: str) -> None:
        """See `LessonView.search`."""
        from app.player.folded_text import FoldedText

        self._words, self._hit_index = words, -1
        self._hits = FoldedText(self._reading.toPlainText()).find_all(words)
        if self._hits:
            self.happened.emit(PlayerEvent("interacted", {"what": "search"}))
            self._go_to_hit(0)
        else:
            self._reading.setTextCursor(QTextCursor(self._document()))
            self.found.emit(0, 0)

    def search_next(self) -> None:
        """See `LessonView.search_next`."""
        self._go_to_hit(self._hit_index + 1)

    def search_previous(self) -> None:
        """See `LessonView.search_previous`."""
        self._go_to_hit(self._hit_index - 1)

    def _document(self) -> QTextDocument:
        return self._reading.document()

    def _go_to_hit(self, index: int) -> None:
        if not self._hits:
            return
        self._hit_index = index % len(self._hits)
        start, length = self._hits[self._hit_index]
        cursor = QTextCursor(self._document())
        cursor.setPosition(start)
        cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
        self._reading.setTextCursor(cursor)
        self._reading.ensureCursorVisible()
        self.found.emit(self._hit_index + 1, len(self._hits))
