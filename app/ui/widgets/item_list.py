# SPDX-License-Identifier: GPL-3.0-or-later
"""The things of one lesson list, one below the other: drag by the grip, or move with the keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QScrollPrepareEvent
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from app.ui.look.colours import subject_colour
from app.ui.look.painting import draw_lines
from app.ui.look.theme import Theme
from app.ui.models.card import CARD_ROLE, Card
from app.ui.widgets.card_delegate import READINESS_LOOK, readiness_words
from app.ui.widgets.card_grid import CardGrid
from app.ui.widgets.cover import icon_of
from app.ui.widgets.painted_row import AnyIndex, PaintedRow
from app.ui.words import entry_size_bytes, extent_words, item_kind_words, part_words, size_words

ITEM_PX = 78
_GRIP_PX = 56


class ItemDelegate(PaintedRow[Card]):
    """Number, icon, title, which part, readiness, and a grip to drag by."""

    row_role = CARD_ROLE

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._at = 0

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        self._at = index.row()
        super().paint(painter, option, index)

    def paint_row(self, painter: QPainter, option: QStyleOptionViewItem, row: Card) -> None:
        theme = self._theme
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        self.ground(painter, option, is_chosen=is_chosen)
        grip = theme.px(_GRIP_PX)
        inner = self.inset(painter, option.rect, theme.px(44), grip)
        is_mirrored = painter.layoutDirection() == Qt.LayoutDirection.RightToLeft
        number = QRect(option.rect.left(), option.rect.top(), theme.px(52), option.rect.height())
        handle = QRect(option.rect.right() - grip, option.rect.top(), grip, option.rect.height())
        if is_mirrored:
            number.moveRight(option.rect.right())
            handle.moveLeft(option.rect.left())
        painter.setFont(theme.font("heading"))
        painter.setPen(theme.colour("muted"))
        painter.drawText(number, int(Qt.AlignmentFlag.AlignCenter), str(self._at + 1))
        icon = theme.pixmap("grip", "muted", 24)
        side = theme.px(24)
        centre = handle.center()
        painter.drawPixmap(centre.x() - side // 2, centre.y() - side // 2, icon)
        if row.plays:
            fill, ink = QColor(subject_colour(row.entry.subject)), "#ffffff"
        else:
            fill, ink = theme.colour("sunken"), "muted"
        name = "pen" if row.is_own and row.entry.id.startswith("board-") else icon_of(row.entry)
        text = self.icon_box(painter, inner, name, fill, ink)
        self._paint_text(painter, text, row)

    def _paint_text(self, painter: QPainter, rect: QRect, card: Card) -> None:
        theme = self._theme
        size = size_words(entry_size_bytes(card.entry)) if card.entry.files else ""
        extent = part_words(card.extract) or extent_words(card.entry)
        words = " · ".join(w for w in (item_kind_words(card.entry, card.is_own), extent, size) if w)
        line = self.two_lines(
            painter, rect, card.entry.title, " ", ("text" if card.plays else "muted", "muted")
        )
        small = theme.font("small")
        state = readiness_words(card)
        painter.setFont(small)
        width = painter.fontMetrics().horizontalAdvance(state)
        painter.setPen(
            theme.colour("good" if READINESS_LOOK[card.readiness][1] == "good" else "muted")
        )
        self.trailing_text(painter, line, state)
        room = self.inset(painter, line, 0, width + theme.px(10))
        draw_lines(painter, room, words, small, theme.colour("muted"))


class ItemList(CardGrid):
    """Signals: dragged(int, int) from one place to another; taken_out(int)."""

    dragged = Signal(int, int)
    taken_out = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, min_card_px=320, card_height=ITEM_PX, gap_px=8, edge_px=4)
        self.set_columns(1)
        self._theme = theme
        self._source = -1
        self._target = -1

    def _is_grip(self, point: QPoint, row: int) -> bool:
        rect, grip = self.item_rect(row), self._theme.px(_GRIP_PX)
        if self.isRightToLeft():
            return point.x() < rect.left() + grip
        return point.x() > rect.right() - grip

    def is_grip_at(self, point: QPoint) -> bool:
        """Whether a finger there means to carry a thing, not to scroll."""
        row = self.indexAt(point).row()
        return row >= 0 and self._is_grip(point, row)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QScrollPrepareEvent) and self.is_grip_at(event.startPos().toPoint()):
            event.ignore()
            return True
        return super().viewportEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        row = self.indexAt(point).row()
        if event.button() is Qt.MouseButton.LeftButton and row >= 0 and self._is_grip(point, row):
            self._source = self._target = row
            self.setCurrentIndex(self.model().index(row, 0))
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
            event.accept()
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._source < 0:
            super().mouseMoveEvent(event)
            return
        self._target = self._place_at(event.position().toPoint())
        self.scrollTo(self.model().index(min(self._target, self.model().rowCount() - 1), 0))
        self.viewport().update()
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._source < 0:
            super().mouseReleaseEvent(event)
            return
        source, target = self._source, self._target
        self._source = self._target = -1
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self.viewport().update()
        landed = target - 1 if target > source else target
        if landed != source:
            self.dragged.emit(source, landed)
        event.accept()

    def _place_at(self, point: QPoint) -> int:
        """Before which item a thing that is dropped here would stand."""
        count = self.model().rowCount()
        for row in range(count):
            if point.y() < self.item_rect(row).center().y():
                return row
        return count

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._source < 0:
            return
        theme, count = self._theme, self.model().rowCount()
        last = self.item_rect(count - 1)
        top = self.item_rect(self._target).top() if self._target < count else last.bottom() + 8
        height = theme.px(4)
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("primary"))
        line = QRectF(last.left(), top - theme.px(4) - height / 2, last.width(), height)
        painter.drawRoundedRect(line, height / 2, height / 2)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().row()
        is_alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if row >= 0 and is_alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            target = row - 1 if event.key() == Qt.Key.Key_Up else row + 1
            if 0 <= target < self.model().rowCount():
                self.dragged.emit(row, target)
            event.accept()
        elif row >= 0 and event.key() == Qt.Key.Key_Delete:
            self.taken_out.emit(row)
            event.accept()
        else:
            super().keyPressEvent(event)
