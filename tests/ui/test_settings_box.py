# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings hold even where the disk does not take them."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.base.errors import KnownError
from app.base.paths import DataPaths
from app.base.settings import Settings, load_settings
from app.ui.services import SettingsBox


@pytest.mark.allow_warnings("app.ui.services")
def test_a_disk_that_takes_nothing_costs_one_word(qtbot: QtBot, data_dir: Path) -> None:
    paths = DataPaths(data_dir)
    paths.ensure()
    box = SettingsBox(paths, Settings())
    told: list[object] = []
    box.failed.connect(told.append)
    shutil.rmtree(paths.root)
    with qtbot.waitSignal(box.changed, timeout=30_000):
        box.put(replace(box.current, theme="dark"))
    assert box.current.theme == "dark"
    assert len(told) == 1
    assert isinstance(told[0], KnownError)
    paths.ensure()
    box.put(replace(box.current, scale_percent=120))
    assert load_settings(paths) == box.current
    assert len(told) == 1
