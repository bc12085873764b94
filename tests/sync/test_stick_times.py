# SPDX-License-Identifier: GPL-3.0-or-later
"""FAT knows times to two seconds, in whatever clock the last machine had: nothing rests on them."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from app.base.db import open_reader
from app.publish import commands, outbound
from app.region.layout import blob_path
from tests.sync.machine import Machine
from tests.sync.region_home import LATER, SMALL, RegionHome, entry
from tests.sync.stick_disk import region_id_of
from tests.sync.stick_point import bring

Enrolled = Callable[..., Machine]
NOWHERE = "http://127.0.0.1:9/"
MUCH_LATER = LATER + timedelta(days=7)
FAT_EPOCH_S = 315_532_800  # 1980-01-01: what a machine with an empty clock battery writes
TWO_S_IN_NS = 2_000_000_000


def as_fat_rounds(folder: Path) -> None:
    """What times become once a FAT disk was unmounted: cut to even seconds."""
    for path in sorted(folder.rglob("*")):
        found = path.stat()
        even_ns = found.st_mtime_ns // TWO_S_IN_NS * TWO_S_IN_NS
        os.utime(path, ns=(even_ns, even_ns))


def all_at_once(folder: Path) -> None:
    """Every file as if it had been written in the same two seconds."""
    for path in sorted(folder.rglob("*")):
        os.utime(path, (FAT_EPOCH_S, FAT_EPOCH_S))


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    place = tmp_path / "U盘"
    place.mkdir()
    return place


def test_a_stick_is_brought_up_to_date_whatever_its_times_say(
    region: RegionHome, stick: Path
) -> None:
    outbound.make_stick(region.root, stick)
    all_at_once(stick)
    commands.build(region.root, MUCH_LATER)  # the same documents, signed anew: the same lengths
    outbound.make_stick(region.root, stick)
    tree = stick / "kezhan" / region_id_of(region)
    name = Path("metadata", "timestamp.json")
    assert (tree / name).read_bytes() == (region.public / name).read_bytes()
    all_at_once(stick)
    again = outbound.make_stick(region.root, stick)
    assert (again.files, again.removed) == (0, 0)


def test_what_is_new_comes_from_a_stick_without_new_times(
    enrolled: Enrolled, region: RegionHome, stick: Path, tmp_path: Path
) -> None:
    machine = enrolled(region, NOWHERE)
    outbound.make_stick(region.root, stick)
    all_at_once(stick)
    bring(machine, stick)
    (tmp_path / "new.pdf").write_bytes(b"%PDF new")
    region.publish([entry("new-1", "新课", files=[{"path": "new.pdf"}])], MUCH_LATER, tmp_path)
    outbound.make_stick(region.root, stick)
    all_at_once(stick)
    _, brought = bring(machine, stick)
    assert (brought["files"], brought["problems"]) == (1, [])
    assert machine.is_offline("new-1")


def test_files_here_whose_times_were_rounded_are_hashed_once_and_stay(
    enrolled: Enrolled, region: RegionHome, stick: Path
) -> None:
    machine = enrolled(region, NOWHERE)
    outbound.make_stick(region.root, stick)
    bring(machine, stick)
    as_fat_rounds(machine.paths.root / "blobs")

    machine.run(only=frozenset())

    found = machine.paths.root / blob_path(SMALL.sha256)
    assert found.read_bytes() == SMALL.content
    reader = open_reader(machine.paths.state_db)
    row = reader.execute("SELECT mtime_ns FROM blob WHERE sha256=?", [SMALL.sha256]).fetchone()
    reader.conn.close()
    assert row[0] == found.stat().st_mtime_ns  # the next start finds it as it is noted
