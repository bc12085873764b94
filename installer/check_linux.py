# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the frozen Linux program: in a folder and on data with Chinese names."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from installer import journey
from installer.screen import virtual_screen
from installer.toolbox import BUILD, ROOT, run, say


def check_linux(folder: Path) -> None:
    """Copy the folder away from the sources and walk through it; raises `BuildError`."""
    place = BUILD / "check" / "课栈 程序"
    shutil.rmtree(place.parent, ignore_errors=True)
    shutil.copytree(folder, place / "Kezhan", symlinks=True)
    program, data, elsewhere = place / "Kezhan", place / "数据", place / "别处"
    elsewhere.mkdir()
    # Nothing of the developer's environment may help the program.
    variables = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    variables |= {"LC_ALL": "C.UTF-8", "XDG_RUNTIME_DIR": str(place)}

    def cli(*words: str) -> str:
        command: list[str | Path] = [program / "kezhan-cli", *words, "--data-dir", data]
        return run(command, cwd=elsewhere, environment=variables, timeout_s=300)

    journey.walk_commands(cli, str(program / "_internal/resources_cache/enrolment.json"))
    with virtual_screen() as display:
        screen = variables | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        for name, item in (("library", None), ("video", journey.VIDEO), ("pdf", journey.PDF)):
            picture = BUILD / "check" / f"linux-{name}.png"
            opening = ["open", item] if item else []
            command: list[str | Path] = [program / "Kezhan", *opening, "--data-dir", data]
            command += ["--screenshot", picture]
            run(command, cwd=elsewhere, environment=screen, timeout_s=300)
            least = {"least": journey.LEAST_IN_A_FILM} if name == "video" else {}
            journey.look_at(picture, **least)
    walk_journey(program)
    say("the frozen Linux program passed")


def walk_journey(program: Path) -> None:
    """The end-to-end tests with the packed program in the classroom, against the real servers."""
    say("the journey from a county to a lesson and back; this takes some minutes")
    command: list[str | Path] = [sys.executable, ROOT / "dev.py", "test", "tests/journey"]
    command += ["--timeout=600"]  # a packed window is looked at from outside, on a busy machine
    said = run(command, environment={**os.environ, "KEZHAN_PACKED": str(program)})
    say(f"the journey with the packed program: {said.strip().splitlines()[-1]}")
