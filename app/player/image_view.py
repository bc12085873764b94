# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures: turned as the camera held them, huge ones made smaller while they are read."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QImageReader,
    QMovie,
    QPainter,
    QResizeEvent,
    QTransform,
)
from PySide6.QtWidgets import QWidget

from app.base.errors import KnownError, MissingFileError, known_os_error
from app.player.errors import DamagedMediaError, ImageTooLargeError
from app.player.item import Fit, PlayerEvent, PlayItem, Position
from app.player.svg_weight import MAX_BYTES, is_too_heavy
from app.player.view import LessonView
from app.player.zoom_canvas import ZOOM_STEP, ZoomCanvas

_DARK = QColor("#14191c")
# Twice a 4K board's pixels, 64 MB: sharp at double size, small enough for 4 GB machines.
MAX_PIXELS = 16_000_000
# Formats that cannot be read smaller need this much for a moment.
MAX_DECODED_MB = 256
_MAX_ANIMATION_BYTES = 30 << 20
_VECTOR_EDGE_PX = 3000


class ImageView(LessonView):
    """A picture or an animation; see `LessonView` for the signals."""

    def __init__(self, item: PlayItem, parent: QWidget | None = None) -> None:
        super().__init__(item, parent)
        self._canvas = ZoomCanvas(self._paint_image, _DARK, self)
        self._image = QImage()
        self._quarter_turns = 0
        self._movie: QMovie | None = None
        self._movie_data = QByteArray()
        self._movie_buffer: QBuffer | None = None
        self._restore: Position | None = None
        self._is_open = False

    @property
    def image_size(self) -> QSize:
        """Size the picture is held at."""
        return self._image.size()

    @property
    def can_zoom(self) -> bool:
        """Always."""
        return True

    @property
    def can_rotate(self) -> bool:
        """Always."""
        return True

    def open(self, *, is_playing: bool = True) -> None:
        """See `LessonView.open`."""
        try:
            self._load()
        except KnownError as error:
            self.close_item()
            self.failed.emit(error)
            self.state_changed.emit()
            return
        self._is_open = True
        self._lay_out_image()
        if self._restore is not None:
            self.restore(self._restore)
        self.happened.emit(PlayerEvent("initialized", {"pages": 1.0}))
        self.happened.emit(PlayerEvent("page_shown", {"page": 1.0, "pages": 1.0}))
        self.ready.emit()
        self.state_changed.emit()

    def close_item(self) -> None:
        """See `LessonView.close_item`."""
        if self._is_open:
            self._is_open = False
            self.happened.emit(PlayerEvent("terminated", {"page": 1.0, "pages": 1.0}))
        if self._movie is not None:
            self._movie.stop()
            self._movie.deleteLater()
            self._movie = None
        self._movie_buffer = None
        self._movie_data = QByteArray()
        self._image = QImage()
        self._canvas.set_content(QSizeF())

    def position(self) -> Position:
        """See `LessonView.position`."""
        x, y = self._canvas.shares
        return Position(page=1, fit=self.fit_mode, zoom=self._canvas.zoom, x=x, y=y)

    def restore(self, position: Position) -> None:
        """See `LessonView.restore`."""
        self._restore = position
        if self._is_open:
            self._canvas.set_view(position.fit, position.zoom, position.x, position.y)

    def snapshot(self) -> QImage:
        """The visible part."""
        return self._canvas.grab().toImage()

    @property
    def fit_mode(self) -> Fit:
        """See `LessonView.fit_mode`."""
        return self._canvas.mode

    def zoom_in(self) -> None:
        """See `LessonView.zoom_in`."""
        self._canvas.zoom_by(ZOOM_STEP)

    def zoom_out(self) -> None:
        """See `LessonView.zoom_out`."""
        self._canvas.zoom_by(1 / ZOOM_STEP)

    def fit(self, mode: Fit = Fit.PAGE) -> None:
        """See `LessonView.fit`."""
        self._canvas.fit(mode)

    def rotate(self) -> None:
        """See `LessonView.rotate`."""
        self._quarter_turns = (self._quarter_turns + 1) % 4
        self._lay_out_image()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The canvas fills the view."""
        super().resizeEvent(event)
        self._canvas.setGeometry(self.rect())

    # -- reading -----------------------------------------------------------------------------

    def _load(self) -> None:
        path = self.item.path
        if not path.is_file():
            raise MissingFileError(path=str(path))
        reader = QImageReader(str(path))
        reader.setDecideFormatFromContent(True)
        reader.setAutoTransform(True)
        if reader.supportsAnimation() and reader.imageCount() != 1:
            self._load_movie()
            return
        if is_drawing(reader) and _is_heavy_drawing(path):
            raise ImageTooLargeError(name=self.item.name)
        self._image = read_bounded(reader, self.item.name)

    def _load_movie(self) -> None:
        try:
            with self.item.path.open("rb") as file:
                raw = file.read(_MAX_ANIMATION_BYTES + 1)
        except OSError as error:
            raise known_os_error(error, self.item.path) from error
        if len(raw) > _MAX_ANIMATION_BYTES:
            raise ImageTooLargeError(name=self.item.name)
        self._movie_data = QByteArray(raw)
        self._movie_buffer = QBuffer(self._movie_data, self)
        self._movie_buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self._movie = QMovie(self._movie_buffer, QByteArray(), self)
        self._movie.setCacheMode(QMovie.CacheMode.CacheNone)
        self._movie.jumpToFrame(0)
        self._image = self._movie.currentImage()
        if self._image.isNull():
            said = QImageReader(str(self.item.path)).size()
            if _decoded_bytes(said) > MAX_DECODED_MB << 20:
                raise ImageTooLargeError(name=self.item.name)
            raise DamagedMediaError(name=self.item.name)
        self._movie.frameChanged.connect(self._take_frame)
        self._movie.start()

    def _take_frame(self, _number: int) -> None:
        if self._movie is not None:
            image = self._movie.currentImage()
            if not image.isNull():
                self._image = image
                self._canvas.update()

    # -- painting ----------------------------------------------------------------------------

    def _lay_out_image(self) -> None:
        size = QSizeF(self._image.size())
        self._canvas.set_content(size.transposed() if self._quarter_turns % 2 else size)

    def _paint_image(self, painter: QPainter, target: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._image.hasAlphaChannel():
            painter.fillRect(target, Qt.GlobalColor.white)
        if not self._quarter_turns:
            painter.drawImage(target, self._image)
            return
        turned = QTransform().translate(target.center().x(), target.center().y())
        turned.rotate(90.0 * self._quarter_turns)
        painter.setTransform(turned, combine=True)
        size = target.size().transposed() if self._quarter_turns % 2 else target.size()
        painter.drawImage(
            QRectF(-size.width() / 2, -size.height() / 2, size.width(), size.height()), self._image
        )


def read_bounded(reader: QImageReader, name: str) -> QImage:
    """The picture with at most `MAX_PIXELS`.

    Raises:
        ImageTooLargeError: it cannot be read smaller and is too large to be read whole.
        DamagedMediaError: it is no picture, or a broken one.
    """
    size = reader.size()
    scaled = bounded_size(size, is_vector=is_drawing(reader))
    if scaled != size:
        reader.setScaledSize(scaled)
    image = reader.read()
    if image.isNull():
        if _decoded_bytes(size) > MAX_DECODED_MB << 20:
            raise ImageTooLargeError(name=name, width=size.width(), height=size.height())
        raise DamagedMediaError(name=name)
    return image


def is_drawing(reader: QImageReader) -> bool:
    """Lines and shapes (SVG) rather than pixels."""
    return bytes(reader.format().data()).startswith(b"svg")


def _is_heavy_drawing(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return is_too_heavy(file.read(MAX_BYTES + 1))
    except OSError as error:
        raise known_os_error(error, path) from error


def _decoded_bytes(size: QSize) -> int:
    return size.width() * size.height() * 4 if size.isValid() else 0


def bounded_size(size: QSize, *, is_vector: bool) -> QSize:
    """The size to read at; drawings that scale freely are read large enough for any board."""
    if size.isEmpty():
        return size
    if is_vector:
        return size.scaled(
            _VECTOR_EDGE_PX, _VECTOR_EDGE_PX, Qt.AspectRatioMode.KeepAspectRatio
        ).expandedTo(QSize(1, 1))
    shrink = (size.width() * size.height() / MAX_PIXELS) ** 0.5
    if shrink <= 1:
        return size
    return QSize(max(1, int(size.width() / shrink)), max(1, int(size.height() / shrink)))
