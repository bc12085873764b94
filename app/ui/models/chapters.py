# SPDX-License-Identifier: GPL-3.0-or-later
"""Walking through the books: 学段 → 学科 → 版本 → 年级 → 册次 → 单元 → 课, one level on screen.

A level with a single way on is skipped, so that a teacher chooses only where there is a choice.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)

from app.catalogue.query import Node
from app.ui.jobs import SerialQueue
from app.ui.services import CatalogueReader
from app.ui.words import count_words

PLACE_ROLE = Qt.ItemDataRole.UserRole + 3
LEVELS = 7

Path = tuple[str, ...]


class PlaceKind(StrEnum):
    """What a row is."""

    BACK = "back"
    HERE = "here"
    NODE = "node"


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One painted row."""

    kind: PlaceKind
    text: str
    count: str
    path: Path
    is_chosen: bool = False
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class _Level:
    walk_no: int
    path: Path
    nodes: tuple[Node, ...]


def shown_count(node: Node, *, is_playable_only: bool) -> int:
    """The count of a node under the switch 「本机能放」."""
    return node.playable_count if is_playable_only else node.count


def level_below(
    catalogue: CatalogueReader, path: Path, *, is_playable_only: bool
) -> tuple[Path, tuple[Node, ...]]:
    """The nodes below a place, going on by itself while there is only one way."""
    while True:
        nodes = tuple(
            node
            for node in catalogue.browse(path)
            if shown_count(node, is_playable_only=is_playable_only) > 0
        )
        if len(nodes) != 1 or len(path) >= LEVELS - 1 or len(nodes[0].path) <= len(path):
            return path, nodes
        path = tuple(nodes[0].path)


class ChapterModel(QAbstractListModel):
    """Signals: place_changed() when another place (or none) was chosen; failed(KnownError)."""

    place_changed = Signal()
    failed = Signal(object)

    def __init__(
        self, catalogue: SerialQueue[CatalogueReader], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._walk_no = 0
        self._is_playable_only = True
        self._level: Path = ()  # whose children are listed
        self._nodes: tuple[Node, ...] = ()
        self._back: list[tuple[Path, Path]] = []  # (level, place) one came from
        self._rows: list[PlaceRow] = []
        self.place: Path = ()  # what the results are narrowed to
        self.is_waiting = False

    def show(self, *, is_playable_only: bool) -> None:
        """List the current level under this switch."""
        self._is_playable_only = is_playable_only
        self._walk(self._level)

    def go_home(self) -> None:
        """Back to the whole library."""
        had_place = bool(self.place)
        self.place = ()
        self._back = []
        self._walk(())
        if had_place:
            self.place_changed.emit()

    def press(self, row: int) -> None:
        """What a click on a row does."""
        pressed = self._rows[row]
        if pressed.kind is PlaceKind.BACK:
            self._level, self.place = self._back.pop()
            self._walk(self._level)
        elif pressed.kind is PlaceKind.HERE:
            if self.place == pressed.path:
                return
            self.place = pressed.path
            self._lay_out()
        elif len(pressed.path) >= LEVELS:
            self.place = self._level if pressed.path == self.place else pressed.path
            self._lay_out()
        else:
            self._back.append((self._level, self.place))
            self.place = pressed.path
            self._walk(pressed.path)
        self.place_changed.emit()

    def _walk(self, path: Path) -> None:
        self._walk_no += 1
        walk_no, is_playable_only = self._walk_no, self._is_playable_only
        self.is_waiting = True

        def work(catalogue: CatalogueReader) -> object:
            reached, nodes = level_below(catalogue, path, is_playable_only=is_playable_only)
            return _Level(walk_no, reached, nodes)

        job = self._catalogue.submit(work, "browse")
        job.succeeded.connect(self._take)
        job.failed.connect(self.failed)

    @Slot(object)
    def _take(self, level: _Level) -> None:
        if level.walk_no != self._walk_no:
            return
        self.is_waiting = False
        self._nodes = level.nodes
        has_skipped = len(level.path) > len(self.place) and bool(self.place)
        self._level = level.path
        if has_skipped:
            self.place = level.path
        self._lay_out()
        if has_skipped:
            self.place_changed.emit()

    def _lay_out(self) -> None:
        rows: list[PlaceRow] = []
        if self._back:
            words = QCoreApplication.translate("ChapterModel", "Back")
            rows.append(PlaceRow(PlaceKind.BACK, words, "", ()))
        if self.place:
            here = self.place[: len(self._level)] or self.place
            text = " · ".join(part for part in here if part)
            rows.append(PlaceRow(PlaceKind.HERE, text, "", here, is_chosen=self.place == here))
        for node in self._nodes:
            count = shown_count(node, is_playable_only=self._is_playable_only)
            path = tuple(node.path)
            rows.append(
                PlaceRow(
                    PlaceKind.NODE,
                    node.name or QCoreApplication.translate("ChapterModel", "Not given"),
                    count_words(count),
                    path,
                    is_chosen=path == self.place,
                    has_more=len(path) < LEVELS,
                )
            )
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == PLACE_ROLE:
            return row
        return row.text if role == Qt.ItemDataRole.DisplayRole else None
