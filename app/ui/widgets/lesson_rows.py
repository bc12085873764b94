# SPDX-License-Identifier: GPL-3.0-or-later
"""Paints a resource as one row: icon, title, type and extent, readiness."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from app.ui.look.colours import subject_colour
from app.ui.look.painting import draw_lines
from app.ui.models.card import CARD_ROLE, Card
from app.ui.widgets.card_delegate import READINESS_LOOK, readiness_words
from app.ui.widgets.cover import icon_of
from app.ui.widgets.painted_row import PaintedRow
from app.ui.words import entry_size_bytes, extent_words, item_kind_words, part_words, size_words

ROW_PX = 84


class LessonRowDelegate(PaintedRow[Card]):
    """The resources of one lesson, one beside the other; what does not play here is grey."""

    row_role = CARD_ROLE

    def paint_row(self, painter: QPainter, option: QStyleOptionViewItem, row: Card) -> None:
        theme = self._theme
        is_current = bool(option.state & QStyle.StateFlag.State_Selected)
        self.ground(painter, option, is_chosen=is_current)
        if row.plays:
            fill, ink = QColor(subject_colour(row.entry.subject)), "#ffffff"
        else:
            fill, ink = theme.colour("sunken"), "muted"
        text = self.icon_box(painter, option.rect, icon_of(row.entry), fill, ink)
        self._paint_text(painter, text, row)

    def _paint_text(self, painter: QPainter, rect: QRect, card: Card) -> None:
        theme = self._theme
        size = size_words(entry_size_bytes(card.entry)) if card.entry.files else ""
        part = part_words(card.extract)
        extent = part or extent_words(card.entry)
        words = " · ".join(w for w in (item_kind_words(card.entry, card.is_own), extent, size) if w)
        title_colour = "text" if card.plays else "muted"
        line = self.two_lines(painter, rect, card.entry.title, " ", (title_colour, "muted"))
        _fill, colour, _icon = READINESS_LOOK[card.readiness]
        state = readiness_words(card)
        small = theme.font("small")
        painter.setFont(small)
        state_width = painter.fontMetrics().horizontalAdvance(state)
        painter.setPen(theme.colour("good" if colour == "good" else "muted"))
        self.trailing_text(painter, line, state)
        room = self.inset(painter, line, 0, state_width + theme.px(10))
        draw_lines(painter, room, words, small, theme.colour("muted"))
