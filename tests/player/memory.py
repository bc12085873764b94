# SPDX-License-Identifier: GPL-3.0-or-later
"""What a process holds, for tests and benchmarks that look for leaks."""

import re
from pathlib import Path


def anonymous_bytes() -> int:
    """Pages of no file: what the program itself asked for."""
    rollup = Path("/proc/self/smaps_rollup").read_text("ascii")
    found = re.search(r"^Anonymous:\s+(\d+) kB", rollup, re.MULTILINE)
    assert found is not None
    return int(found[1]) << 10
