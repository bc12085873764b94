# SPDX-License-Identifier: GPL-3.0-or-later
"""The executable `kezhan-cli`: every command, and the agent."""

import os
import sys
from pathlib import Path

from app.wiring.standby import may_end

if may_end(sys.argv[1:]):
    sys.exit(0)

from app.wiring.cli import main
from installer import start

start.prepare(Path(sys.executable).resolve().parent, os.environ)
sys.exit(main(sys.argv[1:]))
