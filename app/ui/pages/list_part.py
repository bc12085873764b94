# SPDX-License-Identifier: GPL-3.0-or-later
"""Which part of a thing is shown: start and end time, or first and last page."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.lesson.lists import Extract
from app.region.media import Format
from app.ui.look.theme import Theme
from app.ui.models.card import Card
from app.ui.widgets.controls import Card as Box
from app.ui.widgets.controls import FlowBox, button, label, row
from app.ui.words import clock_words

_TIMED = frozenset({Format.VIDEO, Format.AUDIO})
_PAGED = frozenset({Format.PDF, Format.SLIDES, Format.DOCUMENT})


def has_parts(card: Card) -> bool:
    """Whether a part of it can be shown."""
    return card.entry.format in _TIMED | _PAGED


def seconds_of(text: str) -> float | None:
    """1:30 → 90; empty is None.

    Raises:
        ValueError: it is no time.
    """
    plain = text.strip().replace("：", ":")
    if not plain:
        return None
    parts = [float(part) for part in plain.split(":")]
    if len(parts) > 3 or any(part < 0 for part in parts):
        raise ValueError(text)
    seconds = 0.0
    for part in parts:
        seconds = seconds * 60 + part
    return seconds


def page_of(text: str) -> int | None:
    """A page number; empty is None.

    Raises:
        ValueError: it is none.
    """
    plain = text.strip()
    if not plain:
        return None
    page = int(plain)
    if page < 1:
        raise ValueError(text)
    return page


class PartPanel(QWidget):
    """Signals: chosen(Extract); left()."""

    chosen = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._is_timed = True
        self.words = label(theme, is_bold=True)
        self.first = self._field(theme)
        self.last = self._field(theme)
        self.dash = label(theme, "–")
        self.dash.setWordWrap(False)
        self.ok_button = button(theme, self.tr("Show only this part"), "check", "primary")
        self.whole_button = button(theme, self.tr("Show all of it"), "", "")
        self.leave_button = button(theme, self.tr("Cancel"), "", "quiet")
        self.problem = label(theme, role="small", name="bad")
        self.problem.hide()
        self.ok_button.clicked.connect(self._take)
        self.whole_button.clicked.connect(self._take_whole)
        self.leave_button.clicked.connect(self.left)
        self.first.returnPressed.connect(self._take)
        self.last.returnPressed.connect(self._take)
        self._box = FlowBox(theme.px(10))
        span = QWidget()
        span.setLayout(row(self.first, self.dash, self.last, gap=theme.px(10)))
        for part in (
            span,
            self.ok_button,
            self.whole_button,
            self.leave_button,
        ):
            self._box.add(part)
        box = Box(theme, pad_px=14)
        box.body.addWidget(self.words)
        box.body.addWidget(self._box)
        box.body.addWidget(self.problem)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(box)

    def _field(self, theme: Theme) -> QLineEdit:
        made = QLineEdit()
        made.setFont(theme.font())
        made.setMinimumHeight(theme.px(48))
        made.setFixedWidth(theme.px(130))
        made.setMaxLength(10)
        return made

    def show_card(self, card: Card) -> None:
        """Offer the parts of this one."""
        part = card.extract
        self._is_timed = card.entry.format in _TIMED
        self.problem.hide()
        if self._is_timed:
            self.words.setText(self.tr("Show only a part: from – to (minutes:seconds)"))
            first = clock_words(part.start_s) if part.start_s is not None else ""
            last = clock_words(part.end_s) if part.end_s is not None else ""
            names = (self.tr("from, e.g. 0:30"), self.tr("to its end"))
        else:
            self.words.setText(self.tr("Show only some pages: from – to"))
            first = str(part.first_page or "")
            last = str(part.last_page or "")
            names = (self.tr("first page"), self.tr("last page"))
        for field, text, name in zip((self.first, self.last), (first, last), names, strict=True):
            field.setText(text)
            field.setPlaceholderText(name)
            field.setAccessibleName(name)
        self.first.setFocus()
        self._box.refresh()

    @Slot()
    def _take(self) -> None:
        try:
            if self._is_timed:
                part = Extract(seconds_of(self.first.text()), seconds_of(self.last.text()))
            else:
                part = Extract(None, None, page_of(self.first.text()), page_of(self.last.text()))
        except ValueError:
            self.problem.setText(
                self.tr("Please write times as 1:30.")
                if self._is_timed
                else self.tr("Please write page numbers.")
            )
            self.problem.show()
            return
        self.chosen.emit(part.checked())

    @Slot()
    def _take_whole(self) -> None:
        self.chosen.emit(Extract())
