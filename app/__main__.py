# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m app`, and this file by its path: the same as the `kezhan` command."""

import os
import sys

if not __package__:
    # Started by path (the agent is, so that the working directory does not matter): the folder of
    # the package has to be importable, and `app/` itself must not be. `pathlib` and what it loads
    # would be a quarter of what the waiting guard holds.
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))  # noqa: PTH120

from app.wiring.standby import may_end

if __name__ == "__main__":
    if may_end(sys.argv[1:]):
        sys.exit(0)
    from app.wiring.cli import main

    sys.exit(main())
