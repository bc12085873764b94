# SPDX-License-Identifier: GPL-3.0-or-later
"""Python runs this first in every child process of a test: the network guard holds there too."""

import runpy
from pathlib import Path

runpy.run_path(str(Path(__file__).resolve().parent.parent / "network_hook.py"))
