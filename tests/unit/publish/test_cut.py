# SPDX-License-Identifier: GPL-3.0-or-later
"""A build or rotation that dies at any write: clients see one release, repeating finishes it."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.base import files
from app.publish import commands
from app.publish.errors import BuildPendingError
from app.publish.home import RegionHome
from app.publish.store import PublishStore
from app.region.directory_fetcher import DirectoryFetcher
from app.region.trust import Verdict, refresh
from tests.unit.region.samples import Region, at, lesson, write_entries

FIRST = [lesson(f"m-{number}", title=f"课 {number}") for number in range(30)]
FIRST.append(lesson("y", subject="语文"))
SECOND = [lesson("m-1", title="改"), lesson("neu"), lesson("y", subject="语文", title="改")]
ROLES = ["root", "targets", "snapshot", "timestamp"]


class PowerCutError(Exception):
    """The write that did not happen any more."""


@pytest.fixture
def cut_after(monkeypatch: pytest.MonkeyPatch) -> Callable[[int | None], None]:
    """Let so many more files be replaced, then cut; None lets all pass."""
    left: list[int | None] = [None]
    real = {name: getattr(files, name) for name in ("replace_bytes", "publish_file")}

    def count(name: str) -> Callable[..., None]:
        def replacing(*arguments: Any) -> None:
            if left[0] is not None:
                if left[0] == 0:
                    raise PowerCutError
                left[0] -= 1
            real[name](*arguments)

        return replacing

    for name in real:
        monkeypatch.setattr(files, name, count(name))

    def set_left(count_left: int | None) -> None:
        left[0] = count_left

    return set_left


def client_of(region: Region, state: Path, day: int) -> Verdict:
    """What a fresh client and one that already knows the region make of the tree."""
    root = (region.public / "metadata" / "1.root.json").read_bytes()
    return refresh(state, root, None, DirectoryFetcher(region.public), at(day)).verdict


def tree_of(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


def copies(region: Region, place: Path) -> Iterator[tuple[int, Region]]:
    """The region as it was before, again and again: to be cut after 0, 1, 2, … writes."""
    for number in range(100):
        copy = place / str(number)
        shutil.copytree(region.root, copy)
        cut = object.__new__(Region)
        cut.root, cut.public = copy, copy / "public"
        try:
            yield number, cut
        finally:
            shutil.rmtree(copy)


def test_a_build_cut_at_any_write_is_finished_by_the_next(
    region: Region, tmp_path: Path, cut_after: Callable[[int | None], None]
) -> None:
    region.publish(2, *FIRST)
    region.add(*SECOND)
    shutil.copytree(region.root, tmp_path / "whole")
    commands.build(tmp_path / "whole", at(3))
    wanted_tree = tree_of(tmp_path / "whole" / "public")
    for number, cut in copies(region, tmp_path / "copies"):
        cut_after(number)
        try:
            commands.build(cut.root, at(3))
            is_through = True
        except PowerCutError:
            is_through = False
        cut_after(None)
        assert client_of(cut, tmp_path / f"state-{number}", 4) is Verdict.UPDATED
        if not is_through:
            table = write_entries(tmp_path / "late.ndjson", [lesson("late")])
            with pytest.raises(BuildPendingError):
                commands.add(cut.root, table, None)
            assert commands.build(cut.root, at(3)).was_resumed
        assert tree_of(cut.public) == wanted_tree
        assert commands.check(cut.root, at(4)).problems == ()
        if is_through:
            assert number > 8  # snapshots, deltas, bundle, three targets, metadata
            return
    pytest.fail("the build never got through")


def test_a_cut_build_is_finished_before_a_later_one_begins(
    region: Region, tmp_path: Path, cut_after: Callable[[int | None], None]
) -> None:
    region.publish(2, *FIRST)
    region.add(*SECOND)
    cut_after(3)
    with pytest.raises(PowerCutError):
        region.build(3)
    cut_after(None)
    report = commands.build(region.root, at(5))
    assert report.was_resumed
    assert report.timestamp_version == 3
    assert commands.check(region.root, at(6)).problems == ()


def test_a_build_cut_after_its_timestamp_is_only_closed(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    region.publish(2, *FIRST)
    region.add(*SECOND)

    def die(*_: object) -> None:
        raise PowerCutError

    with monkeypatch.context() as patch:
        patch.setattr(PublishStore, "finish", die)
        with pytest.raises(PowerCutError):
            region.build(3)
    published = tree_of(region.public)
    assert commands.build(region.root, at(3)).was_resumed
    assert {name: published[name] for name in published} == tree_of(region.public)
    region.publish(4, lesson("neu", title="noch neuer"))
    assert commands.check(region.root, at(5)).problems == ()


@pytest.mark.parametrize("role", ROLES)
def test_a_rotation_cut_at_any_write_is_finished_by_the_next(
    region: Region, tmp_path: Path, cut_after: Callable[[int | None], None], role: str
) -> None:
    region.publish(2, *FIRST)
    machine = tmp_path / "machine"
    root = (region.public / "metadata" / "1.root.json").read_bytes()
    known = refresh(machine, root, None, DirectoryFetcher(region.public), at(2)).floor
    for number, cut in copies(region, tmp_path / "copies"):
        cut_after(number)
        try:
            commands.rotate(cut.root, role, at(3))
            is_through = True
        except PowerCutError:
            is_through = False
        cut_after(None)
        assert client_of(cut, tmp_path / f"state-{number}", 4) is Verdict.UPDATED
        away = tmp_path / f"machine-{number}"
        shutil.copytree(machine, away, symlinks=True)
        again = refresh(away, root, known, DirectoryFetcher(cut.public), at(4))
        assert again.verdict in {Verdict.UPDATED, Verdict.SAME}
        assert commands.rotate(cut.root, role, at(3)) >= 2
        home = RegionHome(cut.root)
        commands.add(cut.root, write_entries(tmp_path / "l.ndjson", [lesson("late")]), None)
        commands.build(cut.root, at(4))
        assert commands.check(cut.root, at(5)).problems == ()
        assert not list((home.keys_dir / "next").glob("*.pem"))
        if is_through:
            return


def test_what_kills_left_half_written_is_cleared_away(region: Region) -> None:
    region.publish(2, *FIRST)
    left = [
        region.public / "blobs" / ".0123.part",
        region.public / "metadata" / ".timestamp.json.0123.part",
        region.public / "targets" / "catalogue" / ".index.0123.part",
        region.public / "catalogue" / "1-0123.snapshot",
    ]
    left[0].parent.mkdir()
    for path in left:
        path.write_bytes(b"half")
    region.publish(3, *SECOND)
    assert [path for path in left if path.exists()] == []


def test_a_rotation_waits_for_a_cut_build(
    region: Region, cut_after: Callable[[int | None], None]
) -> None:
    region.add(*FIRST)
    cut_after(1)
    with pytest.raises(PowerCutError):
        region.build(2)
    cut_after(None)
    with pytest.raises(BuildPendingError):
        commands.rotate(region.root, "root", at(3))


def test_a_killed_process_leaves_a_tree_that_serves(region: Region, tmp_path: Path) -> None:
    region.publish(2, *FIRST)
    many = [
        lesson(f"k-{shard}-{number}", title=f"课 {number * 7919}", edition=f"第{shard}版")
        for shard in range(60)
        for number in range(60)
    ]
    region.add(*many)
    command = [sys.executable, "-m", "app.publish", "build", str(region.root), "--json"]
    process = subprocess.Popen(
        [*command, "--issued", "2026-11-03"], stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["event"] == "progress":
            break
    process.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    process.stdout.close()
    assert process.wait(timeout=30) != 0
    assert client_of(region, tmp_path / "state", 4) is Verdict.UPDATED
    report = commands.build(region.root, at(3))
    assert report.was_resumed
    checked = commands.check(region.root, at(4))
    assert (checked.problems, checked.entries) == ((), len(FIRST) + len(many))
