# SPDX-License-Identifier: GPL-3.0-or-later
"""The cache keeps to its quota, never gives up what is pinned, and repairs what rots."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from app.base.clock import SystemClock
from app.base.db import open_writer
from app.base.paths import DataPaths
from app.base.settings import Settings
from app.cache.store import MIGRATIONS, BlobStore
from app.region.layout import blob_path
from app.sync.inbox import Kind
from tests.sync.machine import Machine
from tests.sync.region_home import LARGE, SMALL, SUBTITLE, RegionHome

Enrolled = Callable[..., Machine]


def test_what_is_pinned_stays_whatever_the_quota(enrolled: Enrolled, region: RegionHome) -> None:
    machine = enrolled(region)
    machine.run()
    wish = machine.get("video-1")

    machine.run_requests(wish, settings=Settings(quota_bytes=1))

    assert machine.blob(LARGE.sha256) == LARGE.content
    assert machine.is_offline("video-1")


def test_what_nobody_pinned_makes_room(enrolled: Enrolled, region: RegionHome) -> None:
    """A file that came by itself (from a stick, say) goes when the quota is full."""
    machine = enrolled(region)
    wish = machine.leave(Kind.STICK_IMPORT, dir=str(region.public))
    machine.run_requests(wish)
    assert machine.is_offline("slides-1")
    wish = machine.get("video-1")

    machine.run_requests(wish, settings=Settings(quota_bytes=len(LARGE.content)))

    assert machine.blob(LARGE.sha256) == LARGE.content
    assert machine.blob(SUBTITLE.sha256) == SUBTITLE.content
    assert machine.blob(SMALL.sha256) is None
    assert not machine.is_offline("slides-1")


@pytest.mark.allow_warnings("app.sync")
def test_a_blob_that_vanished_is_noticed_at_the_start(
    enrolled: Enrolled, region: RegionHome
) -> None:
    machine = enrolled(region)
    machine.run()
    machine.run_requests(machine.get("slides-1"))
    machine.paths.root.joinpath(blob_path(SMALL.sha256)).unlink()

    machine.run()

    assert machine.blob(SMALL.sha256) == SMALL.content
    assert machine.is_offline("slides-1")


@pytest.mark.allow_warnings("app.sync")
def test_what_somebody_else_wrote_over_is_hashed_and_fetched_again(
    enrolled: Enrolled, region: RegionHome
) -> None:
    """Same size, other bytes: only the time of the file tells."""
    machine = enrolled(region)
    machine.run()
    machine.run_requests(machine.get("slides-1"))
    place = machine.paths.root / blob_path(SMALL.sha256)
    place.write_bytes(bytes(len(SMALL.content)))
    os.utime(place, (1, 1))

    machine.run()

    assert machine.blob(SMALL.sha256) == SMALL.content


def test_a_touched_file_that_is_right_stays(enrolled: Enrolled, region: RegionHome) -> None:
    machine = enrolled(region)
    machine.run()
    machine.run_requests(machine.get("slides-1"))
    os.utime(machine.paths.root / blob_path(SMALL.sha256), (1, 1))

    run = machine.run()

    assert run.done["brought"]["files"] == 0
    assert machine.is_offline("slides-1")


def test_more_than_a_start_can_hash_is_left_to_scrubbing(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    paths.ensure()
    database = open_writer(paths.state_db, [MIGRATIONS])
    store = BlobStore(database, paths, (), SystemClock())
    names = []
    for content in (b"one", b"two"):
        name = hashlib.sha256(content).hexdigest()
        partial = store.begin(name, 3)
        partial.write_at(0, content)
        place = store.commit(partial)
        place.write_bytes(b"bad")
        os.utime(place, (1, 1))
        names.append(name)

    at_start = store.check(limit_bytes=3)

    assert len(at_start) == 1
    assert sorted([*at_start, *store.scrub(3)]) == sorted(names)
