# SPDX-License-Identifier: GPL-3.0-or-later
"""A central school passes on what its points give to sticks, and cannot read a word of it."""

import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from app.base.db import open_reader
from app.publish import commands, inbound
from app.region.layout import blob_path
from app.sync.courier.store import Point, RelayStore
from app.sync.inbox import Kind
from tests.servers.tus import TusServer
from tests.sync.machine import Machine
from tests.sync.region_home import LATER, SMALL, RegionHome
from tests.sync.stick_disk import county_stick, region_id_of
from tests.sync.stick_point import EVENTS, export, statements, teach, upload, uploads

NOWHERE = "http://127.0.0.1:9/"
Join = Callable[[str, str], Machine]


@pytest.fixture
def county(region: RegionHome, tus: TusServer) -> RegionHome:
    """A region with an upload server, so that a line can take parcels."""
    settings = json.loads((region.root / "region.json").read_bytes())
    settings["uploads_url"] = tus.url
    (region.root / "region.json").write_text(json.dumps(settings), encoding="utf-8")
    commands.build(region.root, LATER)
    return region


@pytest.fixture
def join(county: RegionHome, tmp_path: Path) -> Join:
    """Another machine of the region with the catalogue."""

    def joined(name: str, mirror: str) -> Machine:
        machine = Machine(tmp_path / name)
        machine.run_requests(machine.enrol(str(county.enrolment(mirror))))
        wish(machine, "stick_import", county.public)
        return machine

    return joined


def wish(machine: Machine, kind: str, folder: Path, **more: object) -> dict[str, object]:
    left = machine.leave(Kind(kind), dir=str(folder), **more)
    run = machine.run_requests(left)
    assert run.codes_of_failed_requests == []
    state = machine.request(left)
    assert state is not None
    return dict(state.result)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "U盘"
    folder.mkdir()
    return folder


@pytest.fixture
def point(join: Join, county: RegionHome, stick: Path, tus: TusServer) -> Machine:
    """A point without a line that has given the stick a lesson and a file."""
    tus.kill()
    machine = join("point", NOWHERE)
    teach(machine, region_id_of(county))
    upload(machine, random.Random(1).randbytes(2_000_000))
    _, result = export(machine, stick)
    assert (result["statements"], result["uploads"]) == (EVENTS, 1)
    tus.start()
    return machine


def points(machine: Machine) -> tuple[Point, ...]:
    reader = open_reader(machine.paths.state_db)
    try:
        return RelayStore(reader).points()
    finally:
        reader.conn.close()


def test_by_line(
    join: Join, point: Machine, county: RegionHome, stick: Path, tus: TusServer
) -> None:
    depot = join("depot", county.public.as_uri())

    brought = wish(depot, "stick_import", stick, relay=True)
    assert brought["relayed"] == 1
    assert uploads(depot) == {}, "what is passed on is no teacher's file"
    depot.run(only=frozenset({"uploads"}))

    assert {one.metadata["kind"] for one in tus.uploads()} == {"bundle"}
    report = inbound.receive(county.root, tus.uploads_folder, LATER)
    assert (report.bundles, report.statements, report.uploads, report.problems) == (
        1,
        EVENTS,
        1,
        [],
    )
    commands.build(county.root, LATER)
    wish(point, "stick_import", county.public)
    assert statements(point) == {"delivered": EVENTS}
    assert [one.state for one in uploads(point).values()] == ["delivered"]


def test_the_copy_goes_when_the_receipt_is_here(
    join: Join, point: Machine, county: RegionHome, stick: Path
) -> None:
    depot = join("depot", county.public.as_uri())
    wish(depot, "stick_import", stick, relay=True)
    assert len(list(depot.paths.outbox_dir.iterdir())) == 1
    inbound.receive(county.root, stick, LATER)  # the stick itself got there first
    commands.build(county.root, LATER)
    wish(depot, "stick_import", county.public)
    assert list(depot.paths.outbox_dir.iterdir()) == []
    assert point is not None


