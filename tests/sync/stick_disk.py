# SPDX-License-Identifier: GPL-3.0-or-later
"""Sticks for tests: folders laid out as the county lays them out, and small real disks."""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.crash.disk import copy_sparse
from tests.sync.region_home import RegionHome


def region_id_of(region: RegionHome) -> str:
    return str(json.loads((region.public / "enrolment.json").read_bytes())["region_id"])


def county_stick(region: RegionHome, folder: Path) -> Path:
    """A stick with the whole tree in `kezhan/<region_id>/`; returns its root."""
    shutil.copytree(region.public, folder / "kezhan" / region_id_of(region))
    return folder


def split(blob: Path, piece_bytes: int) -> None:
    """Do to a blob what the county does to one that FAT32 cannot hold."""
    folder = blob.with_name(blob.name + ".split")
    content = blob.read_bytes()
    blob.unlink()
    folder.mkdir()
    for number, start in enumerate(range(0, len(content), piece_bytes), 1):
        (folder / f"{number:04d}").write_bytes(content[start : start + piece_bytes])


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    """A file system in memory with a size of its own."""
    place.mkdir(parents=True, exist_ok=True)
    run("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place))
    try:
        yield place
    finally:
        run("umount", "-l", str(place))


class DiskImage:
    """A file that is mounted as a stick; its backing can be taken away under the file system."""

    def __init__(self, image: Path, place: Path, size_mib: int = 48) -> None:
        self.image, self.place, self._name = image, place, image.name
        self._times, self._is_used = 0, False
        with image.open("wb") as file:
            file.truncate(size_mib << 20)
        run("mkfs.ext4", "-q", str(image))
        place.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> "DiskImage":
        self.mount()
        return self

    def __exit__(self, *_: object) -> None:
        self.unmount()

    def mount(self) -> None:
        """As a stick is put in: whatever became of it before, only what was written counts.

        After the first time from a copy: whoever made a mount namespace of their own meanwhile (a
        sandbox, a namespace of the network) keeps the old file system alive behind its umount, and
        mounting the same file would bring that one back, pulled as it is.
        """
        if self._is_used:
            self._times += 1
            fresh = self.image.with_name(f"{self._name}-{self._times}")
            copy_sparse(self.image, fresh)
            self.image.unlink()
            self.image = fresh
        run("mount", "-o", "loop", str(self.image), str(self.place))
        self._is_used = True

    def unmount(self) -> None:
        """Take it out; what was written is in its file then, unless it had been pulled."""
        give_up_s = time.monotonic() + 20
        while self.place.is_mount():
            subprocess.run(["sync", "-f", str(self.place)], check=False, capture_output=True)
            done = subprocess.run(
                ["umount", str(self.place)], check=False, timeout=20, capture_output=True
            )
            assert done.returncode == 0 or time.monotonic() < give_up_s, done.stderr

    def cut_backing(self, left_bytes: int) -> None:
        """Everything behind `left_bytes` gives read errors from now on."""
        with self.image.open("r+b") as file:
            file.truncate(left_bytes)


def run(*command: str) -> None:
    subprocess.run(command, check=True, timeout=60, capture_output=True)


def drop_caches() -> None:
    Path("/proc/sys/vm/drop_caches").write_text("3\n", encoding="ascii")
