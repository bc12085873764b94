# SPDX-License-Identifier: GPL-3.0-or-later
"""Hands a finished file to whoever signs; does nothing where nobody does."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from installer.toolbox import BuildError, run, say

COMMAND_VARIABLE = "KEZHAN_SIGN"


def sign(path: Path) -> bool:
    """Run the command of `KEZHAN_SIGN` on a file; returns whether one was given.

    `{file}` in the command stands for the path. The file must still be there afterwards.
    """
    command = os.environ.get(COMMAND_VARIABLE, "").strip()
    if not command:
        return False
    words = shlex.split(command, posix=os.name != "nt")
    if not any("{file}" in word for word in words):
        raise BuildError(f"{COMMAND_VARIABLE} names no {{file}}")
    say(f"signing {path.name}")
    run([word.replace("{file}", str(path)) for word in words])
    if not path.is_file():
        raise BuildError(f"{path} is gone after signing")
    return True
