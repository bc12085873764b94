# SPDX-License-Identifier: GPL-3.0-or-later
"""What the card is told about a stick before anything is copied."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.base.clock import SystemClock
from app.base.db import open_writer
from app.lesson.store import MIGRATIONS as LESSON
from app.lesson.store import LessonStore
from app.sync.courier.drives import removable_places
from app.sync.courier.survey import survey
from tests.sync.machine import Machine
from tests.sync.region_home import COVER, LARGE, LATER, SMALL, SUBTITLE, RegionHome, entry
from tests.sync.stick_disk import county_stick, region_id_of, split
from tests.sync.stick_point import EVENTS, bring, export, teach, upload

Enrolled = Callable[..., Machine]
NOWHERE = "http://127.0.0.1:9/"
ALL_BYTES = sum(len(one.content) for one in (LARGE, SMALL, COVER, SUBTITLE))


@pytest.fixture
def stick(region: RegionHome, tmp_path: Path) -> Path:
    return county_stick(region, tmp_path / "U盘")


def test_counts_resources_files_and_bytes(
    enrolled: Enrolled, region: RegionHome, stick: Path
) -> None:
    facts = survey(enrolled(region, NOWHERE).paths, stick)
    assert (facts.new_resources, facts.new_files, facts.new_bytes) == (2, 4, ALL_BYTES)
    assert facts.is_ours
    assert facts.error is None


def test_knows_what_is_here_and_what_is_new(
    enrolled: Enrolled, region: RegionHome, stick: Path, tmp_path: Path
) -> None:
    machine = enrolled(region, NOWHERE)
    bring(machine, stick)
    assert not survey(machine.paths, stick).can_bring
    (tmp_path / "new.pdf").write_bytes(b"%PDF new")
    region.publish([entry("new-1", "新课", files=[{"path": "new.pdf"}])], LATER, tmp_path)
    later = county_stick(region, tmp_path / "下个月")
    facts = survey(machine.paths, later)
    assert (facts.new_resources, facts.new_files, facts.new_bytes) == (1, 1, 8)


def test_a_newer_release_is_news_even_without_files(
    enrolled: Enrolled, region: RegionHome, stick: Path, tmp_path: Path
) -> None:
    machine = enrolled(region, NOWHERE)
    _, first = bring(machine, stick)
    assert first["news"] == 1
    assert not survey(machine.paths, stick).has_news
    region.publish([entry("new-1", "新课", files=[])], LATER)
    later = county_stick(region, tmp_path / "下个月")
    facts = survey(machine.paths, later)
    assert (facts.has_news, facts.can_bring, facts.new_files) == (True, True, 0)
    _, second = bring(machine, later)
    assert (second["news"], second["files"]) == (1, 0)
    assert not survey(machine.paths, later).has_news
    assert not survey(machine.paths, stick).has_news  # an older stick has none
    _, again = bring(machine, stick)
    assert again["news"] == 0


def test_a_split_file_counts_as_one(enrolled: Enrolled, region: RegionHome, stick: Path) -> None:
    split(stick / "kezhan" / region_id_of(region) / LARGE.path, 1_000_000)
    facts = survey(enrolled(region, NOWHERE).paths, stick)
    assert (facts.new_files, facts.new_bytes) == (4, ALL_BYTES)


def test_says_what_could_be_taken_along(
    enrolled: Enrolled, region: RegionHome, stick: Path
) -> None:
    machine = enrolled(region, NOWHERE)
    bring(machine, stick)
    teach(machine, region_id_of(region))
    upload(machine, b"a teacher's own")
    facts = survey(machine.paths, stick)
    assert (facts.waiting_statements, facts.waiting_uploads) == (EVENTS, 1)
    assert facts.can_take
    export(machine, stick)
    assert survey(machine.paths, stick).parcels == 0  # our own parcel is none to bring


def test_what_is_wrong_with_a_stick_is_told(
    enrolled: Enrolled, region: RegionHome, stick: Path
) -> None:
    home = stick / "kezhan" / region_id_of(region)
    home.rename(home.with_name("11111111-2222-4333-8444-555555555555"))
    (stick / "autorun.inf").touch()
    facts = survey(enrolled(region, NOWHERE).paths, stick)
    assert facts.error is not None
    assert facts.error.code == "stick_of_other_region"
    assert facts.suspects.names == ("autorun.inf",)


def test_a_private_stick_is_none_of_our_business(
    enrolled: Enrolled, region: RegionHome, tmp_path: Path
) -> None:
    private = tmp_path / "照片"
    private.mkdir()
    (private / "game.exe").touch()
    facts = survey(enrolled(region, NOWHERE).paths, private)
    assert not facts.is_ours
    assert facts.suspects.count == 0


def test_nothing_is_looked_at_during_a_lesson(
    enrolled: Enrolled, region: RegionHome, stick: Path
) -> None:
    machine = enrolled(region, NOWHERE)
    desk = open_writer(machine.paths.desk_db, [LESSON])
    clock = SystemClock()
    LessonStore(desk).hold_lease(clock.boot_id(), clock.boot_s())
    desk.conn.close()
    facts = survey(machine.paths, stick)
    assert facts.is_lesson
    assert not facts.can_bring


def test_a_machine_that_has_never_synced(data_dir: Path, stick: Path) -> None:
    facts = survey(Machine(data_dir).paths, stick)
    assert facts.error is not None


def test_the_systems_own_disks_are_no_sticks() -> None:
    assert Path("/") not in removable_places()
