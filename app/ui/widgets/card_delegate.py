# SPDX-License-Identifier: GPL-3.0-or-later
"""Paints a resource as a card: cover, type, title, extent and size, where it belongs, readiness."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from app.ui.look.colours import subject_colour, subject_text
from app.ui.look.painting import chip_width, draw_chip, draw_lines, rounded_path
from app.ui.look.theme import Theme
from app.ui.models.card import CARD_ROLE, Card, Readiness
from app.ui.widgets.cover import CoverStore, paint_drawn_cover, paint_picture
from app.ui.widgets.painted_row import PaintedRow
from app.ui.words import (
    chapter_words,
    entry_size_bytes,
    extent_words,
    place_words,
    size_words,
    type_words,
)

PICTURE_SHARE = 9 / 16
TEXT_HEIGHT = 162  # below the cover, at 100 %
_RADIUS = 16
_PAD = 14
_CHIP = 28
_VEIL = 150  # of 255


def readiness_words(card: Card) -> str:
    """What the badge says."""
    words = {
        Readiness.PLAYS: QCoreApplication.translate("Readiness", "Available offline"),
        Readiness.UNPLAYABLE: QCoreApplication.translate("Readiness", "Cannot be shown here"),
        Readiness.TOMORROW: QCoreApplication.translate("Readiness", "Here by tomorrow morning"),
        Readiness.WAITING: QCoreApplication.translate("Readiness", "Comes with the next line"),
        Readiness.DOWNLOADABLE: QCoreApplication.translate("Readiness", "Can be downloaded"),
        Readiness.CATALOGUE_ONLY: QCoreApplication.translate("Readiness", "Catalogue only"),
        Readiness.GONE: QCoreApplication.translate("Readiness", "No longer here"),
    }
    return words[card.readiness]


READINESS_LOOK = {
    Readiness.PLAYS: ("good_tint", "good", "offline"),
    Readiness.UNPLAYABLE: ("warn_tint", "warn", "warning"),
    Readiness.TOMORROW: ("tint", "on_tint", "clock"),
    Readiness.WAITING: ("tint", "on_tint", "clock"),
    Readiness.DOWNLOADABLE: ("sunken", "text", "download"),
    Readiness.CATALOGUE_ONLY: ("sunken", "muted", "catalogue_only"),
    Readiness.GONE: ("sunken", "muted", "close"),
}


class CardDelegate(PaintedRow[Card]):
    """One delegate paints every card of a grid; what does not play here is grey."""

    row_role = CARD_ROLE
    radius_px = _RADIUS

    def __init__(self, theme: Theme, covers: CoverStore) -> None:
        super().__init__(theme)
        self._covers = covers

    def paint_row(self, painter: QPainter, option: QStyleOptionViewItem, row: Card) -> None:
        self._paint_ground(painter, option)
        self._paint_cover(painter, option.rect, row)
        self._paint_text(painter, option.rect, row)

    def paint_waiting(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        """Grey shapes where the card will be."""
        self._paint_ground(painter, option)
        theme, pad, rect = self._theme, self._theme.px(_PAD), option.rect
        picture = self._picture_rect(rect)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("sunken"))
        path = rounded_path(
            QRectF(picture).adjusted(1, 1, -1, 0), theme.px(_RADIUS) - 1, is_top_only=True
        )
        painter.drawPath(path)
        y = picture.bottom() + pad
        for share in (0.3, 0.9, 0.6):
            bar = QRectF(rect.left() + pad, y, (rect.width() - 2 * pad) * share, theme.px(16))
            painter.drawRoundedRect(bar, theme.px(8), theme.px(8))
            y += theme.px(30)

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        theme, radius = self._theme, self._theme.px(_RADIUS)
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        is_focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        rect = QRectF(option.rect)
        if is_hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            for spread in (6, 4, 2):
                grow = theme.px(spread)
                painter.setBrush(QColor(0, 0, 0, 14))
                painter.drawRoundedRect(rect.adjusted(-grow / 2, 0, grow / 2, grow), radius, radius)
        painter.setBrush(theme.colour("raised" if is_hovered else "surface"))
        painter.setPen(QPen(theme.colour("edge" if is_hovered else "line"), 1))
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        if is_focused:
            width = theme.px(3)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), width))
            out = width / 2 + 1
            around = rect.adjusted(-out, -out, out, out)
            painter.drawRoundedRect(around, radius + out, radius + out)

    def _picture_rect(self, rect: QRect) -> QRect:
        return QRect(rect.left(), rect.top(), rect.width(), round(rect.width() * PICTURE_SHARE))

    def _paint_cover(self, painter: QPainter, rect: QRect, card: Card) -> None:
        theme = self._theme
        picture_rect = self._picture_rect(rect)
        painter.save()
        inner = QRectF(picture_rect).adjusted(1, 1, -1, 0)
        painter.setClipPath(rounded_path(inner, theme.px(_RADIUS) - 1, is_top_only=True))
        ratio = painter.device().devicePixelRatioF()
        picture = self._covers.cover(card.entry, picture_rect.width(), ratio)
        if picture is None:
            paint_drawn_cover(painter, picture_rect, card.entry, theme)
        else:
            paint_picture(painter, picture_rect, picture)
        if not card.plays:  # the picture of what will not open does not call for attention
            veil = theme.colour("surface")
            veil.setAlpha(_VEIL)
            painter.fillRect(picture_rect, veil)
        painter.restore()
        if card.has_newer:
            self._paint_newer(painter, picture_rect)
        extent = extent_words(card.entry)
        if extent:
            self._paint_extent(painter, picture_rect, extent)

    def _paint_extent(self, painter: QPainter, picture_rect: QRect, extent: str) -> None:
        theme = self._theme
        font = theme.font("caption", is_bold=True)
        width = chip_width(extent, font, theme.px(9))
        place = QRect(0, 0, width, theme.px(26))
        edge = theme.px(8)
        if painter.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            place.moveBottomLeft(picture_rect.bottomLeft())
            place.translate(edge, -edge)
        else:
            place.moveBottomRight(picture_rect.bottomRight())
            place.translate(-edge, -edge)
        draw_chip(
            painter,
            place,
            extent,
            font,
            fill=QColor(10, 16, 15, 215),
            colour=QColor("#ffffff"),
        )

    def _paint_newer(self, painter: QPainter, picture_rect: QRect) -> None:
        """A badge in the upper corner: the region has published a newer one."""
        theme = self._theme
        font = theme.font("caption", is_bold=True)
        words = QCoreApplication.translate("Readiness", "Newer one exists")
        place = QRect(0, 0, chip_width(words, font, theme.px(9)), theme.px(26))
        edge = theme.px(8)
        if painter.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            place.moveTopRight(picture_rect.topRight())
            place.translate(-edge, edge)
        else:
            place.moveTopLeft(picture_rect.topLeft())
            place.translate(edge, edge)
        fill, colour = theme.colour("warn_tint"), theme.colour("warn")
        draw_chip(painter, place, words, font, fill=fill, colour=colour)

    def _paint_text(self, painter: QPainter, rect: QRect, card: Card) -> None:
        theme, entry = self._theme, card.entry
        pad = theme.px(_PAD)
        top = self._picture_rect(rect).bottom() + theme.px(10)
        box = QRect(rect.left() + pad, top, rect.width() - 2 * pad, rect.bottom() - top - pad)
        used = self._paint_type(painter, box, card)
        title = box.adjusted(0, used + theme.px(3), 0, 0)
        heading = theme.font("heading")
        high = draw_lines(
            painter, title, entry.title, heading, theme.colour("text" if card.plays else "muted"), 2
        )
        if high <= painter.fontMetrics().height():  # room for where it is in the book
            below = title.adjusted(0, high + theme.px(2), 0, 0)
            small, muted = theme.font("small"), theme.colour("muted")
            draw_lines(painter, below, chapter_words(entry), small, muted)
        chip_top = rect.bottom() - theme.px(_CHIP) - theme.px(12)
        place = QRect(box.left(), chip_top - theme.px(28), box.width(), theme.px(26))
        draw_lines(painter, place, place_words(entry), theme.font("small"), theme.colour("muted"))
        self._paint_foot(painter, QRect(box.left(), chip_top, box.width(), theme.px(_CHIP)), card)

    def _paint_type(self, painter: QPainter, box: QRect, card: Card) -> int:
        theme = self._theme
        colour = QColor(subject_text(subject_colour(card.entry.subject), theme.colours))
        if not card.plays:
            colour = theme.colour("muted")
        font = theme.font("small", is_bold=True)
        size = size_words(entry_size_bytes(card.entry)) if card.entry.files else ""
        words = type_words(card.entry.resource_type)
        height = draw_lines(painter, box, words, font, colour)
        if size:
            painter.setFont(theme.font("small"))
            painter.setPen(theme.colour("muted"))
            line = QRect(box.left(), box.top(), box.width(), height)
            self.trailing_text(painter, line, size)
        return height

    def _paint_foot(self, painter: QPainter, line: QRect, card: Card) -> None:
        theme = self._theme
        fill, colour, icon = READINESS_LOOK[card.readiness]
        font = theme.font("caption", is_bold=True)
        pixmap = theme.pixmap(icon, colour, 16)
        words = readiness_words(card)
        pad = theme.px(9)
        width = min(line.width(), chip_width(words, font, pad, theme.px(16)))
        chip = QRect(line.left(), line.top(), width, line.height())
        is_mirrored = painter.layoutDirection() == Qt.LayoutDirection.RightToLeft
        if is_mirrored:
            chip.moveRight(line.right())
        draw_chip(
            painter,
            chip,
            words,
            font,
            fill=theme.colour(fill),
            colour=theme.colour(colour),
            icon=pixmap,
        )
        date = (card.entry.updated or card.entry.created)[:10]
        painter.setFont(theme.font("caption"))
        room = line.width() - width - pad
        if date and painter.fontMetrics().horizontalAdvance(date) <= room:
            painter.setPen(theme.colour("muted"))
            self.trailing_text(painter, line, date)
