# SPDX-License-Identifier: GPL-3.0-or-later
"""A small real region, published as a county would, and machines that join it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sync.machine import Machine
from tests.sync.region_home import RegionHome


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> RegionHome:
    """The region as first published; tests read it and never change it."""
    home = RegionHome.create(tmp_path_factory.mktemp("region") / "测试 县")
    home.publish_first()
    return home


@pytest.fixture
def region(published: RegionHome, tmp_path: Path) -> RegionHome:
    """A copy of the region for this test alone, to publish more and to spoil."""
    return published.copy_to(tmp_path / "county")


@pytest.fixture
def machine(data_dir: Path) -> Machine:
    """A machine of a school, not enrolled yet."""
    return Machine(data_dir)


@pytest.fixture
def enrolled(machine: Machine) -> Callable[..., Machine]:
    """Enrols the machine in a region with the given mirrors: `enrolled(region, url, …)`."""

    def enrol(home: RegionHome, *mirrors: str) -> Machine:
        source = home.enrolment(*mirrors)
        run = machine.run_requests(machine.enrol(str(source)))
        assert run.codes_of_failed_requests == []
        return machine

    return enrol
