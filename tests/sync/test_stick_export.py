# SPDX-License-Identifier: GPL-3.0-or-later
"""A point gives a stick everything that waits, sealed; the county's own receiver opens it."""

import json
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from app.base.db import open_reader, open_writer
from app.publish import commands, inbound
from app.region.bundle import PART_NAME
from app.sync.courier import cargo as cargo_module
from app.sync.courier.store import BundleStore
from app.sync.inbox import Kind
from app.sync.uploads.staging import staged_path
from tests.sync.machine import Machine
from tests.sync.region_home import FIRST, LATER, RegionHome
from tests.sync.stick_disk import region_id_of, run, small_disk
from tests.sync.stick_point import (
    DETAILS,
    EVENTS,
    bring,
    export,
    sha,
    statements,
    teach,
    upload,
    uploads,
)

Enrolled = Callable[..., Machine]
NOWHERE = "http://127.0.0.1:9/"


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "U盘"
    folder.mkdir()
    return folder


@pytest.fixture
def point(enrolled: Enrolled, region: RegionHome) -> Machine:
    """A machine that has the catalogue from a stick and no line."""
    machine = enrolled(region, NOWHERE)
    assert bring(machine, region.public)[0].codes_of_failed_requests == []
    return machine


def parts_on(stick: Path) -> list[Path]:
    return sorted(path for path in stick.rglob("*") if PART_NAME.fullmatch(path.name))


def every_byte_on(stick: Path) -> bytes:
    texts = [str(path.relative_to(stick)).encode() for path in stick.rglob("*")]
    return b"\n".join(texts + [p.read_bytes() for p in stick.rglob("*") if p.is_file()])


def test_statements_and_uploads_reach_the_county_and_receipts_come_home(
    point: Machine, region: RegionHome, stick: Path
) -> None:
    region_id = region_id_of(region)
    teach(point, region_id, times=3)
    lesson_plan = random.Random(7).randbytes(3_000_000)
    upload_id = upload(point, lesson_plan)

    failed, result = export(point, stick)

    assert failed.codes_of_failed_requests == []
    assert (result["statements"], result["uploads"], result["bundles"]) == (9, 1, 1)
    assert uploads(point)[upload_id].state == "queued"
    report = inbound.receive(region.root, stick, LATER)
    assert (report.statements, report.uploads, report.problems) == (9, 1, [])
    commands.build(region.root, LATER)
    bring(point, region.public)
    assert uploads(point)[upload_id].state == "delivered"
    assert statements(point) == {"delivered": 9}
    assert staged_path(point.paths, sha(lesson_plan)).is_file()


def test_a_bundle_says_the_name_that_the_agent_goes_by(
    point: Machine, region: RegionHome, stick: Path
) -> None:
    teach(point, region_id_of(region))
    point.run(machine="another board")
    known = point.paths.device_file.read_bytes()
    wish = point.leave(Kind.STICK_EXPORT, dir=str(stick), space_bytes=None)
    point.run_requests(wish, machine="another board")
    assert point.paths.device_file.read_bytes() == known  # nobody took it for a clone
    inbound.receive(region.root, stick, LATER)
    reader = open_reader(region.root / "received" / "received.db")
    try:
        devices = reader.execute("SELECT device_id FROM bundle").fetchall()
    finally:
        reader.conn.close()
    assert devices == [(json.loads(known)["device_id"],)]


def test_receiving_twice_or_exporting_twice_changes_nothing(
    point: Machine, region: RegionHome, stick: Path
) -> None:
    teach(point, region_id_of(region))
    upload(point, b"x" * 100_000)
    export(point, stick)
    before = parts_on(stick)

    _, again = export(point, stick)

    assert (again["bundles"], again["aboard"], again["statements"]) == (0, 1, 0)
    assert parts_on(stick) == before
    inbound.receive(region.root, stick, LATER)
    report = inbound.receive(region.root, stick, LATER)
    assert (report.bundles, report.bundles_known, report.statements) == (0, 1, 0)


def test_a_bundle_that_was_not_read_back_before_the_stick_was_pulled_is_made_anew(
    point: Machine, region: RegionHome, stick: Path
) -> None:
    teach(point, region_id_of(region))
    upload(point, b"x" * 100_000)
    export(point, stick)
    (part,) = stick.rglob("*.part")
    with part.open("rb+") as file:
        file.truncate(70_000)  # a part of what was written never reached the stick
    database = open_writer(point.paths.state_db, [])
    BundleStore(database).finished(part.parent.name, 0)  # as it is until then
    database.conn.close()

    _, again = export(point, stick)

    assert (again["bundles"], again["aboard"], again["statements"]) == (1, 0, EVENTS)
    assert not part.exists()
    report = inbound.receive(region.root, stick, LATER)
    assert (report.bundles, report.statements, report.problems) == (1, EVENTS, [])


