# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the cards of a grid lie: arithmetic over one look at the view, whatever the number of rows.

A view asked anew for each number would be asked a thousand times before the first page is shown.
"""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPoint, QRect, QSize

_SCROLL_RANGE_MAX = 1_000_000_000  # a scroll bar counts in 32-bit integers
_FAR_PX = 1_000_000_000  # and so do rectangles


class GridGeometry(NamedTuple):
    """One moment of a grid; all sizes in pixels."""

    view_width: int
    view_height: int
    columns: int
    card_width: int
    card_height: int
    gap: int
    edge: int
    total: int
    bar_value: int

    @property
    def row_step(self) -> int:
        """From the top of one row to the next."""
        return self.card_height + self.gap

    @property
    def content_height(self) -> int:
        """How high all rows are together."""
        rows = -(-self.total // self.columns)
        return max(0, rows * self.row_step - self.gap) + 2 * self.edge

    @property
    def unit(self) -> int:
        """Pixels per step of the scroll bar: 1, unless that would overflow it."""
        return self.content_height // _SCROLL_RANGE_MAX + 1

    @property
    def top(self) -> int:
        """How far the view has been scrolled."""
        return self.bar_value * self.unit

    @property
    def bar_maximum(self) -> int:
        """The last step of the scroll bar."""
        return max(0, -(-(self.content_height - self.view_height) // self.unit))

    def line_at(self, y: int) -> int:
        """The row of cards at a height of the view; below 0 above the first."""
        return (y + self.top - self.edge) // self.row_step

    def visible(self) -> tuple[int, int]:
        """First and one past the last item that can be seen."""
        first = max(0, self.line_at(0)) * self.columns
        last = -(-(self.top + self.view_height) // self.row_step) * self.columns
        return min(first, self.total), min(last, self.total)

    def rect(self, item: int, *, is_mirrored: bool) -> QRect:
        """Where an item is painted, in the view."""
        line, column = divmod(item, self.columns)
        x = self.edge + column * (self.card_width + self.gap)
        if is_mirrored:
            x = self.view_width - x - self.card_width
        y = max(-_FAR_PX, min(_FAR_PX, self.edge + line * self.row_step - self.top))
        return QRect(QPoint(x, y), QSize(self.card_width, self.card_height))
