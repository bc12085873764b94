# SPDX-License-Identifier: GPL-3.0-or-later
"""Enrol, update the catalogue and download from real carriers, twice and with news between."""

from collections.abc import Callable

import pytest

from app.base.errors import AlreadyRunningError
from app.base.locks import ProcessLock
from app.sync.inbox import Kind
from tests.servers.fixtures import StartNginx
from tests.sync.machine import Machine
from tests.sync.region_home import COVER, LARGE, LATER, SMALL, SUBTITLE, RegionHome, entry

Enrolled = Callable[..., Machine]
TITLES = ["分数的初步认识", "科学 三年级 上册", "认识钟表"]  # exercises are not subscribed


def test_a_machine_that_joined_no_region_says_so(machine: Machine) -> None:
    run = machine.run()

    assert run.events[0]["event"] == "hello"
    assert run.problems == ["not_enrolled"]
    assert run.exit_code == 1


def test_brings_the_catalogue_from_a_mirror(
    enrolled: Enrolled, region: RegionHome, nginx: StartNginx
) -> None:
    machine = enrolled(region, nginx(region.public).url)

    run = machine.run()

    assert run.exit_code == 0
    assert run.done["brought"]["entries"] == 3
    assert machine.titles() == TITLES
    assert machine.blob(COVER.sha256) == COVER.content  # small covers come by themselves
    assert run.done["brought"]["files"] == 1


def test_brings_the_catalogue_from_a_directory(enrolled: Enrolled, region: RegionHome) -> None:
    machine = enrolled(region)

    run = machine.run()

    assert run.exit_code == 0
    assert machine.titles() == TITLES


def test_a_second_run_brings_nothing(enrolled: Enrolled, region: RegionHome) -> None:
    machine = enrolled(region)
    machine.run()

    run = machine.run()

    assert run.done["brought"] == {"shards": 0, "entries": 0, "files": 0, "bytes": 0}
    assert run.exit_code == 0


def test_news_comes_as_a_delta(enrolled: Enrolled, region: RegionHome, nginx: StartNginx) -> None:
    server = nginx(region.public)
    machine = enrolled(region, server.url)
    machine.run()
    region.publish([entry("new-1", "新的一课")], LATER)

    run = machine.run()

    assert machine.titles() == sorted([*TITLES, "新的一课"])
    assert run.done["brought"]["shards"] == 1
    fetched = [seen.path.rpartition(".")[2] for seen in server.requests()]
    assert fetched.count("deltas") == 1
    assert "delta" not in fetched


def test_get_pins_and_brings_everything_of_an_entry(
    enrolled: Enrolled, region: RegionHome, nginx: StartNginx
) -> None:
    machine = enrolled(region, nginx(region.public).url)
    machine.run()
    assert not machine.is_offline("video-1")
    wish = machine.get("video-1")

    run = machine.run_requests(wish)

    assert run.exit_code == 0
    for file in (LARGE, SUBTITLE, COVER):
        assert machine.blob(file.sha256) == file.content
    assert machine.blob(SMALL.sha256) is None
    assert machine.is_offline("video-1")
    state = machine.request(wish)
    assert state is not None
    assert state.state == "done"


def test_get_of_something_unknown_or_without_files_fails_with_its_code(
    enrolled: Enrolled, region: RegionHome
) -> None:
    machine = enrolled(region)
    machine.run()

    unknown, empty = machine.get("no-such"), machine.get("book-1")
    run = machine.run_requests(unknown, empty)

    assert sorted(run.codes_of_failed_requests) == ["entry_unknown", "entry_without_files"]
    assert run.exit_code == 1


def test_without_any_carrier_it_is_offline_and_the_wish_waits(
    enrolled: Enrolled, region: RegionHome, nginx: StartNginx
) -> None:
    server = nginx(region.public)
    machine = enrolled(region, server.url)
    machine.run()
    wish = machine.get("slides-1")
    server.stop()

    run = machine.run()

    assert run.problems == ["offline"]
    assert run.exit_code == 1
    assert run.done["left"]["downloads"] == 1
    state = machine.request(wish)
    assert state is not None
    assert (state.state, state.code) == ("working", "offline")
    server.start()
    assert machine.run().exit_code == 0
    assert machine.blob(SMALL.sha256) == SMALL.content


def test_a_second_agent_is_refused_and_changes_nothing(
    enrolled: Enrolled, region: RegionHome
) -> None:
    machine = enrolled(region)
    lock = ProcessLock(machine.paths.agent_lock)
    lock.acquire()
    try:
        with pytest.raises(AlreadyRunningError):
            machine.run()
    finally:
        lock.release()
    assert machine.titles() == []


def test_two_regions_live_side_by_side(machine: Machine, region: RegionHome) -> None:
    other = RegionHome.create(region.root.parent / "other" / "邻县")
    other.publish([entry("video-1", "邻县的课")], LATER)
    for home in (region, other):
        machine.run_requests(machine.enrol(str(home.enrolment())))

    run = machine.run()

    assert run.exit_code == 0
    assert machine.titles() == sorted([*TITLES, "邻县的课"])
    assert len(machine.status().regions) == 2


def test_a_folder_to_enrol_from_may_be_the_region_itself(
    machine: Machine, region: RegionHome
) -> None:
    run = machine.run_requests(machine.enrol(str(region.root)))
    assert run.codes_of_failed_requests == []

    machine.run()

    assert machine.titles() == TITLES


def test_enrolling_again_renews_the_mirrors(
    enrolled: Enrolled, region: RegionHome, nginx: StartNginx
) -> None:
    machine = enrolled(region, "http://127.0.0.1:9/")
    assert machine.run().problems == ["offline"]

    machine.run_requests(machine.enrol(str(region.enrolment(nginx(region.public).url))))

    assert machine.run().exit_code == 0
    assert len(machine.status().regions) == 1


def test_exercises_come_when_they_are_asked_for(enrolled: Enrolled, region: RegionHome) -> None:
    machine = enrolled(region)
    machine.run()
    region_id = machine.status().regions[0].region_id
    key = {"stage": "小学", "subject": "数学", "edition": "人教版", "exercise": True}
    machine.leave(Kind.SUBSCRIBE, region_id=region_id, keys=[key], is_on=True)

    machine.run()

    assert "口算练习" in machine.titles()
    machine.leave(Kind.SUBSCRIBE, region_id=region_id, keys=[key], is_on=False)
    machine.run()
    assert machine.titles() == TITLES


@pytest.mark.allow_warnings("app.sync", "app.catalogue")
def test_a_damaged_catalogue_is_made_anew_without_any_carrier(
    enrolled: Enrolled, region: RegionHome, nginx: StartNginx
) -> None:
    server = nginx(region.public)
    machine = enrolled(region, server.url)
    machine.run()
    server.stop()
    for path in machine.paths.catalogue_dir.glob("*.db*"):
        path.write_bytes(b"rot" * 5000)

    machine.run()

    assert machine.titles() == TITLES


def test_a_lost_state_database_joins_its_regions_again(
    enrolled: Enrolled, region: RegionHome
) -> None:
    machine = enrolled(region)
    machine.run()
    for path in machine.paths.root.glob("state.db*"):
        path.unlink()

    run = machine.run()

    assert run.exit_code == 0
    assert len(machine.status().regions) == 1
    assert machine.titles() == TITLES
