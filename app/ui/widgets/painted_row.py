# SPDX-License-Identifier: GPL-3.0-or-later
"""What every delegate of ours shares: direction, ground, icon box, two lines of text."""

from __future__ import annotations

from typing import Generic, TypeVar

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.base.errors import BugError
from app.ui.look.painting import draw_lines
from app.ui.look.theme import Theme

T = TypeVar("T")
AnyIndex = QModelIndex | QPersistentModelIndex
_ICON_BOX = 52


class PaintedRow(QStyledItemDelegate, Generic[T]):
    """Paints what a model gives for `row_role`; anything else (still being fetched) is `waiting`.

    A subclass implements `paint_row`; the painter is antialiased, mirrored where the language is,
    and restored afterwards.
    """

    row_role = int(Qt.ItemDataRole.UserRole)
    radius_px = 14

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        row = index.data(self.row_role)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(option.direction)
        if row is None:
            self.paint_waiting(painter, option)
        else:
            self.paint_row(painter, option, row)
        painter.restore()

    def paint_row(self, painter: QPainter, option: QStyleOptionViewItem, row: T) -> None:
        """Paint one row."""
        raise BugError(f"{type(self).__name__} paints nothing")

    def paint_waiting(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        """Paint a row that has not come yet: nothing, unless a subclass knows better."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: AnyIndex) -> QSize:
        return option.rect.size()

    # -- pieces ------------------------------------------------------------------------------

    def ground(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        *,
        is_chosen: bool = False,
        rect: QRect | None = None,
    ) -> None:
        """A box with round corners that shows hover, focus and choice."""
        theme, radius = self._theme, self._theme.px(self.radius_px)
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        is_focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        edge = "focus" if is_focused else ("primary" if is_chosen else "line")
        width = theme.px(2) if is_focused or is_chosen else 1
        painter.setPen(QPen(theme.colour(edge), width))
        painter.setBrush(theme.colour("raised" if is_hovered else "surface"))
        half = width / 2
        box = QRectF(rect or option.rect).adjusted(half, half, -half, -half)
        painter.drawRoundedRect(box, radius, radius)

    def icon_box(
        self, painter: QPainter, rect: QRect, icon: str, fill: QColor, colour: str
    ) -> QRect:
        """An icon in a coloured box at the leading edge; returns what is left for text."""
        theme = self._theme
        pad, side = theme.px(14), min(theme.px(_ICON_BOX), rect.height() - theme.px(12))
        is_mirrored = painter.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left = rect.right() - pad - side if is_mirrored else rect.left() + pad
        box = QRect(left, rect.center().y() - side // 2, side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(QRectF(box), theme.px(14), theme.px(14))
        pixmap = theme.pixmap(icon, colour, 28)
        shift = (side - theme.px(28)) // 2
        painter.drawPixmap(box.left() + shift, box.top() + shift, pixmap)
        return self.inset(painter, rect, pad + side + pad, pad)

    def inset(self, painter: QPainter, rect: QRect, leading: int, trailing: int) -> QRect:
        """The rectangle without so much at its leading and trailing edge."""
        if painter.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            leading, trailing = trailing, leading
        return rect.adjusted(leading, 0, -trailing, 0)

    def two_lines(
        self,
        painter: QPainter,
        rect: QRect,
        first: str,
        second: str,
        colours: tuple[str, str] = ("text", "muted"),
    ) -> QRect:
        """A bold line and a small one, centred together; returns where the small one stands."""
        theme = self._theme
        big, small = theme.font("body", is_bold=True), theme.font("small")
        gap = theme.px(3)
        painter.setFont(big)
        high = painter.fontMetrics().height()
        painter.setFont(small)
        low = painter.fontMetrics().height() if second else 0
        top = rect.top() + (rect.height() - high - low - (gap if second else 0)) // 2
        upper = QRect(rect.left(), top, rect.width(), high)
        draw_lines(painter, upper, first, big, theme.colour(colours[0]))
        lower = QRect(rect.left(), top + high + gap, rect.width(), low)
        draw_lines(painter, lower, second, small, theme.colour(colours[1]))
        return lower

    def trailing_text(self, painter: QPainter, rect: QRect, words: str) -> None:
        """Words at the trailing edge, with the painter's own font and pen."""
        painter.drawText(rect, trailing(painter), words)


def trailing(painter: QPainter) -> int:
    """Alignment at the trailing edge; QPainter mirrors none by itself."""
    wanted = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter
    return int(QStyle.visualAlignment(painter.layoutDirection(), wanted))
