# SPDX-License-Identifier: GPL-3.0-or-later
"""Searching in the document on the stage; the one part that takes the keyboard, when asked."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QWidget

from app.player.view import LessonView
from app.ui.board.stage_button import StageButton, use_style
from app.ui.look.theme import Theme

_FIELD_PX, _SHORT_FIELD_PX = 300, 120


class SearchStrip(QFrame):
    """Signals: closed()."""

    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self._theme, self._words_px = theme, 0
        self._view: LessonView | None = None
        self.field = QLineEdit()
        self.field.setAccessibleName(self.tr("Search in the document"))
        self.field.setPlaceholderText(self.tr("Search in the document"))
        self.field.setFont(theme.font("heading"))
        self.field.setMinimumWidth(theme.px(_FIELD_PX))
        self.field.returnPressed.connect(self._return)
        self.field.textChanged.connect(self._typed)
        self.count = QLabel("")
        self.count.setFont(theme.font("body", is_bold=True))
        self.count.setMinimumWidth(theme.px(48))
        self.back = StageButton(theme, "back", self.tr("Previous hit"), "up")
        self.on = StageButton(theme, "on", self.tr("Next hit"), "down")
        self.close_button = StageButton(theme, "close", self.tr("Close"), "close")
        line = QHBoxLayout(self)
        line.setContentsMargins(*(theme.px(side) for side in (14, 4, 8, 4)))
        for part in (self.field, self.count, self.back, self.on, self.close_button):
            line.addWidget(part)
        self.back.clicked.connect(self._go_back)
        self.on.clicked.connect(self._go_on)
        self.close_button.clicked.connect(self.put_away)
        self._asked = ""
        self.hide()

    def best_width(self, room_px: int) -> int:
        """As wide as the hint; where there is less room, icons alone stand beside the field."""
        if not self._words_px:
            self._words_px = self.minimumSizeHint().width()
        is_compact = self._words_px > room_px
        buttons = (self.back, self.on, self.close_button)
        use_style(self, buttons, self._theme, is_compact=is_compact)
        self.field.setMinimumWidth(self._theme.px(_SHORT_FIELD_PX if is_compact else _FIELD_PX))
        return min(self.sizeHint().width(), room_px)

    @property
    def has_keyboard(self) -> bool:
        """Whether keys are for the field."""
        return self.field.hasFocus()

    def open_for(self, view: LessonView) -> None:
        """Search this document from now on."""
        if self._view is not view:
            view.found.connect(self._found)
        self._view = view
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    @Slot()
    def put_away(self) -> None:
        """No more search; the hits go too."""
        if self._view is not None and self._asked:
            self._view.search("")
        self.forget()
        self.closed.emit()

    def forget(self) -> None:
        """Another document comes."""
        self._view, self._asked = None, ""
        self.field.clear()
        self.count.setText("")
        self.field.clearFocus()
        self.hide()

    @Slot()
    def _return(self) -> None:
        """The first return searches, the next ones go on."""
        words = self.field.text().strip()
        if self._view is None:
            return
        if words == self._asked:
            self._view.search_next()
            return
        self._asked = words
        self._view.search(words)

    @Slot(str)
    def _typed(self, _words: str) -> None:
        self.count.setText("")

    @Slot(int, int)
    def _found(self, hit: int, hits: int) -> None:
        sender: QObject | None = self.sender()
        if sender is self._view and self._asked:
            self.count.setText(f"{hit} / {hits}")

    @Slot()
    def _go_back(self) -> None:
        if self._view is not None:
            self._view.search_previous()

    @Slot()
    def _go_on(self) -> None:
        self._return()
