# SPDX-License-Identifier: GPL-3.0-or-later
"""The side panel of the library: walk through the books, or tick filters."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStackedWidget,
    QStyledItemDelegate,
    QVBoxLayout,
    QWidget,
)

from app.ui.look.theme import Theme
from app.ui.models.chapters import ChapterModel
from app.ui.models.facets import FacetModel
from app.ui.widgets.card_grid import give_viewport, grab_scrolling
from app.ui.widgets.controls import Segments, button
from app.ui.widgets.row_delegate import FacetDelegate, PlaceDelegate


class PanelList(QListView):
    """Rows of differing height, pressed with one click, tap or Enter.

    Signals: pressed_row(int).
    """

    pressed_row = Signal(int)

    def __init__(self, theme: Theme, delegate: QStyledItemDelegate, name: str) -> None:
        super().__init__()
        self._delegate = delegate
        self.setObjectName("panel")
        self.setAccessibleName(name)
        self.setItemDelegate(delegate)
        self.setFont(theme.font())
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        port = give_viewport(self)
        port.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(self._click)
        grab_scrolling(port)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if self.currentIndex().isValid():
                self.pressed_row.emit(self.currentIndex().row())
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()  # heights depend on the width

    @Slot(QModelIndex)
    def _click(self, index: QModelIndex) -> None:
        self.pressed_row.emit(index.row())


class SidePanel(QWidget):
    """Two lists behind one switch."""

    def __init__(self, theme: Theme, chapters: ChapterModel, facets: FacetModel) -> None:
        super().__init__()
        self._chapters, self._facets = chapters, facets
        self.switch = Segments(
            theme,
            [("chapters", self.tr("Contents")), ("facets", self.tr("Filters"))],
            self.tr("Panel"),
        )
        self.switch.set_key("chapters")
        self.switch.picked.connect(self.show_list)
        self.places = PanelList(theme, PlaceDelegate(theme), self.tr("Contents"))
        self.places.setModel(chapters)
        self.places.pressed_row.connect(self._press_place)
        self.values = PanelList(theme, FacetDelegate(theme), self.tr("Filters"))
        self.values.setModel(facets)
        self.values.pressed_row.connect(self._press_value)
        self.clear_button = button(theme, self.tr("Clear filters"), "close", "quiet")
        self.clear_button.clicked.connect(facets.clear)
        self.clear_button.hide()
        facets.filters_changed.connect(self._show_clear)
        self._lists = QStackedWidget()
        self._lists.addWidget(self.places)
        self._lists.addWidget(self.values)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(side) for side in (16, 4, 4, 8)))
        layout.setSpacing(theme.px(8))
        layout.addWidget(self.switch)
        layout.addWidget(self._lists, 1)
        layout.addWidget(self.clear_button)

    @Slot(str)
    def show_list(self, key: str) -> None:
        """Show the contents or the filters."""
        self.switch.set_key(key)
        self._lists.setCurrentIndex(0 if key == "chapters" else 1)
        self._show_clear()

    @Slot(int)
    def _press_place(self, row: int) -> None:
        self._chapters.press(row)

    @Slot(int)
    def _press_value(self, row: int) -> None:
        self._facets.press(row)

    @Slot()
    def _show_clear(self) -> None:
        is_filters = self._lists.currentIndex() == 1
        self.clear_button.setVisible(is_filters and bool(self._facets.filters))
