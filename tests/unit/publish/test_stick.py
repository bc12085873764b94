# SPDX-License-Identifier: GPL-3.0-or-later
"""A stick holds what its schools follow, as much as fits, and is whole at every moment."""

import errno
import hashlib
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.base import files
from app.base.errors import DiskFullError, KnownError, MissingFileError, ReadOnlyError
from app.base.flush import flush_files
from app.publish import commands, inbound, outbound
from app.publish.__main__ import main
from app.publish.errors import (
    CheckFailedError,
    LinkRefusedError,
    SchoolUnknownError,
    SpaceInvalidError,
    StickDamagedError,
)
from app.publish.stick import writing
from app.publish.stick.maker import StickReport
from app.publish.stick.writing import StickWriter
from app.region.index import ShardKey, key_to_json
from app.region.layout import blob_path
from app.sync.carriers import read_all
from app.sync.directory import DirectoryCarrier
from tests.unit.publish.sent import Stick, statement
from tests.unit.region.samples import REGION_ID, Region, at, lesson

BIG = os.urandom(5_000_000)
CONTENTS = {f"{name}.mp4": name.encode() * 40_000 for name in ("alt", "neu", "text", "übung")}
MATHS = ShardKey("小学", "数学", "人教版")


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def built(region: Region) -> Region:
    """Two releases: an old and a large lesson of maths, a new one, one of Chinese, an exercise."""
    region.publish(
        2,
        lesson("alt", files=[{"path": "alt.mp4"}], popularity=9),
        lesson("big", files=[{"path": "big.mp4"}], cover={"path": "alt.mp4"}),
        lesson("text", subject="语文", files=[{"path": "text.mp4"}]),
        lesson("übung".replace("ü", "u"), resource_type="练习", files=[{"path": "übung.mp4"}]),
        *[lesson(f"m-{n}", title=sha256(bytes([n]))) for n in range(60)],
        files=CONTENTS | {"big.mp4": BIG},
    )
    region.publish(3, lesson("neu", files=[{"path": "neu.mp4"}]))
    return region


def make(region: Region, stick: Path, **options: Any) -> StickReport:
    stick.mkdir(exist_ok=True)
    return outbound.make_stick(region.root, stick, **options)


def tree(stick: Path) -> Path:
    return stick / "kezhan" / REGION_ID


def holds(stick: Path, content: bytes) -> bool:
    """Whether a machine would read that content from the stick."""
    carrier, name = DirectoryCarrier(tree(stick)), blob_path(sha256(content))
    found = carrier.exists(name)
    assert not found or read_all(carrier, name, max_bytes=len(content)) == content
    return found


def on_stick(stick: Path) -> set[str]:
    return {name for name, content in CONTENTS.items() if holds(stick, content)}


def test_a_stick_is_a_tree_that_proves_itself(built: Region, tmp_path: Path) -> None:
    commands.rotate(built.root, "timestamp", at(4))
    commands.build(built.root, at(4))
    report = make(built, tmp_path / "stick")
    checked = commands.check(tree(tmp_path / "stick"), at(5))
    assert {problem.reason for problem in checked.problems} == {"missing"}  # the exercise's shard
    assert on_stick(tmp_path / "stick") == {"alt.mp4", "neu.mp4", "text.mp4"}
    assert (tree(tmp_path / "stick") / "metadata" / "1.root.json").is_file()
    assert (tree(tmp_path / "stick") / "metadata" / "2.root.json").is_file()
    assert (report.left_groups, report.elsewhere, report.known) == (0, 0, 0)
    assert not any(path.name.endswith(".part") for path in tmp_path.rglob("*"))


def test_making_it_again_writes_nothing(built: Region, tmp_path: Path) -> None:
    first = make(built, tmp_path / "stick")
    again = make(built, tmp_path / "stick")
    assert (again.files, again.known, again.removed) == (0, first.files, 0)


