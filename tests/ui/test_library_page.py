# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding a lesson: typing, walking through the books, filters, the switch; mouse and keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.catalogue.query import YES, Facet, Order, Query
from app.ui.main_window import MainWindow
from app.ui.models.card import CARD_ROLE, Card
from app.ui.models.chapters import PLACE_ROLE, PlaceRow
from app.ui.models.facets import ROW_ROLE, FacetRow, RowKind
from app.ui.models.results import PAGE_ROWS
from app.ui.pages.library_words import query_of
from tests.ui.fixture_services import Bench

Wait = Callable[[Callable[[], bool]], None]


def type_words(field: QLineEdit, text: str) -> None:
    """Type as an input method does: one character after the other is committed."""
    field.setFocus()
    for character in text:
        event = QInputMethodEvent()
        event.setCommitString(character)
        QApplication.sendEvent(field, event)


def titles(window: MainWindow) -> list[str]:
    """What the first cards say."""
    model = window.library.results
    return [str(model.index(row).data()) for row in range(min(24, model.total))]


def press_place(qtbot: QtBot, window: MainWindow, name: str) -> None:
    """Click a place of the contents."""
    model, view = window.library.chapters, window.library.panel.places
    for row in range(model.rowCount()):
        place = model.index(row).data(PLACE_ROLE)
        assert isinstance(place, PlaceRow)
        if place.text == name:
            centre = view.visualRect(model.index(row)).center()
            QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=centre)
            return
    raise AssertionError(f"no place {name}")


def facet_row(window: MainWindow, facet: Facet, value: str) -> int:
    """The row of a filter value."""
    model = window.library.facets
    for row in range(model.rowCount()):
        found = model.index(row).data(ROW_ROLE)
        assert isinstance(found, FacetRow)
        if found.kind is RowKind.VALUE and (found.facet, found.value) == (facet, value):
            return row
    raise AssertionError(f"no value {value}")


def last_query(bench: Bench) -> Query:
    """What the library asked last; the first page asks too, for fewer rows."""
    return [one for one in bench.catalogue.queries if one.limit == PAGE_ROWS][-1]


def test_opens_on_what_plays_here(window: MainWindow) -> None:
    assert window.library.is_playable_only
    assert window.library.results.total == 9
    assert titles(window)[0] == "分数的初步认识：几分之一"


def test_results_come_while_typing(qtbot: QtBot, window: MainWindow, wait: Wait) -> None:
    type_words(window.library.search, "水")
    wait(lambda: window.library.results.total == 1)
    assert titles(window) == ["水的三态变化"]
    QTest.mouseClick(window.library.search.wipe, Qt.MouseButton.LeftButton)
    wait(lambda: window.library.results.total == 9)


def test_only_the_last_keystrokes_answer_is_shown(
    qtbot: QtBot, window: MainWindow, bench: Bench, wait: Wait
) -> None:
    library = window.library
    for words in ("分", "分数", "分数的", "水"):
        library.search.setText(words)
        library.ask()
    wait(lambda: library.is_settled)
    assert titles(window) == ["水的三态变化"]
    assert last_query(bench).words == "水"


def test_the_switch_shows_the_whole_catalogue(
    qtbot: QtBot, window: MainWindow, bench: Bench, wait: Wait
) -> None:
    button = window.library.where.choice("all")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    wait(lambda: window.library.results.total == 71)
    assert Facet.PLAYABLE not in last_query(bench).filters
    assert window.library.count.text() == "71 resources"


def test_later_pages_come_when_they_are_seen(window: MainWindow, bench: Bench, wait: Wait) -> None:
    library = window.library
    library.where.choice("all").click()
    wait(lambda: library.results.total == 71)
    library.grid.verticalScrollBar().setValue(library.grid.verticalScrollBar().maximum())
    library.grid.grab()
    wait(lambda: library.results.card(70) is not None)
    offsets = {query.offset for query in bench.catalogue.queries}
    assert {0, 48} <= offsets
    card = library.results.index(70).data(CARD_ROLE)
    assert isinstance(card, Card)
    assert card.entry.resource_type == "电子教材"


def test_walking_through_the_books(
    qtbot: QtBot, window: MainWindow, bench: Bench, wait: Wait
) -> None:
    library = window.library
    press_place(qtbot, window, "数学")
    wait(lambda: library.results.total == 5)
    assert library.chapters.place[:2] == ("小学", "数学")
    press_place(qtbot, window, "三年级")
    wait(lambda: library.results.total == 4)
    assert "三年级" in last_query(bench).under
    press_place(qtbot, window, "Back")
    wait(lambda: library.results.total == 5)
    press_place(qtbot, window, "Back")
    wait(lambda: library.results.total == 9)
    assert library.chapters.place == ()