def test_by_another_stick(
    join: Join, point: Machine, county: RegionHome, stick: Path, tus: TusServer
) -> None:
    tus.kill()
    relay = join("relay", NOWHERE)
    wish(relay, "stick_import", stick, relay=True)
    onward = stick.with_name("onward")
    onward.mkdir()

    taken = wish(relay, "stick_export", onward, space_bytes=None)

    assert (taken["relayed"], taken["bundles"]) == (1, 0)
    report = inbound.receive(county.root, onward, LATER)
    assert (report.statements, report.uploads, report.problems) == (EVENTS, 1, [])
    again = wish(relay, "stick_export", onward, space_bytes=None)
    assert again["relayed"] == 0
    assert point is not None


def test_only_a_machine_that_had_a_line_takes_parcels_by_itself(
    join: Join, point: Machine, county: RegionHome, stick: Path, tus: TusServer
) -> None:
    tus.kill()
    other = join("other", county.public.as_uri())
    upload(other, b"sent by line")
    shutil.copytree(county.public / "metadata", stick / "metadata")
    assert wish(other, "stick_import", stick)["relayed"] == 0
    tus.start()
    other.run(only=frozenset({"uploads"}))
    assert wish(other, "stick_import", stick)["relayed"] == 1
    assert point is not None


def test_a_central_school_takes_parcels_though_it_never_had_a_line(
    point: Machine, county: RegionHome, stick: Path, tmp_path: Path, tus: TusServer
) -> None:
    tus.kill()
    enrolment = county.enrolment(NOWHERE)
    document = json.loads(enrolment.read_bytes())
    taken = {}
    for code, centre in (("C1", ""), ("P1", "中心校")):
        document["school"] = {"code": code, "name": "学校", "centre": centre}
        enrolment.write_text(json.dumps(document), encoding="utf-8")
        machine = Machine(tmp_path / code)
        machine.run_requests(machine.enrol(str(enrolment)))
        wish(machine, "stick_import", county.public)
        shutil.copytree(county.public / "metadata", stick / "metadata", dirs_exist_ok=True)
        taken[code] = wish(machine, "stick_import", stick)["relayed"]
    assert taken == {"C1": 1, "P1": 0}
    assert point is not None


def test_a_depot_knows_when_each_point_was_last_heard_of(
    join: Join, point: Machine, county: RegionHome, stick: Path
) -> None:
    depot = join("depot", county.public.as_uri())
    wish(depot, "stick_import", stick, relay=True)
    (heard,) = points(depot)
    assert (heard.bundles, heard.name) == (1, "")
    teach(point, region_id_of(county))
    export(point, stick)
    wish(depot, "stick_import", stick, relay=True)
    (again,) = points(depot)
    assert (again.point, again.bundles) == (heard.point, 2)
    second = join("second", NOWHERE)
    teach(second, region_id_of(county))
    export(second, stick)
    wish(depot, "stick_import", stick, relay=True)
    assert len(points(depot)) == 2
    named = depot.leave(Kind.NAME_POINT, point=heard.point, name=" 大山\n教学点 ")
    assert depot.run_requests(named).codes_of_failed_requests == []
    assert {one.name for one in points(depot)} == {"大山教学点", ""}
    label = heard.point.encode()
    device_id = json.loads(point.paths.device_file.read_bytes())["device_id"]
    assert device_id.encode() not in label


def test_a_parcel_cut_short_is_not_taken(
    join: Join, point: Machine, county: RegionHome, stick: Path
) -> None:
    (part,) = stick.rglob("0001.part")
    part.rename(part.with_name("0002.part"))
    depot = join("depot", county.public.as_uri())
    shutil.copytree(county.public / "metadata", stick / "metadata")
    assert wish(depot, "stick_import", stick, relay=True)["relayed"] == 0
    assert point is not None


