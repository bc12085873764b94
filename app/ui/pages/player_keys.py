# SPDX-License-Identifier: GPL-3.0-or-later
"""What the keys of a clicker (翻页笔) and of a keyboard mean during a lesson."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Qt


class Act(StrEnum):
    """Something to do in a lesson."""

    NEXT = "next"
    PREVIOUS = "previous"
    TOGGLE = "toggle"
    BACK_5S = "back_5s"
    ON_5S = "on_5s"
    FROM_START = "from_start"
    FULL_SCREEN = "full_screen"
    BLACK = "black"
    END = "end"


_Key = Qt.Key
_ALWAYS = {
    _Key.Key_PageDown: Act.NEXT,
    _Key.Key_PageUp: Act.PREVIOUS,
    _Key.Key_Escape: Act.END,
    _Key.Key_F5: Act.FROM_START,
    _Key.Key_F11: Act.FULL_SCREEN,
}
_LETTERS = {
    _Key.Key_N: Act.NEXT,
    _Key.Key_P: Act.PREVIOUS,
    _Key.Key_B: Act.BLACK,
    _Key.Key_Period: Act.BLACK,
}
_PAGED = {
    _Key.Key_Right: Act.NEXT,
    _Key.Key_Down: Act.NEXT,
    _Key.Key_Space: Act.NEXT,
    _Key.Key_Return: Act.NEXT,
    _Key.Key_Enter: Act.NEXT,
    _Key.Key_Left: Act.PREVIOUS,
    _Key.Key_Up: Act.PREVIOUS,
    _Key.Key_Backspace: Act.PREVIOUS,
}
_TIMED = {
    _Key.Key_Space: Act.TOGGLE,
    _Key.Key_Return: Act.TOGGLE,
    _Key.Key_Enter: Act.TOGGLE,
    _Key.Key_Right: Act.ON_5S,
    _Key.Key_Left: Act.BACK_5S,
    _Key.Key_Down: Act.NEXT,
    _Key.Key_Up: Act.PREVIOUS,
}
_PLAIN = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.KeypadModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


def act_of(
    key: int, modifiers: Qt.KeyboardModifier, *, is_timed: bool, is_page_typing: bool
) -> Act | None:
    """What a key asks for; None leaves it to the lesson (an interactive page may want letters)."""
    if modifiers not in _PLAIN:
        return None
    try:
        pressed = Qt.Key(key)
    except ValueError:
        return None
    if pressed in _ALWAYS:
        return _ALWAYS[pressed]
    if is_page_typing:
        return None
    if pressed in _LETTERS:
        return _LETTERS[pressed]
    return (_TIMED if is_timed else _PAGED).get(pressed)
