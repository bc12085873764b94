# SPDX-License-Identifier: GPL-3.0-or-later
"""A document that nothing here shows: one sentence, and a button to the program that does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.region.entry import Entry
from app.ui.models.card import Card
from tests.desktop import Desktop, standing_in
from tests.ui.fixture_library import MemoryLocator, file_of
from tests.ui.stage.fixture_stage import StageWindow, card

Wait = Callable[[Callable[[], bool]], None]


@pytest.fixture
def system(qapp: QApplication) -> Iterator[Desktop]:
    """In place of the desktop's own."""
    with standing_in() as made:
        yield made


def lesson_with(path: Path, content: bytes, locator: MemoryLocator) -> Card:
    """One resource of that name and content."""
    path.write_bytes(content)
    main = file_of(path, path.name)
    locator.add(main, path)
    return card(Entry(id="sketch", title="圆", resource_type="素材", files=(main,)))


def test_a_sketch_goes_to_its_own_program(
    qtbot: QtBot,
    frame: StageWindow,
    locator: MemoryLocator,
    system: Desktop,
    tmp_path: Path,
    wait: Wait,
) -> None:
    player = frame.player
    made = lesson_with(tmp_path / "圆.gsp", b"sketch", locator)
    with qtbot.waitSignal(player.shown, timeout=30_000):
        player.begin(made, [made])
    assert player.failure.isVisible()
    assert player.failure.outside.isVisible()
    QTest.mouseClick(player.failure.outside, Qt.MouseButton.LeftButton)
    wait(lambda: len(system.asked) == 1)
    assert system.asked[0].name == "圆.gsp"
    assert system.asked[0].read_bytes() == b"sketch"
    player.leave()


def test_a_program_is_never_offered(
    qtbot: QtBot, frame: StageWindow, locator: MemoryLocator, system: Desktop, tmp_path: Path
) -> None:
    player = frame.player
    made = lesson_with(tmp_path / "圆.exe", b"MZ", locator)
    with qtbot.waitSignal(player.shown, timeout=30_000):
        player.begin(made, [made])
    assert player.failure.isVisible()
    assert not player.failure.outside.isVisible()
    with qtbot.waitSignal(player.outside.failed, timeout=30_000):
        player.outside.open(made)  # not even when somebody asks
    assert system.asked == []
    player.leave()
