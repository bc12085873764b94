# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys reach the stage whatever Qt does with the window below it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.pages.player_input import StageInput


class Stage(QWidget):
    """Takes every key that reaches it through its input."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[int] = []
        self.input = StageInput(self, self.take)

    def take(self, event: QKeyEvent) -> bool:
        """Remember it."""
        self.keys.append(event.key())
        return True

    def press(self, key: Qt.Key) -> list[int]:
        """What arrived when this key was pressed on the window."""
        self.keys.clear()
        QTest.keyClick(self.windowHandle(), key)
        return self.keys


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    """Shown, and listening."""
    stage = Stage()
    qtbot.addWidget(stage)
    stage.show()
    qtbot.waitExposed(stage)
    stage.input.watch(stage)
    return stage


def make_anew(stage: Stage) -> None:
    """What Qt does with a window in which the first web page is shown."""
    stage.destroy(True, True)
    stage.create()
    stage.show()


def test_keys_arrive_once(stage: Stage) -> None:
    assert stage.press(Qt.Key.Key_PageDown) == [Qt.Key.Key_PageDown]


def test_keys_arrive_after_the_window_was_made_anew(stage: Stage) -> None:
    for _ in range(2):
        make_anew(stage)
        assert stage.press(Qt.Key.Key_B) == [Qt.Key.Key_B]


def test_another_lesson_listens_anew(stage: Stage) -> None:
    make_anew(stage)
    stage.input.watch(stage)
    assert stage.press(Qt.Key.Key_B) == [Qt.Key.Key_B]
    stage.destroy(True, True)
    stage.input.watch(stage)
    stage.create()
    stage.show()
    assert stage.press(Qt.Key.Key_B) == [Qt.Key.Key_B]


def test_nothing_arrives_after_the_lesson(stage: Stage) -> None:
    stage.input.rest()
    assert stage.press(Qt.Key.Key_B) == []
    make_anew(stage)
    assert stage.press(Qt.Key.Key_B) == []
