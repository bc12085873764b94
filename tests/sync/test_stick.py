# SPDX-License-Identifier: GPL-3.0-or-later
"""The USB courier: catalogue and files from a whole or a partial tree, all checked."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from app.base.errors import KnownError
from app.sync.directory import DirectoryCarrier, is_safe_name
from app.sync.inbox import Kind
from tests.sync.machine import Machine
from tests.sync.region_home import LARGE, LATER, SMALL, RegionHome, entry

Enrolled = Callable[..., Machine]
NOWHERE = "http://127.0.0.1:9/"


@pytest.fixture
def stick(region: RegionHome, tmp_path: Path) -> Path:
    """A stick that a county office copied the whole tree onto."""
    return Path(shutil.copytree(region.public, tmp_path / "U盘 KEZHAN"))


def bring(machine: Machine, folder: Path) -> tuple[list[str], dict[str, object]]:
    wish = machine.leave(Kind.STICK_IMPORT, dir=str(folder))
    run = machine.run_requests(wish)
    state = machine.request(wish)
    assert state is not None
    return run.codes_of_failed_requests, dict(state.result)


def test_brings_catalogue_and_files_without_any_line(
    enrolled: Enrolled, region: RegionHome, stick: Path
) -> None:
    machine = enrolled(region, NOWHERE)

    failed, result = bring(machine, stick)

    assert failed == []
    assert result["problems"] == []
    assert (result["shards"], result["files"]) == (2, 4)
    assert machine.blob(LARGE.sha256) == LARGE.content
    assert machine.is_offline("video-1")


def test_a_second_import_copies_nothing(
    enrolled: Enrolled, region: RegionHome, stick: Path
) -> None:
    machine = enrolled(region, NOWHERE)
    bring(machine, stick)

    _, result = bring(machine, stick)

    assert (result["shards"], result["files"], result["known"]) == (0, 0, 4)


def test_a_partial_stick_helps_with_what_it_has(
    enrolled: Enrolled, region: RegionHome, stick: Path
) -> None:
    for name in ("metadata", "targets", "catalogue", "pieces"):
        shutil.rmtree(stick / name)
    (stick / SMALL.path).unlink()
    machine = enrolled(region)
    machine.run(only=frozenset({"catalogue"}))

    failed, result = bring(machine, stick)

    assert failed == []
    assert machine.blob(LARGE.sha256) == LARGE.content
    assert machine.blob(SMALL.sha256) is None
    assert result["files"] == 3


def test_a_rotten_file_is_left_and_named_and_the_rest_comes(
    enrolled: Enrolled, region: RegionHome, stick: Path
) -> None:
    with (stick / SMALL.path).open("r+b") as file:
        file.seek(100)
        file.write(b"rot")
    machine = enrolled(region, NOWHERE)

    failed, result = bring(machine, stick)

    assert failed == []
    assert result["problems"] == ["mirror_broken"]
    assert machine.blob(SMALL.sha256) is None
    assert machine.blob(LARGE.sha256) == LARGE.content


def test_an_older_stick_brings_files_but_no_catalogue(
    enrolled: Enrolled, region: RegionHome, stick: Path
) -> None:
    region.publish([entry("new-1", "新的一课")], LATER)
    machine = enrolled(region)
    machine.run(only=frozenset({"catalogue"}))

    failed, _ = bring(machine, stick)

    assert failed == []
    assert machine.blob(LARGE.sha256) == LARGE.content
    assert "新的一课" in machine.titles()


def test_a_stick_that_is_not_there_or_empty(
    enrolled: Enrolled, region: RegionHome, tmp_path: Path
) -> None:
    machine = enrolled(region)

    assert bring(machine, tmp_path / "gone")[0] == ["carrier_gone"]
    (tmp_path / "empty").mkdir()
    assert bring(machine, tmp_path / "empty")[0] == ["nothing_to_import"]


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "a/b", "a\\b", "c:", "con", "NUL.txt", "x.", "x ", "a\0b", "a\nb", "x" * 256],
)
def test_names_that_are_no_files_everywhere_are_refused(name: str) -> None:
    assert not is_safe_name(name)


def test_a_directory_never_leads_outside_itself(tmp_path: Path) -> None:
    root = tmp_path / "stick"
    (root / "blobs").mkdir(parents=True)
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    (root / "blobs" / "link").symlink_to(secret)
    (root / "linked").symlink_to(tmp_path)
    os.mkfifo(root / "blobs" / "pipe")
    carrier = DirectoryCarrier(root)

    for path in ("../secret", "blobs/link", "linked/secret", "blobs/pipe", "/etc/passwd", "blobs"):
        with pytest.raises(KnownError) as caught:
            carrier.fetch(path, lambda _, __: None, max_bytes=100)
        assert caught.value.code == "mirror_missing"
        assert not carrier.exists(path)


def test_a_pulled_stick_is_called_gone(tmp_path: Path) -> None:
    carrier = DirectoryCarrier(tmp_path / "stick")

    with pytest.raises(KnownError) as caught:
        carrier.fetch("blobs/aa/x", lambda _, __: None, max_bytes=100)

    assert caught.value.code == "carrier_gone"
