# SPDX-License-Identifier: GPL-3.0-or-later
"""Eight hours of school life in eight minutes, ending with everything delivered exactly once.

`python3 dev.py bench soak [--minutes M]`: how long the eight hours may take. A portal in the
morning, lessons in which the line must be quiet, cuts, breakers, sticks, news, and the night.
"""

from __future__ import annotations

import argparse
import sys
import time

from benchmarks.soak_parts.place import county_place
from tests.crash.day import LESSON_MINUTES, MINUTES, live_and_check
from tests.crash.router import Router
from tests.crash.school import School

LESSONS = 24
RATE_BYTES_S = 500_000
# A second of real time lets a lesson's lease be seen before its second half is judged.
QUIET_FROM_S = 4.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=8.0)
    options = parser.parse_args()
    minute_s = options.minutes * 60 / MINUTES
    started_s = time.monotonic()
    with county_place(LESSONS, RATE_BYTES_S, seed=5) as place:
        router = Router(place.portal.port)
        school = School(place.folder / "课栈 数据", place.county, place.lrs, place.tus)
        school.enrol_through(router.lead_to, place.mirror.port, place.folder)
        diary = live_and_check(school, router, place.folder, minute_s)
        router.close()
    print(f"a day in {time.monotonic() - started_s:.0f} s: everything delivered exactly once")
    print("  " + ", ".join(f"{name} {count}" for name, count in diary.counts.items()))
    print(f"  problems told: {', '.join(sorted(diary.problems))}")
    print(f"  bytes in the second half of each lesson: {diary.lesson_bytes}", flush=True)
    is_quiet = not any(diary.lesson_bytes) or minute_s * LESSON_MINUTES / 2 < QUIET_FROM_S
    return 0 if is_quiet else 1


if __name__ == "__main__":
    sys.exit(main())
