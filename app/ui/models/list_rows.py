# SPDX-License-Identifier: GPL-3.0-or-later
"""The teacher's lesson lists as a model."""

from __future__ import annotations

from PySide6.QtCore import Qt

from app.lesson.lists import LessonList
from app.ui.models.rows import RowsModel

LIST_ROLE = Qt.ItemDataRole.UserRole + 5


class ListsModel(RowsModel[LessonList]):
    """Shows the lists it is given."""

    row_role = LIST_ROLE

    @property
    def lists(self) -> tuple[LessonList, ...]:
        """What is shown."""
        return self.rows

    def text_of(self, row: LessonList) -> str:
        return row.name
