# SPDX-License-Identifier: GPL-3.0-or-later
"""Paints book covers and the lines of a table of contents."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from app.ui.look.painting import draw_lines, rounded_path
from app.ui.models.books import BOOK_ROLE, CONTENTS_ROLE, BookCover, ContentsLine, LineKind
from app.ui.widgets.cover import paint_drawn_cover
from app.ui.widgets.painted_row import PaintedRow
from app.ui.words import count_words

BOOK_SHARE = 0.86  # of a cover's width is its height
BOOK_TEXT_PX = 62
LINE_PX = 60
_RADIUS = 14


class BookDelegate(PaintedRow[BookCover]):
    """A standing book, its subject and volume below."""

    row_role = BOOK_ROLE

    def paint_row(self, painter: QPainter, option: QStyleOptionViewItem, row: BookCover) -> None:
        theme, rect = self._theme, option.rect
        self.ground(painter, option)
        picture = QRect(rect.left(), rect.top(), rect.width(), round(rect.width() * BOOK_SHARE))
        painter.save()
        inner = QRectF(picture).adjusted(1.5, 1.5, -1.5, 0)
        painter.setClipPath(rounded_path(inner, theme.px(_RADIUS) - 1.5, is_top_only=True))
        paint_drawn_cover(painter, picture, row.entry, theme)
        painter.restore()
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), theme.px(3)))
            painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), theme.px(14), theme.px(14))
        pad = theme.px(10)
        text = QRect(
            rect.left() + pad,
            picture.bottom() + theme.px(7),
            rect.width() - 2 * pad,
            rect.bottom() - picture.bottom() - theme.px(9),
        )
        high = draw_lines(
            painter, text, row.subject, theme.font("body", is_bold=True), theme.colour("text")
        )
        below = text.adjusted(0, high, 0, 0)
        draw_lines(painter, below, row.volume, theme.font("small"), theme.colour("muted"))


class ContentsDelegate(PaintedRow[ContentsLine]):
    """A unit's name, or a lesson to press; one of which nothing plays here is grey and says so."""

    row_role = CONTENTS_ROLE

    def paint_row(self, painter: QPainter, option: QStyleOptionViewItem, row: ContentsLine) -> None:
        if row.kind is LineKind.UNIT:
            self._paint_unit(painter, option.rect, row)
        else:
            self._paint_lesson(painter, option, row)

    def _paint_unit(self, painter: QPainter, rect: QRect, row: ContentsLine) -> None:
        theme = self._theme
        font = theme.font("heading")
        line = self.inset(painter, rect, theme.px(4), theme.px(4))
        painter.setFont(font)
        line.setTop(line.bottom() - painter.fontMetrics().height() - theme.px(8))
        draw_lines(painter, line, row.text, font, theme.colour("muted"))

    def _paint_lesson(
        self, painter: QPainter, option: QStyleOptionViewItem, row: ContentsLine
    ) -> None:
        theme, plays = self._theme, row.playable_count > 0
        rect = option.rect.adjusted(0, theme.px(3), 0, -theme.px(3))
        self.ground(painter, option, is_chosen=row.is_last_taught, rect=rect)
        pad, side = theme.px(16), theme.px(24)
        icon = theme.pixmap("play" if plays else "info", "primary" if plays else "muted", 24)
        is_mirrored = painter.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left = rect.right() - pad - side if is_mirrored else rect.left() + pad
        painter.drawPixmap(left, rect.center().y() - side // 2, icon)
        inner = self.inset(painter, rect, 2 * pad + side, pad)
        words = _line_words(row)
        small = theme.font("small")
        painter.setFont(small)
        width = painter.fontMetrics().horizontalAdvance(words)
        painter.setPen(theme.colour("primary" if row.is_last_taught else "muted"))
        self.trailing_text(painter, inner, words)
        text = self.inset(painter, inner, 0, width + theme.px(12))
        font = theme.font("body", is_bold=True)
        painter.setFont(font)
        high = painter.fontMetrics().height()
        text.setTop(text.center().y() - high // 2)
        draw_lines(painter, text, row.text, font, theme.colour("text" if plays else "muted"))


def _line_words(row: ContentsLine) -> str:
    if row.is_last_taught:
        return QCoreApplication.translate("Books", "Last time up to here")
    if not row.playable_count:
        return QCoreApplication.translate("Books", "Not on this machine yet")
    if row.playable_count == 1:
        return ""
    words = QCoreApplication.translate("Books", "{count} things to show")
    return words.format(count=count_words(row.playable_count))
