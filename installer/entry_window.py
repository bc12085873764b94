# SPDX-License-Identifier: GPL-3.0-or-later
"""The executable `Kezhan`: the window."""

import os
import sys
from pathlib import Path

from app.wiring.cli import main
from installer import start


def run(arguments: list[str]) -> int:
    """Open the window; a double-clicked enrolment is left for the agent first."""
    start.give_streams()
    start.prepare(Path(sys.executable).resolve().parent, os.environ)
    enrolment = start.enrolment_file(arguments)
    if enrolment is None:
        return main(arguments)
    from app.base.paths import DataPaths, find_data_root
    from app.sync.inbox import Inbox, Kind, Request

    paths = DataPaths(find_data_root(None))
    paths.ensure()
    Inbox(paths).leave(Request(Kind.ENROL, {"source": enrolment}))
    return main([])


sys.exit(run(sys.argv[1:]))
