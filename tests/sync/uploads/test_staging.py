# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking a teacher's file into the outbox."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.base.errors import CancelledError, DiskFullError, KnownError, MissingFileError
from app.base.files import sha256_file
from app.base.paths import DataPaths
from app.sync.uploads.errors import EmptyFileError, NotAFileError, SourceChangedError
from app.sync.uploads.staging import StagedFile, stage_file, staged_path, sweep_abandoned
from tests.sync.uploads.rig import SIZE_BYTES, make_file

DAY_S = 24 * 3600.0


def stage(paths: DataPaths, source: Path) -> StagedFile:
    return stage_file(paths, source, lambda size: None, lambda: False)


def outbox(paths: DataPaths) -> list[str]:
    return [path.name for path in paths.outbox_dir.iterdir()]


def test_the_copy_is_named_by_its_content(paths: DataPaths, source: Path) -> None:
    heard: list[int] = []
    staged = stage_file(paths, source, heard.append, lambda: False)
    assert staged == StagedFile(sha256_file(source), SIZE_BYTES)
    assert sum(heard) == SIZE_BYTES
    assert len(heard) > 1
    assert staged_path(paths, staged.sha256).read_bytes() == source.read_bytes()
    assert outbox(paths) == [staged.sha256]


def test_the_original_may_go_afterwards(paths: DataPaths, source: Path) -> None:
    content = source.read_bytes()
    staged = stage(paths, source)
    source.unlink()
    assert staged_path(paths, staged.sha256).read_bytes() == content


def test_staging_twice_keeps_the_copy_that_may_be_on_its_way(
    paths: DataPaths, source: Path
) -> None:
    first = staged_path(paths, stage(paths, source).sha256).stat()
    second = staged_path(paths, stage(paths, source).sha256).stat()
    assert (first.st_ino, first.st_mtime_ns) == (second.st_ino, second.st_mtime_ns)


def test_a_damaged_copy_is_replaced(paths: DataPaths, source: Path) -> None:
    copy = staged_path(paths, stage(paths, source).sha256)
    copy.write_bytes(bytes(SIZE_BYTES))
    stage(paths, source)
    assert copy.read_bytes() == source.read_bytes()


def append(source: Path) -> None:
    with source.open("ab") as file:
        file.write(b"more")


def shorten(source: Path) -> None:
    os.truncate(source, 2 << 20)


def overwrite(source: Path) -> None:
    with source.open("r+b") as file:
        file.write(b"other")
    os.utime(source, ns=(1, 1))


@pytest.mark.parametrize("harm", [append, shorten, overwrite])
def test_a_source_that_changes_while_it_is_read_is_refused(
    paths: DataPaths, source: Path, harm: object
) -> None:
    assert callable(harm)
    with pytest.raises(SourceChangedError):
        stage_file(paths, source, lambda size: harm(source), lambda: False)
    assert outbox(paths) == []


def test_cancelling_leaves_nothing(paths: DataPaths, source: Path) -> None:
    heard: list[int] = []
    with pytest.raises(CancelledError):
        stage_file(paths, source, heard.append, lambda: bool(heard))
    assert outbox(paths) == []


def make_folder(place: Path) -> Path:
    (place / "folder").mkdir()
    return place / "folder"


def make_pipe(place: Path) -> Path:
    os.mkfifo(place / "pipe")
    return place / "pipe"


def make_empty(place: Path) -> Path:
    (place / "empty.txt").touch()
    return place / "empty.txt"


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (make_folder, NotAFileError),
        (make_pipe, NotAFileError),
        (make_empty, EmptyFileError),
        (lambda place: place / "gone.txt", MissingFileError),
    ],
)
def test_what_is_no_file_with_content_is_refused(
    paths: DataPaths, tmp_path: Path, make: object, error: type[KnownError]
) -> None:
    assert callable(make)
    with pytest.raises(error):
        stage(paths, make(tmp_path))
    assert outbox(paths) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A mounted disk of 8 MB."""
    mount = tmp_path / "disk"
    mount.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(mount)]
    subprocess.run(command, check=True)
    yield mount
    subprocess.run(["umount", str(mount)], check=True)


def test_a_full_disk_is_said_before_anything_is_copied(small_disk: Path, source: Path) -> None:
    paths = DataPaths(small_disk)
    paths.ensure()
    with pytest.raises(DiskFullError):
        stage(paths, source)
    assert outbox(paths) == []


def test_a_disk_that_fills_up_meanwhile_leaves_nothing(
    small_disk: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = DataPaths(small_disk)
    paths.ensure()
    make_file(small_disk / "others", 5 << 20)
    monkeypatch.setattr("app.sync.uploads.staging._require_room", lambda folder, size: None)
    with pytest.raises(DiskFullError):
        stage(paths, source)
    assert outbox(paths) == []


def test_only_old_copies_that_nobody_needs_are_swept(paths: DataPaths, tmp_path: Path) -> None:
    needed = stage(paths, make_file(tmp_path / "a", 10, seed=1)).sha256
    stage(paths, make_file(tmp_path / "b", 10, seed=2))
    (paths.outbox_dir / ".staging-abandoned").write_bytes(b"half")
    now_s = staged_path(paths, needed).stat().st_mtime
    assert sweep_abandoned(paths, frozenset({needed}), now_s) == 0
    assert sweep_abandoned(paths, frozenset({needed}), now_s + DAY_S + 60) == 2
    assert outbox(paths) == [needed]
