# SPDX-License-Identifier: GPL-3.0-or-later
"""A projector beside the monitor: full on the chosen screen, and back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """What a process of its own saw: screens are fixed when Qt starts."""
    config = tmp_path_factory.mktemp("screens") / "screens.json"
    common = {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    screens = [
        {"name": "monitor", "x": 0, "y": 0, "width": 1366, "height": 768, **common},
        {"name": "projector", "x": 1366, "y": 0, "width": 1280, "height": 800, **common},
    ]
    config.write_text(json.dumps({"screens": screens}), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "tests.ui.stage.two_screens", str(config.parent)],
        cwd=REPOSITORY,
        env={**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={config}"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def test_it_fills_the_chosen_screen(steps: dict[str, dict[str, object]]) -> None:
    assert steps["before"]["screen"] == "monitor"
    assert steps["chosen"] == {
        "screen": "projector",
        "area": [1366, 0, 1280, 800],
        "is_full": True,
    }


def test_it_moves_to_the_next_screen_and_fills_that(steps: dict[str, dict[str, object]]) -> None:
    assert steps["next"] == {"screen": "monitor", "area": [0, 0, 1366, 768], "is_full": True}


def test_afterwards_it_is_where_it_was(steps: dict[str, dict[str, object]]) -> None:
    assert steps["after"] == steps["before"]


def test_a_window_beyond_all_screens_comes_back(steps: dict[str, dict[str, object]]) -> None:
    area = steps["rescued"]["area"]
    assert isinstance(area, list)
    assert 0 <= area[0] < 2646
    assert 0 <= area[1] < 800


def test_a_chosen_screen_that_is_unplugged_leaves_the_window_where_it_is(
    steps: dict[str, dict[str, object]],
) -> None:
    assert steps["missing"]["screen"] == "projector"


def test_settings_offer_screens_and_tv_margin(qapp: object, tmp_path: Path) -> None:
    from app.base.paths import DataPaths
    from app.base.settings import Settings, load_settings

    paths = DataPaths(tmp_path)
    paths.ensure()
    paths.settings_file.write_text(
        json.dumps(
            {
                "format": "kezhan-settings",
                "major": 1,
                "minor": 0,
                "bar_place": "ceiling",
                "palm": 3,
                "side_bar_percent": 900,
                "overscan_percent": 50,
            }
        ),
        "utf-8",
    )
    kept = load_settings(paths)
    assert (kept.bar_place, kept.palm) == (Settings().bar_place, Settings().palm)
    assert (kept.side_bar_percent, kept.overscan_percent) == (100, 10)
