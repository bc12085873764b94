# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad enrolments, mirrors and disks: a typed error with its code, and nothing is lost."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.base.errors import DiskFullError, ReadOnlyError
from tests.servers.fixtures import StartFaulty, StartNginx
from tests.servers.portal import Portal
from tests.sync.machine import Machine
from tests.sync.region_home import LARGE, LATER, SMALL, RegionHome, entry

Enrolled = Callable[..., Machine]


def files_of(machine: Machine) -> set[str]:
    """What is on disk, but for the agent's own books and locks."""
    kept = {"regions", "shards", "catalogue", "blobs", "inbox"}
    return {
        str(path.relative_to(machine.paths.root))
        for name in kept
        for path in (machine.paths.root / name).rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda raw: b"not json at all", "document_damaged"),
        (lambda raw: b"<!doctype html><html></html>", "document_damaged"),
        (lambda raw: b"", "document_damaged"),
        (lambda raw: raw.replace(b'"major": 1', b'"major": 2', 1), "document_newer"),
        (lambda raw: raw.replace(b'"version": 1', b'"version": 7'), "enrolment_invalid"),
        (lambda raw: b" " * (2 << 20), "document_damaged"),
    ],
    ids=["text", "html", "empty", "other-major", "root-does-not-verify", "too-large"],
)
def test_a_bad_enrolment_changes_nothing(
    machine: Machine, region: RegionHome, spoil: Callable[[bytes], bytes], code: str
) -> None:
    source = region.enrolment()
    source.write_bytes(spoil(json.dumps(json.loads(source.read_bytes())).encode()))
    machine.run()

    run = machine.run_requests(machine.enrol(str(source)))

    assert run.codes_of_failed_requests == [code]
    assert run.exit_code == 1
    assert files_of(machine) == set()
    assert machine.status().regions == ()


def test_an_enrolment_that_is_not_there(machine: Machine, tmp_path: Path) -> None:
    run = machine.run_requests(machine.enrol(str(tmp_path / "no.json")))

    assert run.codes_of_failed_requests == ["file_missing"]


def test_an_enrolment_from_behind_a_portal(machine: Machine, portal: Portal) -> None:
    run = machine.run_requests(machine.enrol(f"{portal.url}enrolment.json"))

    assert run.codes_of_failed_requests == ["portal"]
    assert files_of(machine) == set()


def test_an_enrolment_comes_by_http(
    machine: Machine, region: RegionHome, nginx: StartNginx
) -> None:
    server = nginx(region.public)
    run = machine.run_requests(machine.enrol(f"{server.url}enrolment.json"))

    assert run.codes_of_failed_requests == []
    assert machine.run().exit_code == 0


def test_a_portal_for_everything_is_said_and_harms_nothing(
    enrolled: Enrolled, region: RegionHome, portal: Portal
) -> None:
    machine = enrolled(region)
    machine.run()
    before = files_of(machine)
    machine.run_requests(machine.enrol(str(region.enrolment(portal.url))))

    run = machine.run()

    assert run.problems == ["portal"]
    assert run.exit_code == 1
    assert "分数的初步认识" in machine.titles()
    assert before <= files_of(machine)


@pytest.mark.parametrize("kind", ["short", "flipped", "truncated"])
def test_a_bad_shard_keeps_the_last_good_catalogue(
    enrolled: Enrolled, region: RegionHome, faulty: StartFaulty, kind: str
) -> None:
    server = faulty(region.public)
    machine = enrolled(region, server.url)
    machine.run()
    titles = machine.titles()
    region.publish([entry("new-1", "新的一课")], LATER)
    server.fault("/catalogue/*", kind, after_bytes=100)  # type: ignore[arg-type]

    run = machine.run()

    assert run.problems == ["connection_lost" if kind == "truncated" else "mirror_broken"]
    assert machine.titles() == titles
    server.reset()
    assert machine.run().exit_code == 0
    assert "新的一课" in machine.titles()


def test_a_bad_shard_comes_from_the_honest_mirror(
    enrolled: Enrolled, region: RegionHome, faulty: StartFaulty, nginx: StartNginx
) -> None:
    bad, good = faulty(region.public), nginx(region.public)
    bad.fault("/catalogue/*", "flipped", after_bytes=100)
    machine = enrolled(region, bad.url, good.url)

    run = machine.run()

    assert run.exit_code == 0
    assert "分数的初步认识" in machine.titles()


