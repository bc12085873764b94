# SPDX-License-Identifier: GPL-3.0-or-later
"""Paints an upload: file, title, size, where it is on its way, and why it came back."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.base.messages import message
from app.region.media import format_of, guess_media_type
from app.sync.uploads.store import State, Upload
from app.ui.look.painting import chip_width, draw_chip, draw_lines
from app.ui.look.theme import Theme
from app.ui.models.upload_rows import UPLOAD_LOOK, UPLOAD_ROLE, upload_state_words
from app.ui.widgets.cover import FORMAT_ICONS
from app.ui.words import size_words

UPLOAD_ROW_PX = 92


class UploadDelegate(QStyledItemDelegate):
    """One row an upload; a moving one has a thin bar at its foot."""

    def __init__(self, theme: Theme, language: str) -> None:
        super().__init__()
        self._theme = theme
        self._language = language

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        upload = index.data(UPLOAD_ROLE)
        if not isinstance(upload, Upload):
            return
        theme = self._theme
        painter.save()
        painter.setLayoutDirection(option.direction)
        state = option.state
        is_marked = bool(
            state & (QStyle.StateFlag.State_HasFocus | QStyle.StateFlag.State_Selected)
        )
        painter.setPen(QPen(theme.colour("focus" if is_marked else "line"), 2 if is_marked else 1))
        painter.setBrush(theme.colour("surface"))
        rect = option.rect
        painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), theme.px(14), theme.px(14))
        is_mirrored = option.direction == Qt.LayoutDirection.RightToLeft
        side, pad = theme.px(52), theme.px(16)
        left = rect.right() - pad - side if is_mirrored else rect.left() + pad
        box = QRect(left, rect.center().y() - side // 2, side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("tint"))
        painter.drawRoundedRect(QRectF(box), theme.px(14), theme.px(14))
        kind = format_of(guess_media_type(upload.name), upload.name)
        icon = theme.pixmap(FORMAT_ICONS.get(kind, "file"), "on_tint", 28)
        shift = (side - theme.px(28)) // 2
        painter.drawPixmap(box.left() + shift, box.top() + shift, icon)
        used = pad + side + theme.px(14)
        inner = rect.adjusted(pad if is_mirrored else used, 0, -used if is_mirrored else -pad, 0)
        chip_px = self._paint_state(painter, inner, upload)
        gap = chip_px + theme.px(12)
        text = inner.adjusted(gap if is_mirrored else 0, 0, 0 if is_mirrored else -gap, 0)
        self._paint_text(painter, text, upload)
        if upload.state is State.SENDING and upload.size_bytes:
            self._paint_progress(painter, inner, upload.offset_bytes / upload.size_bytes)
        painter.restore()

    def _paint_state(self, painter: QPainter, rect: QRect, upload: Upload) -> int:
        theme = self._theme
        fill, colour, icon = UPLOAD_LOOK[upload.state]
        font = theme.font("small", is_bold=True)
        words = upload_state_words(upload)
        width = chip_width(words, font, theme.px(12), theme.px(18))
        height = theme.px(34)
        is_mirrored = painter.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left = rect.left() if is_mirrored else rect.right() - width
        chip = QRect(left, rect.center().y() - height // 2, width, height)
        pixmap = theme.pixmap(icon, colour, 18)
        draw_chip(
            painter,
            chip,
            words,
            font,
            fill=theme.colour(fill),
            colour=theme.colour(colour),
            icon=pixmap,
        )
        return width

    def _paint_text(self, painter: QPainter, rect: QRect, upload: Upload) -> None:
        theme = self._theme
        big, small = theme.font("body", is_bold=True), theme.font("small")
        painter.setFont(big)
        high = painter.fontMetrics().height()
        painter.setFont(small)
        low = painter.fontMetrics().height()
        top = rect.top() + (rect.height() - high - low) // 2
        first = QRect(rect.left(), top, rect.width(), high)
        draw_lines(painter, first, upload.title, big, theme.colour("text"))
        place = "".join(upload.details.get(name, "") for name in ("grade", "volume"))
        parts = (upload.details.get("subject", ""), place, size_words(upload.size_bytes))
        words = " · ".join(part for part in parts if part)
        if upload.code:
            words = message(upload.code, upload.data, self._language).line
        second = QRect(rect.left(), top + high, rect.width(), low)
        draw_lines(painter, second, words, small, theme.colour("muted"))

    def _paint_progress(self, painter: QPainter, rect: QRect, share: float) -> None:
        theme = self._theme
        height = theme.px(5)
        track = QRectF(rect.left(), rect.bottom() - height - theme.px(7), rect.width(), height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("sunken"))
        painter.drawRoundedRect(track, height / 2, height / 2)
        painter.setBrush(theme.colour("primary"))
        track.setWidth(track.width() * min(1.0, share))
        painter.drawRoundedRect(track, height / 2, height / 2)

    def sizeHint(
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return option.rect.size()
