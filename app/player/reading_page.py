# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows plain text or Markdown in letters that the last row can read; loads nothing itself."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import (
    QFont,
    QResizeEvent,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
)
from PySide6.QtWidgets import QTextBrowser, QWidget

# GB/T 41470-2022 asks for 21–28 pt on the big screen: a share of the height, whatever the screen.
_LETTER_SHARE = 1 / 26
_SMALLEST_PX = 18
_LINE_HEIGHT_PERCENT = 145.0
_WIDEST_LINE_LETTERS = 44
_SMALLEST_ZOOM, _LARGEST_ZOOM = 0.5, 4.0


class ReadingPage(QTextBrowser):
    """Read-only text without links to the outside.

    Signals:
        scrolled(): the place or the length changed.
    """

    scrolled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.setUndoRedoEnabled(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._zoom = 1.0
        self._basis_px = 0
        self._letter_share = _LETTER_SHARE
        self._headroom_share = 0.0
        self._markdown: str | None = None
        self._plain = ""
        self.verticalScrollBar().valueChanged.connect(self._say_scrolled)
        self.verticalScrollBar().rangeChanged.connect(self._say_scrolled)

    def loadResource(self, _kind: int, _name: QUrl | str) -> Any:  # noqa: N802 - Qt's name
        """Nothing is loaded: no file of this machine and no address belongs to a text."""
        return None

    def show_markdown(self, markdown: str) -> None:
        """Show Markdown; HTML inside stays text."""
        self._markdown = markdown
        self._render()

    def show_plain(self, text: str) -> None:
        """Show text as it is."""
        self._markdown, self._plain = None, text
        self._render()

    @property
    def zoom(self) -> float:
        """1.0 is the normal size of letters."""
        return self._zoom

    def set_zoom(self, zoom: float) -> None:
        """Larger or smaller letters; the place in the text stays."""
        share = self.share
        self._zoom = min(_LARGEST_ZOOM, max(_SMALLEST_ZOOM, zoom))
        self._render()
        self.scroll_to_share(share)

    @property
    def share(self) -> float:
        """How far down, 0–1."""
        bar = self.verticalScrollBar()
        return bar.value() / bar.maximum() if bar.maximum() > 0 else 0.0

    def scroll_to_share(self, share: float) -> None:
        """Go there."""
        bar = self.verticalScrollBar()
        bar.setValue(round(share * bar.maximum()))

    def letter_px(self) -> int:
        """Height of normal letters now."""
        basis_px = self._basis_px or self.height()
        return round(max(_SMALLEST_PX, basis_px * self._letter_share) * self._zoom)

    def set_letter_basis(self, height_px: int, share: float) -> None:
        """Measure letters by a height other than this widget's own."""
        if (height_px, share) != (self._basis_px, self._letter_share):
            self._basis_px, self._letter_share = height_px, share
            self._render()

    def leave_headroom(self, share: float) -> None:
        """Keep so much of the height free above the first line; it scrolls away with the text."""
        self._headroom_share = share
        self._set_margins()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Letters follow the size of the window."""
        super().resizeEvent(event)
        if event.size().height() != event.oldSize().height():
            share = self.share
            self._render()
            self.scroll_to_share(share)
        else:
            self._set_margins()

    def _render(self) -> None:
        document = self.document()
        font = QFont(self.font())
        font.setPixelSize(self.letter_px())
        document.setDefaultFont(font)
        if self._markdown is None:
            self.setPlainText(self._plain)
        else:
            flavour = QTextDocument.MarkdownFeature
            features = flavour.MarkdownDialectGitHub | flavour.MarkdownNoHTML
            document.setMarkdown(self._markdown, features)
            self._style_tables()
        self._space_lines()
        self._set_margins()

    def _set_margins(self) -> None:
        """Long lines are hard to follow from the last row, so wide windows get wide margins."""
        letter = self.letter_px()
        widest = _WIDEST_LINE_LETTERS * letter
        side = max(letter, (self.width() - widest) // 2)
        frame = self.document().rootFrame()
        form = frame.frameFormat()
        form.setLeftMargin(side)
        form.setRightMargin(side)
        form.setTopMargin(max(letter, round(self.height() * self._headroom_share)))
        form.setBottomMargin(letter)
        frame.setFrameFormat(form)

    def _space_lines(self) -> None:
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        form = QTextBlockFormat()
        kind = QTextBlockFormat.LineHeightTypes.ProportionalHeight
        form.setLineHeight(_LINE_HEIGHT_PERCENT, kind.value)
        cursor.mergeBlockFormat(form)

    def _style_tables(self) -> None:
        for frame in self.document().rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                form = frame.format()
                form.setBorder(1)
                form.setBorderCollapse(True)
                form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
                form.setCellPadding(self.letter_px() * 0.4)
                form.setCellSpacing(0)
                form.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
                frame.setFormat(form)

    def _say_scrolled(self) -> None:
        self.scrolled.emit()
