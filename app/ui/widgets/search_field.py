# SPDX-License-Identifier: GPL-3.0-or-later
"""The search field: a lens at its leading edge, and a button to wipe it at the other."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QToolButton

from app.ui.look.theme import TARGET_PX, Theme

_MAX_CHARS = 200


class SearchField(QLineEdit):
    """A large line to type in."""

    def __init__(self, theme: Theme, name: str, wipe_name: str) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName("search")
        self.setFont(theme.font("heading"))
        self.setMinimumHeight(theme.px(54))
        self.setMaxLength(_MAX_CHARS)
        self.setAccessibleName(name)
        self.wipe = QToolButton(self)
        self.wipe.setObjectName("wipe")
        self.wipe.setIcon(theme.icon("close", "muted"))
        self.wipe.setIconSize(QSize(theme.px(24), theme.px(24)))
        self.wipe.setAccessibleName(wipe_name)
        self.wipe.setToolTip(wipe_name)
        self.wipe.setCursor(Qt.CursorShape.PointingHandCursor)
        self.wipe.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.wipe.clicked.connect(self.clear)
        self.wipe.hide()
        self.textChanged.connect(self._show_wipe)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        theme = self._theme
        lens, side, edge = theme.pixmap("search", "muted"), theme.px(24), theme.px(16)
        x = self.width() - side - edge if self.isRightToLeft() else edge
        QPainter(self).drawPixmap(x, (self.height() - side) // 2, lens)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        side = self._theme.px(TARGET_PX)
        edge = self._theme.px(3)
        x = edge if self.isRightToLeft() else self.width() - side - edge
        self.wipe.setGeometry(x, (self.height() - side) // 2, side, side)

    @Slot(str)
    def _show_wipe(self, text: str) -> None:
        self.wipe.setVisible(bool(text))
