# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a folder will do for the data: before a byte is copied."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import psutil

from app.base.errors import known_os_error
from app.base.handover import MOVING_LOCK_NAME
from app.base.moved import MARKER_NAME, MOVED_TO, MOVING_FROM, read_marker
from app.base.paths import FOLDER_NAME
from app.wiring.errors import (
    MoveFileSystemError,
    MoveInsideError,
    MoveNoRoomError,
    MoveNotEmptyError,
    MoveToLooseDiskError,
    MoveToSystemDiskError,
)

_MEGABYTE = 1_000_000
# SQLite and the trust state need a file system with a journal and with locks of this machine.
UNSAFE_FILE_SYSTEMS = frozenset(
    {"fat", "fat12", "fat16", "fat32", "vfat", "msdos", "exfat", "fuse.exfat"}
)
NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "ncpfs"}
)
NOTE_NAME = "moved-to.txt"  # for the uninstaller, which reads no JSON
LEFT_BEHIND = frozenset({MARKER_NAME, NOTE_NAME, "window.lock", "agent.lock", MOVING_LOCK_NAME})
_SPARE_BYTES = 512 * _MEGABYTE
_DRIVE_FIXED = 3


def check_target(source: Path, wanted: Path, size_bytes: int) -> Path:
    """The folder to use for `wanted`; a disk's root gets a folder of its own.

    Raises:
        MoveRefusedError: and which rule it breaks.
    """
    target = wanted.absolute()
    if target == Path(target.anchor):
        target /= FOLDER_NAME
    if _are_nested(source, target):
        raise MoveInsideError(target=str(target))
    above = next(each for each in (target, *target.parents) if each.exists())
    _check_disk(target, above)
    is_ours = is_begun(source, target)
    try:
        is_empty = _is_empty(target)
        usage = shutil.disk_usage(above)
    except OSError as error:
        raise known_os_error(error, target) from error
    if not (is_empty or is_ours):
        raise MoveNotEmptyError(target=str(target))
    there = _size_of(target) if is_ours else 0
    if usage.free + there < size_bytes + _SPARE_BYTES:
        needed, free = (size_bytes + _SPARE_BYTES) // _MEGABYTE, usage.free // _MEGABYTE
        raise MoveNoRoomError(target=str(target), needed_mb=needed, free_mb=free)
    return target


def _is_empty(target: Path) -> bool:
    """Nothing is there, or only what an earlier move away from there left."""
    if not target.exists():
        return True
    names = {each.name for each in target.iterdir()}
    is_left = MOVED_TO in read_marker(target)
    return not names or (is_left and names <= LEFT_BEHIND)


def is_begun(source: Path, target: Path) -> bool:
    """Whether a move from `source` was cut there earlier; it goes on."""
    return read_marker(target).get(MOVING_FROM) == str(source)


def _are_nested(source: Path, target: Path) -> bool:
    one, other = source.resolve(), target.resolve()
    return one == other or one in other.parents or other in one.parents


def _size_of(folder: Path) -> int:
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())


def _check_disk(target: Path, above: Path) -> None:
    if sys.platform == "win32":
        _check_windows_disk(target)
    kind = file_system(above)
    if kind.lower() in UNSAFE_FILE_SYSTEMS:
        raise MoveFileSystemError(target=str(target), kind=kind)
    if kind.lower() in NETWORK_FILE_SYSTEMS:
        raise MoveToLooseDiskError(target=str(target))


def _check_windows_disk(target: Path) -> None:
    if sys.platform != "win32":
        return
    import ctypes

    drive = target.drive.upper()
    if ctypes.WinDLL("kernel32").GetDriveTypeW(f"{drive}\\") != _DRIVE_FIXED:
        raise MoveToLooseDiskError(target=str(target))
    if drive == os.environ.get("SYSTEMDRIVE", "C:").upper():
        raise MoveToSystemDiskError(target=str(target))


def file_system(place: Path) -> str:
    """The name of the file system that holds a place, as the system names it; "" unknown."""
    place = place.resolve()
    holders = [
        part
        for part in psutil.disk_partitions(all=True)
        if Path(part.mountpoint) in (place, *place.parents)
    ]
    return max(holders, key=lambda part: len(part.mountpoint)).fstype if holders else ""
