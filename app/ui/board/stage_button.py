# SPDX-License-Identifier: GPL-3.0-or-later
"""Buttons that stand over a lesson: large, named, and never taking the keyboard from it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QToolButton

from app.ui.look.theme import TARGET_PX, Theme

WHITE = "#edf3f1"
GREY = "#70807b"
_TINT = "#57cdb0"
_WIDTH_PX, _HEIGHT_PX = 64, 60
_ICON_PX = 26


class StageButton(QToolButton):
    """An icon with its word; `key` says what it does."""

    def __init__(self, theme: Theme, key: str, text: str, icon: str) -> None:
        super().__init__()
        self.key = key
        self._theme, self._icon_name = theme, ""
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setFont(theme.font("caption"))
        self.setIconSize(QSize(theme.px(_ICON_PX), theme.px(_ICON_PX)))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMinimumSize(theme.px(_WIDTH_PX), theme.px(_HEIGHT_PX))
        self.say(text, icon)

    def say(self, text: str, icon: str) -> None:
        """Another word and icon."""
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(text)
        if icon != self._icon_name:
            self._icon_name = icon
            self.setIcon(self._theme.icon(icon, WHITE, _ICON_PX))


def use_style(
    bar: QFrame, buttons: Iterable[StageButton], theme: Theme, *, is_compact: bool
) -> None:
    """Words below the icons, or icons alone where words do not fit."""
    if bool(bar.property("compact")) == is_compact:
        return
    bar.setProperty("compact", is_compact)
    styles = Qt.ToolButtonStyle
    for made in buttons:
        made.setToolButtonStyle(
            styles.ToolButtonIconOnly if is_compact else styles.ToolButtonTextUnderIcon
        )
        made.setMinimumHeight(theme.px(TARGET_PX if is_compact else _HEIGHT_PX))
    for part in (bar, *bar.findChildren(QToolButton)):
        part.style().unpolish(part)
        part.style().polish(part)


class _Painted(QToolButton):
    """A target of 48 px that is painted here; `mark` is what it stands for."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(name)
        self.setFixedSize(theme.px(TARGET_PX + 4), theme.px(TARGET_PX + 8))

    def _ring(self, painter: QPainter, radius: float) -> None:
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(_thick(WHITE, self._theme.px(2)))
            painter.drawRect(self.rect().adjusted(2, 2, -2, -2))
        if self.isChecked():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(_thick(_TINT, self._theme.px(3)))
            painter.drawEllipse(QRectF(self.rect()).center(), radius, radius)


class Swatch(_Painted):
    """A colour to write with."""

    def __init__(self, theme: Theme, colour: str, name: str) -> None:
        super().__init__(theme, name)
        self.colour = colour

    def show_colour(self, colour: str, name: str) -> None:
        """Stand for another colour."""
        self.colour = colour
        self.setAccessibleName(name)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A disc of the colour; a ring when it is in the hand."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, px = QRectF(self.rect()).center(), self._theme.px
        painter.setPen(_thick("#8a9793", px(1)))
        painter.setBrush(QColor(self.colour))
        painter.drawEllipse(middle, px(15), px(15))
        self._ring(painter, px(21))


class WidthDot(_Painted):
    """Thin, middle or broad."""

    def __init__(self, theme: Theme, size: int, name: str) -> None:
        super().__init__(theme, name)
        self.size_index = size

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A dot as broad as the line, roughly."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        px = self._theme.px
        middle = QPointF(QRectF(self.rect()).center())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(WHITE))
        radius = px((3, 7, 12)[self.size_index])
        painter.drawEllipse(middle, radius, radius)
        self._ring(painter, px(21))


def _thick(colour: str, width: float) -> QPen:
    return QPen(QColor(colour), width)
