# SPDX-License-Identifier: GPL-3.0-or-later
"""Replacing files: whole or not at all, and typed errors when the disk refuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.base import files
from app.base.errors import DiskFullError, MissingFileError, ReadOnlyError


def test_replace_leaves_no_temporary_file(tmp_path: Path) -> None:
    target = tmp_path / "课表.json"
    files.replace_bytes(target, b"one")
    files.replace_bytes(target, b"two")
    assert target.read_bytes() == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["课表.json"]


def test_previous_generation_answers_for_a_file_of_zeros(tmp_path: Path) -> None:
    target = tmp_path / "settings.json"
    files.keep_previous_and_replace(target, b"old")
    files.keep_previous_and_replace(target, b"new")
    target.write_bytes(b"\0" * 512)
    assert files.read_with_previous(target, lambda raw: raw.strip(b"\0") != b"") == b"old"


def test_zeros_never_become_the_previous_generation(tmp_path: Path) -> None:
    target = tmp_path / "settings.json"
    files.keep_previous_and_replace(target, b"good")
    files.keep_previous_and_replace(target, b"better")
    target.write_bytes(b"\0" * 512)
    files.keep_previous_and_replace(target, b"best")
    assert files.previous_of(target).read_bytes() == b"good"


def test_neither_generation_good(tmp_path: Path) -> None:
    assert files.read_with_previous(tmp_path / "none", lambda raw: True) is None


def test_full_disk_is_a_typed_error_and_keeps_the_old_file(small_disk: Path) -> None:
    target = small_disk / "state.json"
    files.replace_bytes(target, b"old")
    with pytest.raises(DiskFullError):
        files.replace_bytes(target, b"x" * (4 << 20))
    assert target.read_bytes() == b"old"
    assert [path.name for path in small_disk.iterdir()] == ["state.json"]


def test_read_only_mount_is_a_typed_error(read_only_disk: Path) -> None:
    with pytest.raises(ReadOnlyError):
        files.replace_bytes(read_only_disk / "state.json", b"new")


def test_hash_of_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError):
        files.sha256_file(tmp_path / "none")


def test_a_killed_writer_leaves_old_or_new_content(tmp_path: Path) -> None:
    """The writer is killed at no moment in particular, ten times; what is there is whole."""
    target = tmp_path / "value"
    script = (
        "import sys; from pathlib import Path; from app.base import files\n"
        "n = 0\n"
        "while True:\n"
        "    n += 1; files.replace_bytes(Path(sys.argv[1]), (b'%08d' % n) * 4096)\n"
        "    print(n, flush=True)\n"
    )
    for round_number in range(10):
        command = [sys.executable, "-c", script, str(target)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            for _ in range(3 + round_number):
                writer.stdout.readline()
            writer.kill()
        content = target.read_bytes()
        assert len(content) == 8 * 4096
        assert content == content[:8] * 4096
