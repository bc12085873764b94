# SPDX-License-Identifier: GPL-3.0-or-later
"""练习 in class: one question at a time, its answer covered until someone taps."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontInfo, QImage, QPagedPaintDevice, QPalette, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.base.errors import MissingFileError
from app.player.exercise import Question
from app.player.item import Fit, PlayerEvent, PlayItem, Position
from app.player.page_log import PageLog
from app.player.reading_page import ReadingPage
from app.player.view import LessonView
from app.player.zoom_canvas import ZOOM_STEP

_BUTTON_MIN_PX = 56
_BUTTON_LETTER_SHARE = 1 / 26
_BUTTON_LETTER_MIN_SHARE = 1.2  # of the program's own letters, which follow its scale
_LETTER_SHARE = 1 / 18
_GAP_SHARE = 1 / 36
_ANSWER_STYLE = "QTextBrowser { background: rgba(47, 143, 139, 34); border-radius: 14px; }"
_BUTTON_STYLE = (
    "QPushButton { background: #22757e; color: white; border: none; border-radius: 14px;"
    " padding: 10px 36px; } QPushButton:pressed { background: #185a61; }"
)


class ExerciseView(LessonView):
    """Questions as pages; `toggle_play` (space, enter) uncovers the answer."""

    def __init__(
        self, item: PlayItem, questions: Sequence[Question], parent: QWidget | None = None
    ) -> None:
        super().__init__(item, parent)
        self._questions = tuple(questions)
        self._page = 0
        self._restore: Position | None = None
        self._uncovered: set[int] = set()
        self._log = PageLog(self.happened.emit, self)
        self._question = ReadingPage(self)
        self._answer = ReadingPage(self)
        self._counter = QLabel(self)
        self._counter.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._button = QPushButton(self)
        self._button.setMinimumHeight(_BUTTON_MIN_PX)
        self._button.clicked.connect(self.toggle_play)
        self._button.setStyleSheet(_BUTTON_STYLE)
        self._answer.setStyleSheet(_ANSWER_STYLE)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        for part in (self._question, self._answer, self._button):
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        bottom = QHBoxLayout()
        bottom.addStretch(1)
        bottom.addWidget(self._button)
        bottom.addStretch(1)
        layout = QVBoxLayout(self)
        layout.addWidget(self._counter)
        layout.addWidget(self._question, 3)
        layout.addWidget(self._answer, 2)
        layout.addLayout(bottom)

    @property
    def has_pages(self) -> bool:
        """One per question."""
        return True

    @property
    def can_zoom(self) -> bool:
        """Always."""
        return True

    @property
    def has_own_controls(self) -> bool:
        """The button that uncovers the answer."""
        return True

    def open(self, *, is_playing: bool = True) -> None:
        """See `LessonView.open`."""
        if not self.item.path.is_file():
            self.failed.emit(MissingFileError(path=str(self.item.path)))
            return
        self._log.begin(len(self._questions))
        start = self._restore or Position()
        self._show(min(len(self._questions), max(1, start.page)))
        self.ready.emit()

    def close_item(self) -> None:
        """See `LessonView.close_item`."""
        self._log.terminate()
        self._page = 0
        self._question.show_plain("")
        self._answer.show_plain("")

    def position(self) -> Position:
        """See `LessonView.position`."""
        return Position(page=self._page, fit=Fit.FREE, zoom=self._question.zoom)

    def restore(self, position: Position) -> None:
        """See `LessonView.restore`."""
        self._restore = position
        self._set_zoom(position.zoom)
        if self._page:
            self.go_to(position.page)

    @property
    def can_print(self) -> bool:
        """Always."""
        return True

    def print_on(self, device: QPagedPaintDevice) -> None:
        """See `LessonView.print_on`."""
        from app.player.exercise_print import print_exercise

        print_exercise(self.item.title, self._questions, device)
        self.happened.emit(PlayerEvent("interacted", {"what": "print"}))

    def snapshot(self) -> QImage:
        """Question and, when uncovered, answer."""
        return self.grab().toImage()

    # -- pages -------------------------------------------------------------------------------

    @property
    def page(self) -> int:
        """See `LessonView.page`."""
        return self._page

    @property
    def page_count(self) -> int:
        """See `LessonView.page_count`."""
        return len(self._questions)

    def next_page(self) -> bool:
        """Uncover the answer first, so that a clicker alone goes through the exercise."""
        if self._page and self._questions[self._page - 1].answer and not self.is_answer_shown:
            self.toggle_play()
            return True
        if not 0 < self._page < self.page_count:
            if self._page:
                self.ended.emit()
            return False
        self._show(self._page + 1)
        return True

    def previous_page(self) -> bool:
        """See `LessonView.previous_page`."""
        if self._page <= 1:
            return False
        self._show(self._page - 1)
        return True

    def go_to(self, page: int) -> None:
        """See `LessonView.go_to`."""
        if self._page:
            self._show(min(self.page_count, max(1, page)))

    # -- answers -----------------------------------------------------------------------------

    @property
    def is_answer_shown(self) -> bool:
        """The answer of this question is uncovered."""
        return self._page in self._uncovered

    def toggle_play(self) -> None:
        """Uncover or cover the answer."""
        if not self._page or not self._questions[self._page - 1].answer:
            return
        if self.is_answer_shown:
            self._uncovered.discard(self._page)
        else:
            self._uncovered.add(self._page)
            self.happened.emit(PlayerEvent("interacted", {"what": "answer"}))
        self._show(self._page)

    def _show(self, page: int) -> None:
        has_changed, self._page = page != self._page, page
        question = self._questions[page - 1]
        if has_changed:
            self._question.show_markdown(f"**{question.number}.** {question.text}")
            self._answer.show_markdown(question.answer)
            self._log.show(page)
        shows = self.is_answer_shown
        policy = self._answer.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # the question must not jump when the answer comes
        self._answer.setSizePolicy(policy)
        self._answer.setVisible(shows)
        self._button.setVisible(bool(question.answer))
        self._button.setText(self.tr("Hide the answer") if shows else self.tr("Show the answer"))
        self._counter.setText(
            self.tr("Question {page} of {pages}").format(page=page, pages=self.page_count)
        )
        self.state_changed.emit()

    # -- look --------------------------------------------------------------------------------

    @property
    def fit_mode(self) -> Fit:
        """Questions have no page to fit."""
        return Fit.FREE

    def zoom_in(self) -> None:
        """See `LessonView.zoom_in`."""
        self._set_zoom(self._question.zoom * ZOOM_STEP)

    def zoom_out(self) -> None:
        """See `LessonView.zoom_out`."""
        self._set_zoom(self._question.zoom / ZOOM_STEP)

    def fit(self, mode: Fit = Fit.PAGE) -> None:
        """Back to the normal size."""
        self._set_zoom(1.0)

    def _set_zoom(self, zoom: float) -> None:
        self._question.set_zoom(zoom)
        self._answer.set_zoom(zoom)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Letters of the button and the counter follow the size of the window."""
        super().resizeEvent(event)
        font = QFont(self.font())
        own_px = QFontInfo(QApplication.font()).pixelSize() * _BUTTON_LETTER_MIN_SHARE
        font.setPixelSize(max(18, round(own_px), round(self.height() * _BUTTON_LETTER_SHARE)))
        self._button.setFont(font)
        self._counter.setFont(font)
        self._button.setMinimumWidth(self.width() // 4)
        for part in (self._question, self._answer):
            part.set_letter_basis(self.height(), _LETTER_SHARE)
        layout = self.layout()
        if layout is not None:
            gap = round(self.height() * _GAP_SHARE)
            layout.setContentsMargins(gap, gap, gap, gap)
            layout.setSpacing(gap)
