# SPDX-License-Identifier: GPL-3.0-or-later
"""Paints the rows of the side panel: filter values with counts, and places in the books."""

from __future__ import annotations

from PySide6.QtCore import (
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.ui.look.painting import break_lines, draw_lines
from app.ui.look.theme import Theme
from app.ui.models.chapters import PLACE_ROLE, PlaceKind, PlaceRow
from app.ui.models.facets import ROW_ROLE, FacetRow, RowKind

_ROW = 48
_PAD = 12


class _RowDelegate(QStyledItemDelegate):
    """What both kinds of rows share."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def _ground(
        self, painter: QPainter, option: QStyleOptionViewItem, *, is_chosen: bool = False
    ) -> None:
        theme = self._theme
        rect = QRectF(option.rect).adjusted(1.5, 1.5, -1.5, -1.5)
        radius = theme.px(10)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if is_chosen or is_hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("tint" if is_chosen else "sunken"))
            painter.drawRoundedRect(rect, radius, radius)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), theme.px(2)))
            painter.drawRoundedRect(rect, radius, radius)

    def _counted(
        self, painter: QPainter, rect: QRect, text: str, count: str, colour: str, font: QFont
    ) -> None:
        """Text at the leading edge, its count at the trailing one."""
        theme = self._theme
        small = theme.font("small")
        painter.setFont(small)
        count_width = painter.fontMetrics().horizontalAdvance(count) if count else 0
        is_mirrored = painter.layoutDirection() == Qt.LayoutDirection.RightToLeft
        if count:
            painter.setPen(theme.colour("on_tint" if colour == "on_tint" else "muted"))
            end = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(
                rect, int(QStyle.visualAlignment(painter.layoutDirection(), end)), count
            )
        room = rect.width() - count_width - (theme.px(8) if count else 0)
        left = rect.right() - room + 1 if is_mirrored else rect.left()
        lines = break_lines(text, font, room, 2)
        painter.setFont(font)
        height = painter.fontMetrics().height() * len(lines)
        top = rect.top() + (rect.height() - height) // 2
        draw_lines(painter, QRect(left, top, room, height), text, font, theme.colour(colour), 2)

    def _height(self, text: str, room: int, font: QFont) -> int:
        theme = self._theme
        lines = len(break_lines(text, font, max(room, theme.px(60)), 2))
        step = round(font.pixelSize() * 1.45)
        return max(theme.px(_ROW), lines * step + theme.px(14))


class FacetDelegate(_RowDelegate):
    """Headings, values with a box to tick, and "more"."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        row = index.data(ROW_ROLE)
        if not isinstance(row, FacetRow):
            return
        painter.save()
        painter.setLayoutDirection(option.direction)
        theme, pad = self._theme, self._theme.px(_PAD)
        inner = option.rect.adjusted(pad, 0, -pad, 0)
        if row.kind is RowKind.HEADING:
            font = theme.font("small", is_bold=True)
            line = inner.adjusted(0, inner.height() - round(font.pixelSize() * 1.9), 0, 0)
            draw_lines(painter, line, row.text, font, theme.colour("muted"))
        elif row.kind is RowKind.MORE:
            self._ground(painter, option)
            words = QCoreApplication.translate("FacetDelegate", "{count} more")
            self._counted(
                painter, inner, words.format(count=row.count), "", "primary", theme.font("body")
            )
        else:
            self._ground(painter, option, is_chosen=row.is_on)
            self._paint_box(painter, inner, is_on=row.is_on)
            indent = theme.px(34)
            is_mirrored = option.direction == Qt.LayoutDirection.RightToLeft
            text_rect = inner.adjusted(
                0 if is_mirrored else indent, 0, -indent if is_mirrored else 0, 0
            )
            colour = "on_tint" if row.is_on else "text"
            self._counted(
                painter,
                text_rect,
                row.text,
                row.count,
                colour,
                theme.font("body", is_bold=row.is_on),
            )
        painter.restore()

    def _paint_box(self, painter: QPainter, inner: QRect, *, is_on: bool) -> None:
        theme = self._theme
        side = theme.px(22)
        box = QRect(0, 0, side, side)
        is_mirrored = painter.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left = inner.right() - side if is_mirrored else inner.left()
        box.moveTopLeft(QRect(left, inner.center().y() - side // 2, side, side).topLeft())
        painter.setPen(QPen(theme.colour("primary" if is_on else "edge"), theme.px(2)))
        painter.setBrush(theme.colour("primary" if is_on else "surface"))
        painter.drawRoundedRect(QRectF(box).adjusted(1, 1, -1, -1), theme.px(6), theme.px(6))
        if is_on:
            mark = theme.pixmap("check", "on_primary", 16)
            shift = (side - theme.px(16)) // 2
            painter.drawPixmap(box.left() + shift, box.top() + shift, mark)

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        row = index.data(ROW_ROLE)
        room = option.rect.width() - self._theme.px(2 * _PAD + 34 + 52)
        if isinstance(row, FacetRow) and row.kind is RowKind.HEADING:
            return QSize(0, self._theme.px(40))
        text = row.text if isinstance(row, FacetRow) else ""
        return QSize(0, self._height(text, room, self._theme.font("body", is_bold=True)))


class PlaceDelegate(_RowDelegate):
    """A way back, the place one is at, and what lies below it."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        row = index.data(PLACE_ROLE)
        if not isinstance(row, PlaceRow):
            return
        painter.save()
        painter.setLayoutDirection(option.direction)
        theme, pad = self._theme, self._theme.px(_PAD)
        self._ground(painter, option, is_chosen=row.is_chosen)
        inner = option.rect.adjusted(pad, 0, -pad, 0)
        is_mirrored = option.direction == Qt.LayoutDirection.RightToLeft
        indent = theme.px(30)
        side = theme.px(20)
        y = inner.center().y() - side // 2
        colour = "on_tint" if row.is_chosen else ("muted" if row.kind is PlaceKind.BACK else "text")
        if row.kind is PlaceKind.BACK:
            icon = theme.pixmap("chevron_right" if is_mirrored else "chevron_left", "muted", 20)
            painter.drawPixmap(inner.right() - side if is_mirrored else inner.left(), y, icon)
            inner = inner.adjusted(
                0 if is_mirrored else indent, 0, -indent if is_mirrored else 0, 0
            )
        elif row.has_more:
            icon = theme.pixmap("chevron_left" if is_mirrored else "chevron_right", "muted", 20)
            painter.drawPixmap(inner.left() if is_mirrored else inner.right() - side, y, icon)
            inner = inner.adjusted(
                indent if is_mirrored else 0, 0, 0 if is_mirrored else -indent, 0
            )
        font = theme.font("body", is_bold=row.is_chosen)
        self._counted(painter, inner, row.text, row.count, colour, font)
        painter.restore()

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        row = index.data(PLACE_ROLE)
        text = row.text if isinstance(row, PlaceRow) else ""
        room = option.rect.width() - self._theme.px(2 * _PAD + 30 + 56)
        return QSize(0, self._height(text, room, self._theme.font("body", is_bold=True)))