def test_a_refilled_stick_brings_a_point_everything_and_its_receipts(
    join: Join, point: Machine, county: RegionHome, stick: Path, tmp_path: Path
) -> None:
    inbound.receive(county.root, stick, LATER)
    commands.build(county.root, LATER)
    depot = join("depot", county.public.as_uri())
    fresh = tmp_path / "fresh"
    fresh.mkdir()

    filled = wish(depot, "stick_export", fresh, space_bytes=None, refill=True)

    assert filled["refilled"] == 4
    brought = wish(point, "stick_import", fresh)
    assert brought["problems"] == []
    assert statements(point) == {"delivered": EVENTS}
    other = Machine(tmp_path / "other-point")
    other.run_requests(other.enrol(str(county.enrolment(NOWHERE))))
    first = wish(other, "stick_import", fresh)
    assert (first["files"], first["shards"], first["problems"]) == (4, 2, [])
    assert other.is_offline("video-1")
    assert wish(depot, "stick_export", fresh, space_bytes=None, refill=True)["refilled"] == 0


@pytest.mark.allow_warnings("app.sync.courier.refill", "app.sync.agent")
def test_a_file_that_rotted_here_is_not_carried_further(
    join: Join, point: Machine, county: RegionHome, tmp_path: Path
) -> None:
    depot = join("depot", county.public.as_uri())
    wish(depot, "stick_import", county.public)
    rotten = depot.paths.root / blob_path(SMALL.sha256)
    found = rotten.stat()
    rotten.write_bytes(b"?" * found.st_size)
    os.utime(rotten, ns=(found.st_atime_ns, found.st_mtime_ns))  # as a disk rots: nothing tells
    fresh = tmp_path / "fresh"
    fresh.mkdir()

    assert wish(depot, "stick_export", fresh, space_bytes=None, refill=True)["refilled"] == 3

    assert not list(fresh.rglob(f"*{SMALL.sha256}*"))
    depot.run(only=frozenset())  # the next start looks at it
    assert not rotten.exists()
    assert point is not None


@pytest.mark.parametrize("place", ["blobs", f"blobs/{SMALL.sha256[:2]}", "targets"])
def test_a_refill_writes_through_no_link(
    join: Join, county: RegionHome, tmp_path: Path, place: str
) -> None:
    depot = join("depot", county.public.as_uri())
    wish(depot, "stick_import", county.public)
    outside = tmp_path / "outside"
    outside.mkdir()
    link = tmp_path / "fresh" / "kezhan" / region_id_of(county) / place
    link.parent.mkdir(parents=True)
    link.symlink_to(outside)

    left = depot.leave(
        Kind.STICK_EXPORT, dir=str(tmp_path / "fresh"), space_bytes=None, refill=True
    )
    assert depot.run_requests(left).codes_of_failed_requests == ["stick_link"]
    assert list(outside.iterdir()) == []


def test_without_any_server_parcels_go_from_stick_to_stick(
    region: RegionHome, tmp_path: Path
) -> None:
    enrolment = region.enrolment(NOWHERE)
    point = Machine(tmp_path / "point")
    point.run_requests(point.enrol(str(enrolment)))
    stick = county_stick(region, tmp_path / "U盘")
    wish(point, "stick_import", stick)
    teach(point, region_id_of(region))
    export(point, stick)
    document = json.loads(enrolment.read_bytes())
    document["school"] = {"code": "C1", "name": "中心小学", "centre": ""}
    enrolment.write_text(json.dumps(document), encoding="utf-8")
    centre = Machine(tmp_path / "centre")
    centre.run_requests(centre.enrol(str(enrolment)))

    # The very first stick tells at once where parcels go, and brings one.
    assert wish(centre, "stick_import", stick)["relayed"] == 1
    shutil.rmtree(next(stick.glob("kezhan/*/metadata")).parent)
    again = wish(centre, "stick_import", stick)  # nothing but what is known
    assert (again["relayed"], again["problems"]) == (0, [])

    fresh = tmp_path / "fresh"
    fresh.mkdir()
    assert wish(centre, "stick_export", fresh, space_bytes=None)["relayed"] == 1
    report = inbound.receive(region.root, fresh, LATER)
    assert (report.statements, report.problems) == (EVENTS, [])
