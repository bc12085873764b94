# SPDX-License-Identifier: GPL-3.0-or-later
"""Paints a lesson list: its name, how many resources, when it was changed."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.lesson.lists import LessonList
from app.ui.look.painting import draw_lines
from app.ui.look.theme import Theme
from app.ui.models.list_rows import LIST_ROLE
from app.ui.words import date_words, total_words


class ListsDelegate(QStyledItemDelegate):
    """One card a list."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        one = index.data(LIST_ROLE)
        if not isinstance(one, LessonList):
            return
        theme = self._theme
        painter.save()
        painter.setLayoutDirection(option.direction)
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        is_focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        width = theme.px(3) if is_focused else 1
        painter.setPen(QPen(theme.colour("focus" if is_focused else "line"), width))
        painter.setBrush(theme.colour("raised" if is_hovered else "surface"))
        half = width / 2
        rect = QRectF(option.rect).adjusted(half, half, -half, -half)
        painter.drawRoundedRect(rect, theme.px(16), theme.px(16))
        side, pad = theme.px(52), theme.px(16)
        is_mirrored = option.direction == Qt.LayoutDirection.RightToLeft
        left = option.rect.right() - pad - side if is_mirrored else option.rect.left() + pad
        box = QRect(left, option.rect.center().y() - side // 2, side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("tint"))
        painter.drawRoundedRect(QRectF(box), theme.px(14), theme.px(14))
        icon = theme.pixmap("lists", "on_tint", 28)
        shift = (side - theme.px(28)) // 2
        painter.drawPixmap(box.left() + shift, box.top() + shift, icon)
        used = side + 2 * pad
        text = option.rect.adjusted(
            pad if is_mirrored else used,
            theme.px(14),
            -used if is_mirrored else -pad,
            -theme.px(10),
        )
        high = draw_lines(painter, text, one.name, theme.font("heading"), theme.colour("text"), 2)
        words = total_words(one.item_count)
        under = text.adjusted(0, high + theme.px(2), 0, 0)
        line = f"{words} · {date_words(one.changed)}"
        draw_lines(painter, under, line, theme.font("small"), theme.colour("muted"))
        painter.restore()

    def sizeHint(
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return option.rect.size()
