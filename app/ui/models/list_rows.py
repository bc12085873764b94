# SPDX-License-Identifier: GPL-3.0-or-later
"""The teacher's lesson lists as a model."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from app.lesson.lists import LessonList

LIST_ROLE = Qt.ItemDataRole.UserRole + 5


class ListsModel(QAbstractListModel):
    """Shows the lists it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.lists: tuple[LessonList, ...] = ()

    def show(self, lists: Sequence[LessonList]) -> None:
        """Replace what is shown."""
        self.beginResetModel()
        self.lists = tuple(lists)
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lists)

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if not index.isValid():
            return None
        one = self.lists[index.row()]
        if role == LIST_ROLE:
            return one
        return one.name if role == Qt.ItemDataRole.DisplayRole else None
