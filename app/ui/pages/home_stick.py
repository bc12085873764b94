# SPDX-License-Identifier: GPL-3.0-or-later
"""U盘: the teacher's own files on a stick, played from it or kept; the stick is let go of at once.

A folder is read when it is shown and never held open.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QModelIndex, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeySequence, QMouseEvent, QPainter, QShortcut, QShowEvent
from PySide6.QtWidgets import QFileDialog, QStyle, QStyleOptionViewItem, QVBoxLayout, QWidget

from app.base.errors import KnownError, known_os_error
from app.base.messages import message_of
from app.region.media import Format, format_of, guess_media_type
from app.ui.look.theme import Theme
from app.ui.models.rows import RowsModel
from app.ui.own_shelf import can_show
from app.ui.pages.list_travel import ListTravel
from app.ui.services import Services
from app.ui.widgets.card_grid import CardGrid
from app.ui.widgets.controls import Deck, EmptyState, FlowBox, Notice, button, label, row
from app.ui.widgets.cover import FORMAT_ICONS
from app.ui.widgets.painted_row import PaintedRow
from app.ui.words import format_words, size_words

_ROLE = int(Qt.ItemDataRole.UserRole) + 10
_MAX_SHOWN = 2000
KEEP_PX = 60
_LOOK_MS = 2000


@dataclass(frozen=True, slots=True)
class StickRow:
    """A stick, a folder on it, or a file that plays here."""

    path: Path
    name: str
    is_folder: bool
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """What a look at the sticks, or at one folder, brought."""

    folder: Path | None
    rows: tuple[StickRow, ...]
    error: KnownError | None = None


def find_sticks() -> Found:
    """Whatever is plugged in and removable; the only stick is opened at once."""
    from app.sync.courier.drives import removable_places

    places = removable_places()
    rows = tuple(StickRow(path, path.name or str(path), is_folder=True) for path in places)
    return Found(None, rows)


def look_into(folder: Path, playable: frozenset[str]) -> Found:
    """What one folder holds, or that it is gone."""
    try:
        return Found(folder, read_folder(folder, playable))
    except KnownError as error:
        return Found(folder, (), error)


def read_folder(folder: Path, playable: frozenset[str]) -> tuple[StickRow, ...]:
    """Folders, then files that play here, by name; hidden ones are left out.

    Raises:
        MissingFileError, UnreadableFileError: the stick is gone.
    """
    try:
        rows = sorted(_rows(folder, playable), key=lambda one: (not one.is_folder, one.name))
    except OSError as error:
        raise known_os_error(error, folder) from error
    return tuple(rows[:_MAX_SHOWN])


def _rows(folder: Path, playable: frozenset[str]) -> Iterator[StickRow]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith((".", "$", "~")) or entry.name == "System Volume Information":
                continue
            path = Path(entry.path)
            if entry.is_dir():
                yield StickRow(path, entry.name, is_folder=True)
            elif can_show(path, playable):
                yield StickRow(path, entry.name, is_folder=False, size_bytes=entry.stat().st_size)


class StickModel(RowsModel[StickRow]):
    """What lies in one folder."""

    row_role = _ROLE

    def text_of(self, row: StickRow) -> str:
        return row.name


class StickDelegate(PaintedRow[StickRow]):
    """One line each."""

    row_role = _ROLE

    def paint_row(self, painter: QPainter, option: QStyleOptionViewItem, row: StickRow) -> None:
        theme = self._theme
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        self.ground(painter, option, is_chosen=is_chosen and not row.is_folder)
        kind = format_of(guess_media_type(row.name), row.name)
        icon = "folder" if row.is_folder else FORMAT_ICONS.get(kind, "file")
        words = "" if row.is_folder else self._about(kind, row)
        text = self.icon_box(painter, option.rect, icon, theme.colour("tint"), "on_tint")
        if not row.is_folder:
            self._paint_keep(painter, option.rect)
            text = self.inset(painter, text, 0, theme.px(KEEP_PX - 14))
        self.two_lines(painter, text, row.name, words)

    def _paint_keep(self, painter: QPainter, rect: QRect) -> None:
        """What copies the file in, at the trailing edge."""
        theme, side = self._theme, self._theme.px(24)
        centre = keep_rect(rect, painter.layoutDirection(), theme.px(KEEP_PX)).center()
        icon = theme.pixmap("download", "primary", 24)
        painter.drawPixmap(centre.x() - side // 2, centre.y() - side // 2, icon)

    @staticmethod
    def _about(kind: Format, row: StickRow) -> str:
        return f"{format_words(kind.value)} · {size_words(row.size_bytes)}"


def keep_rect(rect: QRect, direction: Qt.LayoutDirection, width: int) -> QRect:
    """Where a row is pressed to keep its file."""
    left = rect.left() if direction == Qt.LayoutDirection.RightToLeft else rect.right() - width
    return QRect(left, rect.top(), width, rect.height())


class StickGrid(CardGrid):
    """Signals: kept(QModelIndex) when the trailing edge of a file was pressed."""

    kept = Signal(QModelIndex)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, min_card_px=360, card_height=72, gap_px=10, edge_px=4)
        self._keep_px = theme.px(KEEP_PX)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        index = self.indexAt(point)
        row = index.data(_ROLE)
        place = keep_rect(self.visualRect(index), self.layoutDirection(), self._keep_px)
        if isinstance(row, StickRow) and not row.is_folder and place.contains(point):
            self.setCurrentIndex(index)
            self.kept.emit(index)
            event.accept()
            return
        super().mouseReleaseEvent(event)


class OwnStickPage(QWidget):
    """Signals: left(); play_wanted(Card, tuple of Cards)."""

    left = Signal()
    play_wanted = Signal(object, object)

    def __init__(self, theme: Theme, services: Services) -> None:
        super().__init__()
        self.setObjectName("page")
        self._services = services
        self._folder: Path | None = None
        self._top: Path | None = None
        self.model = StickModel()
        self.travel = ListTravel(services)
        self._make(theme)
        self._connect()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)

    def _make(self, theme: Theme) -> None:
        self.back_button = button(theme, self.tr("Back"), "back")
        self.title = label(theme, self.tr("USB stick"), "title")
        self.keep_button = button(theme, self.tr("Keep on this machine"), "download")
        self.keep_all_button = button(theme, self.tr("Keep all of this folder"), "download")
        self.folder_button = button(theme, self.tr("Another folder"), "folder", "quiet")
        self.acts = FlowBox(theme.px(10))
        for made in (self.keep_button, self.keep_all_button, self.folder_button):
            self.acts.add(made)
        self.notice = Notice(theme, "noticeQuiet", "info")
        self.notice.hide()
        self._delegate = StickDelegate(theme)
        self.view = StickGrid(theme)
        self.view.setAccessibleName(self.tr("Files on the stick"))
        self.view.setItemDelegate(self._delegate)
        self.view.setModel(self.model)
        self.empty = EmptyState(theme, "usb")
        self._deck = Deck(theme, self.view, self.empty)
        head = row(self.back_button, self.title, gap=theme.px(14))
        head.setStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(side) for side in (28, 22, 28, 10)))
        layout.setSpacing(theme.px(12))
        layout.addLayout(head)
        layout.addWidget(self.notice)
        layout.addWidget(self.acts)
        layout.addWidget(self._deck, 1)

    def _connect(self) -> None:
        self.back_button.clicked.connect(self._up)
        self.keep_button.clicked.connect(self._keep)
        self.keep_all_button.clicked.connect(self._keep_all)
        self.folder_button.clicked.connect(self._ask_folder)
        self.view.chosen.connect(self._choose)
        self.view.kept.connect(self._keep)
        self.view.selectionModel().currentChanged.connect(self._show_acts)
        self.empty.pressed.connect(self._ask_folder)
        self.travel.said.connect(self.notice.say)
        context = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for keys in ("Esc", "Alt+Left", "Backspace"):
            QShortcut(QKeySequence(keys), self, self._up, context=context)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    # -- looking -----------------------------------------------------------------------------
    # A stick may be slow or half pulled: it is only ever touched on a worker thread.

    @Slot()
    def refresh(self) -> None:
        """Begin anew: the only stick, or the choice between several."""
        self._folder = self._top = None
        self.notice.say("")
        self._look_for_sticks()

    def open_folder(self, folder: Path) -> None:
        """Show a folder; one cannot go above it."""
        self._top = folder
        self._read(folder)

    def _look_for_sticks(self) -> None:
        job = self._services.runner.start(lambda _context: find_sticks())
        job.succeeded.connect(self._show_sticks)

    def _read(self, folder: Path) -> None:
        playable = self._services.playable
        self._folder = folder
        job = self._services.runner.start(lambda _context: look_into(folder, playable))
        job.succeeded.connect(self._show_folder)

    @Slot(object)
    def _show_sticks(self, found: Found) -> None:
        if self._folder is not None:
            return
        if len(found.rows) == 1:
            self.open_folder(found.rows[0].path)
            return
        self.title.setText(self.tr("USB stick"))
        self._take_rows(found.rows)
        if not found.rows:
            self.empty.say(
                self.tr("No stick is plugged in"),
                self.tr("Plug one in; it shows up here by itself."),
                self.tr("Another folder"),
                "usb",
            )

    @Slot(object)
    def _show_folder(self, found: Found) -> None:
        if found.folder is None or found.folder != self._folder:
            return
        if found.error is not None:
            self._folder = self._top = None
            self._take_rows(())
            said = message_of(found.error, self._services.settings.current.language)
            self.empty.say(said.title, said.line, self.tr("Another folder"), "usb")
            return
        self.title.setText(found.folder.name or str(found.folder))
        if found.rows == self.model.rows:
            return
        self._take_rows(found.rows)
        if not found.rows:
            words = self.tr("Nothing in this folder plays on this machine.")
            self.empty.say(self.tr("Nothing to show"), words, "", "folder")

    def _take_rows(self, rows: tuple[StickRow, ...]) -> None:
        self.view.clearSelection()
        self.model.show(())
        self.model.show(rows)
        self._deck.setCurrentWidget(self.view if rows else self.empty)
        self._show_acts()

    @Slot()
    def _look(self) -> None:
        """A stick came or went."""
        if self.travel.is_busy or not self._services.runner.is_idle:
            return
        if self._folder is None:
            self._look_for_sticks()
        else:
            self._read(self._folder)

    @property
    def current(self) -> StickRow | None:
        """The chosen file."""
        at = self.view.currentIndex().row()
        found = self.model.rows[at] if 0 <= at < len(self.model.rows) else None
        return found if found is not None and not found.is_folder else None

    @property
    def files(self) -> tuple[StickRow, ...]:
        """The files of this folder."""
        return tuple(one for one in self.model.rows if not one.is_folder)

    @Slot()
    def _show_acts(self) -> None:
        has_file = self.current is not None
        self.keep_button.setEnabled(has_file)
        self.keep_button.setVisible(bool(self.files))
        self.keep_all_button.setVisible(len(self.files) > 1)
        self.acts.refresh()

    # -- doing -------------------------------------------------------------------------------

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        chosen = index.data(_ROLE)
        if isinstance(chosen, StickRow) and chosen.is_folder:
            if self._top is None:
                self._top = chosen.path
            self._read(chosen.path)
        else:
            self.view.setCurrentIndex(index)
            self._show_acts()
            self._play()

    @Slot()
    def _up(self) -> None:
        if self._folder is None or self._folder == self._top:
            self.left.emit()
        else:
            self._read(self._folder.parent)

    def _play(self) -> None:
        chosen = self.current
        if chosen is None:
            return
        own = self._services.own
        try:
            cards = {one.path: own.lend(one.path) for one in self.files}
        except KnownError as error:
            language = self._services.settings.current.language
            self.notice.say(message_of(error, language).line)
            return
        lesson = tuple(card for card in cards.values() if card.plays)
        card = cards[chosen.path]
        self.play_wanted.emit(card, lesson if card in lesson else (card,))

    @Slot()
    def _keep(self) -> None:
        if self.current is not None:
            self.travel.take_in([self.current.path])

    @Slot()
    def _keep_all(self) -> None:
        self.travel.take_in([one.path for one in self.files])

    @Slot()
    def _ask_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, self.tr("Another folder"))
        if path:
            self.open_folder(Path(path))
