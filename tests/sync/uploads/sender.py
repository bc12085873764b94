# SPDX-License-Identifier: GPL-3.0-or-later
"""An agent that does nothing but upload, to be killed: DATA_DIR URL BYTES_A_SECOND.

Prints how many bytes it has handed to the line, and `done` at the end.
"""

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Event

from app.base.paths import DataPaths
from tests.sync.uploads.rig import Rig


def say(line: object) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    data_dir, url, rate = sys.argv[1:]
    rig = Rig(DataPaths(Path(data_dir)), url, rate_bytes_s=float(rate))
    rig.courier._clock_s = time.monotonic

    def tell(event: Mapping[str, object]) -> None:
        say(rig.sent_bytes)

    rig.on_event = tell
    waiting = Event()
    while True:
        result = rig.step()
        if result.wait_s is not None:
            waiting.wait(min(result.wait_s, 0.2))
            rig.courier.patience.forget()
        elif result.is_idle:
            break
    say("done")


if __name__ == "__main__":
    main()
