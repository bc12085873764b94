# SPDX-License-Identifier: GPL-3.0-or-later
"""Real servers of a county and a folder for it all, for as long as a benchmark runs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.crash.county import County
from tests.servers.lrs import LearningRecordStore
from tests.servers.nginx import Nginx
from tests.servers.portal import Portal
from tests.servers.process import ServerProcess
from tests.servers.tus import TusServer


@dataclass
class Place:
    """What a school is told when it joins."""

    folder: Path
    county: County
    mirror: Nginx
    lrs: LearningRecordStore
    tus: TusServer
    portal: Portal


@contextmanager
def county_place(lessons: int, rate_bytes_s: int, seed: int) -> Iterator[Place]:
    """Start everything; it ends with the block."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kezhan-soak-")))
        (folder / "county").mkdir()
        county = County(folder / "county", lessons, seed)
        place = Place(
            folder,
            county,
            Nginx(folder / "nginx", county.home.public, rate_bytes_per_s=rate_bytes_s),
            LearningRecordStore(folder / "lrs"),
            TusServer(folder / "tus"),
            Portal(folder / "portal"),
        )
        servers: list[ServerProcess] = [place.mirror, place.lrs, place.tus, place.portal]
        for server in servers:
            server.start()
            stack.callback(server.stop)
        yield place
