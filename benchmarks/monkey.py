# SPDX-License-Identifier: GPL-3.0-or-later
"""Forty children at the board: random clicks, keys, drags and wheels on the whole real window.

`python3 dev.py bench monkey [--minutes M] [--seed N] [--blocked-ms MS]`: the starter lessons in a
window of its own data directory (under Xvfb or a display). It fails when Python or Qt complains,
when the event loop stands still for longer than it may, or when the window does not close in order;
each time with the last things that were done. A window that a click has closed is opened again.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

END_PATIENCE_S = 60


def run_once(data_dir: Path, seed: int, minutes: float, blocked_ms: float) -> int:
    """One window until the time is over or something closed it; its exit code."""
    command = [
        *(sys.executable, "-X", "faulthandler", "-m", "benchmarks.monkey_parts.child"),
        *(str(data_dir), str(seed), str(minutes * 60), str(blocked_ms)),
    ]
    patience_s = minutes * 60 + END_PATIENCE_S
    try:
        code = subprocess.run(command, timeout=patience_s, check=False).returncode
    except subprocess.TimeoutExpired:
        print("the window did not end", flush=True)
        return -1
    if code < 0:
        for fault in data_dir.glob("logs/*.fault"):
            print(fault.read_text("utf-8", "replace"), flush=True)
    return code


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--blocked-ms", type=float, default=1000.0)
    options = parser.parse_args()
    codes: Counter[int] = Counter()
    end = time.monotonic() + options.minutes * 60
    with tempfile.TemporaryDirectory(prefix="kezhan-monkey-") as folder:
        seed = options.seed
        while (left_s := end - time.monotonic()) > 0:
            code = run_once(Path(folder) / "课栈 数据", seed, left_s / 60, options.blocked_ms)
            codes[code] += 1
            if code:
                print(f"seed {seed}: exit code {code}", flush=True)
                break
            seed += 1
    print(f"{sum(codes.values())} windows, {codes[0]} of them without a complaint")
    return 0 if set(codes) == {0} else 1


if __name__ == "__main__":
    sys.exit(main())
