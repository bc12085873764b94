# SPDX-License-Identifier: GPL-3.0-or-later
"""What may lie over a lesson: a black screen, or a sentence about what cannot be shown."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from app.base.messages import Message
from app.ui.look.theme import Theme
from app.ui.widgets.controls import FlowBox, button, icon_label, label, row

_HINT_MS = 5000


class BlackScreen(QWidget):
    """Covers everything; a press anywhere lifts it."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), Qt.GlobalColor.black)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hide()
        event.accept()


class Hint(QLabel):
    """One quiet sentence that goes by itself. Signals: over()."""

    over = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("chipTint")
        self.setFont(theme.font())
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_HINT_MS)
        self._timer.timeout.connect(self.over)

    def say(self, text: str) -> None:
        """Show it for some seconds."""
        self.setText(text)
        self.adjustSize()
        self.show()
        self.raise_()
        self._timer.start()

    def rest(self) -> None:
        """Go at once."""
        self._timer.stop()
        self.hide()


class FailureCard(QFrame):
    """What cannot be shown, in one sentence, and the way on."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("stageCard")
        self._theme = theme
        self.title = label(theme, role="title")
        self.words = label(theme, role="body")
        self.remedy = label(theme, role="body", name="muted")
        self.back = button(theme, self.tr("Back to the lessons"), "back", "primary")
        self.next = button(theme, self.tr("Next one"), "chevron_right")
        self.outside = button(theme, self.tr("Open with another program"), "external")
        layout = QVBoxLayout(self)
        pad = theme.px(24)
        layout.setContentsMargins(pad, pad, pad, pad)
        layout.setSpacing(theme.px(14))
        head = row(icon_label(theme, "warning", "#f2c06c", 44), self.title, gap=theme.px(14))
        head.setStretch(1, 1)
        layout.addLayout(head)
        for part in (self.words, self.remedy):
            layout.addWidget(part)
        self._ways = FlowBox(theme.px(12))
        for way in (self.back, self.next, self.outside):
            self._ways.add(way)
        layout.addWidget(self._ways)

    def say(self, said: Message, *, has_next: bool, can_go_outside: bool = False) -> None:
        """Put the words in."""
        for part, text in ((self.title, said.title), (self.words, said.sentence)):
            part.setText(text)
        self.remedy.setText(said.remedy)
        self.remedy.setVisible(bool(said.remedy))
        self.next.setVisible(has_next)
        self.outside.setVisible(can_go_outside)
        self._ways.refresh()

    def place(self, room: QRect, edge: int) -> None:
        """Stand in the middle of the stage."""
        width = min(self._theme.px(620), room.width() - 2 * edge)
        height = max(self.heightForWidth(width), self.sizeHint().height())
        top = room.top() + max(edge, (room.height() - height) // 2)
        self.setGeometry(room.left() + (room.width() - width) // 2, top, width, height)
