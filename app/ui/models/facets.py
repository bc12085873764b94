# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters as rows: a heading per facet, values with counts, and "more" if they are many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from app.catalogue.query import Facet
from app.ui.words import count_words, facet_value_words, facet_words

ROW_ROLE = Qt.ItemDataRole.UserRole + 2
SHOWN_FACETS = (
    Facet.STAGE,
    Facet.SUBJECT,
    Facet.EDITION,
    Facet.GRADE,
    Facet.VOLUME,
    Facet.REVISION,
    Facet.TYPE,
    Facet.FORMAT,
)
_FEW = 6  # values shown before "more"
_ORDER = {
    word: at
    for words in (
        "小学 小学（五•四学制） 初中 初中（五•四学制） 高中 特殊教育",
        "一年级 二年级 三年级 四年级 五年级 六年级 七年级 八年级 九年级 高一 高二 高三",
        "上册 下册 全一册 必修 选择性必修",
        "语文 数学 英语 道德与法治 科学 音乐 美术 体育与健康",
    )
    for at, word in enumerate(words.split())
}
_BY_ORDER = frozenset({Facet.STAGE, Facet.GRADE, Facet.VOLUME})

Filters = Mapping[Facet, frozenset[str]]


class RowKind(StrEnum):
    """What a row is."""

    HEADING = "heading"
    VALUE = "value"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class FacetRow:
    """One painted row."""

    kind: RowKind
    facet: Facet
    value: str = ""
    text: str = ""
    count: str = ""
    is_on: bool = False


def facet_rows(
    counts: Mapping[Facet, Mapping[str, int]], filters: Filters, unfolded: frozenset[Facet]
) -> list[FacetRow]:
    """Lay the facets out; one that could not narrow anything is left out."""
    rows: list[FacetRow] = []
    for facet in SHOWN_FACETS:
        on = filters.get(facet, frozenset())
        found = {**dict.fromkeys(on, 0), **counts.get(facet, {})}
        if len(found) < 2 and not on:
            continue
        values = sorted(found, key=lambda value: _rank(facet, value, found[value]))
        is_folded = facet not in unfolded and len(values) > _FEW + 1
        shown = [v for at, v in enumerate(values) if not is_folded or at < _FEW or v in on]
        rows.append(FacetRow(RowKind.HEADING, facet, text=facet_words(facet)))
        rows.extend(
            FacetRow(
                RowKind.VALUE,
                facet,
                value,
                facet_value_words(facet, value),
                count_words(found[value]),
                value in on,
            )
            for value in shown
        )
        if is_folded:
            rows.append(FacetRow(RowKind.MORE, facet, count=str(len(values) - len(shown))))
    return rows


def _rank(facet: Facet, value: str, count: int) -> tuple[int, int, str]:
    if facet in _BY_ORDER:
        return (_ORDER.get(value, 99), -count, value)
    return (0, -count, value)


class FacetModel(QAbstractListModel):
    """Signals: filters_changed() when the user switched a value."""

    filters_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._counts: Mapping[Facet, Mapping[str, int]] = {}
        self._filters: dict[Facet, frozenset[str]] = {}
        self._unfolded: frozenset[Facet] = frozenset()
        self._rows: list[FacetRow] = []

    @property
    def filters(self) -> Filters:
        """What is switched on."""
        return dict(self._filters)

    def show(self, counts: Mapping[Facet, Mapping[str, int]]) -> None:
        """Counts of a new answer."""
        self._counts = counts
        self._lay_out()

    def clear(self) -> None:
        """Switch every value off."""
        if self._filters:
            self._filters = {}
            self._lay_out()
            self.filters_changed.emit()

    def press(self, row: int) -> None:
        """What a click on a row does."""
        pressed = self._rows[row]
        if pressed.kind is RowKind.MORE:
            self._unfolded |= {pressed.facet}
            self._lay_out()
        elif pressed.kind is RowKind.VALUE:
            on = self._filters.get(pressed.facet, frozenset()) ^ {pressed.value}
            self._filters[pressed.facet] = on
            if not on:
                del self._filters[pressed.facet]
            self._lay_out()
            self.filters_changed.emit()

    def _lay_out(self) -> None:
        rows = facet_rows(self._counts, self._filters, self._unfolded)
        if len(rows) == len(self._rows):
            self._rows = rows
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        if not index.isValid() or self._rows[index.row()].kind is RowKind.HEADING:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        return row.text if role == Qt.ItemDataRole.DisplayRole else None
