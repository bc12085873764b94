# SPDX-License-Identifier: GPL-3.0-or-later
"""What an import needs of the disk is said before it begins; without it nothing is touched."""

import shutil
from collections.abc import Callable
from typing import NamedTuple

import pytest

from app.catalogue.room import PEAK_BYTES_PER_ENTRY, import_bytes
from tests.sync.machine import Machine
from tests.sync.region_home import LATER, RegionHome, entry

Enrolled = Callable[..., Machine]


class Usage(NamedTuple):
    """As shutil says it."""

    total: int
    used: int
    free: int


def test_an_import_that_does_not_fit_says_so_and_touches_nothing(
    enrolled: Enrolled, region: RegionHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = enrolled(region)
    machine.run()
    before = machine.titles()
    region.publish([entry("new-1", "新的一课")], LATER)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 10**12, 1_000_000))
        run = machine.run()
    assert run.problems == ["catalogue_room"]
    assert machine.titles() == before
    assert machine.status().disk.import_bytes > 1_000_000
    assert [problem.code for problem in machine.status().problems] == ["catalogue_room"]

    assert machine.run().exit_code == 0
    assert "新的一课" in machine.titles()
    assert machine.status().disk.import_bytes == 0
    assert machine.status().problems == ()


def test_what_is_built_anew_needs_room_for_all_of_it() -> None:
    spare = import_bytes(0, 0, 0)
    assert import_bytes(1000, 6_000, 1_000_000) == spare + 1000 + 6_000 * PEAK_BYTES_PER_ENTRY
    assert import_bytes(0, 300_000, 1_000_000) == spare + 1_300_000 * PEAK_BYTES_PER_ENTRY
