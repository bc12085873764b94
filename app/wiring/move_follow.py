# SPDX-License-Identifier: GPL-3.0-or-later
"""An agent and the move of its data: it makes way, waits, and works on in the other place."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from app.base.handover import wait_until_moved
from app.base.paths import DataPaths, agent_command, find_data_root


def settled(paths: DataPaths) -> DataPaths:
    """Where the data lies once nobody moves it; it may have gone since this process began."""
    wait_until_moved(paths.root)
    return DataPaths(find_data_root(paths.root))


def run_again(paths: DataPaths, options: argparse.Namespace) -> int:
    """Begin anew, as the process that whoever started this one knows; returns its exit code.

    A new program holds no file of the old place open, and its first act is to wait.
    """
    words = ["--json"] if options.json else []
    words += ["--rest", str(options.rest)] if options.rest is not None else []
    words += ["--only", ",".join(sorted(options.only))] if options.only else []
    command = agent_command(paths.root, "sync", *words)
    sys.stdout.flush()
    if sys.platform != "win32":
        os.execv(command[0], command)  # noqa: S606 - our own program
    # Windows has no such thing: this process would have to stay, or another takes its place.
    subprocess.Popen(command, stdin=sys.stdin, creationflags=0x08000000)  # CREATE_NO_WINDOW
    return 0
