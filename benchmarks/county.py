# SPDX-License-Identifier: GPL-3.0-or-later
"""A county on sticks for years: `python3 dev.py bench county [--months N] [--seeds N] …`.

The simulation of tests/county, longer and larger, with several seeds. Everything is checked at the
end of each; what is printed is what it took. A seed that fails is named and the run ends with 1.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.county.simulation import Simulation, Size


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--centres", type=int, default=4)
    parser.add_argument("--points", type=int, default=6, help="of each centre")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="default: a new one, removed at the end")
    options = parser.parse_args()
    size = Size(options.centres, options.points, options.months)
    failed = [
        seed
        for seed in range(options.first_seed, options.first_seed + options.seeds)
        if not run_one(size, seed, options.folder)
    ]
    if failed:
        print(f"failed: seeds {failed}")
    return 1 if failed else 0


def run_one(size: Size, seed: int, folder: Path | None) -> bool:
    """One county from its first month to its last; whether everything held."""
    started_s = time.monotonic()
    with (
        tempfile.TemporaryDirectory(dir=folder, prefix="county-") as place,
        pytest.MonkeyPatch.context() as patch,
    ):
        simulation = Simulation(Path(place), size, seed, patch)
        simulation.run()
        try:
            simulation.check()
        except AssertionError as error:
            print(f"seed {seed}: {error}")
            return False
        machines = simulation.machines
        visits = len(machines) * (size.months + size.quiet_months)
        took_s = time.monotonic() - started_s
        statements = simulation.county.statement_ids().total()
        uploads = len(simulation.county.uploads())
    print(
        f"seed {seed}: {len(machines)} machines, {visits} visits, {statements} statements and"
        f" {uploads} uploads, each once; {took_s:.0f} s, {took_s / visits * 1000:.0f} ms a visit;"
        f" {dict(simulation.happened)}, {dict(simulation.county.problems)}",
        flush=True,
    )
    return True


if __name__ == "__main__":
    sys.exit(main())
