# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of resources: the publisher's cover when it is here, else one drawn from the facts."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QByteArray, QObject, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage, QImageReader, QLinearGradient, QPainter, QPixmap

from app.base.errors import UnreadableFileError, known_os_error
from app.region.entry import Entry, ResourceFile
from app.region.media import Format
from app.ui.jobs import Job, JobContext, JobRunner
from app.ui.look.colours import subject_colour
from app.ui.look.painting import break_lines, mix
from app.ui.look.theme import Theme

_CACHED_COVERS = 300
_MAX_COVER_BYTES = 8 << 20
# By which bytes a picture begins. Left to itself, Qt would load every decoder that it has and let
# each look into the file: TIFF, PDF and Apple's icons too, and 1 MB for good.
_BEGINS = ((b"\x89PNG\r\n\x1a\n", b"png"), (b"\xff\xd8\xff", b"jpg"), (b"BM", b"bmp"))
_WEBP = (b"RIFF", b"WEBP")  # with four bytes of size between them


class FileLocator(Protocol):
    """Where a file's bytes are on this machine (`app.cache` has it)."""

    def locate(self, sha256: str, size_bytes: int) -> Path | None:
        """The path of a held file."""
        ...


class CoverStore(QObject):
    """Decodes covers off the GUI thread and keeps the recent ones.

    Signals: arrived() when a cover that was asked for can be painted now.
    """

    arrived = Signal()

    def __init__(self, locator: FileLocator, runner: JobRunner) -> None:
        super().__init__()
        self._locator = locator
        self._runner = runner
        self._covers: OrderedDict[tuple[str, int], QPixmap | None] = OrderedDict()
        self._waiting: dict[Job, tuple[str, int]] = {}

    @property
    def is_idle(self) -> bool:
        """Whether every cover that was asked for has come."""
        return not self._waiting

    def cover(self, entry: Entry, width_px: int, ratio: float) -> QPixmap | None:
        """The cover at least `width_px` wide, or None while it is not (or never) there."""
        file = entry.cover
        if file is None or not 0 < file.size_bytes <= _MAX_COVER_BYTES:
            return None
        device_px = -(-round(width_px * ratio) // 64) * 64  # few sizes, so that resizing reuses
        key = (file.sha256, device_px)
        if key in self._covers:
            self._covers.move_to_end(key)
            return self._covers[key]
        if key not in self._waiting.values():
            self._load(file, key)
        return None

    def forget_missing(self) -> None:
        """Look again for covers that were not here (files have come)."""
        for key in [key for key, pixmap in self._covers.items() if pixmap is None]:
            del self._covers[key]

    def _load(self, file: ResourceFile, key: tuple[str, int]) -> None:
        locator, width = self._locator, key[1]

        def work(context: JobContext) -> object:
            path = locator.locate(file.sha256, file.size_bytes)
            return None if path is None else read_cover(path, width)

        job = self._runner.start(work)
        self._waiting[job] = key
        job.succeeded.connect(self._take)
        job.failed.connect(self._miss)

    @Slot(object)
    def _take(self, image: QImage | None) -> None:
        self._keep(QPixmap.fromImage(image) if isinstance(image, QImage) else None)

    @Slot(object)
    def _miss(self, _error: object) -> None:
        self._keep(None)

    def _keep(self, pixmap: QPixmap | None) -> None:
        job = self.sender()
        if not isinstance(job, Job):
            return
        key = self._waiting.pop(job, None)
        if key is None:
            return
        self._covers[key] = pixmap
        while len(self._covers) > _CACHED_COVERS:
            self._covers.popitem(last=False)
        self.arrived.emit()


def read_cover(path: Path, width_px: int) -> QImage:
    """Decode a cover no wider than needed; whatever the file claims, only a few formats are tried.

    Raises:
        UnreadableFileError: it is not a picture that we read.
    """
    reader = QImageReader(str(path), QByteArray(_format_of(path)))
    reader.setAutoDetectImageFormat(False)
    size = reader.size()
    if size.isValid() and size.width() > width_px:
        height = max(1, round(size.height() * width_px / size.width()))
        reader.setScaledSize(QSize(width_px, height))
    image = reader.read()
    if image.isNull():
        raise UnreadableFileError(path=str(path), reason=reader.errorString())
    return image.convertToFormat(QImage.Format.Format_RGB32)


def _format_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(12)
    except OSError as error:
        raise known_os_error(error, path) from error
    if (head[:4], head[8:]) == _WEBP:
        return b"webp"
    for begin, name in _BEGINS:
        if head.startswith(begin):
            return name
    raise UnreadableFileError(path=str(path), reason="not a cover")


FORMAT_ICONS = {
    Format.VIDEO: "video",
    Format.AUDIO: "audio",
    Format.PDF: "document",
    Format.SLIDES: "slides",
    Format.DOCUMENT: "document",
    Format.IMAGE: "image",
    Format.TEXT: "document",
    Format.WEB: "web",
    Format.NONE: "book",
}
_TYPE_ICONS = {"电子教材": "book", "练习": "exercise", "微课": "video", "课件": "slides"}


def icon_of(entry: Entry) -> str:
    """The icon that stands for a resource."""
    return _TYPE_ICONS.get(entry.resource_type) or FORMAT_ICONS.get(entry.format, "other")


def paint_picture(painter: QPainter, rect: QRect, picture: QPixmap) -> None:
    """Fill `rect` with the picture, cut at the edges."""
    shape = picture.size().scaled(rect.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
    share_x = rect.width() / shape.width()
    share_y = rect.height() / shape.height()
    width, height = picture.width() * share_x, picture.height() * share_y
    source = QRectF((picture.width() - width) / 2, (picture.height() - height) / 2, width, height)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawPixmap(QRectF(rect), picture, source)


def paint_drawn_cover(painter: QPainter, rect: QRect, entry: Entry, theme: Theme) -> None:
    """A cover drawn from subject, grade and type, for entries that bring none."""
    if entry.resource_type == "电子教材":
        _paint_book(painter, rect, entry, theme)
    else:
        _paint_panel(painter, rect, entry, theme)


def _paint_panel(painter: QPainter, rect: QRect, entry: Entry, theme: Theme) -> None:
    colour = QColor(subject_colour(entry.subject))
    gradient = QLinearGradient(rect.topLeft(), rect.bottomRight())
    gradient.setColorAt(0, colour.lighter(108))
    gradient.setColorAt(1, colour.darker(118))
    painter.fillRect(rect, gradient)
    side = min(rect.height(), rect.width()) * 0.42
    icon = theme.pixmap(icon_of(entry), "#ffffff", side * 100 / theme.px(100))
    shown = icon.width() / icon.devicePixelRatio()
    centre = rect.center()
    painter.drawPixmap(round(centre.x() - shown / 2), round(centre.y() - shown * 0.62), icon)
    font = theme.font("small", is_bold=True)
    painter.setFont(font)
    painter.setPen(Qt.GlobalColor.white)
    line = QRect(rect.left(), round(centre.y() + shown * 0.52), rect.width(), theme.px(26))
    painter.drawText(line, int(Qt.AlignmentFlag.AlignCenter), entry.subject)


def _paint_book(painter: QPainter, rect: QRect, entry: Entry, theme: Theme) -> None:
    """A standing textbook in the colour of its subject."""
    colour = QColor(subject_colour(entry.subject))
    painter.fillRect(rect, mix(colour, theme.colour("surface"), 0.16))
    height = round(rect.height() * 0.9)
    width = round(height * 0.74)
    book = QRect(0, 0, width, height)
    book.moveCenter(rect.center())
    book.moveBottom(rect.bottom())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 46))
    painter.drawRect(book.translated(theme.px(4), 0))
    painter.setBrush(colour)
    painter.drawRect(book)
    painter.setBrush(colour.darker(135))
    painter.drawRect(book.left(), book.top(), max(3, width // 14), height)
    _write_book(painter, book.adjusted(width // 14, 0, 0, 0), entry, theme)


def _write_book(painter: QPainter, book: QRect, entry: Entry, theme: Theme) -> None:
    inner = book.adjusted(theme.px(8), theme.px(8), -theme.px(8), -theme.px(6))
    subject = theme.font("body", is_bold=True)
    subject.setPixelSize(max(11, round(book.height() * 0.15)))
    small = theme.font("caption")
    small.setPixelSize(max(9, round(book.height() * 0.085)))
    painter.setPen(Qt.GlobalColor.white)
    painter.setFont(subject)
    y = inner.top() + round(book.height() * 0.1)
    for line in break_lines(entry.subject, subject, inner.width(), 2):
        step = painter.fontMetrics().height()
        painter.drawText(
            QRect(inner.left(), y, inner.width(), step), int(Qt.AlignmentFlag.AlignCenter), line
        )
        y += step
    painter.setFont(small)
    step = painter.fontMetrics().height()
    for line in break_lines(f"{entry.grade}{entry.volume}", small, inner.width(), 2):
        painter.drawText(
            QRect(inner.left(), y + 2, inner.width(), step), int(Qt.AlignmentFlag.AlignCenter), line
        )
        y += step
    foot = QRect(inner.left(), inner.bottom() - step, inner.width(), step)
    edition = break_lines(entry.edition, small, inner.width(), 1)
    painter.drawText(foot, int(Qt.AlignmentFlag.AlignCenter), "".join(edition))
