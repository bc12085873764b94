# SPDX-License-Identifier: GPL-3.0-or-later
"""A grid of cards over a model of any length.

All items have one size, so geometry is arithmetic: four million rows cost what four do. Keyboard,
mouse and touch select; a single click (or tap, or Enter) opens.
"""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QScroller,
    QScrollerProperties,
    QStyle,
    QStyleOptionViewItem,
    QWidget,
)

from app.ui.look.theme import Theme

AnyIndex = QModelIndex | QPersistentModelIndex
_SCROLL_RANGE_MAX = 1_000_000_000  # a scroll bar counts in 32-bit integers
_FAR_PX = 1_000_000_000  # and so do rectangles


class CardGrid(QAbstractItemView):
    """Signals: chosen(QModelIndex) when a card is clicked, tapped or entered."""

    chosen = Signal(QModelIndex)

    def __init__(
        self,
        theme: Theme,
        *,
        min_card_px: int,
        card_height: int,
        picture_share: float = 0.0,
        gap_px: int = 16,
        edge_px: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`card_height` is for 100 %; `picture_share` of the card's width is added to it.

        `edge_px` is the margin around all cards; like the gap between them unless given.
        """
        super().__init__(parent)
        self._min_card_width = theme.px(min_card_px)
        self._card_height = theme.px(card_height)
        self._picture_share = picture_share
        self._gap = theme.px(gap_px)
        self._edge = self._gap if edge_px is None else theme.px(max(edge_px, 4))
        self._fixed_columns = 0
        self._pressed = QPersistentModelIndex()
        self._is_ring_shown = False  # a ring for whoever uses the keyboard, none for fingers
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        grab_scrolling(self.viewport())

    # -- geometry ----------------------------------------------------------------------------

    @property
    def columns(self) -> int:
        """How many cards stand side by side."""
        if self._fixed_columns:
            return self._fixed_columns
        room = self.viewport().width() - 2 * self._edge + self._gap
        return max(1, room // (self._min_card_width + self._gap))

    def set_columns(self, count: int) -> None:
        """Always so many side by side; 0 as many as there is room for."""
        self._fixed_columns = count
        self.updateGeometries()

    @property
    def card_size(self) -> QSize:
        """The size of every card now."""
        room = self.viewport().width() - 2 * self._edge - self._gap * (self.columns - 1)
        width = max(1, room // self.columns)
        return QSize(width, self._card_height + round(width * self._picture_share))

    @property
    def row_step(self) -> int:
        """From the top of one row to the next."""
        return self.card_size.height() + self._gap

    def content_height(self) -> int:
        """How high all rows are together."""
        rows = -(-self._count() // self.columns)
        return max(0, rows * self.row_step - self._gap) + 2 * self._edge

    def _count(self) -> int:
        model = self.model()
        return model.rowCount(self.rootIndex()) if model is not None else 0

    def _unit(self) -> int:
        """Pixels per step of the scroll bar: 1, unless that would overflow it."""
        return self.content_height() // _SCROLL_RANGE_MAX + 1

    def _top(self) -> int:
        return self.verticalScrollBar().value() * self._unit()

    def visible_rows(self) -> tuple[int, int]:
        """First and one past the last item that can be seen."""
        first = max(0, (self._top() - self._edge) // self.row_step) * self.columns
        bottom = self._top() + self.viewport().height()
        last = -(-bottom // self.row_step) * self.columns
        return min(first, self._count()), min(last, self._count())

    def item_rect(self, row: int) -> QRect:
        """Where an item is painted, in the viewport."""
        size = self.card_size
        line, column = divmod(row, self.columns)
        x = self._edge + column * (size.width() + self._gap)
        if self.isRightToLeft():
            x = self.viewport().width() - x - size.width()
        y = self._edge + line * self.row_step - self._top()
        return QRect(QPoint(x, max(-_FAR_PX, min(_FAR_PX, y))), size)

    def visualRect(self, index: AnyIndex) -> QRect:
        return self.item_rect(index.row()) if index.isValid() else QRect()

    def indexAt(self, point: QPoint) -> QModelIndex:
        line = (point.y() + self._top() - self._edge) // self.row_step
        if line < 0:
            return QModelIndex()
        for row in range(line * self.columns, min((line + 1) * self.columns, self._count())):
            if self.item_rect(row).contains(point):
                return self.model().index(row, 0, self.rootIndex())
        return QModelIndex()

    def scrollTo(
        self,
        index: AnyIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        if not index.isValid():
            return
        bar, unit = self.verticalScrollBar(), self._unit()
        top = self._edge + index.row() // self.columns * self.row_step - self._top()
        below = top + self.card_size.height() + self._edge - self.viewport().height()
        if top < self._edge:
            bar.setValue(bar.value() + (top - self._edge) // unit)
        elif below > 0:
            bar.setValue(bar.value() + -(-below // unit))

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self._top()

    def isIndexHidden(self, _index: AnyIndex) -> bool:
        return False

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        index = self.indexAt(rect.center())
        selection = QItemSelection(index, index) if index.isValid() else QItemSelection()
        self.selectionModel().select(selection, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        region = QRegion()
        for index in selection.indexes():
            region += self.visualRect(index)
        return region

    def updateGeometries(self) -> None:
        bar, unit = self.verticalScrollBar(), self._unit()
        page = self.viewport().height()
        bar.setPageStep(max(1, page // unit))
        bar.setSingleStep(max(1, self.row_step // 4 // unit))
        bar.setRange(0, max(0, -(-(self.content_height() - page) // unit)))
        super().updateGeometries()

    def setModel(self, model: QAbstractItemModel | None) -> None:
        super().setModel(model)
        if model is not None:
            model.modelReset.connect(self._to_top)

    @Slot()
    def _to_top(self) -> None:
        self.updateGeometries()
        self.verticalScrollBar().setValue(0)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        anchor = self.visible_rows()[0]
        super().resizeEvent(event)
        self.updateGeometries()
        if anchor and self._count():
            rect = self.item_rect(anchor)
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + (rect.top() - self._edge) // self._unit())

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(self._min_card_width * 3, self.row_step * 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._min_card_width + 2 * self._edge, self._card_height)

    # -- painting ----------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        first, last = self.visible_rows()
        under_mouse = self.viewport().mapFromGlobal(self.cursor().pos())
        current = self.currentIndex()
        for row in range(first, last):
            option = QStyleOptionViewItem()
            self.initViewItemOption(option)
            option.rect = self.item_rect(row)
            index = self.model().index(row, 0, self.rootIndex())
            if option.rect.contains(under_mouse) and self.viewport().underMouse():
                option.state |= QStyle.StateFlag.State_MouseOver
            if index == current and self.hasFocus() and self._is_ring_shown:
                option.state |= QStyle.StateFlag.State_HasFocus
            if self.selectionModel().isSelected(index):
                option.state |= QStyle.StateFlag.State_Selected
            if index == self._pressed:
                option.state |= QStyle.StateFlag.State_Sunken
            self.itemDelegateForIndex(index).paint(painter, option, index)
        painter.end()

    # -- input -------------------------------------------------------------------------------

    def moveCursor(
        self,
        action: QAbstractItemView.CursorAction,
        _modifiers: Qt.KeyboardModifier,
    ) -> QModelIndex:
        moves = QAbstractItemView.CursorAction
        count = self._count()
        if count == 0:
            return QModelIndex()
        row = self.currentIndex().row()
        page = max(1, self.viewport().height() // self.row_step) * self.columns
        if row < 0:
            return self.model().index(self.visible_rows()[0], 0, self.rootIndex())
        aside = -1 if self.isRightToLeft() else 1
        steps = {
            moves.MoveLeft: -aside,
            moves.MoveRight: aside,
            moves.MoveUp: -self.columns,
            moves.MoveDown: self.columns,
            moves.MovePageUp: -page,
            moves.MovePageDown: page,
            moves.MoveHome: -row,
            moves.MoveEnd: count - 1 - row,
        }
        target = row + steps.get(action, 0)
        if action in (moves.MoveUp, moves.MoveDown) and not 0 <= target < count:
            target = row if target < 0 else min(count - 1, max(row, target))
        return self.model().index(max(0, min(count - 1, target)), 0, self.rootIndex())

    def focusInEvent(self, event: QFocusEvent) -> None:
        reasons = Qt.FocusReason
        by_key = (reasons.TabFocusReason, reasons.BacktabFocusReason, reasons.ShortcutFocusReason)
        self._is_ring_shown = event.reason() in by_key
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._is_ring_shown = True
        self.viewport().update()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if self.currentIndex().isValid():
                self.chosen.emit(self.currentIndex())
            event.accept()
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._is_ring_shown = False
        super().mousePressEvent(event)
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = QPersistentModelIndex(self.indexAt(event.position().toPoint()))
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        is_same = index.isValid() and index == self._pressed
        self._pressed = QPersistentModelIndex()
        self.viewport().update()
        if is_same and event.button() is Qt.MouseButton.LeftButton:
            self.chosen.emit(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not event.buttons():
            self.viewport().update()
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        pixels = event.pixelDelta().y() or round(event.angleDelta().y() * self.row_step / 240)
        bar = self.verticalScrollBar()
        before = bar.value()
        bar.setValue(before - round(pixels / self._unit()))
        event.setAccepted(bar.value() != before or bar.maximum() > 0)


def grab_scrolling(viewport: QWidget) -> None:
    """Let a finger drag and fling the content, without overshooting the edges."""
    QScroller.grabGesture(viewport, QScroller.ScrollerGestureType.TouchGesture)
    scroller = QScroller.scroller(viewport)
    properties = scroller.scrollerProperties()
    off = QScrollerProperties.OvershootPolicy.OvershootAlwaysOff
    for metric in (
        QScrollerProperties.ScrollMetric.VerticalOvershootPolicy,
        QScrollerProperties.ScrollMetric.HorizontalOvershootPolicy,
    ):
        properties.setScrollMetric(metric, off)
    scroller.setScrollerProperties(properties)