def test_a_lost_stick_costs_a_trip_and_nothing_else(
    point: Machine, region: RegionHome, stick: Path, tmp_path: Path
) -> None:
    teach(point, region_id_of(region), times=2)
    upload(point, b"y" * 50_000)
    lost = tmp_path / "lost"
    lost.mkdir()
    export(point, lost)

    _, result = export(point, stick)

    assert (result["statements"], result["uploads"]) == (6, 1)
    report = inbound.receive(region.root, stick, LATER)
    assert (report.statements, report.uploads) == (6, 1)
    late = inbound.receive(region.root, lost, LATER)
    assert (late.statements, late.uploads, late.problems) == (0, 0, [])


def test_what_came_home_makes_room_on_the_stick(
    point: Machine, region: RegionHome, stick: Path
) -> None:
    teach(point, region_id_of(region))
    export(point, stick)
    inbound.receive(region.root, stick, LATER)
    commands.build(region.root, LATER)
    bring(point, region.public)
    first = parts_on(stick)
    teach(point, region_id_of(region))

    _, result = export(point, stick)

    assert (result["bundles"], result["statements"], result["aboard"]) == (1, 3, 0)
    assert not set(first) & set(parts_on(stick))


def test_nothing_on_the_stick_can_be_read(point: Machine, region: RegionHome, stick: Path) -> None:
    region_id = region_id_of(region)
    teach(point, region_id)
    content = "三年级二班 学生名单 赵钱孙李".encode() * 2_000
    upload_id = upload(point, content)
    export(point, stick)

    found = every_byte_on(stick)

    device_id = json.loads(point.paths.device_file.read_bytes())["device_id"]
    secrets = [
        *("王晓梅", "教案", "认识几分之一", "分数的初步认识", "学生名单", "数学", "三年级"),
        *(upload_id, sha(content), "video-1", device_id, "device-1", "docx", "statement"),
        *DETAILS.values(),
    ]
    for secret in secrets:
        for coding in ("utf-8", "utf-16-le", "gb18030"):
            assert secret.encode(coding) not in found, secret
    sizes = {part.stat().st_size for part in parts_on(stick)}
    assert sizes, "there must be something to look at"


