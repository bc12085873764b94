# SPDX-License-Identifier: GPL-3.0-or-later
"""A virtual screen, for tests that start the program's window as a process of its own."""

import os
import select
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.servers.process import ServerFailedError, dying_with_parent

READY_WITHIN_S = 30


@contextmanager
def virtual_screen(width: int = 1280, height: int = 720) -> Iterator[dict[str, str]]:
    """Start Xvfb on a free display; yield the environment variables of a window on it."""
    program = shutil.which("Xvfb")
    if program is None:
        raise ServerFailedError("Xvfb is not installed: python3 dev.py test installs it")
    reading, writing = os.pipe()
    options = ["-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(
        [*dying_with_parent(), program, "-displayfd", str(writing), *options],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading, encoding="ascii") as answer:
            is_ready = bool(select.select([answer], [], [], READY_WITHIN_S)[0])
            number = answer.readline().strip() if is_ready else ""
        if not number:
            raise ServerFailedError("Xvfb did not start")
        yield {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
    finally:
        server.terminate()
        server.wait()
