# SPDX-License-Identifier: GPL-3.0-or-later
"""A virtual screen for programs that open windows where there is none."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from installer.toolbox import BuildError


@contextmanager
def virtual_screen() -> Iterator[str]:
    """Yield the `DISPLAY` of an X server that lives as long as the block; empty on Windows."""
    if sys.platform == "win32":
        yield ""
        return
    reading, writing = os.pipe()
    options = ["-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"]
    command = ["Xvfb", "-displayfd", str(writing), *options]
    try:
        server = subprocess.Popen(command, pass_fds=(writing,), stderr=subprocess.DEVNULL)
    except FileNotFoundError as error:
        raise BuildError("Xvfb is not installed: apt-get install xvfb") from error
    finally:
        os.close(writing)
    try:
        with os.fdopen(reading, encoding="ascii") as answer:
            is_ready = bool(select.select([answer], [], [], 30)[0])
            number = answer.readline().strip() if is_ready else ""
        if not number:
            raise BuildError("the virtual screen (Xvfb) did not start")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()
