# SPDX-License-Identifier: GPL-3.0-or-later
"""A grid over millions of rows: arithmetic instead of widgets."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPoint, Qt
from PySide6.QtGui import QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from app.ui.look.colours import LIGHT
from app.ui.look.theme import Theme
from app.ui.widgets.card_grid import CardGrid


class Numbers(QAbstractListModel):
    """Rows that say their number."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._count = count
        self.asked: list[int] = []

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else self._count

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            self.asked.append(index.row())
            return str(index.row())
        return None


class Scribe(QStyledItemDelegate):
    """Paints the number."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        painter.drawText(option.rect, int(Qt.AlignmentFlag.AlignCenter), str(index.data()))


def grid_of(qtbot: QtBot, count: int, width: int = 900) -> tuple[CardGrid, Numbers]:
    grid = CardGrid(Theme(LIGHT, 100), min_card_px=200, card_height=300)
    delegate = Scribe(grid)
    grid.setItemDelegate(delegate)
    model = Numbers(count)
    model.setParent(grid)
    grid.setModel(model)
    grid.resize(width, 600)
    qtbot.addWidget(grid)
    grid.show()
    qtbot.waitExposed(grid)
    return grid, model


def test_four_million_rows_scroll_to_the_end_and_ask_for_what_is_seen(qtbot: QtBot) -> None:
    grid, model = grid_of(qtbot, 4_000_000)
    grid.grab()
    model.asked.clear()
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum())
    grid.grab()
    assert max(model.asked) == 3_999_999
    assert len(set(model.asked)) <= 4 * grid.columns
    last = grid.item_rect(3_999_999)
    assert 0 <= last.top() < last.bottom() <= grid.viewport().height()


def test_huge_content_does_not_overflow_the_scroll_bar(qtbot: QtBot) -> None:
    grid, _ = grid_of(qtbot, 40_000_000, width=260)
    assert grid.columns == 1
    assert grid.content_height() > 2**31
    assert 0 < grid.verticalScrollBar().maximum() < 2**31
    grid.scrollTo(grid.model().index(39_999_999, 0))
    assert grid.item_rect(39_999_999).intersects(grid.viewport().rect())


def test_every_row_is_found_where_it_is_painted(qtbot: QtBot) -> None:
    grid, _ = grid_of(qtbot, 57)
    grid.verticalScrollBar().setValue(317)
    for row in range(57):
        centre = grid.item_rect(row).center()
        assert grid.indexAt(centre).row() == row
    assert not grid.indexAt(QPoint(1, 1)).isValid()


def test_an_empty_grid_paints_and_takes_keys(qtbot: QtBot) -> None:
    grid, _ = grid_of(qtbot, 0)
    grid.grab()
    QTest.keyClick(grid, Qt.Key.Key_Down)
    QTest.keyClick(grid, Qt.Key.Key_Return)
    assert not grid.currentIndex().isValid()


@pytest.mark.parametrize(
    ("keys", "row"),
    [
        ([Qt.Key.Key_Right], 1),
        ([Qt.Key.Key_Down], 4),
        ([Qt.Key.Key_Down, Qt.Key.Key_Left], 3),
        ([Qt.Key.Key_End], 49),
        ([Qt.Key.Key_End, Qt.Key.Key_Down], 49),
        ([Qt.Key.Key_PageDown], 4),
        ([Qt.Key.Key_Up], 0),
    ],
)
def test_arrows_walk_through_the_cards(qtbot: QtBot, keys: list[Qt.Key], row: int) -> None:
    grid, _ = grid_of(qtbot, 50)
    assert grid.columns == 4
    grid.setCurrentIndex(grid.model().index(0, 0))
    for key in keys:
        QTest.keyClick(grid, key)
    assert grid.currentIndex().row() == row
    assert grid.viewport().rect().contains(grid.visualRect(grid.currentIndex()).center())


def test_enter_and_a_click_choose(qtbot: QtBot) -> None:
    grid, _ = grid_of(qtbot, 50)
    grid.setCurrentIndex(grid.model().index(2, 0))
    with qtbot.waitSignal(grid.chosen) as entered:
        QTest.keyClick(grid, Qt.Key.Key_Return)
    place = grid.item_rect(5).center()
    with qtbot.waitSignal(grid.chosen) as clicked:
        QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert [entered.args[0].row(), clicked.args[0].row()] == [2, 5]


def test_right_to_left_mirrors_the_columns(qtbot: QtBot) -> None:
    grid, _ = grid_of(qtbot, 50)
    first = grid.item_rect(0)
    grid.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    mirrored = grid.item_rect(0)
    assert mirrored.left() > grid.item_rect(1).left()
    assert abs(first.left() - (grid.viewport().width() - mirrored.right() - 1)) <= 1
