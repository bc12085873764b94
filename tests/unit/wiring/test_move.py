# SPDX-License-Identifier: GPL-3.0-or-later
"""The data directory goes to another disk, or stays where it is, whole."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import psutil
import pytest

from app.base import moved
from app.base.errors import AlreadyRunningError, DataElsewhereError, KnownError
from app.base.locks import ProcessLock
from app.base.paths import DataPaths, find_data_root
from app.base.settings import Settings, load_settings, save_settings
from app.wiring.errors import (
    MoveDamagedError,
    MoveFileSystemError,
    MoveInsideError,
    MoveLinkError,
    MoveNoRoomError,
    MoveNotEmptyError,
    MoveToLooseDiskError,
)
from app.wiring.move import finish, move_data

REPOSITORY = Path(__file__).resolve().parents[3]
Usage = namedtuple("Usage", "total used free")
Partition = namedtuple("Partition", "mountpoint fstype")


@pytest.fixture
def paths(data_dir: Path) -> DataPaths:
    """A directory with settings, a database, blobs and something that is not ours."""
    made = DataPaths(data_dir)
    made.ensure()
    save_settings(made, Settings(room="三年级一班"))
    made.state_db.write_bytes(b"SQLite format 3\0" * 400)
    for number in range(3):
        folder = made.blobs_dir / f"{number:02x}"
        folder.mkdir()
        (folder / f"{number:064x}").write_bytes(os.urandom(5000))
    (made.root / "照片.jpg").write_bytes(b"\xff\xd8")
    return made


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "另一块 盘" / "KezhanData"


def contents(root: Path) -> dict[str, bytes]:
    """What a folder holds, without what only says where and who."""
    notes = (moved.MARKER_NAME, ".lock", ".pid")
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and not path.name.endswith(notes)
    }


def test_everything_arrives_and_the_old_name_leads_there(paths: DataPaths, target: Path) -> None:
    before = contents(paths.root)
    stamps = {path.name: path.stat().st_mtime_ns for path in paths.blobs_dir.rglob("*")}
    heard: list[tuple[int, int]] = []
    report = move_data(paths, target, lambda done, total: heard.append((done, total)))
    assert contents(target) == before
    assert report.files == len(before)
    assert heard[-1] == (report.size_bytes, report.size_bytes)
    assert find_data_root(paths.root) == target
    assert contents(paths.root) == {}
    kept = {path.name: path.stat().st_mtime_ns for path in (target / "blobs").rglob("*")}
    assert {name: kept[name] for name in kept if len(name) == 64} == {
        name: stamps[name] for name in stamps if len(name) == 64
    }
    DataPaths(target).ensure()
    assert load_settings(DataPaths(find_data_root(paths.root))).room == "三年级一班"


def test_it_can_move_on_and_back(paths: DataPaths, target: Path) -> None:
    before = contents(paths.root)
    move_data(paths, target)
    move_data(DataPaths(target), target.with_name("dritte"))
    assert find_data_root(paths.root) == target.with_name("dritte")
    move_data(DataPaths(target.with_name("dritte")), paths.root)
    for name in (paths.root, target, target.with_name("dritte")):
        assert find_data_root(name) == paths.root
    assert contents(paths.root) == before


def test_a_disk_that_is_gone_is_named_and_nothing_begins_anew(
    paths: DataPaths, target: Path
) -> None:
    move_data(paths, target)
    target.rename(target.with_name("away"))
    found = find_data_root(paths.root)
    with pytest.raises(DataElsewhereError) as caught:
        DataPaths(found).ensure()
    assert caught.value.data["target"] == str(target)
    target.with_name("away").rename(target)
    assert find_data_root(paths.root) == target


def test_a_kill_at_any_touch_of_the_disk_leaves_one_whole_place(
    paths: DataPaths, target: Path, tmp_path: Path
) -> None:
    before = contents(paths.root)
    last, code = 1, 9
    while code == 9:
        run = subprocess.run(
            [sys.executable, "-m", "tests.unit.wiring.killed_move", paths.root, target, str(last)],
            cwd=REPOSITORY,
            capture_output=True,
            check=False,
            timeout=60,
        )
        code = run.returncode
        assert code in (0, 9), run.stderr.decode()
        root = find_data_root(paths.root)
        assert root in (paths.root, target)
        assert find_data_root(target) == root or not (target / moved.MARKER_NAME).exists()
        assert before.items() <= contents(root).items(), f"killed at touch {last}"
        if root == target and code == 9:  # cut after its moment: the next start tidies up
            finish(DataPaths(target))
            assert contents(paths.root) == {}
            assert find_data_root(paths.root) == target
            break
        last += 3
    assert last > 50


def test_a_cut_move_goes_on(paths: DataPaths, target: Path) -> None:
    before = contents(paths.root)
    target.mkdir(parents=True)
    moved.write_marker(target, moving_from=str(paths.root))
    (target / "state.db").write_bytes(b"half")
    (target / "照片.jpg").write_bytes(b"\0\0")  # of the right length, never synced
    assert find_data_root(target) == paths.root
    move_data(paths, target)
    assert contents(target) == before


def test_a_window_or_agent_at_work_keeps_the_data_where_it_is(
    paths: DataPaths, target: Path
) -> None:
    for lock in (paths.window_lock, paths.agent_lock):
        with ProcessLock(lock), pytest.raises(AlreadyRunningError):
            move_data(paths, target, patience_s=0.0)
    assert not target.exists()
    assert find_data_root(paths.root) == paths.root


def test_places_that_will_not_do_are_named(
    paths: DataPaths, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(MoveInsideError):
        move_data(paths, paths.root / "in")
    with pytest.raises(MoveInsideError):
        move_data(paths, paths.root.parent)
    target.mkdir(parents=True)
    (target / "a").touch()
    with pytest.raises(MoveNotEmptyError):
        move_data(paths, target)
    other = target.with_name("b")
    with monkeypatch.context() as here:
        here.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 0, 10**8))
        with pytest.raises(MoveNoRoomError) as caught:
            move_data(paths, other)
    assert caught.value.data["free_mb"] == 100
    assert not other.exists()
    assert find_data_root(paths.root) == paths.root


@pytest.mark.parametrize(
    ("kind", "error"), [("exfat", MoveFileSystemError), ("cifs", MoveToLooseDiskError)]
)
def test_a_disk_that_is_not_safe_is_refused(
    paths: DataPaths,
    target: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    error: type[KnownError],
) -> None:
    disks = [Partition("/", "ext4"), Partition(str(target.parent.parent.resolve()), kind)]
    monkeypatch.setattr(psutil, "disk_partitions", lambda **_: disks)
    with pytest.raises(error):
        move_data(paths, target)
    assert not target.exists()


def test_links_in_the_data_are_not_lost_silently(paths: DataPaths, target: Path) -> None:
    (paths.blobs_dir / "ff").symlink_to(paths.root.parent)
    with pytest.raises(MoveLinkError):
        move_data(paths, target)
    assert not target.exists()


def test_a_disk_that_writes_something_else_is_found_out(
    paths: DataPaths, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.wiring import move

    copy = move._copy

    def worse(source: Path, copied: Path) -> None:
        copy(source, copied)
        if source.name == "state.db":
            copied.write_bytes(b"\0" * source.stat().st_size)

    monkeypatch.setattr(move, "_copy", worse)
    with pytest.raises(MoveDamagedError):
        move_data(paths, target)
    assert find_data_root(paths.root) == paths.root
    assert find_data_root(target) == paths.root


def test_the_command_says_what_it_did(paths: DataPaths, target: Path) -> None:
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "app",
        "move",
        target,
        "--json",
        "--data-dir",
        paths.root,
    ]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=True, timeout=60)
    lines = [json.loads(line) for line in run.stdout.decode().splitlines()]
    assert lines[-1]["event"] == "done"
    assert lines[-1]["target"] == str(target)
    assert find_data_root(paths.root) == target
