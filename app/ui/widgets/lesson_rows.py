# SPDX-License-Identifier: GPL-3.0-or-later
"""Paints a resource as one row: icon, title, type and extent, readiness."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.ui.look.colours import subject_colour
from app.ui.look.painting import draw_lines
from app.ui.look.theme import Theme
from app.ui.models.card import CARD_ROLE, Card
from app.ui.widgets.card_delegate import READINESS_LOOK, readiness_words
from app.ui.widgets.cover import icon_of
from app.ui.words import entry_size_bytes, extent_words, size_words, type_words

ROW_PX = 84


class LessonRowDelegate(QStyledItemDelegate):
    """The resources of one lesson, one beside the other."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        card = index.data(CARD_ROLE)
        if not isinstance(card, Card):
            return
        painter.save()
        painter.setLayoutDirection(option.direction)
        theme = self._theme
        self._paint_ground(painter, option)
        is_mirrored = option.direction == Qt.LayoutDirection.RightToLeft
        pad, side = theme.px(14), theme.px(52)
        rect = option.rect
        left = rect.right() - pad - side if is_mirrored else rect.left() + pad
        box = QRect(left, rect.center().y() - side // 2, side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(subject_colour(card.entry.subject)))
        painter.drawRoundedRect(QRectF(box), theme.px(14), theme.px(14))
        icon = theme.pixmap(icon_of(card.entry), "#ffffff", 28)
        shift = (side - theme.px(28)) // 2
        painter.drawPixmap(box.left() + shift, box.top() + shift, icon)
        used = pad + side + theme.px(14)
        text = rect.adjusted(pad if is_mirrored else used, 0, -used if is_mirrored else -pad, 0)
        self._paint_text(painter, text, card)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        theme, radius = self._theme, self._theme.px(14)
        state = option.state
        is_hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        is_current = bool(state & QStyle.StateFlag.State_Selected)
        is_focused = bool(state & QStyle.StateFlag.State_HasFocus)
        edge = "focus" if is_focused else ("primary" if is_current else "line")
        width = theme.px(2) if is_focused or is_current else 1
        painter.setPen(QPen(theme.colour(edge), width))
        painter.setBrush(theme.colour("raised" if is_hovered else "surface"))
        half = width / 2
        painter.drawRoundedRect(
            QRectF(option.rect).adjusted(half, half, -half, -half), radius, radius
        )

    def _paint_text(self, painter: QPainter, rect: QRect, card: Card) -> None:
        theme = self._theme
        title_font, small = theme.font("body", is_bold=True), theme.font("small")
        painter.setFont(title_font)
        high = painter.fontMetrics().height()
        painter.setFont(small)
        low = painter.fontMetrics().height()
        top = rect.top() + (rect.height() - high - low - theme.px(3)) // 2
        title = QRect(rect.left(), top, rect.width(), high)
        draw_lines(painter, title, card.entry.title, title_font, theme.colour("text"))
        size = size_words(entry_size_bytes(card.entry)) if card.entry.files else ""
        parts = (type_words(card.entry.resource_type), extent_words(card.entry), size)
        words = " · ".join(part for part in parts if part)
        line = QRect(rect.left(), top + high + theme.px(3), rect.width(), low)
        _fill, colour, _icon = READINESS_LOOK[card.readiness]
        state = readiness_words(card)
        painter.setFont(small)
        state_width = painter.fontMetrics().horizontalAdvance(state)
        painter.setPen(theme.colour("good" if colour == "good" else "muted"))
        end = QStyle.visualAlignment(
            painter.layoutDirection(),
            Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter,
        )
        painter.drawText(line, int(end), state)
        room = line.width() - state_width - theme.px(10)
        is_mirrored = painter.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left = line.right() - room + 1 if is_mirrored else line.left()
        draw_lines(painter, QRect(left, line.top(), room, low), words, small, theme.colour("muted"))

    def sizeHint(
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return option.rect.size()
