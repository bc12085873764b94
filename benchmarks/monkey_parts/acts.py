# SPDX-License-Identifier: GPL-3.0-or-later
"""What small hands do to a window: each act takes one widget of it and says what it did."""

from __future__ import annotations

import random
from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from app.ui.main_window import MainWindow

_Key = Qt.Key
_KEYS = (
    *(_Key.Key_Space, _Key.Key_Return, _Key.Key_Escape, _Key.Key_Tab, _Key.Key_Backspace),
    *(_Key.Key_Left, _Key.Key_Right, _Key.Key_Up, _Key.Key_Down, _Key.Key_Home, _Key.Key_End),
    *(_Key.Key_PageUp, _Key.Key_PageDown, _Key.Key_F5, _Key.Key_F11, _Key.Key_B, _Key.Key_W),
    *(_Key.Key_Period, _Key.Key_Plus, _Key.Key_Minus, _Key.Key_1, _Key.Key_9, _Key.Key_Delete),
)
_WITH_CONTROL = (_Key.Key_P, _Key.Key_E, _Key.Key_Z, _Key.Key_Y, _Key.Key_F, _Key.Key_A)
_PLAIN = Qt.KeyboardModifier.NoModifier
_WORDS = ("分数", "fs", "shui", "的", "圆", "zzzz", "%_*\"'", "👩‍🏫", "二氧化碳" * 20)
_LESSONS = (
    *("fraction-video", "water-video", "clock-courseware", "paint-courseware", "poem-slides"),
    *("colours-slides", "rhythm-audio", "fraction-plan", "fraction-exercises", "rhythm-plan"),
)
_SIZES = ((1280, 720), (800, 600), (1920, 1080), (1024, 768), (640, 480))


def buttons(window: QWidget) -> list[QAbstractButton]:
    """Those that could be clicked now."""
    return [one for one in window.findChildren(QAbstractButton) if _is_reachable(one)]


def _is_reachable(widget: QWidget) -> bool:
    return widget.isVisible() and widget.isEnabled() and not widget.visibleRegion().isEmpty()


def _place(dice: random.Random, widget: QWidget) -> QPoint:
    return QPoint(dice.randrange(max(1, widget.width())), dice.randrange(max(1, widget.height())))


def _part(dice: random.Random, window: QWidget) -> QWidget:
    """What lies at some place; large things are hit more often."""
    return window.childAt(_place(dice, window)) or window


def click_button(dice: random.Random, window: QWidget) -> str:
    """Any that is there."""
    found = buttons(window)
    if not found:
        return "no button"
    button = dice.choice(found)
    words = f"click {type(button).__name__} {button.accessibleName() or button.text()!r}"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    return words


def click_anywhere(dice: random.Random, window: QWidget) -> str:
    """Often twice, as children do."""
    target = _part(dice, window)
    at = _place(dice, target)
    words = f"press {type(target).__name__} at {at.x()},{at.y()}"
    press = QTest.mouseDClick if dice.random() < 0.2 else QTest.mouseClick
    press(target, Qt.MouseButton.LeftButton, _PLAIN, at)
    return words


def drag(dice: random.Random, window: QWidget) -> str:
    """From one place to another."""
    target = _part(dice, window)
    words = f"drag {type(target).__name__}"
    QTest.mousePress(target, Qt.MouseButton.LeftButton, pos=_place(dice, target))
    for _ in range(6):
        QTest.mouseMove(target, _place(dice, target))
    QTest.mouseRelease(target, Qt.MouseButton.LeftButton, pos=_place(dice, target))
    return words


def wheel(dice: random.Random, window: QWidget) -> str:
    """Up or down, now and then with Ctrl."""
    target = _part(dice, window)
    turn = QPoint(0, dice.choice((-360, -120, 120, 360)))
    held = Qt.KeyboardModifier.ControlModifier if dice.random() < 0.2 else _PLAIN
    event = QWheelEvent(
        QPointF(_place(dice, target)),
        QPointF(target.mapToGlobal(QPoint(1, 1))),
        QPoint(),
        turn,
        Qt.MouseButton.NoButton,
        held,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(target, event)
    return f"wheel {type(target).__name__} {turn.y()}"


def press_key(dice: random.Random, window: QWidget) -> str:
    """To whatever has the focus; now and then held down."""
    target = QApplication.focusWidget() or window
    is_with = dice.random() < 0.2
    key = dice.choice(_WITH_CONTROL if is_with else _KEYS)
    held = Qt.KeyboardModifier.ControlModifier if is_with else _PLAIN
    words = f"key {key.name} to {type(target).__name__}"
    for _ in range(dice.choice((1, 1, 1, 8))):
        QTest.keyClick(target, key, held)
        target = QApplication.focusWidget() or window
    return words


def write(dice: random.Random, window: QWidget) -> str:
    """Into a field."""
    fields = [one for one in window.findChildren(QLineEdit) if _is_reachable(one)]
    if not fields:
        return "no field"
    field, words = dice.choice(fields), dice.choice(_WORDS)
    field.setFocus()
    field.selectAll()
    field.insert(words)
    return f"write {words[:10]!r}"


def open_lesson(dice: random.Random, window: QWidget) -> str:
    """One of the starter lessons: wandering alone seldom finds one."""
    wish = f"starter-{dice.choice(_LESSONS)}"
    if isinstance(window, MainWindow):
        window.open_wish(wish)
    return f"open {wish}"


def resize(dice: random.Random, window: QWidget) -> str:
    """As when a projector is plugged in."""
    width, height = dice.choice(_SIZES)
    window.resize(width, height)
    return f"resize {width}x{height}"


Act = Callable[[random.Random, QWidget], str]
ACTS: tuple[tuple[Act, int], ...] = (
    (click_button, 40),
    (click_anywhere, 20),
    (press_key, 25),
    (drag, 8),
    (wheel, 6),
    (write, 4),
    (open_lesson, 2),
    (resize, 1),
)
