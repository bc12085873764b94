# SPDX-License-Identifier: GPL-3.0-or-later
"""One large cover."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.region.entry import Entry
from app.ui.look.painting import rounded_path
from app.ui.look.theme import Theme
from app.ui.widgets.cover import CoverStore, paint_drawn_cover, paint_picture


class CoverBox(QWidget):
    """A large cover, 16 : 9."""

    def __init__(self, theme: Theme, covers: CoverStore) -> None:
        super().__init__()
        self._theme, self._covers = theme, covers
        self._entry: Entry | None = None
        covers.arrived.connect(self.update)

    def show_entry(self, entry: Entry) -> None:
        """Show its cover."""
        self._entry = entry
        self.update()

    def set_width(self, width: int) -> None:
        """The height follows."""
        self.setFixedSize(QSize(width, round(width * 9 / 16)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._entry is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipPath(rounded_path(self.rect().toRectF(), self._theme.px(16)))
        picture = self._covers.cover(self._entry, self.width(), self.devicePixelRatioF())
        if picture is None:
            paint_drawn_cover(painter, self.rect(), self._entry, self._theme)
        else:
            paint_picture(painter, self.rect(), picture)
        painter.end()
