# SPDX-License-Identifier: GPL-3.0-or-later
"""Half a year of a county on sticks: whatever happens to them, everything arrives exactly once."""

from pathlib import Path

import pytest

from tests.county.simulation import Simulation, Size
from tests.servers.tus import TusServer

FAULTS = {"lost", "swapped", "pulled", "stale", "copied", "cloned", "frozen"}


@pytest.mark.timeout(300)
@pytest.mark.allow_warnings("app.sync.floors", "app.sync.canary")
def test_half_a_year_on_sticks(disk: Path, monkeypatch: pytest.MonkeyPatch, tus: TusServer) -> None:
    simulation = Simulation(disk, Size(), 20261122, monkeypatch, tus)
    simulation.run()
    assert {what for what, count in simulation.happened.items() if count} == FAULTS
    assert simulation.county.problems["bundle_unfinished"] > 0
    simulation.check()
