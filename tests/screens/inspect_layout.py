# SPDX-License-Identifier: GPL-3.0-or-later
"""What code can see of a bad layout: words cut off, targets too small, things on each other."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)

TARGET_PX = 48


def problems_of(top: QWidget) -> list[str]:
    """Everything wrong with what is visible below `top`."""
    scale = _scale_of(top)
    found = []
    for widget in _visible(top):
        found += _cut(widget)
        found += _small(widget, round(TARGET_PX * scale))
        found += _clipped(widget)
    found += _overlaps(top)
    return found


def _scale_of(top: QWidget) -> float:
    theme = getattr(top.window(), "theme", None) or getattr(top.window(), "_theme", None)
    return theme.scale_percent / 100 if theme is not None else 1.0


def _visible(top: QWidget) -> Iterator[QWidget]:
    for widget in top.findChildren(QWidget):
        if widget.isVisibleTo(top) and not widget.visibleRegion().isEmpty():
            yield widget


def _say(widget: QWidget) -> str:
    text = getattr(widget, "text", lambda: "")
    words = text() if callable(text) else ""
    return f"{type(widget).__name__} {words!r} {widget.width()}x{widget.height()}"


def _cut(widget: QWidget) -> list[str]:
    """Words that do not fit where they stand."""
    if isinstance(widget, QLabel) and widget.text():
        if widget.wordWrap():
            needed = widget.heightForWidth(widget.width())
            if needed > widget.height() + 2:
                return [f"cut label: {_say(widget)}, needs height {needed}"]
            longest = widget.minimumSizeHint().width()
            if longest > widget.width() + 2:
                return [f"cut label: {_say(widget)}, a word needs {longest}"]
            return []
        hint = widget.sizeHint()
        if hint.width() > widget.width() + 2 or hint.height() > widget.height() + 2:
            return [f"cut label: {_say(widget)}, needs {hint.width()}x{hint.height()}"]
    if isinstance(widget, QPushButton | QToolButton) and widget.text():
        hint = widget.sizeHint()
        if hint.width() > widget.width() + 2:
            return [f"cut button: {_say(widget)}, needs {hint.width()}"]
    return []


def _small(widget: QWidget, target: int) -> list[str]:
    """Things to press that are smaller than a finger."""
    is_target = isinstance(widget, QAbstractButton | QComboBox | QLineEdit)
    if not is_target or not widget.isEnabled() or isinstance(widget.parent(), QLineEdit):
        return []
    size = widget.size()
    if isinstance(widget.parent(), QComboBox):
        return []
    if size.height() < target - 1 or (
        isinstance(widget, QAbstractButton) and size.width() < target - 1
    ):
        return [f"small target: {_say(widget)}, at least {target}"]
    return []


def _clipped(widget: QWidget) -> list[str]:
    """Buttons that reach out of what holds them, where nothing scrolls."""
    if not isinstance(widget, QAbstractButton):
        return []
    above = widget.parentWidget()
    while above is not None:  # beyond `top` too: a card may lie on a page that scrolls
        if isinstance(above, QAbstractScrollArea):
            return []
        above = above.parentWidget()
    seen = widget.visibleRegion().boundingRect().size()
    if seen.height() < widget.height() - 2 or seen.width() < widget.width() - 2:
        return [f"clipped: {_say(widget)}, only {seen.width()}x{seen.height()} is seen"]
    return []


def _overlaps(top: QWidget) -> list[str]:
    """Labels and buttons of one parent that lie on each other."""
    found = []
    groups: dict[QWidget, list[QWidget]] = {}
    for widget in _visible(top):
        parent = widget.parentWidget()
        is_part = isinstance(widget, QLabel | QAbstractButton | QComboBox)
        if not is_part or parent is None or isinstance(parent, QLineEdit):
            continue
        if parent.objectName() != "stage":
            groups.setdefault(parent, []).append(widget)
    for widgets in groups.values():
        for at, first in enumerate(widgets):
            for second in widgets[at + 1 :]:
                common = _place(first).intersected(_place(second))
                if common.width() > 2 and common.height() > 2:
                    found.append(f"overlap: {_say(first)} and {_say(second)}")
    return found


def _place(widget: QWidget) -> QRect:
    return QRect(widget.mapTo(widget.window(), QPoint(0, 0)), QSize(widget.size()))
