# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 of the agent hundreds of times, then power cuts; ends with everything counted once.

`python3 dev.py bench soak_kills [--kills N] [--cuts N] [--seed N]` (power cuts need root).
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path

from benchmarks.soak_parts.place import Place, county_place
from tests.crash.agents import Agents
from tests.crash.cutting import keep_cutting
from tests.crash.disk import Disk
from tests.crash.killing import Tally, keep_killing
from tests.crash.school import School

RATE_BYTES_S = 3_000_000
LESSONS = 12
DISK_BYTES = 1 << 30
SAY_EVERY = 25


def school_in(place: Place, root: Path, seed: int) -> School:
    """A machine that joins the county."""
    school = School(root, place.county, place.lrs, place.tus, seed)
    school.enrol(place.mirror.url, place.folder)
    return school


def say_now_and_then(tally: Tally) -> None:
    if tally.kills % SAY_EVERY == 0:
        print(f"  {tally.kills} …", flush=True)


def report(what: str, tally: Tally, started_s: float) -> None:
    during = ", ".join(f"{name} {count}" for name, count in tally.during.most_common())
    seconds = time.monotonic() - started_s
    print(f"{what}: {tally.kills} in {seconds:.0f} s, nothing lost, nothing doubled", flush=True)
    print(f"  what each run had last said: {during}", flush=True)


def kills(count: int, seed: int) -> None:
    """kill -9 at random moments."""
    started_s = time.monotonic()
    with county_place(LESSONS, RATE_BYTES_S, seed) as place, Agents(place.folder) as agents:
        school = school_in(place, place.folder / "课栈 数据", seed)
        tally = keep_killing(
            agents, school, place.folder, random.Random(seed), count, say_now_and_then
        )
        school.check_end()
        report("kills", tally, started_s)


def cuts(count: int, seed: int) -> None:
    """Power cuts at random moments."""
    started_s = time.monotonic()
    with (
        county_place(LESSONS, RATE_BYTES_S, seed) as place,
        Agents(place.folder) as agents,
        Disk(place.folder, DISK_BYTES) as disk,
    ):
        school = school_in(place, disk.place / "课栈 数据", seed)
        tally = keep_cutting(
            agents,
            school,
            disk,
            place.folder,
            chance=random.Random(seed),
            cuts=count,
            on_round=say_now_and_then,
        )
        school.check_end()
        report("power cuts", tally, started_s)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--cuts", type=int, default=20)
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args()
    if options.kills:
        kills(options.kills, options.seed)
    if options.cuts:
        cuts(options.cuts, options.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
