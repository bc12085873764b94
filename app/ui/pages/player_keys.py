# SPDX-License-Identifier: GPL-3.0-or-later
"""What keys of a clicker (翻页笔) or keyboard, and buttons of the bar, mean in a lesson."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Qt

from app.player.item import Fit
from app.player.view import LessonView

RATES = (1.0, 1.25, 1.5, 2.0, 0.5, 0.75)


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


def press_view(view: LessonView, key: str) -> None:
    """What a button of the bar does to the view itself."""
    if key == "zoom_in":
        view.zoom_in()
    elif key == "zoom_out":
        view.zoom_out()
    elif key == "fit":
        view.fit(Fit.WIDTH if view.fit_mode is Fit.PAGE else Fit.PAGE)
    elif key == "mute":
        view.set_muted(not view.is_muted)
    elif key == "rate":
        at = RATES.index(view.rate) if view.rate in RATES else 0
        view.set_rate(RATES[(at + 1) % len(RATES)])
    elif key == "subtitles":
        view.show_subtitles(None if view.subtitle_index is not None else 0)
