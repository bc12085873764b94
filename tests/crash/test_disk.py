# SPDX-License-Identifier: GPL-3.0-or-later
"""The disks of these tests do what a real one does when it is pulled."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.crash.stick_rounds import pull_ext4
from tests.sync.stick_disk import DiskImage


def test_a_pulled_stick_reads_again_whoever_still_holds_the_old_file_system(
    tmp_path: Path,
) -> None:
    with DiskImage(tmp_path / "image", tmp_path / "stick", size_mib=16) as disk:
        (disk.place / "lesson").write_bytes(b"whole")
        os.sync()
        command = ["unshare", "--mount", "sh", "-c", "echo here; exec cat"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == b"here\n"
            pull_ext4(disk.place)()
            disk.unmount()
            disk.mount()
            assert (disk.place / "lesson").read_bytes() == b"whole"
            other.kill()
