# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether scrolling through every result hitches: `python3 dev.py bench catalogue_scroll DATA`.

DATA is a data directory with a catalogue, as `bench catalogue --rows 4000000` leaves it. The real
window under Xvfb; gaps of its event loop while the wheel turns, Page Down is held and the bar is
pulled to anywhere, and how long after a jump the cards in sight take. Target: no gap over 100 ms.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.catalogue import ROOT, percentiles
from tests.servers.screen import virtual_screen

WAYS = ("wheel", "page down", "bar")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each way")
    options = parser.parse_args()
    command = [sys.executable, "-m", "benchmarks.catalogue_parts.scroll_window"]
    command += [str(options.data), str(options.seconds)]
    with virtual_screen() as screen:
        result = subprocess.run(
            command, cwd=ROOT, check=True, stdout=subprocess.PIPE, env=os.environ | screen
        )
    found = json.loads(result.stdout.splitlines()[-1])
    print(f"{found['total']:,} results")
    print(f"{'ms':<34}{'p50':>9} {'p95':>9} {'max':>9}")
    for way in WAYS:
        for name, values in found[way].items():
            print(f"  {way + ', ' + name:<32}{percentiles(values)}")
    print(f"  {'cards in sight after a jump':<32}{percentiles(found['jump_ms'])}")


if __name__ == "__main__":
    main()
