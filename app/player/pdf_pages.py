# SPDX-License-Identifier: GPL-3.0-or-later
"""Page pictures of one PDF: drawn on Qt's own rendering thread, the neighbours ahead of need."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QObject, QSize, QSizeF, Signal
from PySide6.QtGui import QImage, QPainter
from PySide6.QtPdf import QPdfDocument, QPdfDocumentRenderOptions, QPdfPageRenderer

# Five fitted pages of a 4K board are 66 MB; a zoomed page may take the rest for itself.
_CACHE_BYTES = 160 << 20
# One page at eight times its size on a 4K board would be 2 GB: draw less and scale it up.
_MAX_PIXELS = 20_000_000
_AHEAD = (1, -1, 2, -2)
_MAX_THUMBNAILS = 300


class PdfPages(QObject):
    """Pictures of pages; pages count from 1.

    Signals:
        arrived(int): the picture of a page that was asked for is there.
    """

    arrived = Signal(int)

    def __init__(self, document: QPdfDocument, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self._renderer = QPdfPageRenderer(self)
        self._renderer.setDocument(document)
        self._renderer.setRenderMode(QPdfPageRenderer.RenderMode.MultiThreaded)
        self._renderer.pageRendered.connect(self._take)
        self._pictures: OrderedDict[tuple[int, int, int], QImage] = OrderedDict()
        self._thumbnails: OrderedDict[int, QImage] = OrderedDict()
        self._asked: dict[tuple[int, int, int], bool] = {}
        self._bytes = 0

    def page_size(self, page: int) -> QSizeF:
        """Width and height in points; odd pages count as A4."""
        size = self._document.pagePointSize(page - 1)
        return size if size.width() > 0 and size.height() > 0 else QSizeF(595, 842)

    def picture(self, page: int, size: QSize) -> QImage | None:
        """The page at exactly this size in device pixels, or None and `arrived` later."""
        key = self._key(page, size)
        found = self._pictures.get(key)
        if found is not None:
            self._pictures.move_to_end(key)
            return found
        self._ask(key)
        return None

    def any_picture(self, page: int) -> QImage | None:
        """A picture of the page at whatever size is there, for the moment until the right one."""
        sizes = [key for key in self._pictures if key[0] == page]
        if sizes:
            return self._pictures[max(sizes, key=lambda key: key[1])]
        return self._thumbnails.get(page)

    def prepare_around(self, page: int, size_of: dict[int, QSize]) -> None:
        """Draw the neighbours in `size_of` that are not there yet, nearest first."""
        for step in _AHEAD:
            size = size_of.get(page + step)
            if size is not None:
                key = self._key(page + step, size)
                if key not in self._pictures:
                    self._ask(key)

    def thumbnail(self, page: int, size: QSize) -> QImage | None:
        """A small picture for the side panel, kept apart from the large ones."""
        found = self._thumbnails.get(page)
        if found is None:
            self._ask(self._key(page, size), is_thumbnail=True)
        return found

    def forget(self) -> None:
        """Drop everything; the document is about to close."""
        self._asked.clear()
        self._pictures.clear()
        self._thumbnails.clear()
        self._bytes = 0
        self._renderer.pageRendered.disconnect(self._take)
        self._renderer.deleteLater()

    def _key(self, page: int, size: QSize) -> tuple[int, int, int]:
        width, height = max(1, size.width()), max(1, size.height())
        shrink = (width * height / _MAX_PIXELS) ** 0.5
        if shrink > 1:
            width, height = int(width / shrink), int(height / shrink)
        return page, width, height

    def _ask(self, key: tuple[int, int, int], *, is_thumbnail: bool = False) -> None:
        if key not in self._asked and 1 <= key[0] <= self._document.pageCount():
            self._asked[key] = is_thumbnail
            options = QPdfDocumentRenderOptions()
            self._renderer.requestPage(key[0] - 1, QSize(key[1], key[2]), options)

    def _take(
        self,
        index: int,
        size: QSize,
        image: QImage,
        _options: QPdfDocumentRenderOptions,
        _request: int,
    ) -> None:
        key = (index + 1, size.width(), size.height())
        is_thumbnail = self._asked.pop(key, None)
        if is_thumbnail is None:
            return
        if is_thumbnail:
            self._thumbnails[key[0]] = on_paper(image)
            if len(self._thumbnails) > _MAX_THUMBNAILS:
                self._thumbnails.popitem(last=False)
        else:
            self._keep(key, on_paper(image))
        self.arrived.emit(key[0])

    def _keep(self, key: tuple[int, int, int], image: QImage) -> None:
        self._pictures[key] = image
        self._bytes += image.sizeInBytes()
        while self._bytes > _CACHE_BYTES and len(self._pictures) > 1:
            _, dropped = self._pictures.popitem(last=False)
            self._bytes -= dropped.sizeInBytes()


def on_paper(image: QImage) -> QImage:
    """PDF pages are transparent; on a dark background black letters would vanish."""
    if image.isNull():
        return image
    paper = QImage(image.size(), QImage.Format.Format_RGB32)
    paper.fill(0xFFFFFFFF)
    painter = QPainter(paper)
    painter.drawImage(0, 0, image)
    painter.end()
    return paper
