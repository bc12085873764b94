# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings one file as the agent does, and says how long it took: URL SHA256 SIZE PIECES FOLDER.

The clock starts before the piece list is asked for and stops when the whole is verified and named.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Set
from pathlib import Path

from app.base.clock import SystemClock
from app.base.db import open_writer
from app.base.paths import DataPaths
from app.cache.store import MIGRATIONS, BlobStore
from app.sync.carriers import open_carrier
from app.sync.governor import StreamGovernor
from app.sync.health import CarrierHealth
from app.sync.http import HttpSession
from app.sync.streams import Streams
from app.sync.transfer import BlobTransfer, WantedBlob


def main() -> None:
    url, sha256, size, pieces, folder = sys.argv[1:]
    paths = DataPaths(Path(folder))
    paths.ensure()
    database = open_writer(paths.state_db, [MIGRATIONS])
    session, streams = HttpSession(), Streams()
    governor = StreamGovernor(time.monotonic)

    def on_busy(_: Set[str], is_full: bool) -> None:
        governor.passed(session.throttle.passed_bytes, is_full=is_full)

    transfer = BlobTransfer(
        BlobStore(database, paths, (), SystemClock()),
        streams,
        [open_carrier(url, session)],
        CarrierHealth(time.monotonic),
        between=lambda: None,
        stream_count=lambda: governor.count,
        on_busy=on_busy,
        on_too_many=governor.too_many,
    )
    started_s = time.monotonic()
    transfer.run(WantedBlob(sha256, int(size), pieces))
    took_s = time.monotonic() - started_s
    wasted = session.throttle.passed_bytes - int(size)
    print(f"{took_s:.2f} {governor.count} {wasted}", flush=True)
    session.abort()
    streams.close(within_s=2)


if __name__ == "__main__":
    main()
