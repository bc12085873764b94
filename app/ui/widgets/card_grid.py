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
    QPalette,
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QScroller,
    QScrollerProperties,
    QStyle,
    QStyleOptionViewItem,
    QWidget,
)

from app.ui.look.theme import Theme
from app.ui.widgets.grid_geometry import GridGeometry

AnyIndex = QModelIndex | QPersistentModelIndex


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
        port = give_viewport(self)
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
        port.setMouseTracking(True)
        port.setCursor(Qt.CursorShape.PointingHandCursor)
        grab_scrolling(port)

    # -- geometry ----------------------------------------------------------------------------

    def _geometry(self) -> GridGeometry:
        view, model = self.viewport().size(), self.model()
        room = view.width() - 2 * self._edge + self._gap
        columns = self._fixed_columns or max(1, room // (self._min_card_width + self._gap))
        width = max(1, (room - self._gap * columns) // columns)
        return GridGeometry(
            view_width=view.width(),
            view_height=view.height(),
            columns=columns,
            card_width=width,
            card_height=self._card_height + round(width * self._picture_share),
            gap=self._gap,
            edge=self._edge,
            total=model.rowCount(self.rootIndex()) if model is not None else 0,
            bar_value=self.verticalScrollBar().value(),
        )

    @property
    def columns(self) -> int:
        """How many cards stand side by side."""
        return self._geometry().columns

    def set_columns(self, count: int) -> None:
        """Always so many side by side; 0 as many as there is room for."""
        self._fixed_columns = count
        self.updateGeometries()

    def content_height(self) -> int:
        """How high all rows are together."""
        return self._geometry().content_height

    def item_rect(self, row: int) -> QRect:
        """Where an item is painted, in the viewport."""
        return self._geometry().rect(row, is_mirrored=self.isRightToLeft())

    def visualRect(self, index: AnyIndex) -> QRect:
        return self.item_rect(index.row()) if index.isValid() else QRect()

    def indexAt(self, point: QPoint) -> QModelIndex:
        now, is_mirrored = self._geometry(), self.isRightToLeft()
        line = now.line_at(point.y())
        if line < 0:
            return QModelIndex()
        for row in range(line * now.columns, min((line + 1) * now.columns, now.total)):
            if now.rect(row, is_mirrored=is_mirrored).contains(point):
                return self.model().index(row, 0, self.rootIndex())
        return QModelIndex()

    def scrollTo(
        self,
        index: AnyIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        if not index.isValid():
            return
        now, bar = self._geometry(), self.verticalScrollBar()
        top = now.edge + index.row() // now.columns * now.row_step - now.top
        below = top + now.card_height + now.edge - now.view_height
        if top < now.edge:
            bar.setValue(now.bar_value + (top - now.edge) // now.unit)
        elif below > 0:
            bar.setValue(now.bar_value + -(-below // now.unit))

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self._geometry().top

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
        now, bar = self._geometry(), self.verticalScrollBar()
        bar.setPageStep(max(1, now.view_height // now.unit))
        bar.setSingleStep(max(1, now.row_step // 4 // now.unit))
        bar.setRange(0, now.bar_maximum)
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
        anchor = self._geometry().visible()[0]
        super().resizeEvent(event)
        self.updateGeometries()
        now = self._geometry()
        if anchor and now.total:
            top = now.rect(anchor, is_mirrored=False).top()
            self.verticalScrollBar().setValue(now.bar_value + (top - now.edge) // now.unit)

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(self._min_card_width * 3, self._geometry().row_step * 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._min_card_width + 2 * self._edge, self._card_height)

    # -- painting ----------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        now, is_mirrored = self._geometry(), self.isRightToLeft()
        under_mouse = self.viewport().mapFromGlobal(self.cursor().pos())
        current = self.currentIndex()
        for row in range(*now.visible()):
            option = QStyleOptionViewItem()
            self.initViewItemOption(option)
            option.rect = now.rect(row, is_mirrored=is_mirrored)
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
        now = self._geometry()
        count = now.total
        if count == 0:
            return QModelIndex()
        row = self.currentIndex().row()
        page = max(1, now.view_height // now.row_step) * now.columns
        if row < 0:
            return self.model().index(now.visible()[0], 0, self.rootIndex())
        aside = -1 if self.isRightToLeft() else 1
        steps = {
            moves.MoveLeft: -aside,
            moves.MoveRight: aside,
            moves.MoveUp: -now.columns,
            moves.MoveDown: now.columns,
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
        now = self._geometry()
        pixels = event.pixelDelta().y() or round(event.angleDelta().y() * now.row_step / 240)
        bar = self.verticalScrollBar()
        before = bar.value()
        bar.setValue(before - round(pixels / now.unit))
        event.setAccepted(bar.value() != before or bar.maximum() > 0)


def give_viewport(area: QAbstractScrollArea) -> QWidget:
    """A viewport like the one an area has by itself, made here.

    Asked for one that Qt made, PySide6 looks which kind of widget it is and loads all that there
    are for it: a hundred classes, 15 ms of a start and 1 MB that nothing needs.
    """
    port = QWidget()
    port.setObjectName("qt_scrollarea_viewport")
    port.setBackgroundRole(QPalette.ColorRole.Base)
    port.setAutoFillBackground(True)
    area.setViewport(port)
    return port


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
