# SPDX-License-Identifier: GPL-3.0-or-later
"""Paints the usage log: a day's heading, or a viewing."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from app.region.media import Format
from app.ui.look.colours import subject_colour
from app.ui.look.painting import draw_lines
from app.ui.models.usage_rows import USAGE_ROLE, UsageKind, UsageRow, day_words
from app.ui.widgets.cover import FORMAT_ICONS
from app.ui.widgets.painted_row import AnyIndex, PaintedRow, trailing


class UsageDelegate(PaintedRow[UsageRow]):
    """A day's heading, or a viewing: time, icon, title, subject and type, what happened."""

    row_role = USAGE_ROLE

    def sizeHint(self, _option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        row = index.data(USAGE_ROLE)
        is_day = isinstance(row, UsageRow) and row.kind is UsageKind.DAY
        return QSize(0, self._theme.px(52 if is_day else 80))

    def paint_row(self, painter: QPainter, option: QStyleOptionViewItem, row: UsageRow) -> None:
        if row.kind is UsageKind.DAY:
            self._paint_day(painter, option.rect, row)
        else:
            self._paint_viewing(painter, option, row)

    def _paint_day(self, painter: QPainter, rect: QRect, row: UsageRow) -> None:
        theme = self._theme
        words = day_words(row.day, date.today())  # noqa: DTZ011 - the teacher's own day
        line = rect.adjusted(theme.px(6), theme.px(20), -theme.px(6), 0)
        draw_lines(painter, line, words, theme.font("body", is_bold=True), theme.colour("muted"))

    def _paint_viewing(
        self, painter: QPainter, option: QStyleOptionViewItem, row: UsageRow
    ) -> None:
        theme = self._theme
        rect = option.rect.adjusted(1, theme.px(4), -1, -theme.px(4))
        self.ground(painter, option, rect=rect)
        cells = self._cells(rect, painter.layoutDirection() == Qt.LayoutDirection.RightToLeft)
        clock, box, text, told = cells
        painter.setPen(theme.colour("text"))
        painter.setFont(theme.font("heading"))
        painter.drawText(clock, int(Qt.AlignmentFlag.AlignCenter), row.time)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(subject_colour(row.subject)))
        painter.drawRoundedRect(QRectF(box), theme.px(12), theme.px(12))
        known = row.media in tuple(Format)
        name = FORMAT_ICONS.get(Format(row.media), "other") if known else "other"
        icon = theme.pixmap(name, "#ffffff", 24)
        shift = (box.width() - theme.px(24)) // 2
        painter.drawPixmap(box.left() + shift, box.top() + shift, icon)
        self.two_lines(painter, text, row.title, row.about)
        painter.setFont(theme.font("body"))
        painter.setPen(theme.colour("text"))
        painter.drawText(told, trailing(painter) | int(Qt.TextFlag.TextWordWrap), row.happened)

    def _cells(self, rect: QRect, is_mirrored: bool) -> tuple[QRect, QRect, QRect, QRect]:
        theme = self._theme
        side = theme.px(44)
        clock = QRect(rect.left() + theme.px(8), rect.top(), theme.px(80), rect.height())
        box = QRect(clock.right() + theme.px(8), rect.center().y() - side // 2, side, side)
        told_width = min(theme.px(250), rect.width() // 3)
        told = QRect(
            rect.right() - told_width - theme.px(18), rect.top(), told_width, rect.height()
        )
        left = box.right() + theme.px(14)
        text = QRect(left, rect.top(), told.left() - left - theme.px(12), rect.height())
        cells = (clock, box, text, told)
        if not is_mirrored:
            return cells
        middle = rect.left() + rect.right()
        flipped = [QRect(middle - c.right(), c.top(), c.width(), c.height()) for c in cells]
        return (flipped[0], flipped[1], flipped[2], flipped[3])
