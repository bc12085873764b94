# SPDX-License-Identifier: GPL-3.0-or-later
"""The data is moved from the settings: asked once, shown while it moves, said when it cannot."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.base.paths import DataPaths, agent_command, find_data_root
from app.ui.main_window import MainWindow
from app.ui.move_dialog import MoveDialog
from app.ui.pages.settings_place import PlaceCard
from app.wiring.errors import MoveInsideError
from app.wiring.move_wish import MoveWish
from tests.ui.fixture_services import Bench


class Mover:
    """Remembers what was begun."""

    def __init__(self) -> None:
        self.begun: list[Path] = []

    def check(self, wanted: Path) -> Path:
        if wanted.name == "inside":
            raise MoveInsideError(target=str(wanted))
        return wanted / "KezhanData"

    def begin(self, target: Path) -> None:
        self.begun.append(target)


@pytest.fixture
def card(bench: Bench, window: MainWindow) -> PlaceCard:
    return PlaceCard(window.theme, bench.services, Mover())


def begun(card: PlaceCard) -> list[Path]:
    mover = card._mover
    assert isinstance(mover, Mover)
    return mover.begun


def test_a_folder_that_will_not_do_is_said_and_nothing_begins(card: PlaceCard) -> None:
    card.offer(Path("/data/inside"))
    assert "/data/inside" in card.notice.text()
    assert begun(card) == []


@pytest.mark.parametrize("is_agreed", [True, False])
def test_it_is_asked_before_it_begins(
    card: PlaceCard, monkeypatch: pytest.MonkeyPatch, is_agreed: bool
) -> None:
    asked: list[Path] = []

    def answer(target: Path) -> bool:
        asked.append(target)
        return is_agreed

    monkeypatch.setattr(card, "is_agreed", answer)
    card.offer(Path("/disk"))
    assert asked == [Path("/disk/KezhanData")]
    assert begun(card) == (asked if is_agreed else [])


def test_the_dialog_shows_a_real_move_and_closes(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    paths = DataPaths(tmp_path / "from")
    paths.ensure()
    (paths.blobs_dir / "a").write_bytes(bytes(3_000_000))
    wish = MoveWish(paths, lambda: None)
    wish.begin(wish.check(tmp_path / "to"))
    dialog = MoveDialog(window.theme, wish.command(), "en")
    qtbot.addWidget(dialog)
    with qtbot.waitSignal(dialog.ended, timeout=60_000) as ended:
        dialog.start()
    assert ended.args == [True]
    assert dialog.bar.value() == dialog.bar.maximum()
    assert find_data_root(paths.root) == tmp_path / "to"


def test_the_dialog_says_why_it_did_not_work(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    paths = DataPaths(tmp_path / "from")
    paths.ensure()
    command = agent_command(paths.root, "move", str(paths.root / "in"), "--json")
    dialog = MoveDialog(window.theme, command, "en")
    qtbot.addWidget(dialog)
    dialog.close()  # not while it moves
    with qtbot.waitSignal(dialog.ended, timeout=60_000) as ended:
        dialog.start()
    assert ended.args == [False]
    assert str(paths.root / "in") in dialog.amount.text()
    assert not dialog.button.isHidden()


def test_a_program_that_is_not_there_is_an_end_too(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    dialog = MoveDialog(window.theme, [str(tmp_path / "gone"), sys.executable], "en")
    qtbot.addWidget(dialog)
    with qtbot.waitSignal(dialog.ended, timeout=30_000) as ended:
        dialog.start()
    assert ended.args == [False]
