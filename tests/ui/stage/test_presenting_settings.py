# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of presenting, pressed and found again on disk."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.base.settings import load_settings
from app.ui.look.theme import theme_for
from app.ui.pages.player_settings import PresentingCard
from tests.ui.fixture_services import Bench

LEFT = Qt.MouseButton.LeftButton


def test_every_choice_holds_and_is_kept(qtbot: QtBot, bench: Bench) -> None:
    card = PresentingCard(theme_for("light", 100), bench.services)
    qtbot.addWidget(card)
    card.show()
    for segments, key in (
        (card.bars, "sides"),
        (card.palm, "ignore"),
        (card.pointer, "on"),
        (card.pen, "on"),
    ):
        QTest.mouseClick(segments.choice(key), LEFT)
    card.overscan.setFocus()
    for _ in range(3):
        QTest.keyClick(card.overscan, Qt.Key.Key_Right)
    kept = load_settings(bench.paths)
    assert (kept.bar_place, kept.palm, kept.overscan_percent) == ("sides", "ignore", 3)
    assert kept.is_pointer_large
    assert kept.is_pen_always_offered


def test_a_screen_is_offered_by_its_size_and_kept(qtbot: QtBot, bench: Bench) -> None:
    card = PresentingCard(theme_for("light", 100), bench.services)
    qtbot.addWidget(card)
    card.show()
    box = card.screen_choice
    assert box.count() == 2
    assert "×" in box.itemText(1)
    box.setCurrentIndex(1)
    box.activated.emit(1)
    assert load_settings(bench.paths).screen == box.itemData(1)
    again = PresentingCard(theme_for("light", 100), bench.services)
    qtbot.addWidget(again)
    assert again.screen_choice.currentIndex() == 1
