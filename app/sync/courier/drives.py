# SPDX-License-Identifier: GPL-3.0-or-later
"""Which disks can be pulled out, as far as the system says; looking opens nothing on them."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil

_UNIX_PLACES = ("/media/", "/run/media/", "/mnt/usb")
_UNIX_TYPES = frozenset({"vfat", "exfat", "ntfs", "ntfs3", "fuseblk", "msdos"})


def removable_places() -> tuple[Path, ...]:
    """The roots of sticks that are plugged in now; call it from a worker."""
    try:
        found = psutil.disk_partitions(all=False)
    except OSError:
        return ()
    return tuple(Path(one.mountpoint) for one in found if _is_removable(one))


def _is_removable(partition: object) -> bool:
    place = str(getattr(partition, "mountpoint", ""))
    if sys.platform == "win32":
        return "removable" in str(getattr(partition, "opts", ""))
    is_stick_format = str(getattr(partition, "fstype", "")) in _UNIX_TYPES
    return place.startswith(_UNIX_PLACES) or (is_stick_format and not place.startswith("/boot"))
