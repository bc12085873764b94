# SPDX-License-Identifier: GPL-3.0-or-later
"""An agent whose day goes by quickly: ROOT, FIRST (the time of day it began), BEGAN (monotonic
seconds then), FACTOR. Commands come on its input, events go to its output, as always.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from app.base.clock import SystemClock
from app.base.paths import DataPaths
from app.sync.agent import AgentConfig, run_agent
from tests.crash.zygote import QUICK


class QuickClock(SystemClock):
    """A wall clock that runs `factor` times as fast; elapsed time is real."""

    def __init__(self, first: datetime, began_s: float, factor: float) -> None:
        self._first, self._began_s, self._factor = first, began_s, factor

    def wall(self) -> datetime:
        return self._first + timedelta(seconds=(time.monotonic() - self._began_s) * self._factor)


def main() -> None:
    root, first, began_s, factor = sys.argv[1:]

    def out(event: Mapping[str, object]) -> None:
        sys.stdout.write(json.dumps(event) + "\n")
        sys.stdout.flush()

    config = AgentConfig(
        DataPaths(Path(root)),
        shelves=(),
        timeouts=QUICK,
        machine="school",
        is_process=True,
        clock=QuickClock(datetime.fromisoformat(first), float(began_s), float(factor)),
    )
    sys.exit(run_agent(config, sys.stdin.fileno(), out))


if __name__ == "__main__":
    main()
