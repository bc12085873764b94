# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills an importing agent again and again: `python3 dev.py bench kills [--kills N]`.

Each round starts an import (snapshots, deltas and bundles of deltas by turns), kills it (-9) at a
random moment or at a chosen step of publishing, and reads the catalogue: it must hold exactly one
build, never an older one than before. At the end an undisturbed import must go on from there.
"""

import argparse
import os
import random
import subprocess
import tempfile
import time
from pathlib import Path

from tests.unit.catalogue.test_kills import WAIT_S, build_on_disk, last_line, start

SEED = 20261122
LONGEST_S = 2.0
STEPS = 60  # of publishing, at which every third process kills itself


def kill_once(root: Path, chance: random.Random) -> str:
    """One import, cut off; says how."""
    step = chance.randrange(1, STEPS) if chance.random() < 1 / 3 else 0
    process = start(root, step)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("ready")
    try:
        process.wait(timeout=WAIT_S if step else chance.random() * LONGEST_S)
    except subprocess.TimeoutExpired:
        process.kill()
    last_line(process)
    return "step" if step else "moment"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=SEED, help="of the moments, for several runs")
    options = parser.parse_args()
    kills, chance = options.kills, random.Random(options.seed)
    os.nice(10)
    ways = {"step": 0, "moment": 0}
    last, advanced, started = -1, 0, time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for _ in range(kills):
            ways[kill_once(root, chance)] += 1
            build = build_on_disk(root)
            assert build >= last, f"build {build} after {last}"
            advanced += build > last
            last = build
        process = start(root, 0, 3)
        final = int(last_line(process).split()[1])
        assert build_on_disk(root) == final >= last
    print(
        f"{kills} kills ({ways['moment']} at random moments, {ways['step']} at chosen steps):"
        f" one whole build each time, {advanced} of them newer; then build {final}"
        f" in {time.monotonic() - started:.0f} s"
    )


if __name__ == "__main__":
    main()
