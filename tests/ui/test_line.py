# SPDX-License-Identifier: GPL-3.0-or-later
"""What a school says about its line, and what the window says about the time that is left."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.base.settings import load_settings
from app.ui.look.theme import theme_for
from app.ui.pages.settings_line import NO_LIMIT, ON, LineCard
from app.ui.pages.status_words import left_words
from tests.ui.fixture_services import Bench


@pytest.fixture
def card(bench: Bench, qtbot: QtBot) -> LineCard:
    made = LineCard(theme_for("light", 100), bench.services)
    qtbot.addWidget(made)
    return made


def test_a_limit_is_kept_at_once_and_taken_back(card: LineCard, bench: Bench) -> None:
    QTest.mouseClick(card.limit.choice(str(256 << 10)), Qt.MouseButton.LeftButton)
    assert load_settings(bench.paths).limit_bytes_per_s == 256 << 10
    QTest.mouseClick(card.limit.choice(NO_LIMIT), Qt.MouseButton.LeftButton)
    assert load_settings(bench.paths).limit_bytes_per_s is None


def test_a_line_that_costs_by_volume(card: LineCard, bench: Bench) -> None:
    QTest.mouseClick(card.metered.choice(ON), Qt.MouseButton.LeftButton)
    assert load_settings(bench.paths).is_metered


def test_a_watched_folder_is_shown_and_forgotten(
    card: LineCard, bench: Bench, tmp_path: Path
) -> None:
    card.watch(tmp_path / "卫星 接收")
    assert load_settings(bench.paths).watched_folder == str(tmp_path / "卫星 接收")
    assert "卫星 接收" in card.folder.text()
    QTest.mouseClick(card.no_folder, Qt.MouseButton.LeftButton)
    assert load_settings(bench.paths).watched_folder == ""
    assert card.folder.isHidden()


@pytest.mark.parametrize(
    ("left_s", "said"),
    [(None, ""), (20, "minute"), (1500, "25 min"), (7200, "2 h"), (260_000, "3 days")],
)
def test_the_time_that_is_left_is_said_roughly(left_s: int | None, said: str) -> None:
    assert said in left_words(left_s)
    assert bool(left_words(left_s)) is bool(said)
