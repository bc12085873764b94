# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes many files durable at once, where the system can: a stick pays for every single fsync."""

from __future__ import annotations

import ctypes
import os
import re
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

# Fewer are as quick one by one, and nothing else on the disk has to be waited for.
_FEW = 8
# Before 5.8 Linux's syncfs kept quiet about what could not be written.
_TELLING_LINUX = (5, 8)
# ext2 to ext4, FAT, exFAT, NTFS, XFS, btrfs, tmpfs: their syncfs writes all there is. A FUSE
# program's does not reach what the program itself holds back.
_THOROUGH = frozenset({0xEF53, 0x4D44, 0x2011BAB0, 0x7366746E, 0x58465342, 0x9123683E, 0x01021994})
_STATFS_BYTES = 256  # the structure has 120; what follows is never touched


def flush_files(paths: Sequence[str | Path]) -> None:
    """Make the content of files durable; all lie on one file system.

    Raises:
        OSError: some could not be written; nothing may be said of any.
    """
    if len(paths) > _FEW and _flush_system(paths[0]):
        return
    for path in paths:
        with Path(path).open("rb+") as file:
            os.fsync(file.fileno())


def flush_folders(folders: Sequence[str | Path]) -> None:
    """Make new names in folders durable (Windows does it with each rename). Raises OSError."""
    if sys.platform == "win32" or (len(folders) > _FEW and _flush_system(folders[0])):
        return
    for folder in folders:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _flush_system(place: str | Path) -> bool:
    """Write everything that waits for the file system of `place`; False where that is no help."""
    library = _library()
    if library is None:
        return False
    descriptor = os.open(place, os.O_RDONLY)
    try:
        about = ctypes.create_string_buffer(_STATFS_BYTES)
        if library.fstatfs(descriptor, about) != 0:
            return False
        if ctypes.c_long.from_buffer(about).value & 0xFFFFFFFF not in _THOROUGH:
            return False
        if library.syncfs(descriptor) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(place))
    finally:
        os.close(descriptor)
    return True


@cache
def _library() -> ctypes.CDLL | None:
    """The C library, where its `syncfs` can be believed."""
    if sys.platform != "linux":
        return None
    found = re.match(r"(\d+)\.(\d+)", os.uname().release)
    if found is None or (int(found[1]), int(found[2])) < _TELLING_LINUX:
        return None
    library = ctypes.CDLL(None, use_errno=True)
    return library if hasattr(library, "syncfs") and hasattr(library, "fstatfs") else None
