# SPDX-License-Identifier: GPL-3.0-or-later
"""Power cuts: the data lies on a mounted image, whose file is what the disk would hold."""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.base.db import open_writer
from app.base.files import sha256_file
from app.base.paths import DataPaths
from app.sync.uploads.staging import staged_path
from app.sync.uploads.store import MIGRATIONS, UploadStore
from app.usage.store import MIGRATIONS as USAGE
from app.usage.store import UsageStore
from tests.servers.process import REPOSITORY


@contextlib.contextmanager
def mounted(image: Path, place: Path) -> Iterator[Path]:
    place.mkdir()
    subprocess.run(["mount", "-o", "loop", str(image), str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def write_until(data_dir: Path, scratch: Path, rounds: int, cut: tuple[Path, Path]) -> list[str]:
    """Run the writer for some rounds, then copy the image of its disk as it is at that moment."""
    program = Path(__file__).with_name("cut_writer.py")
    command = [sys.executable, str(program), str(data_dir), str(scratch)]
    promised: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as writer:
        assert writer.stdout is not None
        try:
            while len(promised) < rounds:
                line = writer.stdout.readline()
                assert line
                promised.append(line)
            writer.send_signal(signal.SIGSTOP)
            shutil.copyfile(*cut)
        finally:
            writer.kill()
    return promised


@pytest.mark.parametrize("rounds", [1, 6, 15])
def test_what_was_promised_is_there_after_a_power_cut(tmp_path: Path, rounds: int) -> None:
    image, copy = tmp_path / "disk.img", tmp_path / "after.img"
    with image.open("wb") as file:
        file.truncate(96 << 20)
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)
    with mounted(image, tmp_path / "before") as disk:
        promised = write_until(disk / "data", tmp_path, rounds, (image, copy))
    with mounted(copy, tmp_path / "after") as disk:
        paths = DataPaths(disk / "data")
        state = open_writer(paths.state_db, [MIGRATIONS])
        desk = open_writer(paths.desk_db, [USAGE])
        rows = {one.upload_id: one for one in UploadStore(state).all()}
        log = UsageStore(desk)
        for line in promised:
            upload_id, sha256, last_seq = line.split()
            assert rows[upload_id].sha256 == sha256
            assert sha256_file(staged_path(paths, sha256)) == sha256
            assert log.last_seq("device") >= int(last_seq)
        seqs = [logged.event.seq for logged in log.after(0, 10_000)]
        assert seqs == list(range(1, len(seqs) + 1))
        state.close()
        desk.close()
