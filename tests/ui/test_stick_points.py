# SPDX-License-Identifier: GPL-3.0-or-later
"""At a central school the window says which points were heard of by stick, and names them."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.ui.main_window import MainWindow
from app.ui.pages.stick_points import PointsCard
from tests.ui.fixture_services import Bench
from tests.ui.fixture_state import sample_points


def card_of(window: MainWindow) -> PointsCard:
    window.show_page("status")
    found: PointsCard = window.page("status").points  # type: ignore[attr-defined]
    return found


def words_in(card: PointsCard) -> str:
    return "\n".join(one.text() for one in card.findChildren(QLabel))


def test_points_are_listed_the_longest_silent_first(
    window: MainWindow, bench: Bench, qtbot: QtBot
) -> None:
    sample_points(bench.paths)
    card = card_of(window)
    qtbot.waitUntil(card.isVisible, timeout=30_000)
    words = words_in(card)
    assert words.index("大山教学点") < words.index("柳林教学点") < words.index("c3c3c3")
    assert words.count("long not heard of") == 1
    assert "75 days ago" in words


def test_a_point_is_named_by_a_tap(window: MainWindow, bench: Bench, qtbot: QtBot) -> None:
    sample_points(bench.paths)
    card = card_of(window)
    qtbot.waitUntil(card.isVisible, timeout=30_000)
    (button,) = [one for one in card.findChildren(QPushButton) if one.text() == "Name"]

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QInputDialog):
            QTimer.singleShot(20, answer)
            return
        dialog.setTextValue("河口教学点")
        dialog.accept()

    QTimer.singleShot(0, answer)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert bench.courier.named == [("c3" * 16, "河口教学点")]
    qtbot.waitUntil(lambda: "河口教学点" in words_in(card), timeout=30_000)


def test_a_school_that_nobody_comes_to_sees_no_card(
    window: MainWindow, bench: Bench, qtbot: QtBot
) -> None:
    card = card_of(window)
    qtbot.waitUntil(lambda: bench.runner.is_idle, timeout=30_000)
    assert not card.isVisible()
