# SPDX-License-Identifier: GPL-3.0-or-later
"""A school of its own with real servers, for agents that are killed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.agents import Agents
from tests.crash.county import County
from tests.crash.school import School
from tests.servers.fixtures import StartNginx
from tests.servers.lrs import LearningRecordStore
from tests.servers.tus import TusServer

RATE_BYTES_S = 3_000_000
LESSONS = 12


@pytest.fixture
def agents(tmp_path: Path) -> Iterator[Agents]:
    """Forks agents in milliseconds."""
    with Agents(tmp_path) as agents:
        yield agents


@pytest.fixture
def county(tmp_path: Path) -> County:
    """Twelve lessons, two of them large, four only on the stick."""
    folder = tmp_path / "county"
    folder.mkdir()
    return County(folder, LESSONS)


@pytest.fixture
def mirror(county: County, nginx: StartNginx) -> str:
    """The county's web server on a line that takes a moment."""
    return nginx(county.home.public, rate_bytes_per_s=RATE_BYTES_S).url


@pytest.fixture
def school(
    data_dir: Path,
    tmp_path: Path,
    county: County,
    mirror: str,
    lrs: LearningRecordStore,
    tus: TusServer,
) -> School:
    """A machine that has joined the county."""
    school = School(data_dir, county, lrs, tus)
    school.enrol(mirror, tmp_path)
    return school
