# SPDX-License-Identifier: GPL-3.0-or-later
"""A school day in half a minute; `bench soak` lives it slowly."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.county import County
from tests.crash.day import CUTS, KILLS, live_and_check
from tests.crash.router import Router
from tests.crash.school import School
from tests.servers.fixtures import StartNginx
from tests.servers.lrs import LearningRecordStore
from tests.servers.portal import Portal
from tests.servers.tus import TusServer

MINUTE_S = 0.04


@pytest.fixture
def router(portal: Portal) -> Iterator[Router]:
    router = Router(portal.port)
    yield router
    router.close()


@pytest.fixture
def routed(
    tmp_path: Path, county: County, lrs: LearningRecordStore, tus: TusServer, router: Router
) -> School:
    """A machine that reaches everything through the router only."""
    return School(tmp_path / "课栈 数据", county, lrs, tus)


@pytest.mark.timeout(300)
def test_after_a_school_day_everything_was_delivered_exactly_once(
    routed: School, router: Router, county: County, nginx: StartNginx, tmp_path: Path
) -> None:
    mirror = nginx(county.home.public, rate_bytes_per_s=3_000_000)
    routed.enrol_through(router.lead_to, mirror.port, tmp_path)

    diary = live_and_check(routed, router, tmp_path, MINUTE_S)

    assert diary.counts["cuts"] == len(CUTS)
    assert diary.counts["kills"] == len(KILLS)
    assert "portal" in diary.problems
