# SPDX-License-Identifier: GPL-3.0-or-later
"""A desk.db emptied by a power cut: its previous generation is used, and it is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.base.paths import DataPaths
from app.ui.desk import open_desk
from app.wiring.window import Program, WindowOptions


@pytest.mark.allow_warnings("app.ui.i18n.install")
def test_lists_come_back_and_one_sentence_says_so(data_dir: Path, qtbot: QtBot) -> None:
    paths = DataPaths(data_dir)
    paths.ensure()
    desk = open_desk(paths)
    desk.lessons.create("三年级数学")
    desk.close()
    paths.desk_db.write_bytes(b"\0" * 8192)
    for beside in ("-wal", "-shm"):
        paths.desk_db.with_name(paths.desk_db.name + beside).unlink(missing_ok=True)
    program = Program(paths, WindowOptions(language="en"))
    qtbot.addWidget(program.window)
    program.window.show()
    qtbot.waitUntil(program.window.home.notice.isVisible, timeout=30_000)
    assert len(program.window.home.notice.words.text()) > 20
    names: list[object] = []
    program.desk.submit(lambda opened: opened.lessons.lists()).succeeded.connect(names.append)
    qtbot.waitUntil(lambda: bool(names), timeout=30_000)
    assert [one.name for one in names[0]] == ["三年级数学"]  # type: ignore[attr-defined]
    program.window.close()
    program.translations.clear()
    assert list(paths.root.glob("desk.db.damaged-*"))