def test_few_and_fewer_statements_look_alike(
    point: Machine, region: RegionHome, stick: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    teach(point, region_id_of(region), times=1)
    export(point, stick)
    teach(point, region_id_of(region), times=9)
    export(point, other)
    sizes = [part.stat().st_size for folder in (stick, other) for part in parts_on(folder)]
    assert len(set(sizes)) == 1


def test_as_many_uploads_as_fit_in_the_teachers_order(
    point: Machine, region: RegionHome, stick: Path
) -> None:
    teach(point, region_id_of(region))
    sizes = (1_500_000, 6_000_000, 1_200_000, 3_000_000)
    ids = [upload(point, os.urandom(size), f"{size}.mp4") for size in sizes]

    _, result = export(point, stick, space_bytes=5_000_000)

    assert (result["uploads"], result["left_uploads"], result["statements"]) == (2, 2, 3)
    report = inbound.receive(region.root, stick, LATER)
    assert report.uploads == 2
    commands.build(region.root, LATER)
    bring(point, region.public)
    arrived = [ids.index(one) for one, row in uploads(point).items() if row.state == "delivered"]
    assert sorted(arrived) == [0, 2]


def test_a_file_larger_than_the_stick_gets_there_in_several_trips(
    point: Machine, region: RegionHome, stick: Path
) -> None:
    content = random.Random(3).randbytes(7_000_000)
    upload_id = upload(point, content)
    for trip in range(1, 5):
        _, result = export(point, stick, space_bytes=3_500_000)
        assert result["bundles"] == 1, trip
        inbound.receive(region.root, stick, LATER)
        commands.build(region.root, LATER)
        bring(point, region.public)
        if uploads(point)[upload_id].state == "delivered":
            break
    assert uploads(point)[upload_id].state == "delivered"
    assert trip > 1
    (waiting,) = inbound.waiting(region.root)
    assert (region.root / waiting.path).read_bytes() == content


def test_large_uploads_go_on_in_the_next_bundle(
    point: Machine, region: RegionHome, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cargo_module, "BUNDLE_BYTES", 2 << 20)
    content = random.Random(4).randbytes(5_000_000)
    upload(point, content)
    _, result = export(point, stick)
    assert (result["bundles"], result["uploads"]) == (3, 1)
    assert inbound.receive(region.root, stick, LATER).uploads == 1


@pytest.fixture
def small_stick(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "small", "6m") as place:
        yield place


def test_a_full_stick_is_said_and_nothing_is_lost(
    point: Machine, region: RegionHome, small_stick: Path
) -> None:
    teach(point, region_id_of(region))
    (small_stick / "照片").write_bytes(bytes(6 * 1024 * 1024 - 200_000))
    failed, _ = export(point, small_stick)
    assert failed.codes_of_failed_requests == ["stick_full"]
    assert not parts_on(small_stick)
    assert statements(point) == {"frozen": 3}


def test_a_write_protected_stick(point: Machine, region: RegionHome, small_stick: Path) -> None:
    teach(point, region_id_of(region))
    run("mount", "-o", "remount,ro", str(small_stick))
    failed, _ = export(point, small_stick)
    assert failed.codes_of_failed_requests == ["stick_write_protected"]


def test_a_stick_that_is_not_there(point: Machine, region: RegionHome, tmp_path: Path) -> None:
    teach(point, region_id_of(region))
    failed, _ = export(point, tmp_path / "gone")
    assert failed.codes_of_failed_requests == ["carrier_gone"]
    assert not (tmp_path / "gone").exists()


def test_a_region_that_takes_nothing_from_sticks(
    enrolled: Enrolled, region: RegionHome, stick: Path
) -> None:
    settings = json.loads((region.root / "region.json").read_bytes())
    settings["bundle_key"] = None
    (region.root / "region.json").write_text(json.dumps(settings), encoding="utf-8")
    commands.build(region.root, LATER)
    machine = enrolled(region, NOWHERE)
    bring(machine, region.public)
    teach(machine, region_id_of(region))
    failed, _ = export(machine, stick)
    assert failed.codes_of_failed_requests == ["bundle_key_missing"]
    assert list(stick.iterdir()) == []


def test_nothing_waits_and_nothing_is_written(point: Machine, stick: Path) -> None:
    failed, result = export(point, stick)
    assert failed.codes_of_failed_requests == []
    assert (result["bundles"], result["left_statements"]) == (0, 0)
    assert list(stick.iterdir()) == []


def test_a_link_on_the_stick_leads_nowhere(
    point: Machine, region: RegionHome, stick: Path, tmp_path: Path
) -> None:
    teach(point, region_id_of(region))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (stick / "kezhan").symlink_to(elsewhere)
    failed, _ = export(point, stick)
    assert failed.codes_of_failed_requests == ["stick_link"]
    assert list(elsewhere.iterdir()) == []


def test_a_damaged_copy_waits_for_its_teacher_and_the_rest_goes(
    point: Machine, region: RegionHome, stick: Path
) -> None:
    teach(point, region_id_of(region))
    damaged = upload(point, b"d" * 400_000, "a.docx")
    upload(point, b"g" * 300_000, "b.docx")
    with staged_path(point.paths, sha(b"d" * 400_000)).open("r+b") as file:
        file.write(b"rot")
    _, result = export(point, stick)
    assert result["problems"] == ["upload_copy_damaged"]
    assert (result["uploads"], result["statements"]) == (1, 3)
    assert uploads(point)[damaged].state == "paused"
    report = inbound.receive(region.root, stick, LATER)
    assert (report.uploads, report.statements, report.problems) == (1, 3, [])


def test_cut_bundles_of_an_earlier_try_are_swept(
    point: Machine, region: RegionHome, stick: Path
) -> None:
    teach(point, region_id_of(region))
    place = stick / "kezhan" / "out" / region_id_of(region)
    cut = place / ".11111111-2222-4333-8444-555555555555.writing"
    cut.mkdir(parents=True)
    (cut / "0001.part").write_bytes(b"half")
    _, result = export(point, stick)
    assert result["statements"] == 3
    assert not cut.exists()


def test_nothing_of_the_stick_is_open_afterwards(
    point: Machine, region: RegionHome, stick: Path
) -> None:
    teach(point, region_id_of(region))
    export(point, stick)
    assert not [f.path for f in psutil.Process().open_files() if f.path.startswith(str(stick))]


def test_an_upload_needs_no_upload_server_where_sticks_are_taken(
    point: Machine, region: RegionHome
) -> None:
    assert region.root is not None
    upload_id = upload(point, b"no line at all")
    assert uploads(point)[upload_id].region_id == region_id_of(region)
    assert FIRST < LATER
