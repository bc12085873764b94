# SPDX-License-Identifier: GPL-3.0-or-later
"""What keys of a clicker (翻页笔) or keyboard, and buttons of the bars, mean in a lesson."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from PySide6.QtCore import Qt

from app.player.item import Fit
from app.player.view import LessonView

N = TypeVar("N", int, float)
RATES = (1.0, 1.25, 1.5, 2.0, 0.5, 0.75)
LETTER_PERCENTS = (100, 130, 160, 200, 75)
SEEK_S = 5.0


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
    PEN = "pen"
    ERASER = "eraser"
    UNDO = "undo"
    REDO = "redo"
    SEARCH = "search"
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
_WITH_CONTROL = {_Key.Key_P: Act.PEN, _Key.Key_E: Act.ERASER}
# A page that takes letters may have an undo and a search of its own.
_WITH_CONTROL_UNLESS_TYPING = {
    _Key.Key_Z: Act.UNDO,
    _Key.Key_Y: Act.REDO,
    _Key.Key_F: Act.SEARCH,
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
    try:
        pressed = Qt.Key(key)
    except ValueError:
        return None
    if modifiers == Qt.KeyboardModifier.ControlModifier:
        meanings = _WITH_CONTROL if is_page_typing else _WITH_CONTROL | _WITH_CONTROL_UNLESS_TYPING
    elif modifiers not in _PLAIN:
        return None
    elif is_page_typing:
        meanings = _ALWAYS
    else:
        meanings = _ALWAYS | _LETTERS | (_TIMED if is_timed else _PAGED)
    return meanings.get(pressed)


def press_view(view: LessonView, key: str) -> bool:
    """What a button does to the view itself; False when it is not one of those."""
    if key == "fit":
        view.fit(Fit.WIDTH if view.fit_mode is Fit.PAGE else Fit.PAGE)
    elif key == "mute":
        view.set_muted(not view.is_muted)
    elif key == "rate":
        view.set_rate(_after(RATES, view.rate))
    elif key == "letters":
        view.set_subtitle_percent(_after(LETTER_PERCENTS, view.subtitle_percent))
    elif key == "subtitles":
        view.show_subtitles(_next_index(view.subtitle_index, len(view.subtitle_names)))
    elif key == "second":
        view.show_second_subtitles(
            _next_index(view.second_subtitle_index, len(view.subtitle_names))
        )
    elif key in ("back_5s", "on_5s"):
        view.seek_by(SEEK_S if key == "on_5s" else -SEEK_S)
    else:
        plain = {
            "play": view.toggle_play,
            "step": view.step_frame,
            "zoom_in": view.zoom_in,
            "zoom_out": view.zoom_out,
            "rotate": view.rotate,
            "thumbnails": view.toggle_side_panel,
        }
        act = plain.get(key)
        if act is not None:
            act()
        return act is not None
    return True


def _after(choices: tuple[N, ...], now: N) -> N:
    """The choice that follows, round and round."""
    at = choices.index(now) if now in choices else -1
    return choices[(at + 1) % len(choices)]


def _next_index(now: int | None, count: int) -> int | None:
    """None, the first, the second … and none again."""
    following = 0 if now is None else now + 1
    return following if following < count else None
