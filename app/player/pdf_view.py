# SPDX-License-Identifier: GPL-3.0-or-later
"""PDF pages, one at a time, as they are shown to a class."""

from __future__ import annotations

from PySide6.QtCore import QFile, QIODevice, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QResizeEvent
from PySide6.QtPdf import QPdfDocument
from PySide6.QtWidgets import QWidget

from app.base.errors import KnownError, MissingFileError
from app.player.errors import DamagedMediaError, LockedPdfError
from app.player.item import Fit, PlayerEvent, PlayItem, Position
from app.player.page_log import PageLog
from app.player.pdf_circles import find_circles
from app.player.pdf_library import keep_library
from app.player.pdf_pages import PdfPages
from app.player.pdf_panel import PdfPanel
from app.player.pdf_search import PdfSearch
from app.player.view import LessonView
from app.player.zoom_canvas import ZOOM_STEP, ZoomCanvas

_DARK = QColor("#20282c")
_HIT, _CURRENT_HIT = QColor(255, 214, 10, 90), QColor(255, 140, 0, 130)
# Pages turned with PgDn overlap a little, so that the eye finds its line again.
_SCREENFUL = 0.88
_IDLE_MS = 60

_ERRORS: dict[QPdfDocument.Error, type[KnownError]] = {
    QPdfDocument.Error.IncorrectPassword: LockedPdfError,
    QPdfDocument.Error.UnsupportedSecurityScheme: LockedPdfError,
}


