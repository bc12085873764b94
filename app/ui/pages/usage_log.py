# SPDX-License-Identifier: GPL-3.0-or-later
"""使用记录: what was opened and played on this machine, the newest first."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.base.errors import KnownError
from app.base.messages import message_of
from app.region.media import Format
from app.ui.desk import Desk
from app.ui.look.colours import subject_colour
from app.ui.look.painting import draw_lines
from app.ui.look.theme import Theme
from app.ui.models.usage_rows import (
    USAGE_ROLE,
    UsageKind,
    UsageModel,
    UsageRow,
    day_words,
    usage_rows,
)
from app.ui.services import Services
from app.ui.widgets.card_grid import grab_scrolling
from app.ui.widgets.controls import Deck, EmptyState, label
from app.ui.widgets.cover import FORMAT_ICONS

_EVENTS = 3000  # some weeks of lessons on one machine


class UsageDelegate(QStyledItemDelegate):
    """A day's heading, or a viewing: time, icon, title, subject and type, what happened."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def sizeHint(
        self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        row = index.data(USAGE_ROLE)
        is_day = isinstance(row, UsageRow) and row.kind is UsageKind.DAY
        return QSize(0, self._theme.px(52 if is_day else 80))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        row = index.data(USAGE_ROLE)
        if not isinstance(row, UsageRow):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(option.direction)
        if row.kind is UsageKind.DAY:
            self._paint_day(painter, option.rect, row)
        else:
            self._paint_viewing(painter, option, row)
        painter.restore()

    def _paint_day(self, painter: QPainter, rect: QRect, row: UsageRow) -> None:
        theme = self._theme
        words = day_words(row.day, date.today())  # noqa: DTZ011 - the teacher's own day
        line = rect.adjusted(theme.px(6), theme.px(20), -theme.px(6), 0)
        draw_lines(painter, line, words, theme.font("body", is_bold=True), theme.colour("muted"))

    def _paint_viewing(
        self, painter: QPainter, option: QStyleOptionViewItem, row: UsageRow
    ) -> None:
        theme = self._theme
        rect = option.rect.adjusted(1, theme.px(4), -1, -theme.px(4))
        is_focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(
            QPen(theme.colour("focus" if is_focused else "line"), 2 if is_focused else 1)
        )
        painter.setBrush(theme.colour("surface"))
        painter.drawRoundedRect(
            QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), theme.px(14), theme.px(14)
        )
        cells = self._cells(rect, painter.layoutDirection() == Qt.LayoutDirection.RightToLeft)
        clock, box, text, told = cells
        painter.setPen(theme.colour("text"))
        painter.setFont(theme.font("heading"))
        painter.drawText(clock, int(Qt.AlignmentFlag.AlignCenter), row.time)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(subject_colour(row.subject)))
        painter.drawRoundedRect(QRectF(box), theme.px(12), theme.px(12))
        known = row.media in tuple(Format)
        name = FORMAT_ICONS.get(Format(row.media), "other") if known else "other"
        icon = theme.pixmap(name, "#ffffff", 24)
        shift = (box.width() - theme.px(24)) // 2
        painter.drawPixmap(box.left() + shift, box.top() + shift, icon)
        self._two_lines(painter, text, row.title, row.about)
        end = QStyle.visualAlignment(
            painter.layoutDirection(),
            Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter,
        )
        painter.setFont(theme.font("body"))
        painter.setPen(theme.colour("text"))
        painter.drawText(told, int(end | Qt.TextFlag.TextWordWrap), row.happened)

    def _cells(self, rect: QRect, is_mirrored: bool) -> tuple[QRect, QRect, QRect, QRect]:
        theme = self._theme
        side = theme.px(44)
        clock = QRect(rect.left() + theme.px(8), rect.top(), theme.px(80), rect.height())
        box = QRect(clock.right() + theme.px(8), rect.center().y() - side // 2, side, side)
        told_width = min(theme.px(250), rect.width() // 3)
        told = QRect(
            rect.right() - told_width - theme.px(18), rect.top(), told_width, rect.height()
        )
        left = box.right() + theme.px(14)
        text = QRect(left, rect.top(), told.left() - left - theme.px(12), rect.height())
        cells = (clock, box, text, told)
        if not is_mirrored:
            return cells
        middle = rect.left() + rect.right()
        flipped = [QRect(middle - c.right(), c.top(), c.width(), c.height()) for c in cells]
        return (flipped[0], flipped[1], flipped[2], flipped[3])

    def _two_lines(self, painter: QPainter, rect: QRect, first: str, second: str) -> None:
        theme = self._theme
        big, small = theme.font("body", is_bold=True), theme.font("small")
        painter.setFont(big)
        high = painter.fontMetrics().height()
        painter.setFont(small)
        low = painter.fontMetrics().height() if second else 0
        top = rect.top() + (rect.height() - high - low) // 2
        draw_lines(
            painter, QRect(rect.left(), top, rect.width(), high), first, big, theme.colour("text")
        )
        under = QRect(rect.left(), top + high, rect.width(), low)
        draw_lines(painter, under, second, small, theme.colour("muted"))


class UsageLogPage(QWidget):
    """Read from desk.db when shown and when something new was stored."""

    def __init__(self, theme: Theme, services: Services) -> None:
        super().__init__()
        self.setObjectName("page")
        self._services = services
        self.model = UsageModel()
        self._delegate = UsageDelegate(theme)
        self.view = QListView()
        self.view.setAccessibleName(self.tr("Usage log"))
        self.view.setItemDelegate(self._delegate)
        self.view.setModel(self.model)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setResizeMode(QListView.ResizeMode.Adjust)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        grab_scrolling(self.view.viewport())
        self.empty = EmptyState(theme, "log")
        self.empty.say(
            self.tr("Nothing has been played yet"),
            self.tr("What you open and play is written down here by itself."),
        )
        self._shown = Deck(theme, self.view, self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(side) for side in (28, 22, 28, 10)))
        layout.setSpacing(theme.px(6))
        layout.addWidget(label(theme, self.tr("Usage log"), "display"))
        layout.addWidget(
            label(
                theme,
                self.tr("Each lesson shown on this machine; the lesson register is made from it."),
                name="muted",
            )
        )
        layout.addWidget(self._shown, 1)
        services.lesson_log.stored.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Read the log again."""

        def work(desk: Desk) -> object:
            return desk.usage.recent(_EVENTS)

        job = self._services.desk.submit(work, "usage")
        job.succeeded.connect(self._show)
        job.failed.connect(self._fail)

    @Slot(object)
    def _show(self, events: object) -> None:
        if isinstance(events, tuple):
            self.model.show(usage_rows(events))
        self._shown.setCurrentWidget(self.view if self.model.rows else self.empty)

    @Slot(object)
    def _fail(self, error: object) -> None:
        if isinstance(error, KnownError):
            said = message_of(error, self._services.settings.current.language)
            self.empty.say(said.title, said.line, icon="warning")
            self._shown.setCurrentWidget(self.empty)
