# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds words in a PDF, a few pages at a time between two events of the window."""

from __future__ import annotations

import time
from dataclasses import dataclass

from PySide6.QtCore import QObject, QRectF, QTimer, Signal
from PySide6.QtPdf import QPdfDocument

from app.player.folded_text import FoldedText, fold

_SLICE_S = 0.012
# Nobody steps through more; a 50,000-page scan of one letter must not fill the memory.
_MAX_HITS = 2000
_MAX_PAGE_CHARACTERS = 200_000


@dataclass(frozen=True, slots=True)
class Hit:
    """One place; areas are shares (0–1) of the page."""

    page: int
    areas: tuple[QRectF, ...]


class PdfSearch(QObject):
    """One search at a time.

    Signals:
        progressed(): `hits` grew, or the search is over.
    """

    progressed = Signal()

    def __init__(self, document: QPdfDocument, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self._words = ""
        self._next_page = 1
        self.hits: list[Hit] = []
        self._turn = QTimer(self, interval=0)
        self._turn.timeout.connect(self._search_slice)

    @property
    def is_running(self) -> bool:
        """Pages are left to look at."""
        return self._turn.isActive()

    def start(self, words: str) -> None:
        """Begin anew; nothing to find ends at once."""
        self.stop()
        self._words, self._next_page, self.hits = words, 1, []
        if fold(words):
            self._turn.start()
        else:
            self.progressed.emit()

    def stop(self) -> None:
        """No more hits come."""
        self._turn.stop()

    def _search_slice(self) -> None:
        until, found = time.monotonic() + _SLICE_S, len(self.hits)
        while time.monotonic() < until:
            is_over = self._next_page > self._document.pageCount()
            if is_over or len(self.hits) >= _MAX_HITS:
                self.stop()
                self.progressed.emit()
                return
            self._search_page(self._next_page)
            self._next_page += 1
        if len(self.hits) > found:
            self.progressed.emit()

    def _search_page(self, page: int) -> None:
        text = self._document.getAllText(page - 1).text()[:_MAX_PAGE_CHARACTERS]
        size = self._document.pagePointSize(page - 1)
        if size.isEmpty():
            return
        for start, length in FoldedText(text).find_all(self._words):
            areas = [
                QRectF(
                    box.left() / size.width(),
                    box.top() / size.height(),
                    box.width() / size.width(),
                    box.height() / size.height(),
                )
                for polygon in self._document.getSelectionAtIndex(page - 1, start, length).bounds()
                for box in [polygon.boundingRect()]
            ]
            self.hits.append(Hit(page, tuple(areas)))
