# SPDX-License-Identifier: GPL-3.0-or-later
"""Cables pulled out and plugged in during a lesson, on a real X server with two monitors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.servers.screen import virtual_screen


@pytest.mark.linux
@pytest.mark.parametrize("how", ["chosen", "beside"])
def test_a_lesson_follows_its_projector_and_loses_nothing(tmp_path: Path, how: str) -> None:
    with virtual_screen(2646, 800) as display:
        done = subprocess.run(
            [sys.executable, "-m", "tests.ui.stage.moving_screens", str(tmp_path), how],
            cwd=REPOSITORY,
            env={**os.environ, **display},
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
    assert done.returncode == 0, done.stderr
    steps = json.loads(done.stdout)
    where = {
        "begun": ("projector", [1366, 0, 1280, 800]),
        "pulled": ("monitor", [0, 0, 1366, 768]),
        "plugged": ("projector", [1366, 0, 1280, 800]),
        "smaller": ("projector", [1366, 0, 1024, 768]),
    }
    assert list(steps) == list(where)
    for step, (screen, area) in where.items():
        place = {"screen": screen, "area": area, "is_full": True}
        assert steps[step] == {**place, "page": 2, "lines": 1, "is_awake": True}, step
