# SPDX-License-Identifier: GPL-3.0-or-later
"""The upright bars at both edges of a touch board: whoever stands at one side reaches everything.

The grip on top moves the bar up and down when dragged and folds it away when tapped.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.ui.board.stage_button import WHITE, StageButton, use_style
from app.ui.look.theme import TARGET_PX, Theme

_TAP_PX = 12  # a finger is never quite still


class Grip(QToolButton):
    """Signals: dragged(int) pixels down since the last time; tapped(); let_go() after a drag."""

    dragged = Signal(int)
    tapped = Signal()
    let_go = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._from: QPointF | None = None
        self._is_moving = False
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.SizeVerCursor)
        self.setIconSize(QSize(theme.px(26), theme.px(26)))
        self.setMinimumSize(theme.px(64), theme.px(TARGET_PX))
        self.show_folded(is_folded=False)

    def show_folded(self, *, is_folded: bool) -> None:
        """Name it after what a tap would do."""
        self.setIcon(self._theme.icon("more" if is_folded else "grip", WHITE, 26))
        self.setAccessibleName(self.tr("Unfold the bar") if is_folded else self.tr("Fold the bar"))

    def click(self) -> None:
        """As a tap: the keyboard has no drags."""
        self.tapped.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold."""
        self._from, self._is_moving = event.globalPosition(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pull the bar along."""
        if self._from is None:
            return
        step = event.globalPosition().y() - self._from.y()
        if self._is_moving or abs(step) > _TAP_PX:
            self._is_moving = True
            self._from = event.globalPosition()
            self.dragged.emit(round(step))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """A tap folds, a drag stays where it ended."""
        if self._from is None:
            return
        self._from = None
        (self.let_go if self._is_moving else self.tapped).emit()


class SideBar(QFrame):
    """Signals: pressed(str) with the name of a button."""

    pressed = Signal(str)

    def __init__(
        self, theme: Theme, names: Sequence[tuple[str, str, str]], parent: QWidget
    ) -> None:
        """`names` are key, word and icon of the buttons from top to bottom."""
        super().__init__(parent)
        self.setObjectName("bar")
        self.setProperty("compact", False)
        self._theme = theme
        self.grip = Grip(theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(4),) * 4)
        layout.setSpacing(theme.px(2))
        layout.addWidget(self.grip)
        self.buttons: dict[str, StageButton] = {}
        for key, text, icon in names:
            made = StageButton(theme, key, text, icon)
            made.clicked.connect(self._press)
            self.buttons[key] = made
            layout.addWidget(made)
        # With fixed widths the narrowest word would bind the whole column.
        for part in (self.grip, *self.buttons.values()):
            part.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def fold(self, *, is_folded: bool) -> None:
        """Leave only the grip, or show all."""
        for made in self.buttons.values():
            made.setVisible(not is_folded and made.property("wanted") is not False)
        self.grip.show_folded(is_folded=is_folded)
        self.adjustSize()

    def fit_height(self, room_px: int) -> None:
        """Leave the words out where they do not fit (a large scale on a low screen)."""
        use_style(self, self.buttons.values(), self._theme, is_compact=False)
        for part in (self.grip, *self.buttons.values()):
            part.ensurePolished()  # hints before are those of another style
            part.updateGeometry()
        if self.sizeHint().height() > room_px:
            use_style(self, self.buttons.values(), self._theme, is_compact=True)

    @Slot()
    def _press(self) -> None:
        sender = self.sender()
        if isinstance(sender, StageButton):
            self.pressed.emit(sender.key)
