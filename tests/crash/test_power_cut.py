# SPDX-License-Identifier: GPL-3.0-or-later
"""Power cuts under the agent: the data lies on a mounted image whose file is what survives."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.crash.agents import Agents
from tests.crash.county import County
from tests.crash.cutting import keep_cutting
from tests.crash.disk import Disk
from tests.crash.school import School
from tests.servers.lrs import LearningRecordStore
from tests.servers.tus import TusServer

CUTS = 6
DISK_BYTES = 256 << 20


@pytest.mark.timeout(300)
def test_power_cuts_lose_nothing_and_double_nothing(
    agents: Agents,
    county: County,
    mirror: str,
    lrs: LearningRecordStore,
    tus: TusServer,
    tmp_path: Path,
) -> None:
    with Disk(tmp_path, DISK_BYTES) as disk:
        school = School(disk.place / "课栈 数据", county, lrs, tus)
        school.enrol(mirror, tmp_path)

        tally = keep_cutting(agents, school, disk, tmp_path, chance=random.Random(3), cuts=CUTS)

        assert tally.kills == CUTS
        school.check_end()
