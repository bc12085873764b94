# SPDX-License-Identifier: GPL-3.0-or-later
"""The one widget that video is painted on, whoever decodes it; ordinary widgets may lie above."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.player.captions import Captions
from app.player.player import Player


class VideoSurface(QWidget):
    """Black, with the picture in the middle at its own aspect, and subtitles in its lower part."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._player: Player | None = None
        self._image = QImage()
        self._aspect = 1.0
        self._is_stale = False
        self._captions = Captions()
        self.painted_frames = 0

    # -- what is shown -----------------------------------------------------------------------

    @property
    def player(self) -> Player | None:
        """Whose pictures are painted."""
        return self._player

    def set_player(self, player: Player | None) -> None:
        """Paint this player's pictures; with None the surface is black again."""
        if self._player is not None:
            self._player.signals.frame_arrived.disconnect(self._take_frame)
        self._player = player
        self._image = QImage()
        self._is_stale = False
        if player is not None:
            player.signals.frame_arrived.connect(self._take_frame)
        self.update()

    def frame(self) -> QImage:
        """A copy of the picture as decoded, in square pixels; null while there is none."""
        self._refresh()
        if self._image.isNull():
            return QImage()
        width = round(self._image.width() * self._aspect)
        if abs(width - self._image.width()) <= 1:
            return self._image.copy()
        return self._image.scaled(
            width,
            self._image.height(),
            Qt.AspectRatioMode.IgnoreAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )

    def picture_rect(self) -> QRectF:
        """Where the picture lies in this widget."""
        if self._image.isNull():
            return QRectF(self.rect())
        shape = QSizeF(self._image.width() * self._aspect, self._image.height())
        size = shape.scaled(QSizeF(self.size()), Qt.AspectRatioMode.KeepAspectRatio)
        corner = QPointF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2)
        return QRectF(corner, size)

    @property
    def subtitle(self) -> str:
        """What is written in the picture now."""
        return self._captions.text

    @property
    def second_subtitle(self) -> str:
        """What is written below it."""
        return self._captions.second

    def set_subtitle(self, text: str, second: str = "") -> None:
        """Write in the lower part of the picture, `second` below and smaller; "" is nothing."""
        if self._captions.set_text(text, second):
            self.update()

    def set_subtitle_percent(self, percent: int) -> None:
        """Size of subtitles; 100 is a 17th of the height."""
        self._captions.set_percent(percent)
        self.update()

    # -- painting ----------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Bars, picture, subtitles."""
        self._refresh()
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        if not self._image.isNull():
            target = self.picture_rect()
            painter.setRenderHint(
                QPainter.RenderHint.SmoothPixmapTransform, self._is_worth_smoothing(target)
            )
            painter.drawImage(target, self._image)
            self.painted_frames += 1
        self._captions.paint(painter, self.picture_rect(), self)
        painter.end()

    def resizeEvent(self, _event: object) -> None:
        """Subtitles follow the size."""
        self._captions.forget()

    def _take_frame(self) -> None:
        self._is_stale = True
        self.update()

    def _refresh(self) -> None:
        """Take over the newest picture; done while painting, so that hidden ones cost nothing."""
        if self._is_stale and self._player is not None:
            self._is_stale = False
            self._image = self._player.current_frame()
            self._aspect = self._player.pixel_aspect

    def _is_worth_smoothing(self, target: QRectF) -> bool:
        """Bilinear costs six times as much; a picture that stands still deserves it always."""
        if self._player is None or not self._player.is_playing:
            return True
        pixels = target.width() * target.height() * self.devicePixelRatioF() ** 2
        is_as_is = abs(target.width() * self.devicePixelRatioF() - self._image.width()) < 2
        return not is_as_is and pixels <= 1920 * 1080