def test_a_place_in_the_books_narrows_by_itself_and_settles_ticks_of_its_kind() -> None:
    ticked = {Facet.GRADE: frozenset({"一年级"}), Facet.TYPE: frozenset({"微课"})}
    lesson = ("小学", "数学", "人教版", "三年级", "上册", "第一单元", "分数的初步认识")
    query = query_of(
        words=" 圆 ", place=lesson, filters=ticked, order=Order.RELEVANCE, is_playable_only=False
    )
    assert query == Query("圆", {Facet.TYPE: frozenset({"微课"})}, under=lesson)


def test_filters_narrow_and_clear(qtbot: QtBot, window: MainWindow, wait: Wait) -> None:
    library = window.library
    library.panel.show_list("facets")
    row = facet_row(window, Facet.TYPE, "微课")
    view = library.panel.values
    view.scrollTo(library.facets.index(row))
    centre = view.visualRect(library.facets.index(row)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    wait(lambda: library.results.total == 2)
    chosen = library.facets.index(facet_row(window, Facet.TYPE, "微课")).data(ROW_ROLE)
    assert chosen.is_on
    others = library.facets.index(facet_row(window, Facet.TYPE, "课件")).data(ROW_ROLE)
    assert others.count == "4"
    QTest.mouseClick(library.panel.clear_button, Qt.MouseButton.LeftButton)
    wait(lambda: library.results.total == 9)


def test_order_is_asked_for(window: MainWindow, bench: Bench, wait: Wait) -> None:
    library = window.library
    library.order.setCurrentIndex(library.order.findData(Order.DATE))
    library.order.activated.emit(2)
    wait(lambda: last_query(bench).order is Order.DATE)


def test_nothing_here_offers_the_whole_catalogue(
    qtbot: QtBot, window: MainWindow, wait: Wait
) -> None:
    library = window.library
    type_words(library.search, "小数")
    wait(library.empty.isVisible)
    QTest.mouseClick(library.empty.button, Qt.MouseButton.LeftButton)
    wait(lambda: library.results.total == 1)
    assert not library.is_playable_only
    assert titles(window) == ["小数的意义"]


def test_nothing_anywhere_offers_to_start_over(
    qtbot: QtBot, window: MainWindow, wait: Wait
) -> None:
    library = window.library
    library.where.choice("all").click()
    type_words(library.search, "xyzzy")
    wait(library.empty.isVisible)
    QTest.mouseClick(library.empty.button, Qt.MouseButton.LeftButton)
    wait(lambda: library.results.total == 71)
    assert library.search.text() == ""


def test_keyboard_alone_reaches_a_lesson(qtbot: QtBot, window: MainWindow, wait: Wait) -> None:
    library = window.library
    library.search.setFocus()
    type_words(library.search, "几分之一")
    wait(lambda: library.results.total == 4)
    QTest.keyClick(library.search, Qt.Key.Key_Down)
    assert QApplication.focusWidget() is library.grid
    QTest.keyClick(library.grid, Qt.Key.Key_Right)
    QTest.keyClick(library.grid, Qt.Key.Key_Return)
    details = window.page("details")
    wait(details.isVisible)
    assert details.card.entry.id == "fraction-slides"  # type: ignore[attr-defined]
    QTest.keyClick(details, Qt.Key.Key_Escape)
    wait(library.isVisible)


def test_a_narrow_window_puts_the_panel_behind_a_button(
    qtbot: QtBot, window: MainWindow, wait: Wait
) -> None:
    window.resize(820, 600)
    library = window.library
    wait(library.panel_button.isVisible)
    assert not library.panel.isVisible()
    QTest.mouseClick(library.panel_button, Qt.MouseButton.LeftButton)
    assert library.panel.isVisible()


@pytest.mark.parametrize("name", ["results", "facets", "chapters"])
def test_models_behave(window: MainWindow, qtmodeltester: ModelTester, name: str) -> None:
    model = getattr(window.library, name)
    assert model.rowCount() > 0
    assert model.data(QModelIndex()) is None
    qtmodeltester.check(model, force_py=True)  # type: ignore[no-untyped-call]


def test_the_agents_news_are_shown_without_losing_the_place(
    window: MainWindow, bench: Bench, wait: Wait
) -> None:
    library = window.library
    gone = next(e for e in bench.catalogue.entries if e.id == "water-video")
    bench.catalogue.entries.remove(gone)
    bench.agent.changed.emit("catalogue")
    wait(lambda: library.results.total == 8)
    assert last_query(bench).filters[Facet.PLAYABLE] == frozenset({YES})