def test_a_later_release_brings_only_what_is_new(built: Region, tmp_path: Path) -> None:
    make(built, tmp_path / "stick")
    commands.remove(built.root, ["alt", "big"])
    built.publish(5, lesson("jung", files=[{"path": "j.mp4"}]), files={"j.mp4": b"j" * 9000})
    report = make(built, tmp_path / "stick")
    assert holds(tmp_path / "stick", b"j" * 9000)
    assert on_stick(tmp_path / "stick") == {"neu.mp4", "text.mp4"}
    assert not holds(tmp_path / "stick", BIG)
    assert report.bytes < 100_000
    names = [path.name for path in (tree(tmp_path / "stick") / "metadata").iterdir()]
    assert sorted(names) == sorted(
        ["1.root.json", "3.snapshot.json", "3.targets.json", "timestamp.json"]
    )


def test_named_schools_get_what_they_follow(built: Region, tmp_path: Path) -> None:
    schools = tmp_path / "schools.csv"
    schools.write_text("学校代码,校名\nS1,一小\nS2,二小\n", encoding="utf-8")
    commands.enrol(built.root, schools)
    path = built.root / "enrolments" / "S1.json"
    document = json.loads(path.read_bytes()) | {"subscriptions": [key_to_json(MATHS)]}
    path.write_text(json.dumps(document))
    make(built, tmp_path / "stick", schools=["S1"])
    assert on_stick(tmp_path / "stick") == {"alt.mp4", "neu.mp4"}
    make(built, tmp_path / "stick", schools=["S1", "S2"])
    assert on_stick(tmp_path / "stick") == {"alt.mp4", "neu.mp4", "text.mp4"}
    with pytest.raises(SchoolUnknownError):
        make(built, tmp_path / "stick", schools=["S3"])


def test_updates_of_the_program_go_along(built: Region, tmp_path: Path) -> None:
    setups = {}
    for version, pilots in (("1.1.0", []), ("1.2.0", []), ("1.3.0", ["--pilot", "S1"])):
        setups[version] = os.urandom(9000)
        path = tmp_path / f"Kezhan-{version}-Setup.exe"
        path.write_bytes(setups[version])
        command = ["update", str(built.root), str(path), "--version", version, *pilots]
        assert main(command) == 0
    built.build(5)
    make(built, tmp_path / "all")
    assert [holds(tmp_path / "all", one) for one in setups.values()] == [False, True, True]
    schools = tmp_path / "schools.csv"
    schools.write_text("学校代码,校名\nS1,一小\nS2,二小\n", encoding="utf-8")
    commands.enrol(built.root, schools)
    make(built, tmp_path / "S2", schools=["S2"])
    assert [holds(tmp_path / "S2", one) for one in setups.values()] == [False, True, False]


def test_new_lessons_come_first_where_not_all_fit(built: Region, tmp_path: Path) -> None:
    report = make(built, tmp_path / "stick", space_bytes=380_000)
    assert on_stick(tmp_path / "stick") == {"alt.mp4", "neu.mp4"}
    assert not holds(tmp_path / "stick", BIG)
    assert report.left_groups == 2
    assert report.left_bytes > len(BIG)
    with pytest.raises(SpaceInvalidError) as caught:
        make(built, tmp_path / "stick", space_bytes=1000)
    assert int(str(caught.value.data["needed_bytes"])) > 1000


def test_files_too_long_for_fat_are_split_and_read_as_one(built: Region, tmp_path: Path) -> None:
    report = make(built, tmp_path / "stick", split_bytes=1_000_000)
    assert holds(tmp_path / "stick", BIG)
    assert max(path.stat().st_size for path in (tmp_path / "stick").rglob("*")) == 1_000_000
    pieces = sorted((tree(tmp_path / "stick") / f"{blob_path(sha256(BIG))}.split").iterdir())
    assert [path.name for path in pieces] == ["0001", "0002", "0003", "0004", "0005"]
    assert make(built, tmp_path / "stick", split_bytes=1_000_000).known == report.files
    pieces[2].unlink()
    assert make(built, tmp_path / "stick", split_bytes=1_000_000).files == 1
    assert holds(tmp_path / "stick", BIG)
    commands.remove(built.root, ["big"])
    commands.build(built.root, at(5))
    make(built, tmp_path / "stick", split_bytes=1_000_000)
    assert not pieces[0].parent.exists()


