# SPDX-License-Identifier: GPL-3.0-or-later
"""Paints an upload: file, title, size, where it is on its way, and why it came back."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from app.region.media import format_of, guess_media_type
from app.sync.uploads.store import State
from app.ui.look.painting import chip_width, draw_chip
from app.ui.look.theme import Theme
from app.ui.models.upload_rows import (
    UPLOAD_ROLE,
    upload_look,
    upload_state_words,
    upload_why,
)
from app.ui.state_reader import SentUpload
from app.ui.widgets.cover import FORMAT_ICONS
from app.ui.widgets.painted_row import PaintedRow
from app.ui.words import size_words

UPLOAD_ROW_PX = 92


class UploadDelegate(PaintedRow[SentUpload]):
    """One row an upload; a moving one has a thin bar at its foot."""

    row_role = UPLOAD_ROLE

    def __init__(self, theme: Theme, language: str) -> None:
        super().__init__(theme)
        self._language = language

    def paint_row(self, painter: QPainter, option: QStyleOptionViewItem, row: SentUpload) -> None:
        theme, upload = self._theme, row.upload
        self.ground(painter, option)
        icon = FORMAT_ICONS.get(format_of(guess_media_type(upload.name), upload.name), "file")
        inner = self.icon_box(painter, option.rect, icon, theme.colour("tint"), "on_tint")
        chip_px = self._paint_state(painter, inner, row)
        self._paint_text(painter, self.inset(painter, inner, 0, chip_px + theme.px(12)), row)
        if upload.state is State.SENDING and upload.size_bytes:
            self._paint_progress(painter, inner, upload.offset_bytes / upload.size_bytes)

    def _paint_state(self, painter: QPainter, rect: QRect, row: SentUpload) -> int:
        theme = self._theme
        fill, colour, icon = upload_look(row)
        font = theme.font("small", is_bold=True)
        words = upload_state_words(row)
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

    def _paint_text(self, painter: QPainter, rect: QRect, row: SentUpload) -> None:
        upload = row.upload
        place = "".join(upload.details.get(name, "") for name in ("grade", "volume"))
        parts = (upload.details.get("subject", ""), place, size_words(upload.size_bytes))
        words = upload_why(row, self._language) or " · ".join(part for part in parts if part)
        self.two_lines(painter, rect, upload.title, words)

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
