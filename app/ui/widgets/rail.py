# SPDX-License-Identifier: GPL-3.0-or-later
"""The navigation at the leading edge: an icon and a word for each page."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.ui.look.theme import Theme
from app.ui.widgets.card_grid import give_viewport, grab_scrolling

_WIDTH = 112


class Rail(QScrollArea):
    """Signals: picked(str) with the key of the page."""

    picked = Signal(str)

    def __init__(self, theme: Theme, pages: Sequence[tuple[str, str, str]], name: str) -> None:
        """`pages` are key, word and icon; the last stands at the bottom."""
        super().__init__()
        self._theme = theme
        self._keys: dict[QAbstractButton, str] = {}
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(self._pick)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        grab_scrolling(give_viewport(self))
        holder = QWidget()
        holder.setObjectName("rail")
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(*(theme.px(side) for side in (8, 14, 8, 14)))
        layout.setSpacing(theme.px(6))
        for at, (key, word, icon) in enumerate(pages):
            if at == len(pages) - 1:
                layout.addStretch(1)
            layout.addWidget(self._make(key, word, icon))
        self.setWidget(holder)
        widest = max(made.sizeHint().width() for made in self._keys)
        self.setFixedWidth(max(theme.px(_WIDTH), widest + theme.px(16)))

    def _make(self, key: str, word: str, icon: str) -> QToolButton:
        theme = self._theme
        made = QToolButton()
        made.setObjectName("railButton")
        made.setText(word)
        made.setAccessibleName(word)
        made.setCheckable(True)
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        made.setIcon(theme.two_state_icon(icon, "muted", "on_tint", 28))
        made.setIconSize(QSize(theme.px(28), theme.px(28)))
        made.setFont(theme.font("small", is_bold=True))
        made.setCursor(Qt.CursorShape.PointingHandCursor)
        made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        made.setMinimumHeight(theme.px(72))
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._group.addButton(made)
        self._keys[made] = key
        return made

    def set_key(self, key: str) -> None:
        """Mark a page as the one shown."""
        for made, known in self._keys.items():
            made.setChecked(known == key)

    def entry(self, key: str) -> QAbstractButton:
        """The button of a page."""
        return next(made for made, known in self._keys.items() if known == key)

    @Slot(QAbstractButton)
    def _pick(self, pressed: QAbstractButton) -> None:
        self.picked.emit(self._keys[pressed])
