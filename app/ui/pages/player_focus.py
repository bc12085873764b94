# SPDX-License-Identifier: GPL-3.0-or-later
"""Going over the bars with the keyboard: Tab and F6 reach every button, Esc leads back.

A click never takes the keyboard from the lesson, so the buttons are in no tab order of Qt's; they
are gone through here, in the order in which they are seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

if TYPE_CHECKING:
    from app.ui.pages.player_stage import Stage

_Key = Qt.Key
_PRESSING = frozenset({_Key.Key_Space, _Key.Key_Return, _Key.Key_Enter, _Key.Key_Select})


class BarFocus:
    """Which button the keyboard stands on."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._before: QWidget | None = None

    @property
    def button(self) -> QAbstractButton | None:
        """The one it stands on, if it does."""
        at = QApplication.focusWidget()
        is_ours = isinstance(at, QAbstractButton) and any(
            holder.isAncestorOf(at) for holder in self._holders()
        )
        return at if is_ours and isinstance(at, QAbstractButton) else None

    def take(self, event: QKeyEvent, *, is_page_typing: bool) -> bool:
        """Whether this key was for the buttons. A page that takes letters keeps its Tab; F6 leaves
        it."""
        key = event.key()
        is_standing = self.button is not None
        if key == _Key.Key_F6 or (
            key in (_Key.Key_Tab, _Key.Key_Backtab) and (is_standing or not is_page_typing)
        ):
            self._go(-1 if key == _Key.Key_Backtab else 1)
            return True
        if not is_standing:
            return False
        if key in _PRESSING:
            if not event.isAutoRepeat():
                self._press()
            return True
        if key == _Key.Key_Escape:
            self.leave()
            return True
        return False

    def leave(self) -> None:
        """The keyboard is the lesson's again."""
        if self.button is None and self._before is None:
            return
        before, self._before = self._before, None
        back = before if before is not None and before.isVisible() else self._stage
        back.setFocus(Qt.FocusReason.OtherFocusReason)

    def _holders(self) -> tuple[QWidget, ...]:
        """What holds buttons, the uppermost first."""
        bars, tools = self._stage.bars, self._stage.tools
        panels = (self._stage.failure, bars.more, tools.panel, tools.timer)
        strips = (tools.board.strip, tools.spotlight)
        return (*panels, *strips, bars.bottom, bars.sides[0])

    def _buttons(self) -> list[QAbstractButton]:
        found: list[QAbstractButton] = []
        for holder in self._holders():
            seen = [
                b for b in holder.findChildren(QAbstractButton) if b.isVisible() and b.isEnabled()
            ]
            found += sorted(seen, key=lambda b: _place(b, holder))
        return found

    def _go(self, step: int) -> None:
        self._stage.bars.wake()
        buttons, at = self._buttons(), self.button
        if not buttons:
            return
        if at is None:
            self._before = QApplication.focusWidget()
            wanted = buttons[0 if step > 0 else -1]
        else:
            now = buttons.index(at) if at in buttons else -1
            wanted = buttons[(now + step) % len(buttons)]
        wanted.setFocus(Qt.FocusReason.TabFocusReason)

    def _press(self) -> None:
        """As a finger does; then stand where it goes on."""
        button, more = self.button, self._stage.bars.more
        if button is None:
            return
        was_open = more.isVisible()
        button.click()
        if more.isVisible() and not was_open:
            first = next(b for b in self._buttons() if more.isAncestorOf(b))
            first.setFocus(Qt.FocusReason.TabFocusReason)
        elif self.button is None or not button.isVisible():
            self.leave()


def _place(button: QAbstractButton, holder: QWidget) -> tuple[int, int]:
    """Line by line, in reading direction."""
    at = button.mapTo(holder, QPoint(0, 0))
    across = holder.width() - at.x() if holder.isRightToLeft() else at.x()
    return at.y() // max(1, button.height() // 2), across
