# SPDX-License-Identifier: GPL-3.0-or-later
"""The one calm card about a stick: what is on it, how far it is, and when it can be pulled out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QGraphicsDropShadowEffect, QLabel, QProgressBar, QWidget

from app.ui.look.theme import Theme
from app.ui.widgets.controls import Card, Notice, button, column, label, row
from app.ui.words import count_words, size_words

_WIDTH_PX = 620
_EDGE_PX = 20
_STEPS = 1000
_MINUTE_S = 60.0


class StickCard(QFrame):
    """Lies over the lower edge of its parent and never takes the keyboard from it.

    Signals: accepted(), the large button; left(), the quiet one.
    """

    accepted = Signal()
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme
        self.setObjectName("stickCard")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._icon = QLabel()
        self.title = label(theme, role="title")
        self.words = label(theme, name="muted")
        self.more = label(theme)
        self.suspects = Notice(theme, "notice", "info")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, _STEPS)
        self.bar.setFixedHeight(theme.px(10))
        self.main_button = button(theme, "", look="hero")
        self.quiet_button = button(theme, "", look="quiet")
        for made, signal in ((self.main_button, self.accepted), (self.quiet_button, self.left)):
            made.clicked.connect(signal)
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        box = Card(theme, "card", 24)
        texts = column(self.title, self.words, gap=theme.px(4))
        head = row(self._icon, texts, gap=theme.px(18))
        head.setStretch(1, 1)
        box.body.addLayout(head)
        for part in (self.more, self.bar, self.suspects):
            box.body.addWidget(part)
        box.body.addLayout(row(self.main_button, self.quiet_button, 1, gap=theme.px(14)))
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(theme.px(36))
        shadow.setOffset(0, theme.px(6))
        shadow.setColor(QColor(0, 0, 0, 70))
        box.setGraphicsEffect(shadow)
        edge = theme.px(_EDGE_PX)
        outer = column(box, gap=0)
        outer.setContentsMargins(edge, edge, edge, edge)
        self.setLayout(outer)
        parent.installEventFilter(self)
        self.hide()

    # -- what it says ------------------------------------------------------------------------

    def offer(
        self, title: str, words: str, more: str, suspects: str, buttons: tuple[str, str]
    ) -> None:
        """Something can be done; the first button does it, the second one leaves it."""
        self._say("usb", "primary", title, words, more)
        self.suspects.say(suspects)
        self._show_buttons(*buttons)
        self.bar.hide()
        self._appear()

    def work(self, title: str, words: str, stop: str) -> None:
        """Something is under way; it can be stopped."""
        self._say("download", "primary", title, words, "")
        self.suspects.say("")
        self._show_buttons("", stop)
        self.bar.show()
        self._appear()

    def progress(self, done: int, total: int, words: str) -> None:
        """How far it is."""
        self.bar.setRange(0, _STEPS if total else 0)
        self.bar.setValue(_STEPS * done // total if total else 0)
        self.words.setText(words)
        self.words.setVisible(bool(words))

    def conclude(
        self, title: str, words: str, suspects: str, buttons: tuple[str, str], *, is_good: bool
    ) -> None:
        """It is over, well or not."""
        self._say("check" if is_good else "info", "good" if is_good else "warn", title, words, "")
        self.suspects.say(suspects)
        self._show_buttons(*buttons)
        self.bar.hide()
        self._appear()

    def _say(self, icon: str, role: str, title: str, words: str, more: str) -> None:
        side = 52
        self._icon.setPixmap(self.theme.pixmap(icon, role, side))
        self._icon.setFixedSize(self.theme.px(side), self.theme.px(side))
        self.title.setText(title)
        self.setAccessibleName(title)
        for part, text in ((self.words, words), (self.more, more)):
            part.setText(text)
            part.setVisible(bool(text))

    def _show_buttons(self, main: str, quiet: str) -> None:
        for made, text in ((self.main_button, main), (self.quiet_button, quiet)):
            made.setText(text)
            made.setAccessibleName(text)
            made.setVisible(bool(text))
            made.setEnabled(True)

    # -- where it lies -----------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest) and self.isVisible():
            self.place()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest and self.isVisible():
            self.place()
        return super().event(event)

    def _appear(self) -> None:
        self.place()
        self.show()
        self.place()
        self.raise_()

    @Slot()
    def place(self) -> None:
        """Lie at the middle of the parent's lower edge."""
        parent = self.parentWidget()
        if parent is None:
            return
        width = min(self.theme.px(_WIDTH_PX), parent.width())
        height = (
            self.heightForWidth(width) if self.hasHeightForWidth() else self.sizeHint().height()
        )
        height = min(max(height, self.minimumSizeHint().height()), parent.height())
        self.setGeometry((parent.width() - width) // 2, parent.height() - height, width, height)


def minutes_of(seconds: float) -> int:
    """Whole minutes to say, at least one."""
    return max(1, round(seconds / _MINUTE_S))


def amount_words(size_bytes: int, count: int) -> str:
    """312 · 1.2 GB."""
    return f"{count_words(count)} · {size_words(size_bytes)}"


def number(result: Mapping[str, Any], name: str) -> int:
    """A number of a request's result; 0 when it is not there."""
    value = result.get(name, 0)
    return value if isinstance(value, int) else 0
