# SPDX-License-Identifier: GPL-3.0-or-later
"""While a lesson runs the agent keeps quiet; afterwards it goes on by itself."""

from collections.abc import Callable

import pysqlite3
import pytest

from app.base.clock import SystemClock
from app.sync.lease import LONGEST_LEASE_S, LessonLease
from tests.sync.machine import Machine
from tests.sync.region_home import SMALL, RegionHome

Enrolled = Callable[..., Machine]


def put_lease(machine: Machine, for_s: float, boot_id: str | None = None) -> None:
    clock = SystemClock()
    machine.paths.ensure()
    connection = pysqlite3.connect(str(machine.paths.desk_db))
    with connection:
        connection.execute("CREATE TABLE IF NOT EXISTS lease(until_boot_s REAL, boot_id TEXT)")
        connection.execute("DELETE FROM lease")
        connection.execute(
            "INSERT INTO lease VALUES(?, ?)",
            [clock.boot_s() + for_s, boot_id or clock.boot_id()],
        )
    connection.close()


def test_in_a_lesson_nothing_is_brought_and_after_it_everything(
    enrolled: Enrolled, region: RegionHome
) -> None:
    machine = enrolled(region)
    machine.run(only=frozenset({"catalogue"}))
    wish = machine.get("slides-1")
    put_lease(machine, for_s=600)

    run = machine.run()

    assert machine.blob(SMALL.sha256) is None
    assert run.done["left"]["downloads"] > 0
    state = machine.request(wish)
    assert state is not None
    assert (state.state, state.code) == ("working", "transfer_paused")
    put_lease(machine, for_s=-1)
    machine.run()
    assert machine.blob(SMALL.sha256) == SMALL.content


@pytest.mark.parametrize(
    ("for_s", "boot_id", "is_lesson"),
    [
        (60.0, None, True),
        (-1.0, None, False),
        (60.0, "an-earlier-boot", False),
        (LONGEST_LEASE_S * 2, None, False),
    ],
)
def test_a_lease_counts_in_its_own_boot_and_not_for_ever(
    machine: Machine, for_s: float, boot_id: str | None, *, is_lesson: bool
) -> None:
    put_lease(machine, for_s, boot_id)
    lease = LessonLease(machine.paths, SystemClock())

    assert (lease.left_s() > 0) == is_lesson
    lease.close()


def test_without_a_desk_database_there_is_no_lesson(machine: Machine) -> None:
    assert LessonLease(machine.paths, SystemClock()).left_s() == 0.0