class PdfView(LessonView):
    """A PDF; see `LessonView` for the signals."""

    def __init__(self, item: PlayItem, parent: QWidget | None = None) -> None:
        super().__init__(item, parent)
        self._path = item.path
        self._file: QFile | None = None
        keep_library()
        self._document = QPdfDocument(self)
        self._canvas = ZoomCanvas(self._paint_page, _DARK, self)
        self._canvas.pushed.connect(self._turn)
        self._canvas.moved.connect(self._note_move)
        self._pages: PdfPages | None = None
        self._panel: PdfPanel | None = None
        self._search: PdfSearch | None = None
        self._hit_index = -1
        self._page = 0
        self._restore: Position | None = None
        self._is_preparing = self._is_ready = False
        self._has_bookmarks = True
        self._log = PageLog(self.happened.emit, self)
        self._idle = QTimer(self, interval=_IDLE_MS, singleShot=True)
        self._idle.timeout.connect(self._prepare_neighbours)

    @property
    def pages(self) -> PdfPages | None:
        """Page pictures of the open document."""
        return self._pages

    @property
    def panel(self) -> PdfPanel | None:
        """The side panel, once it was opened."""
        return self._panel

    # -- what it can do ----------------------------------------------------------------------

    @property
    def has_pages(self) -> bool:
        """Always."""
        return True

    @property
    def can_zoom(self) -> bool:
        """Always."""
        return True

    @property
    def can_search(self) -> bool:
        """Always; a scan simply has no words."""
        return True

    @property
    def has_side_panel(self) -> bool:
        """Always."""
        return True

    # -- life --------------------------------------------------------------------------------

    def open(self, *, is_playing: bool = True) -> None:
        """See `LessonView.open`."""
        self._is_preparing = True
        if not self._path.is_file():
            self._fail(MissingFileError(path=str(self._path)))
            return
        try:
            circles = find_circles(self._path)
        except KnownError as error:
            self._fail(error)
            return
        if circles.in_pages:
            self._fail(DamagedMediaError(name=self.item.name))
            return
        self._has_bookmarks = not circles.in_bookmarks
        # A file of our own: QPdfDocument keeps its own open for as long as it lives.
        self._file = QFile(str(self._path))
        if self._file.open(QIODevice.OpenModeFlag.ReadOnly):
            self._document.load(self._file)
        if self._document.status() is not QPdfDocument.Status.Ready or self.page_count < 1:
            problem = _ERRORS.get(self._document.error(), DamagedMediaError)
            self._fail(problem(name=self.item.name))
            return
        self._pages = PdfPages(self._document, self)
        self._pages.arrived.connect(self._take_picture)
        self._search = PdfSearch(self._document, self)
        self._search.progressed.connect(self._take_hits)
        self._log.begin(self.page_count)
        start = self._restore or Position()
        self._show(min(self.page_count, max(1, start.page)))
        self._canvas.set_view(start.fit, start.zoom, start.x, start.y)
        # Asked for here and not only while painting, so that a hidden view is ready too.
        self._pages.picture(self._page, self._device_size(self._canvas.target()))
        self.state_changed.emit()

    def close_item(self) -> None:
        """See `LessonView.close_item`."""
        self._log.terminate()
        self._idle.stop()
        if self._panel is not None:
            self._panel.deleteLater()
            self._panel.hide()
            self._panel = None
        if self._search is not None:
            self._search.stop()
            self._search = None
        if self._pages is not None:
            self._pages.forget()
            self._pages = None
        self._document.close()
        if self._file is not None:
            self._file.close()
            self._file = None
        self._page, self._is_preparing, self._is_ready = 0, False, False
        self._canvas.update()

    def _fail(self, problem: KnownError) -> None:
        self.close_item()
        self.failed.emit(problem)
        self.state_changed.emit()

    @property
    def is_preparing(self) -> bool:
        """See `LessonView.is_preparing`."""
        return self._is_preparing

    def position(self) -> Position:
        """See `LessonView.position`."""
        x, y = self._canvas.shares
        return Position(page=self._page, fit=self.fit_mode, zoom=self._canvas.zoom, x=x, y=y)

    def restore(self, position: Position) -> None:
        """See `LessonView.restore`."""
        self._restore = position
        if self._pages is not None:
            self.go_to(position.page)
            self._canvas.set_view(position.fit, position.zoom, position.x, position.y)

    def snapshot(self) -> QImage:
        """The visible part of the page, without the marks of a search."""
        hit, self._hit_index = self._hit_index, -1
        search, self._search = self._search, None
        picture = self._canvas.grab().toImage()
        self._hit_index, self._search = hit, search
        return picture

    # -- pages -------------------------------------------------------------------------------

    @property
    def page(self) -> int:
        """See `LessonView.page`."""
        return self._page

    @property
    def page_count(self) -> int:
        """See `LessonView.page_count`."""
        return self._document.pageCount()

    def next_page(self) -> bool:
        """On by a screenful when the page is taller than the view, else to the next page."""
        if self._canvas.scroll_by(0, self._canvas.height() * _SCREENFUL):
            return True
        if self._page >= self.page_count:
            if self._page:
                self.ended.emit()
            return False
        self._show(self._page + 1)
        self._canvas.to_top()
        return True

    def previous_page(self) -> bool:
        """Back by a screenful, else to the end of the page before."""
        if self._canvas.scroll_by(0, -self._canvas.height() * _SCREENFUL):
            return True
        if self._page <= 1:
            return False
        self._show(self._page - 1)
        self._canvas.to_bottom()
        return True

    def go_to(self, page: int) -> None:
        """See `LessonView.go_to`."""
        if self._pages is not None:
            self._show(min(self.page_count, max(1, page)))
            self._canvas.to_top()

    def _turn(self, direction: int) -> None:
        if direction > 0:
            if self._page < self.page_count:
                self.next_page()
        else:
            self.previous_page()

    def _show(self, page: int) -> None:
        if self._pages is None:
            return
        has_changed, self._page = page != self._page, page
        self._canvas.set_content(self._pages.page_size(page))
        if has_changed:
            self._log.show(page)
            if self._panel is not None:
                self._panel.set_page(page)
            self.state_changed.emit()
        self._idle.start()

    # -- look --------------------------------------------------------------------------------

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

    def toggle_side_panel(self) -> None:
        """See `LessonView.toggle_side_panel`."""
        if self._panel is None and self._pages is not None:
            self._panel = PdfPanel(
                self._document, self._pages, self, has_bookmarks=self._has_bookmarks
            )
            self._panel.chosen.connect(self.go_to)
            self._panel.show()
        elif self._panel is not None:
            self._panel.setVisible(self._panel.isHidden())
        self._lay_out()
        if self._panel is not None and not self._panel.isHidden():
            self._panel.set_page(self._page)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Panel at the start side, canvas in the rest."""
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        panel_px = 0
        if self._panel is not None and not self._panel.isHidden():
            panel_px = self._panel.width()
            left = self.width() - panel_px if self.isRightToLeft() else 0
            self._panel.setGeometry(left, 0, panel_px, self.height())
        left = 0 if self.isRightToLeft() else panel_px
        self._canvas.setGeometry(left, 0, self.width() - panel_px, self.height())

    # -- pictures ----------------------------------------------------------------------------

    def _paint_page(self, painter: QPainter, target: QRectF) -> None:
        if self._pages is None:
            return
        picture = self._pages.picture(self._page, self._device_size(target))
        painter.fillRect(target, Qt.GlobalColor.white)
        shown = picture if picture is not None else self._pages.any_picture(self._page)
        if shown is not None and not shown.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(target, shown)
        self._paint_hits(painter, target)

    def _device_size(self, target: QRectF) -> QSize:
        ratio = self._canvas.devicePixelRatioF()
        return QSize(round(target.width() * ratio), round(target.height() * ratio))

    def _take_picture(self, page: int) -> None:
        if page != self._page:
            return
        self._canvas.update()
        if not self._is_ready:
            self._is_ready, self._is_preparing = True, False
            self.ready.emit()
            self.state_changed.emit()

    def _note_move(self) -> None:
        self._idle.start()

    def _prepare_neighbours(self) -> None:
        """Their fitted size, so that a turned page is there at once."""
        if self._pages is None or self.fit_mode is Fit.FREE or not self._is_ready:
            return
        sizes = {}
        for page in range(max(1, self._page - 2), min(self.page_count, self._page + 2) + 1):
            size = self._pages.page_size(page)
            across = self._canvas.width() / size.width()
            if self.fit_mode is Fit.PAGE:
                across = min(across, self._canvas.height() / size.height())
            sizes[page] = self._device_size(QRectF(QPointF(), size * across))
        self._pages.prepare_around(self._page, sizes)

    # -- search ------------------------------------------------------------------------------

    def search(self, words: str) -> None:
        """See `LessonView.search`."""
        if self._search is not None:
            self._hit_index = -1
            if words.strip():
                self.happened.emit(PlayerEvent("interacted", {"what": "search"}))
            self._search.start(words)
            self._canvas.update()

    def search_next(self) -> None:
        """See `LessonView.search_next`."""
        self._go_to_hit(self._hit_index + 1)

    def search_previous(self) -> None:
        """See `LessonView.search_previous`."""
        self._go_to_hit(self._hit_index - 1)

    def _take_hits(self) -> None:
        if self._search is None:
            return
        if self._hit_index < 0:
            later = (i for i, hit in enumerate(self._search.hits) if hit.page >= self._page)
            first = next(later, -1)
            if first >= 0:
                self._go_to_hit(first)
                return
            if not self._search.is_running and self._search.hits:
                self._go_to_hit(0)
                return
        self.found.emit(self._hit_index + 1, len(self._search.hits))
        self._canvas.update()

    def _go_to_hit(self, index: int) -> None:
        if self._search is None or not self._search.hits:
            return
        self._hit_index = index % len(self._search.hits)
        hit = self._search.hits[self._hit_index]
        if hit.page != self._page:
            self._show(hit.page)
        if hit.areas:
            self._canvas.reveal(hit.areas[0])
        self.found.emit(self._hit_index + 1, len(self._search.hits))
        self._canvas.update()

    def _paint_hits(self, painter: QPainter, target: QRectF) -> None:
        if self._search is None:
            return
        for index, hit in enumerate(self._search.hits):
            if hit.page != self._page:
                continue
            colour = _CURRENT_HIT if index == self._hit_index else _HIT
            for area in hit.areas:
                painter.fillRect(
                    QRectF(
                        target.left() + area.left() * target.width(),
                        target.top() + area.top() * target.height(),
                        area.width() * target.width(),
                        area.height() * target.height(),
                    ),
                    colour,
                )
