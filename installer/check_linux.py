# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the frozen Linux program: from a folder and on data with Chinese names, on a virtual screen."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from installer import journey
from installer.screen import virtual_screen
from installer.toolbox import BUILD, run, say


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
        command = [program / "kezhan-cli", *words, "--data-dir", data]
        return run(command, cwd=elsewhere, environment=variables, timeout_s=300)

    journey.walk_commands(cli, str(program / "_internal/resources_cache/enrolment.json"))
    with virtual_screen() as display:
        screen = variables | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        for name, words in (
            ("library", []),
            ("video", ["open", journey.VIDEO]),
            ("pdf", ["open", journey.PDF]),
        ):
            picture = BUILD / "check" / f"linux-{name}.png"
            command = [program / "Kezhan", *words, "--data-dir", data, "--screenshot", picture]
            run(command, cwd=elsewhere, environment=screen, timeout_s=300)
            journey.look_at(picture)
    say("the frozen Linux program passed")
