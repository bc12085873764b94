# SPDX-License-Identifier: GPL-3.0-or-later
"""空白板: empty pages to write on while the lesson waits below."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from app.ui.board.stage_button import StageButton
from app.ui.look.theme import Theme

# White paper, chalkboard green, black: what boards are made of.
GROUNDS = ("#ffffff", "#1d4d3b", "#101413")
MOST_PAGES = 50


class BlankBoard(QWidget):
    """Signals: turned(int) the page (from 1) that is shown now; closed()."""

    turned = Signal(int)
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._page = self._pages = 1
        self._ground = 0
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.strip = QFrame(parent)
        self.strip.setObjectName("bar")
        self.counter = QLabel()
        self.counter.setFont(theme.font("heading"))
        self.counter.setMinimumWidth(theme.px(64))
        self.counter.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.colour = StageButton(theme, "ground", self.tr("Background"), "board")
        self.colour.clicked.connect(self.change_ground)
        self.close_button = StageButton(theme, "close", self.tr("Close board"), "close")
        self.close_button.clicked.connect(self.closed)
        line = QHBoxLayout(self.strip)
        line.setContentsMargins(*(theme.px(side) for side in (8, 4, 8, 4)))
        for part in (self.counter, self.colour, self.close_button):
            line.addWidget(part)
        self.hide()
        self.strip.hide()

    @property
    def page(self) -> int:
        """The page shown, from 1."""
        return self._page

    @property
    def ground(self) -> str:
        """The colour of the board."""
        return GROUNDS[self._ground]

    def open_at(self, pages: int) -> None:
        """Show the last page, of as many as are written on."""
        self._pages = max(self._pages, pages, 1)
        self.show()
        self.strip.show()
        self._show(self._page)

    def put_away(self) -> None:
        """Back to the lesson."""
        self.hide()
        self.strip.hide()

    def next_page(self, *, is_blank: bool) -> bool:
        """Turn on; after the last one a new page, unless this one is still blank."""
        if self._page >= self._pages and (is_blank or self._pages >= MOST_PAGES):
            return False
        self._show(self._page + 1)
        return True

    def previous_page(self) -> bool:
        """Turn back."""
        if self._page <= 1:
            return False
        self._show(self._page - 1)
        return True

    @Slot()
    def change_ground(self) -> None:
        """White, green, black, white …"""
        self._ground = (self._ground + 1) % len(GROUNDS)
        self.update()

    def _show(self, page: int) -> None:
        self._page, self._pages = page, max(page, self._pages)
        self.counter.setText(f"{page} / {self._pages}")
        self.turned.emit(page)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """One even ground."""
        QPainter(self).fillRect(self.rect(), QColor(self.ground))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A tap here is for nobody below."""
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The strip stays in the upper trailing corner."""
        super().resizeEvent(event)
        self.place_strip()

    def place_strip(self) -> None:
        """Put the strip where it belongs."""
        edge, size = self._theme.px(14), self.strip.sizeHint()
        left = edge if self.isRightToLeft() else self.width() - size.width() - edge
        self.strip.setGeometry(self.x() + left, self.y() + edge, size.width(), size.height())
