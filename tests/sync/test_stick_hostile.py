# SPDX-License-Identifier: GPL-3.0-or-later
"""Sticks as they come: tampered with, half written, dying, too large; one true sentence each."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from app.base.settings import Settings, save_settings
from app.sync.courier.aboard import out_dir, size_of_bundle
from app.sync.directory import DirectoryCarrier
from app.sync.errors import CarrierGoneError
from app.sync.inbox import Kind
from tests.sync.machine import Machine, Run
from tests.sync.region_home import FIRST, LARGE, LATER, SMALL, SUBTITLE, RegionHome, entry
from tests.sync.stick_disk import DiskImage, county_stick, drop_caches, region_id_of, split

Enrolled = Callable[..., Machine]
NOWHERE = "http://127.0.0.1:9/"


@pytest.fixture
def stick(region: RegionHome, tmp_path: Path) -> Path:
    """A stick that the county made for a school."""
    return county_stick(region, tmp_path / "U盘 KEZHAN")


def bring(machine: Machine, folder: Path) -> tuple[Run, dict[str, object]]:
    wish = machine.leave(Kind.STICK_IMPORT, dir=str(folder))
    run = machine.run_requests(wish)
    state = machine.request(wish)
    assert state is not None
    return run, dict(state.result)


def everything_under(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_the_countys_own_layout_is_understood(
    enrolled: Enrolled, region: RegionHome, stick: Path
) -> None:
    _, result = bring(enrolled(region, NOWHERE), stick)
    assert (result["shards"], result["files"], result["problems"]) == (2, 4, [])


@pytest.mark.parametrize("piece_bytes", [1, 3_000_000, 6 * 1024 * 1024 + 12_345])
def test_a_file_that_was_split_for_fat_is_one_again(
    enrolled: Enrolled, region: RegionHome, stick: Path, piece_bytes: int
) -> None:
    home = stick / "kezhan" / region_id_of(region)
    file = SUBTITLE if piece_bytes == 1 else LARGE
    split(home / file.path, piece_bytes)
    machine = enrolled(region, NOWHERE)
    _, result = bring(machine, stick)
    assert result["problems"] == []
    assert machine.blob(file.sha256) == file.content


def test_a_split_file_without_its_middle_is_left(
    enrolled: Enrolled, region: RegionHome, stick: Path
) -> None:
    home = stick / "kezhan" / region_id_of(region)
    split(home / LARGE.path, 2_000_000)
    (home / f"{LARGE.path}.split" / "0002").unlink()
    machine = enrolled(region, NOWHERE)
    _, result = bring(machine, stick)
    assert result["problems"] == ["mirror_broken"]
    assert result["files"] == 3
    assert machine.blob(LARGE.sha256) is None


def test_another_regions_stick(enrolled: Enrolled, region: RegionHome, stick: Path) -> None:
    mine = stick / "kezhan" / region_id_of(region)
    mine.rename(mine.with_name("11111111-2222-4333-8444-555555555555"))
    machine = enrolled(region, NOWHERE)
    run, _ = bring(machine, stick)
    assert run.codes_of_failed_requests == ["stick_of_other_region"]
    assert machine.titles() == []


def test_a_whole_copy_of_another_region(
    enrolled: Enrolled, region: RegionHome, tmp_path: Path
) -> None:
    other = RegionHome.create(tmp_path / "邻县")
    other.publish([entry("other-1", "别的课")], FIRST)
    run, _ = bring(enrolled(region, NOWHERE), other.public)
    assert run.codes_of_failed_requests == ["stick_of_other_region"]


def test_names_that_differ_only_in_case(
    enrolled: Enrolled, region: RegionHome, stick: Path
) -> None:
    shutil.copytree(stick / "kezhan", stick / "Kezhan")
    machine = enrolled(region, NOWHERE)
    run, _ = bring(machine, stick)
    assert run.codes_of_failed_requests == ["stick_ambiguous"]
    assert machine.blob(SMALL.sha256) is None


def test_an_old_system_wrote_the_name_in_capitals(
    enrolled: Enrolled, region: RegionHome, stick: Path
) -> None:
    (stick / "kezhan").rename(stick / "KEZHAN")
    _, result = bring(enrolled(region, NOWHERE), stick)
    assert (result["files"], result["problems"]) == (4, [])


def test_a_link_in_place_of_the_folder_is_not_followed(
    enrolled: Enrolled, region: RegionHome, stick: Path, tmp_path: Path
) -> None:
    (stick / "kezhan").rename(tmp_path / "elsewhere")
    (stick / "kezhan").symlink_to(tmp_path / "elsewhere")
    machine = enrolled(region, NOWHERE)
    run, _ = bring(machine, stick)
    assert run.codes_of_failed_requests == ["stick_link"]
    assert machine.blob(SMALL.sha256) is None


def test_links_to_files_of_this_machine_bring_nothing(
    enrolled: Enrolled, region: RegionHome, stick: Path, tmp_path: Path
) -> None:
    blob = stick / "kezhan" / region_id_of(region) / SMALL.path
    secret = tmp_path / "secret"
    shutil.move(blob, secret)
    blob.symlink_to(secret)
    machine = enrolled(region, NOWHERE)
    _, result = bring(machine, stick)
    assert machine.blob(SMALL.sha256) is None
    assert (result["files"], result["problems"]) == (3, ["mirror_missing"])


def test_what_could_be_run_is_counted_named_and_left(
    enrolled: Enrolled, region: RegionHome, stick: Path
) -> None:
    (stick / "autorun.inf").write_text("[autorun]\nopen=课件.exe\n", encoding="utf-8")
    for name in ("课件.exe", "照片.jpg.lnk", "aux.txt", "说明.txt"):
        (stick / name).write_bytes(b"MZ")
    (stick / "照片").mkdir()
    (stick / "照片" / "u.vbs").write_bytes(b"x")
    (stick / "dir").symlink_to("/")
    machine = enrolled(region, NOWHERE)
    before = everything_under(stick)
    _, result = bring(machine, stick)
    assert (result["suspects"], result["files"]) == (6, 4)
    names = result["suspect_names"]
    assert isinstance(names, list)
    assert {"autorun.inf", "课件.exe"} <= set(names)
    assert "说明.txt" not in names
    assert everything_under(stick) == before


def test_a_half_written_stick_brings_the_files_it_has(
    enrolled: Enrolled, region: RegionHome, stick: Path
) -> None:
    home = stick / "kezhan" / region_id_of(region)
    next(iter(sorted((home / "metadata").glob("*.snapshot.json")))).unlink()
    with (home / LARGE.path).open("r+b") as file:
        file.truncate(1_000_000)
    machine = enrolled(region)
    machine.run(only=frozenset({"catalogue"}))
    run, result = bring(machine, stick)
    assert run.codes_of_failed_requests == []
    assert "mirror_broken" in str(result["problems"])
    assert machine.blob(SMALL.sha256) == SMALL.content
    assert machine.blob(LARGE.sha256) is None


def test_a_dying_stick_ends_with_one_sentence_and_keeps_what_came(
    enrolled: Enrolled, region: RegionHome, tmp_path: Path
) -> None:
    files = [os.urandom(400_000) for _ in range(40)]
    _publish(region, files)
    machine = enrolled(region)
    machine.run(only=frozenset({"catalogue"}))
    with DiskImage(tmp_path / "image", tmp_path / "disk", size_mib=40) as disk:
        for content in files:
            name = hashlib.sha256(content).hexdigest()
            target = disk.place / "blobs" / name[:2] / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        disk.unmount()
        disk.mount()
        drop_caches()
        disk.cut_backing(20 << 20)
        run, result = bring(machine, disk.place)
    assert run.codes_of_failed_requests in ([], ["stick_failing"])
    held = [one for one in files if machine.blob(hashlib.sha256(one).hexdigest()) == one]
    assert 0 < len(held) < len(files)
    assert run.codes_of_failed_requests or result["problems"] == ["mirror_broken"]


def test_tens_of_thousands_of_tiny_strangers(
    enrolled: Enrolled, region: RegionHome, stick: Path
) -> None:
    """Files that no entry names are never opened, however many; nor do loose names slow it."""
    home = stick / "kezhan" / region_id_of(region) / "blobs"
    for prefix in ("aa", "bb"):
        (home / prefix).mkdir(exist_ok=True)
        for number in range(6_000):
            (home / prefix / f"{prefix}{number:062x}").touch()
    for number in range(6_000):
        (stick / f"{number}.txt").touch()
    machine = enrolled(region, NOWHERE)
    _, result = bring(machine, stick)
    assert (result["files"], result["problems"]) == (4, [])


def test_more_than_the_disk_may_take(enrolled: Enrolled, region: RegionHome, stick: Path) -> None:
    machine = enrolled(region, NOWHERE)
    save_settings(machine.paths, Settings(quota_bytes=1_000_000))
    _, result = bring(machine, stick)
    assert (result["files"], result["left_files"], result["left_bytes"]) == (
        3,
        1,
        len(LARGE.content),
    )
    assert result["problems"] == ["no_room_for_all"]
    assert machine.blob(SMALL.sha256) == SMALL.content


def test_two_sticks_at_once_come_one_after_the_other(
    enrolled: Enrolled, region: RegionHome, stick: Path, tmp_path: Path
) -> None:
    other = Path(shutil.copytree(stick, tmp_path / "second"))
    home = stick / "kezhan" / region_id_of(region)
    (home / LARGE.path).unlink()
    machine = enrolled(region, NOWHERE)
    first = machine.leave(Kind.STICK_IMPORT, dir=str(stick))
    second = machine.leave(Kind.STICK_IMPORT, dir=str(other))
    assert machine.run_requests(first, second).codes_of_failed_requests == []
    brought = [machine.request(one) for one in (first, second)]
    assert [one.state for one in brought if one is not None] == ["done", "done"]
    assert sum(one.result["files"] for one in brought if one is not None) == 4


def test_nothing_of_the_stick_is_open_when_it_is_said_to_be_done(
    enrolled: Enrolled, region: RegionHome, stick: Path
) -> None:
    bring(enrolled(region, NOWHERE), stick)
    held = [file.path for file in psutil.Process().open_files()]
    assert not [path for path in held if path.startswith(str(stick))]


def _publish(region: RegionHome, files: list[bytes]) -> None:
    folder = region.root.parent / "more"
    folder.mkdir()
    entries = []
    for number, content in enumerate(files):
        (folder / f"{number}.bin").write_bytes(content)
        entries.append(entry(f"more-{number}", f"课 {number}", files=[{"path": f"{number}.bin"}]))
    region.publish(entries, LATER, folder)


def test_results_fit_one_line_of_json(enrolled: Enrolled, region: RegionHome, stick: Path) -> None:
    for number in range(50):
        (stick / f"{'x' * 200}{number}.exe").touch()
    _, result = bring(enrolled(region, NOWHERE), stick)
    assert result["suspects"] == 50
    assert len(json.dumps(result)) < 2_000


def test_a_stick_that_answers_with_errors_only_is_gone(tmp_path: Path) -> None:
    dead = tmp_path / ("x" * 300)  # like a FUSE stick that was pulled: every look at it fails
    with pytest.raises(CarrierGoneError):
        DirectoryCarrier(dead).names("blobs")
    with pytest.raises(CarrierGoneError):
        out_dir(dead, "0" * 32)
    assert size_of_bundle(dead) == 0
