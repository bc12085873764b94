# SPDX-License-Identifier: GPL-3.0-or-later
"""From the open lesson list to a folder on a stick."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.lesson.universal.plan import parse_slip
from app.lesson.universal.store import SlipStore
from app.ui.main_window import MainWindow
from tests.ui.fixture_services import Bench


def test_the_menu_of_a_list_writes_a_universal_stick(
    window: MainWindow, bench: Bench, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(desk: object) -> object:
        lessons = desk.lessons  # type: ignore[attr-defined]
        list_id = lessons.create("三年级 数学")
        for entry in [one for one in bench.catalogue.entries if one.files][:3]:
            lessons.add(list_id, "region", entry.id, entry.title)
        return list_id

    made: list[str] = []
    bench.desk.submit(fill).succeeded.connect(made.append)
    qtbot.waitUntil(lambda: bool(made), timeout=30_000)
    page = window.page("lists")
    window.show_page("lists")
    page.open_list(made[0])  # type: ignore[attr-defined]
    opened = page.open  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: len(opened.cards.cards) == 3, timeout=30_000)
    stick = tmp_path / "U盘"
    stick.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(stick))

    opened.wanted.emit("universal")

    folder = stick / "三年级 数学"
    qtbot.waitUntil(folder.is_dir, timeout=30_000)
    names = sorted(path.name for path in folder.iterdir())
    assert {"上课.html", "打印.html"} <= set(names)
    assert any(name.startswith("01 ") for name in names)
    text = (folder / "上课.html").read_text(encoding="utf-8")
    number = re.search(r'class="number">([^<]+)<', text)
    assert number is not None
    slip = parse_slip(number[1])
    found: list[object] = []

    def look(desk: object) -> object:
        return SlipStore(desk.database).find(slip or "")  # type: ignore[attr-defined]

    def is_kept() -> bool:
        bench.desk.submit(look).succeeded.connect(found.append)
        qtbot.waitUntil(lambda: bench.desk.is_idle, timeout=30_000)
        return found[-1] is not None

    qtbot.waitUntil(is_kept, timeout=30_000)
