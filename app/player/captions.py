# SPDX-License-Identifier: GPL-3.0-or-later
"""One or two languages written into the lower part of a picture."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from app.player.outlined_text import outlined_text

# GB/T 41470-2022 asks for 21–28 pt on the big screen; a share of the height holds on every screen.
_SHARE = 1 / 17
_SECOND_SHARE = 1 / 24
_MARGIN_SHARE = 1 / 24
_GAP_SHARE = 1 / 90
_WIDTH_SHARE = 0.92
_SMALLEST_PX = 14


class Captions:
    """What is written; pictures of the letters are kept until the words or the size change."""

    def __init__(self) -> None:
        self.text = ""
        self.second = ""
        self._percent = 100
        self._pictures: list[QPixmap] | None = None

    def set_text(self, text: str, second: str) -> bool:
        """Whether anything changed."""
        if (text, second) == (self.text, self.second):
            return False
        self.text, self.second, self._pictures = text, second, None
        return True

    def set_percent(self, percent: int) -> None:
        """100 is a 17th of the height."""
        self._percent, self._pictures = percent, None

    def forget(self) -> None:
        """The size of the surface changed."""
        self._pictures = None

    def paint(self, painter: QPainter, area: QRectF, surface: QWidget) -> None:
        """From below upwards: the second language, and the first above it."""
        if self._pictures is None:
            self._pictures = [
                self._written(words, share, area, surface)
                for words, share in ((self.second, _SECOND_SHARE), (self.text, _SHARE))
                if words
            ]
        bottom = area.bottom() - area.height() * _MARGIN_SHARE
        for picture in self._pictures:
            size = picture.deviceIndependentSize()
            place = QPointF(area.center().x() - size.width() / 2, bottom - size.height())
            painter.drawPixmap(place, picture)
            bottom -= size.height() + area.height() * _GAP_SHARE

    def _written(self, words: str, share: float, area: QRectF, surface: QWidget) -> QPixmap:
        font = QFont(surface.font())
        pixels = area.height() * share * self._percent / 100
        font.setPixelSize(max(_SMALLEST_PX, round(pixels)))
        return outlined_text(words, font, area.width() * _WIDTH_SHARE, surface.devicePixelRatioF())
