# SPDX-License-Identifier: GPL-3.0-or-later
"""The cache keeps to its quota, never gives up what is pinned, and repairs what rots."""

from collections.abc import Callable

import pytest

from app.base.settings import Settings
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
