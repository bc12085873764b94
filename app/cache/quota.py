# SPDX-License-Identifier: GPL-3.0-or-later
"""Decisions about space, without doing anything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_GIB = 1 << 30
# Windows begins to fail in odd ways below about a gigabyte; small disks keep a twentieth.
_RESERVE_BYTES = 1 * _GIB
_RESERVE_SHARE = 20
_DEFAULT_SHARE = 2


@dataclass(frozen=True, slots=True)
class Holding:
    """A blob as eviction sees it: `used_at` grows with each use, in seconds of any one clock."""

    sha256: str
    size_bytes: int
    used_at: float
    is_protected: bool  # pinned, playing or scheduled


def reserve_bytes(disk_bytes: int) -> int:
    """Free space that downloads never touch, so that the system and the databases can live."""
    return min(_RESERVE_BYTES, disk_bytes // _RESERVE_SHARE)


def default_quota_bytes(free_bytes: int, used_bytes: int, disk_bytes: int) -> int:
    """Half of what the disk could give, the reserve untouched."""
    available = max(0, free_bytes + used_bytes - reserve_bytes(disk_bytes))
    return available // _DEFAULT_SHARE


def choose_evictions(holdings: Iterable[Holding], excess_bytes: int) -> list[Holding]:
    """The least recently used unprotected blobs that together free `excess_bytes` (or all)."""
    chosen: list[Holding] = []
    freed_bytes = 0
    free_to_go = (holding for holding in holdings if not holding.is_protected)
    for holding in sorted(free_to_go, key=lambda item: (item.used_at, item.sha256)):
        if freed_bytes >= excess_bytes:
            break
        chosen.append(holding)
        freed_bytes += holding.size_bytes
    return chosen
