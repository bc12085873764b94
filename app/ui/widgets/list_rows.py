# SPDX-License-Identifier: GPL-3.0-or-later
"""Paints a lesson list: its name, how many resources, when it was changed."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from app.lesson.lists import LessonList
from app.ui.look.painting import draw_lines
from app.ui.models.list_rows import LIST_ROLE
from app.ui.widgets.painted_row import PaintedRow
from app.ui.words import date_words, item_words


class ListsDelegate(PaintedRow[LessonList]):
    """One card a list."""

    row_role = LIST_ROLE
    radius_px = 16

    def paint_row(self, painter: QPainter, option: QStyleOptionViewItem, row: LessonList) -> None:
        theme = self._theme
        self.ground(painter, option)
        text = self.icon_box(painter, option.rect, "lists", theme.colour("tint"), "on_tint")
        text = text.adjusted(0, theme.px(14), 0, -theme.px(10))
        high = draw_lines(painter, text, row.name, theme.font("heading"), theme.colour("text"), 2)
        under = text.adjusted(0, high + theme.px(2), 0, 0)
        parts = [item_words(row.item_count), date_words(row.changed)]
        if row.is_pinned:
            parts.append(QCoreApplication.translate("Lists", "kept offline"))
        draw_lines(painter, under, " · ".join(parts), theme.font("small"), theme.colour("muted"))