def test_an_older_mirror_is_named_and_still_gives_files(
    enrolled: Enrolled, region: RegionHome, published: RegionHome, nginx: StartNginx
) -> None:
    """What is older cannot take the catalogue back, but files are checked by hash."""
    region.publish([entry("new-1", "新的一课")], LATER)
    machine = enrolled(region)
    machine.run()
    old = nginx(published.public)
    machine.run_requests(machine.enrol(str(region.enrolment(old.url))))

    run = machine.run()

    assert run.problems == ["region_older"]
    assert "新的一课" in machine.titles()
    machine.run_requests(machine.get("slides-1"))
    assert machine.blob(SMALL.sha256) == SMALL.content


def test_beside_a_newer_mirror_an_older_one_is_no_problem(
    enrolled: Enrolled, region: RegionHome, published: RegionHome, nginx: StartNginx
) -> None:
    region.publish([entry("new-1", "新的一课")], LATER)
    machine = enrolled(region)
    machine.run()
    old, new = nginx(published.public), nginx(region.public)
    machine.run_requests(machine.enrol(str(region.enrolment(old.url, new.url))))

    run = machine.run()

    assert run.problems == []


def test_another_regions_tree_is_refused(
    enrolled: Enrolled, region: RegionHome, nginx: StartNginx
) -> None:
    other = RegionHome.create(region.root.parent / "other" / "邻县")
    other.publish([entry("x-1", "邻县的课")], LATER)
    machine = enrolled(region, nginx(other.public).url)

    run = machine.run()

    assert run.problems == ["trust_refused"]
    assert machine.titles() == []


def test_tampered_signed_metadata_is_refused(enrolled: Enrolled, region: RegionHome) -> None:
    path = region.public / "metadata" / "timestamp.json"
    path.write_bytes(path.read_bytes().replace(b"2026-11-01", b"2026-11-02"))
    machine = enrolled(region)

    run = machine.run()

    assert run.problems == ["trust_refused"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 MB, mounted for this test; a catalogue asks for some room of its own."""
    place = tmp_path / "小 盘"
    place.mkdir()
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(place)], check=True, timeout=10
    )
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True, timeout=10)


def test_a_full_disk_stops_politely_and_goes_on_when_there_is_room(
    region: RegionHome, small_disk: Path
) -> None:
    machine = Machine(small_disk / "data")
    machine.run_requests(machine.enrol(str(region.enrolment())))
    assert machine.run().exit_code == 0
    ballast = small_disk / "ballast"
    left = os.statvfs(small_disk)
    ballast.write_bytes(bytes(left.f_bavail * left.f_frsize - len(LARGE.content) // 2))
    machine.get("video-1")

    run = machine.run()

    assert run.problems == ["disk_full"]
    assert run.exit_code == 1
    assert machine.blob(LARGE.sha256) is None
    ballast.unlink()
    assert machine.run().exit_code == 0
    assert machine.blob(LARGE.sha256) == LARGE.content


def test_a_disk_without_any_room_is_said_at_the_start(region: RegionHome, small_disk: Path) -> None:
    machine = Machine(small_disk / "data")
    machine.run_requests(machine.enrol(str(region.enrolment())))
    left = os.statvfs(small_disk)
    (small_disk / "ballast").write_bytes(bytes(left.f_bavail * left.f_frsize))

    try:
        run = machine.run()
    except DiskFullError:
        return
    assert run.problems == ["disk_full"]


def test_a_read_only_disk_is_said(enrolled: Enrolled, region: RegionHome, small_disk: Path) -> None:
    machine = Machine(small_disk / "data")
    machine.run_requests(machine.enrol(str(region.enrolment())))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True, timeout=10)

    with pytest.raises(ReadOnlyError):
        machine.run()


def test_a_state_database_of_zeros_is_set_aside_and_said(
    enrolled: Enrolled, region: RegionHome
) -> None:
    machine = enrolled(region)
    machine.run()
    machine.paths.state_db.write_bytes(bytes(8192))
    for suffix in ("-wal", "-shm"):
        machine.paths.state_db.with_name(f"state.db{suffix}").unlink(missing_ok=True)

    run = machine.run()

    assert "database_damaged" in run.problems
    assert list(machine.paths.root.glob("state.db.damaged-*"))
    assert "分数的初步认识" in machine.titles()
