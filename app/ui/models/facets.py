# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters as rows: a heading per facet, values with counts, and "more" if they are many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt, Signal

from app.catalogue.query import Facet
from app.ui.models.rows import RowsModel
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
    counts: Mapping[Facet, Mapping[str, int]],
    filters: Filters,
    unfolded: frozenset[Facet],
    *,
    are_exact: bool = True,
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
                count_words(found[value], is_exact=are_exact),
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


class FacetModel(RowsModel[FacetRow]):
    """Signals: filters_changed() when the user switched a value."""

    filters_changed = Signal()
    row_role = ROW_ROLE

    def __init__(self) -> None:
        super().__init__()
        self._counts: Mapping[Facet, Mapping[str, int]] = {}
        self._are_exact = True
        self._filters: dict[Facet, frozenset[str]] = {}
        self._unfolded: frozenset[Facet] = frozenset()

    @property
    def filters(self) -> Filters:
        """What is switched on."""
        return dict(self._filters)

    def show_counts(
        self, counts: Mapping[Facet, Mapping[str, int]], *, are_exact: bool = True
    ) -> None:
        """Counts of a new answer."""
        self._counts, self._are_exact = counts, are_exact
        self._lay_out()

    def clear(self) -> None:
        """Switch every value off."""
        if self._filters:
            self._filters = {}
            self._lay_out()
            self.filters_changed.emit()

    def press(self, at: int) -> None:
        """What a click on a row does."""
        pressed = self.rows[at]
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
        self.show(
            facet_rows(self._counts, self._filters, self._unfolded, are_exact=self._are_exact)
        )

    def text_of(self, row: FacetRow) -> str:
        return f"{row.text} {row.count}".strip()

    def is_heading(self, row: FacetRow) -> bool:
        return row.kind is RowKind.HEADING
