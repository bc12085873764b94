# SPDX-License-Identifier: GPL-3.0-or-later
"""One question with large answers: which room, which class, who teaches. Never required."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.ui.look.theme import Theme
from app.ui.widgets.controls import FlowBox, Notice, ScrollPage, button, label, row

_MAX_CHARS = 40


class Question(QWidget):
    """Signals: answered(str) with the key of an answer; written(str) with a new one; left()."""

    answered = Signal(str)
    written = Signal(str)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("page")
        self._theme = theme
        self._keys: dict[QPushButton, str] = {}
        self.title = label(theme, role="display")
        self.words = label(theme, name="muted")
        self.notice = Notice(theme, "noticeBad", "warning")
        self.notice.hide()
        self.answers = FlowBox(theme.px(14))
        self.field = QLineEdit()
        self.field.setFont(theme.font())
        self.field.setMaxLength(_MAX_CHARS)
        self.field.setMinimumHeight(theme.px(48))
        self.field.returnPressed.connect(self._write)
        self.write_button = button(theme, "", "add")
        self.write_button.clicked.connect(self._write)
        self.back_button = button(theme, self.tr("Back"), "back")
        self.back_button.clicked.connect(self.left)
        context = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence("Esc"), self, self.left.emit, context=context)
        scroll = ScrollPage(theme, 1000)
        scroll.body.addLayout(row(self.back_button, 1))
        for part in (self.title, self.words, self.notice, self.answers):
            scroll.body.addWidget(part)
        line = row(self.field, self.write_button, gap=theme.px(12))
        line.setStretch(0, 1)
        scroll.body.addSpacing(theme.px(8))
        scroll.body.addLayout(line)
        scroll.body.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)

    def ask(
        self,
        title: str,
        words: str,
        answers: Sequence[tuple[str, str, str]],
        *,
        chosen: str | None = None,
        write: tuple[str, str] | None = None,
        can_leave: bool = True,
    ) -> None:
        """Show a question; `answers` are key, word and icon, `write` placeholder and button."""
        self.title.setText(title)
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.notice.say("")
        self.back_button.setVisible(can_leave)
        self.answers.clear()
        self._keys = {}
        for key, word, icon in answers:
            made = self._make(word, icon, is_chosen=key == chosen)
            self._keys[made] = key
            self.answers.add(made)
        self.field.clear()
        self.field.setEchoMode(QLineEdit.EchoMode.Normal)
        self._offer_field(write)
        first = next(iter(self._keys), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_pin(self, title: str, placeholder: str, word: str) -> None:
        """Ask for digits that nobody shall read."""
        self.ask(title, "", (), write=(placeholder, word))
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _offer_field(self, write: tuple[str, str] | None) -> None:
        self.field.setVisible(write is not None)
        self.write_button.setVisible(write is not None)
        if write is not None:
            self.field.setPlaceholderText(write[0])
            self.field.setAccessibleName(write[0])
            self.write_button.setText(write[1])
            self.write_button.setAccessibleName(write[1])

    def _make(self, word: str, icon: str, *, is_chosen: bool) -> QPushButton:
        theme = self._theme
        made = button(theme, word, icon, "big")
        made.setFont(theme.font("heading"))
        made.setCheckable(True)
        made.setChecked(is_chosen)
        made.setMinimumHeight(theme.px(72))
        made.setMinimumWidth(theme.px(150))
        made.clicked.connect(self._answer)
        return made

    @property
    def choices(self) -> dict[str, QPushButton]:
        """The buttons by their keys."""
        return {key: made for made, key in self._keys.items()}

    @Slot()
    def _answer(self) -> None:
        pressed = self.sender()
        if isinstance(pressed, QPushButton):
            self.answered.emit(self._keys[pressed])

    @Slot()
    def _write(self) -> None:
        text = self.field.text().strip()
        if text:
            self.written.emit(text)
