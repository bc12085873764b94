# SPDX-License-Identifier: GPL-3.0-or-later
"""Page pictures and bookmarks beside a PDF; only the rows in sight are drawn."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter, QPalette, QPen
from PySide6.QtPdf import QPdfBookmarkModel, QPdfDocument
from PySide6.QtWidgets import (
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTabWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from app.player.pdf_pages import PdfPages

_PICTURE_PX = 132
_ROW_PX = 190
_NUMBER_PX = 24
_TAB_STYLE = "QTabBar::tab { min-height: 44px; padding: 0 14px; }"
_MARK = QColor("#2f8f8b")
_Index = QModelIndex | QPersistentModelIndex


class _PageModel(QAbstractListModel):
    """One row per page."""

    def __init__(self, pages: PdfPages, count: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.pages = pages
        self._count = count

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """As many rows as pages."""
        return 0 if parent.isValid() else self._count

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The page's number."""
        return str(index.row() + 1) if role == Qt.ItemDataRole.DisplayRole else None


class _PageDelegate(QStyledItemDelegate):
    """Draws a page picture with its number below and a frame around the current one."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """See the class."""
        model = index.model()
        if not isinstance(model, _PageModel):
            return
        cell: QRect = option.rect
        palette: QPalette = option.palette
        widget = self.parent()
        ratio = widget.devicePixelRatioF() if isinstance(widget, QWidget) else 1.0
        page = index.row() + 1
        size = model.pages.page_size(page).scaled(
            _PICTURE_PX, _ROW_PX - _NUMBER_PX - 14, Qt.AspectRatioMode.KeepAspectRatio
        )
        area = QRect(0, 0, round(size.width()), round(size.height()))
        area.moveCenter(QRect(cell.left(), cell.top() + 4, cell.width(), _ROW_PX - 30).center())
        picture = model.pages.thumbnail(page, (size * ratio).toSize())
        painter.fillRect(area, Qt.GlobalColor.white)
        if picture is not None:
            painter.drawImage(area, picture)
        is_current = isinstance(widget, QListView) and widget.currentIndex().row() == index.row()
        painter.setPen(QPen(_MARK, 4) if is_current else QPen(palette.mid().color(), 1))
        painter.drawRect(area.adjusted(-2, -2, 1, 1) if is_current else area)
        painter.setPen(palette.text().color())
        below = QRect(cell.left(), cell.bottom() - _NUMBER_PX, cell.width(), _NUMBER_PX)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, str(page))

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        """All rows are alike, so that 50,000 of them cost nothing."""
        return QSize(_PICTURE_PX + 24, _ROW_PX)


class PdfPanel(QWidget):
    """The side panel.

    Signals:
        chosen(int): the page someone asked for.
    """

    chosen = Signal(int)

    def __init__(
        self, document: QPdfDocument, pages: PdfPages, parent: QWidget, *, has_bookmarks: bool
    ) -> None:
        super().__init__(parent)
        self._list = QListView(self)
        self._list.setUniformItemSizes(True)
        self._list.setModel(_PageModel(pages, document.pageCount(), self))
        self._list.setItemDelegate(_PageDelegate(self._list))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self._list.setAccessibleName(self.tr("Pages"))
        self._list.clicked.connect(self._choose_row)
        pages.arrived.connect(self._repaint)
        tabs = QTabWidget(self)
        tabs.setDocumentMode(True)
        tabs.setStyleSheet(_TAB_STYLE)
        tabs.tabBar().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        tabs.addTab(self._list, self.tr("Pages"))
        self._bookmarks = QPdfBookmarkModel(self)
        if has_bookmarks:
            self._bookmarks.setDocument(document)
        self.has_bookmarks = self._bookmarks.rowCount(QModelIndex()) > 0
        if self.has_bookmarks:
            tabs.addTab(self._make_tree(), self.tr("Bookmarks"))
        tabs.tabBar().setVisible(self.has_bookmarks)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(tabs)
        self.setFixedWidth(_PICTURE_PX + 64)

    def set_page(self, page: int) -> None:
        """Mark the page that is shown."""
        index = self._list.model().index(page - 1, 0)
        self._list.setCurrentIndex(index)
        self._list.scrollTo(index)

    def _make_tree(self) -> QTreeView:
        tree = QTreeView(self)
        tree.setModel(self._bookmarks)
        tree.setHeaderHidden(True)
        tree.setWordWrap(True)
        tree.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        tree.setAccessibleName(self.tr("Bookmarks"))
        tree.expandToDepth(0)
        tree.clicked.connect(self._choose_bookmark)
        return tree

    def _choose_row(self, index: QModelIndex) -> None:
        self.chosen.emit(index.row() + 1)

    def _choose_bookmark(self, index: QModelIndex) -> None:
        page = index.data(int(QPdfBookmarkModel.Role.Page))
        if isinstance(page, int) and page >= 0:
            self.chosen.emit(page + 1)

    def _repaint(self, _page: int) -> None:
        if self.isVisible():
            self._list.viewport().update()