def test_a_long_file_goes_on_where_it_was_cut(
    built: Region, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_CHUNK_BYTES", 250_000)
    stick = tmp_path / "stick"
    make(built, stick, split_bytes=2_000_000)
    split = tree(stick) / f"{blob_path(sha256(BIG))}.split"
    first = split / "0001"
    kept = first.stat().st_ino
    growing = split / ".0002.part"  # what a cut leaves: the second piece half written
    growing.write_bytes(BIG[2_000_000:2_900_000] + b"torn")
    half = growing.stat().st_ino
    (split / "0002").unlink()
    (split / "0003").unlink()
    assert make(built, stick, split_bytes=2_000_000).files == 1
    assert holds(stick, BIG)
    assert (first.stat().st_ino, (split / "0002").stat().st_ino) == (kept, half)
    assert [path.name for path in sorted(split.iterdir())] == ["0001", "0002", "0003"]


def test_a_growing_file_that_is_a_link_is_refused(built: Region, tmp_path: Path) -> None:
    stick, outside = tmp_path / "stick", tmp_path / "mine.txt"
    outside.write_text("mine")
    split = tree(stick) / f"{blob_path(sha256(BIG))}.split"
    split.mkdir(parents=True)
    (split / ".0001.part").symlink_to(outside)
    with pytest.raises(LinkRefusedError):
        make(built, stick, split_bytes=2_000_000)
    assert outside.read_text() == "mine"


def test_parcels_that_came_home_make_room(built: Region, tmp_path: Path) -> None:
    stick = Stick(built, tmp_path / "stick")
    received = stick.bundle([statement(1)])
    (received / "point").write_text("a" * 32)
    inbound.receive(built.root, stick.root, at(5))
    unreceived = stick.bundle([statement(2)])
    assert make(built, stick.root).parcels_removed == 1
    assert not received.exists()
    assert unreceived.is_dir()


class CutError(Exception):
    """The process ends here, or the stick is pulled."""


@pytest.mark.parametrize("step", [0, 1, 3, 5, 8, 10, 11, 12, 13, 14, 15, 16])
def test_a_stick_pulled_at_any_moment_is_good_for_what_it_holds(
    built: Region, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    stick = tmp_path / "stick"
    make(built, stick)
    built.publish(
        5, lesson("text", subject="语文"), lesson("neu", "改", files=[{"path": "neu.mp4"}])
    )
    built.publish(6, lesson("x", files=[{"path": "j.mp4"}]), files={"j.mp4": b"j" * 9000})
    left = step
    real = files._rename

    def rename(source: Path, final: Path) -> None:
        nonlocal left
        if left == 0:
            raise CutError
        left -= 1
        real(source, final)

    monkeypatch.setattr(files, "_rename", rename)
    cut = False
    try:
        make(built, stick)
    except CutError:
        cut = True
    monkeypatch.undo()
    problems = {problem.reason for problem in commands.check(tree(stick), at(7)).problems}
    assert problems <= {"missing"}  # shards that nobody follows; nothing is damaged
    assert "neu.mp4" in on_stick(stick) or not cut
    make(built, stick)
    assert holds(stick, b"j" * 9000)
    assert not [path for path in stick.rglob("*") if path.name.endswith(".part")]


# --- hostile and broken


def refuse(code: int) -> Callable[..., None]:
    def work(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    return work


@pytest.mark.parametrize(
    ("code", "kind"), [(errno.EROFS, ReadOnlyError), (errno.ENODEV, KnownError)]
)
def test_a_stick_that_refuses_is_one_error(
    built: Region,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    code: int,
    kind: type[KnownError],
) -> None:
    monkeypatch.setattr(os, "fsync", refuse(code))
    with pytest.raises(kind):
        make(built, tmp_path / "stick")
    monkeypatch.undo()
    make(built, tmp_path / "stick")
    assert holds(tmp_path / "stick", BIG)


def test_a_stick_fuller_than_it_said_keeps_the_catalogue(
    built: Region, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = StickWriter.write

    def write(self: StickWriter, item: Any, source: str) -> None:
        if item.name == blob_path(sha256(CONTENTS["alt.mp4"])):
            raise DiskFullError(path=source)
        real(self, item, source)

    monkeypatch.setattr(StickWriter, "write", write)
    report = make(built, tmp_path / "stick")
    assert report.left_groups == 3
    assert on_stick(tmp_path / "stick") == {"neu.mp4"}


def test_a_stick_that_reads_back_wrong_is_named(
    built: Region, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flush(paths: Sequence[str]) -> None:
        flush_files(paths)
        for path in map(Path, paths):
            if "blobs" in path.parts:
                path.write_bytes(b"\0" * path.stat().st_size)

    monkeypatch.setattr(writing, "flush_files", flush)
    with pytest.raises(StickDamagedError):
        make(built, tmp_path / "stick")
    assert on_stick(tmp_path / "stick") == set()


def test_our_own_damaged_file_never_leaves(built: Region, tmp_path: Path) -> None:
    path = built.public / blob_path(sha256(BIG))
    path.write_bytes(BIG[:-1] + b"x")
    with pytest.raises(CheckFailedError):
        make(built, tmp_path / "stick")
    assert not (tree(tmp_path / "stick") / blob_path(sha256(BIG))).exists()


@pytest.mark.parametrize("place", ["kezhan", f"kezhan/{REGION_ID}"])
def test_links_lead_nowhere(built: Region, tmp_path: Path, place: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "mine.txt").write_text("mine")
    link = tmp_path / "stick" / place
    link.parent.mkdir(parents=True)
    link.symlink_to(outside)
    with pytest.raises(LinkRefusedError):
        make(built, tmp_path / "stick")
    assert [path.name for path in outside.rglob("*")] == ["mine.txt"]


def test_a_link_inside_our_folder_gives_way(built: Region, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "mine.txt").write_text("mine")
    tree(tmp_path / "stick").mkdir(parents=True)
    (tree(tmp_path / "stick") / "blobs").symlink_to(outside)
    make(built, tmp_path / "stick")
    assert on_stick(tmp_path / "stick") == {"alt.mp4", "neu.mp4", "text.mp4"}
    assert [path.name for path in outside.rglob("*")] == ["mine.txt"]


def test_what_fat_shows_in_capitals_is_no_other_file(built: Region, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    make(built, stick)
    timestamp = tree(stick) / "metadata" / "timestamp.json"
    shown = timestamp.with_name("TIMESTAMP.JSON")
    timestamp.rename(shown)  # here a name of its own; there deleting one would delete the other
    report = make(built, stick)
    assert (report.files, report.removed) == (1, 0)
    assert shown.exists()


def test_pieces_behind_a_link_are_nobodys(built: Region, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    for name in ("0001", ".0002.part"):
        (outside / name).write_text("mine")
    place = tree(tmp_path / "stick") / blob_path("a" * 64)
    place.parent.mkdir(parents=True)
    place.write_text("of an older release")
    place.with_name(f"{place.name}.split").symlink_to(outside)
    make(built, tmp_path / "stick")
    assert list(place.parent.glob("a*")) == []
    assert {path.name for path in outside.iterdir()} == {"0001", ".0002.part"}


def test_only_our_own_folder_is_touched_and_suspects_are_named(
    built: Region, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    for name in ("autorun.inf", "照片.jpg.exe", "教案.docx"):
        (stick / name).write_text(name)
    assert main(["stick", str(built.root), str(stick)]) == 0
    said = capsys.readouterr()
    assert "可以拔出了" in said.out
    assert "autorun.inf、照片.jpg.exe" in said.err
    assert {path.name for path in stick.iterdir()} == {
        "autorun.inf", "照片.jpg.exe", "教案.docx", "kezhan"
    }  # fmt: skip
    assert (stick / "autorun.inf").read_text() == "autorun.inf"


def test_no_stick_and_nothing_published_are_said(region: Region, tmp_path: Path) -> None:
    with pytest.raises(CheckFailedError):
        make(region, tmp_path / "stick")
    region.build()
    with pytest.raises(MissingFileError):
        outbound.make_stick(region.root, tmp_path / "nowhere")
