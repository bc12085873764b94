# SPDX-License-Identifier: GPL-3.0-or-later
"""Resources for the stage, drawn once for all its tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.base.settings import Settings
from app.region.entry import Entry
from app.ui.models.card import Card
from tests.ui.fixture_lessons import draw_cover, draw_pdf
from tests.ui.fixture_library import MemoryLocator, file_of
from tests.ui.fixture_services import Bench
from tests.ui.stage.fixture_stage import StageWindow, card


@pytest.fixture(scope="session")
def drawn(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a PDF of three pages, a text, exercises and a picture."""
    folder = tmp_path_factory.mktemp("drawn")
    draw_pdf(folder / "slides.pdf", "几分之一", 3)
    (folder / "plan.md").write_text("# 教学设计\n\n" + "一、复习。\n\n" * 80, "utf-8")
    (folder / "exercise.txt").write_text("1. 1/2 + 1/4 = ?\n" * 40, "utf-8")
    draw_cover(folder / "picture.png", "水的三态", "#12727f")
    return folder


@pytest.fixture
def entries(drawn: Path, locator: MemoryLocator) -> list[Entry]:
    """One resource a file, all of one lesson."""
    made = []
    for name, kind in (
        ("slides.pdf", "课件"),
        ("plan.md", "教案"),
        ("exercise.txt", "练习"),
        ("picture.png", "素材"),
    ):
        path = drawn / name
        main = file_of(path, name)
        locator.add(main, path)
        made.append(
            Entry(
                id=path.stem,
                title=f"几分之一（{kind}）",
                subject="数学",
                lesson="几分之一",
                resource_type=kind,
                files=(main,),
            )
        )
    return made


@pytest.fixture
def cards(entries: list[Entry]) -> list[Card]:
    """They all play."""
    return [card(entry) for entry in entries]


@pytest.fixture
def put(bench: Bench) -> Callable[..., Settings]:
    """Change settings as the settings page does."""

    def change(**changes: object) -> Settings:
        box = bench.services.settings
        box.put(replace(box.current, **changes))  # type: ignore[arg-type]
        return box.current

    return change


@pytest.fixture
def frame(qtbot: QtBot, bench: Bench, put: Callable[..., Settings]) -> Iterator[StageWindow]:
    """A stage with a bar below, whatever devices other tests have plugged in."""
    put(bar_place="bottom")
    made = StageWindow(bench)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    yield made
    if made.player.card is not None and made.player.awake.is_held:
        made.player.leave()
