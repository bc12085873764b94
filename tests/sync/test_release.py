# SPDX-License-Identifier: GPL-3.0-or-later
"""A lesson list that was kept offline lets go: of its own pins, and of what only it waited for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.base.db import open_reader
from app.region.layout import blob_path
from app.sync.inbox import Kind
from tests.sync.machine import Machine
from tests.sync.region_home import LARGE, RegionHome
from tests.sync.test_withdrawn import part_of, rows_of_halves, spoil_end, state_of

Enrolled = Callable[..., Machine]


def pins(machine: Machine) -> set[tuple[str, str]]:
    database = open_reader(machine.paths.state_db)
    try:
        return {
            tuple(row) for row in database.execute("SELECT entry_id, reason FROM pin").fetchall()
        }
    finally:
        database.conn.close()


def keep(machine: Machine, list_id: str, *entry_ids: str) -> str:
    region_id = machine.key("video-1").region_id
    pairs = [[region_id, entry_id] for entry_id in entry_ids]
    return machine.leave(Kind.GET, for_list=list_id, keys=pairs)


def release(machine: Machine, list_id: str) -> str:
    return machine.leave(Kind.RELEASE, list_id=list_id)


def test_what_two_lists_hold_stays_until_both_have_let_go(
    region: RegionHome, enrolled: Enrolled
) -> None:
    machine = enrolled(region)
    machine.run()
    first, second = keep(machine, "a", "video-1", "not-there"), keep(machine, "b", "video-1")
    machine.run_requests(first, second)
    assert [state_of(machine, one) for one in (first, second)] == [("done", None)] * 2
    assert machine.is_offline("video-1")
    assert pins(machine) == {("video-1", "list:a"), ("video-1", "list:b")}
    machine.run_requests(release(machine, "a"))
    assert pins(machine) == {("video-1", "list:b")}
    machine.run_requests(release(machine, "b"))
    assert pins(machine) == set()
    assert (machine.paths.root / blob_path(LARGE.sha256)).is_file()  # until room is needed


def test_a_list_holds_what_was_asked_last_and_a_teachers_own_wish_stays(
    region: RegionHome, enrolled: Enrolled
) -> None:
    machine = enrolled(region)
    machine.run()
    machine.run_requests(machine.get("video-1"), keep(machine, "a", "video-1"))
    machine.run_requests(keep(machine, "a", "gone-from-the-list"))
    assert pins(machine) == {("video-1", "teacher")}


@pytest.mark.allow_warnings("app.sync")
def test_what_only_the_list_waited_for_is_not_brought_any_more(
    region: RegionHome, enrolled: Enrolled
) -> None:
    machine = enrolled(region)
    machine.run()
    spoil_end(region, LARGE.path)
    wish = keep(machine, "a", "video-1")
    machine.run_requests(wish)
    assert part_of(machine, LARGE.sha256).exists()
    run = machine.run_requests(release(machine, "a"))
    assert run.done["left"]["downloads"] == 0
    assert not part_of(machine, LARGE.sha256).exists()
    assert rows_of_halves(machine.paths) == []
    assert state_of(machine, wish) == ("done", None)


@pytest.mark.allow_warnings("app.sync")
def test_what_a_teacher_waits_for_too_is_still_brought(
    region: RegionHome, enrolled: Enrolled
) -> None:
    machine = enrolled(region)
    machine.run()
    spoil_end(region, LARGE.path)
    machine.run_requests(keep(machine, "a", "video-1"), machine.get("video-1"))
    run = machine.run_requests(release(machine, "a"))
    assert run.done["left"]["downloads"] == 1
    assert part_of(machine, LARGE.sha256).exists()
