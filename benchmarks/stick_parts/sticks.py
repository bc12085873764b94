# SPDX-License-Identifier: GPL-3.0-or-later
"""Sticks of each file system: made, mounted, pulled while somebody uses them, plugged in again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from tests.crash.stick_rounds import pull_ext4

SIZE_BYTES = 160 << 20
GIVE_UP_S = 30.0
_MAPPED = "kezhan-stick"
# The largest with which so small a stick is FAT32 at all; real ones have larger ones still.
_CLUSTERS = ("-s", "4")
_LOOKS = 5


class Stick(Protocol):
    """One stick with one file system."""

    place: Path

    def mount(self) -> None:
        """Plug it in."""
        ...

    def pull(self) -> Callable[[], None]:
        """A function that takes it away under whoever uses it."""
        ...

    def unmount(self) -> None:
        """Let go of it, pulled or not."""
        ...


class Ext4Stick:
    """An image that this kernel mounts; pulled by the file system's own shutdown."""

    def __init__(self, folder: Path) -> None:
        self.place = folder / "stick-ext4"
        self.place.mkdir()
        self._image = new_image(folder / "ext4.img", SIZE_BYTES)
        quiet("mkfs.ext4", "-q", str(self._image))

    def mount(self) -> None:
        quiet("mount", "-o", "loop", str(self._image), str(self.place))

    def pull(self) -> Callable[[], None]:
        return pull_ext4(self.place)

    def unmount(self) -> None:
        unmount(self.place)


class ExfatStick:
    """An image that a FUSE program serves; pulled by killing that, with what it had not written."""

    def __init__(self, folder: Path) -> None:
        self.place = folder / "stick-exfat"
        self.place.mkdir()
        self._image = new_image(folder / "exfat.img", SIZE_BYTES)
        self._loop = ""
        self._daemon: subprocess.Popen[bytes] | None = None
        quiet("mkfs.exfat", str(self._image))

    def mount(self) -> None:
        quiet("fsck.exfat", "-y", str(self._image), check=False)
        self._loop = quiet("losetup", "-f", "--show", str(self._image)).strip()
        command = ["mount.exfat-fuse", "-d", "-o", "rw", self._loop, str(self.place)]
        self._daemon = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_for(self.place.is_mount, "exFAT does not mount")

    def pull(self) -> Callable[[], None]:
        daemon = self._daemon
        assert daemon is not None
        return lambda: os.kill(daemon.pid, signal.SIGKILL)

    def unmount(self) -> None:
        unmount(self.place)
        if self._daemon is not None:
            self._daemon.wait(GIVE_UP_S)
            self._daemon = None
        if self._loop:
            quiet("losetup", "-d", self._loop, check=False)
            self._loop = ""


class Fat32Stick:
    """A device with FAT32 by the kernel's own driver; pulled: every access fails from then on.

    What only memory held is lost, as with a real stick. It is not repaired before it is used again,
    because a teacher does not repair it either, until a folder cannot be read any more or what
    pulling has left unreachable takes a third of it. Then `fsck.vfat -a` does what Windows offers
    when such a stick is plugged in, and what either makes files of (`FSCK0000.REC`, `FILE0000.CHK`)
    is thrown away, as the handbook says.
    """

    def __init__(self, folder: Path, device: Path) -> None:
        self.place = folder / "stick-fat32"
        self.place.mkdir()
        self._device = device
        self.repaired = self.mounted = self.chains = 0
        self._sectors = int(quiet("blockdev", "--getsz", str(device)))
        clusters = _CLUSTERS if self._sectors * 512 <= SIZE_BYTES else ()
        quiet("mkfs.vfat", "-F32", *clusters, str(device))

    def mount(self) -> None:
        self._mount()
        self.mounted += 1
        if not self._is_sound():
            self.repair()

    def repair(self) -> None:
        """What Windows does when somebody lets it."""
        self.unmount()
        for _ in range(_LOOKS):  # one look mends what hid the next damage
            command = ["fsck.vfat", "-a", str(self._device)]
            if not subprocess.run(command, capture_output=True, check=False).returncode:
                break
        self.repaired += 1
        self._mount()
        for found in self.place.glob("FSCK*.REC"):
            found.unlink()
            self.chains += 1

    def _is_sound(self) -> bool:
        """Whether every folder can be read, and little is taken that belongs to none of them."""
        looked = subprocess.run(
            ["du", "-s", "-B1", str(self.place)], capture_output=True, text=True, check=False
        )
        if looked.returncode:
            return False
        usage = shutil.disk_usage(self.place)
        return usage.total - usage.free - int(looked.stdout.split()[0]) < SIZE_BYTES // 3

    def _mount(self) -> None:
        table = f"0 {self._sectors} linear {self._device} 0"
        quiet("dmsetup", "create", "--noudevsync", _MAPPED, "--table", table)
        quiet("dmsetup", "mknodes")
        node = f"/dev/mapper/{_MAPPED}"
        quiet("mount", "-t", "vfat", "-o", "utf8", node, str(self.place))

    def pull(self) -> Callable[[], None]:
        wipe = ("dmsetup", "wipe_table", "--noflush", "--nolockfs", "--noudevsync", _MAPPED)
        return lambda: void(quiet(*wipe))

    def unmount(self) -> None:
        unmount(self.place)
        quiet("dmsetup", "remove", "--noudevsync", _MAPPED, check=False)


@contextmanager
def mounted(stick: Stick) -> Iterator[None]:
    stick.mount()
    try:
        yield
    finally:
        stick.unmount()


def new_image(path: Path, size_bytes: int) -> Path:
    with path.open("wb") as file:
        file.truncate(size_bytes)
    return path


def unmount(place: Path) -> None:
    """Wholly: mounting again while the old file system lingers would bring that one back."""

    def is_gone() -> bool:
        if not os.path.ismount(place) and is_answering(place):
            return True
        quiet("umount", str(place), check=False)
        return False

    wait_for(is_gone, f"{place.name} does not unmount")


def is_answering(place: Path) -> bool:
    """A FUSE file system whose program is gone stays in the way until it is unmounted."""
    try:
        place.stat()
    except OSError:
        return False
    return True


def wait_for(is_so: Callable[[], bool], complaint: str) -> None:
    give_up_s = time.monotonic() + GIVE_UP_S
    while not is_so():
        assert time.monotonic() < give_up_s, complaint


def quiet(*command: str, check: bool = True) -> str:
    return subprocess.run(command, check=check, capture_output=True, text=True).stdout


def void(_: object) -> None:
    """For those who want no answer."""


def can_exfat() -> bool:
    return bool(shutil.which("mount.exfat-fuse") and shutil.which("mkfs.exfat"))
