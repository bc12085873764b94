# SPDX-License-Identifier: GPL-3.0-or-later
"""The clicker in a real window on a real screen, through lessons of more than one kind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.servers.screen import virtual_screen

# With the first web courseware Qt gives the window another handle in the middle of the lesson.
LESSONS = ("starter-fraction-plan", "starter-clock-courseware")


def test_the_clicker_works_after_the_first_web_courseware(tmp_path: Path, repository: Path) -> None:
    with virtual_screen() as screen:
        run = subprocess.run(
            [sys.executable, "-X", "utf8", "-m", "tests.journey.clicker", str(tmp_path), *LESSONS],
            cwd=repository,
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, **screen},
            timeout=110,
            check=False,
        )
    assert run.returncode == 0, run.stdout + run.stderr
    assert json.loads(run.stdout.splitlines()[-1]) == [*LESSONS, "ended"], run.stderr
