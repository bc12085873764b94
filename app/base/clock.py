# SPDX-License-Identifier: GPL-3.0-or-later
"""Time on machines whose clock says 1980 or 2049.

A raw clock is only believed near something signed or authenticated; elapsed time comes from a
clock that counts sleep and that nobody can set.
"""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, Protocol

import app

# Signed metadata lives 400 days at most, so a raw clock further ahead than that of the newest
# thing we know is a wrong clock rather than a machine that nobody visited.
PLAUSIBLE_AHEAD = timedelta(days=400)
_BOOT_ID_FILE = Path("/proc/sys/kernel/random/boot_id")
_PROCESS_ID = uuid.uuid4().hex

Quality = Literal["exact", "plausible", "lower_bound"]


class Clock(Protocol):
    """What the rooms ask a clock; tests bring their own."""

    def wall(self) -> datetime:
        """The raw wall clock, aware, UTC."""
        ...

    def boot_id(self) -> str:
        """A name that changes at each start of the operating system."""
        ...

    def boot_s(self) -> float:
        """Seconds since that start, sleep included."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def wall(self) -> datetime:
        """The raw wall clock, aware, UTC."""
        return datetime.now(UTC)

    def boot_id(self) -> str:
        """The kernel's boot id; where there is none, an id of this process."""
        if sys.platform == "win32":
            return _windows_boot_id()
        try:
            return _BOOT_ID_FILE.read_text(encoding="ascii").strip()
        except OSError:
            return _PROCESS_ID

    def boot_s(self) -> float:
        """Seconds since boot, sleep included (CLOCK_BOOTTIME, GetTickCount64)."""
        if sys.platform == "win32":
            import ctypes

            ticks = ctypes.WinDLL("kernel32").GetTickCount64
            ticks.restype = ctypes.c_ulonglong
            return float(ticks()) / 1000
        if sys.platform == "linux":
            return time.clock_gettime(time.CLOCK_BOOTTIME)
        return time.monotonic()


def _windows_boot_id() -> str:
    """The counter that Windows raises at each start."""
    if sys.platform != "win32":
        return _PROCESS_ID
    import winreg

    key = r"SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management\PrefetchParameters"
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key) as handle:
            return f"boot-{winreg.QueryValueEx(handle, 'BootId')[0]}"
    except OSError:
        return _PROCESS_ID


@dataclass(frozen=True, slots=True)
class Anchor:
    """A moment somebody trustworthy vouched for, and when we heard of it.

    `source` is `signed` (an issue date: a lower bound only) or `authenticated` (a `Date` over
    verified TLS: exact for the rest of that boot).
    """

    at: datetime
    boot_id: str
    boot_s: float
    source: Literal["signed", "authenticated"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """What time it is: surely not before `lower`, most likely `best`."""

    lower: datetime
    best: datetime
    quality: Quality


class TrustedClock:
    """Judges the raw clock by anchors and the release date of this program."""

    def __init__(
        self,
        clock: Clock,
        anchors: Sequence[Anchor] = (),
        build_time: datetime | None = None,
    ) -> None:
        self._clock = clock
        self._anchors = tuple(anchors)
        self._build_time = build_time or datetime.fromisoformat(app.__released__)

    def estimate(self) -> Estimate:
        """The time now, with its quality.

        An anchor of this boot that lies ahead of now is of another start: a frozen system disk
        gives the same boot id to every start. Its moment is a lower bound only.
        """
        boot_id, boot_s = self._clock.boot_id(), self._clock.boot_s()
        anchors = [
            replace(anchor, boot_id="", source="signed")
            if anchor.boot_id == boot_id and anchor.boot_s > boot_s
            else anchor
            for anchor in self._anchors
        ]
        judge = TrustedClock(self._clock, anchors, self._build_time)
        return judge.resolve(self._clock.wall(), boot_id, boot_s)

    def resolve(self, wall: datetime, boot_id: str, boot_s: float) -> Estimate:
        """The time of a moment that was stamped (wall, boot_id, boot_s) on this machine."""
        lower = self._build_time
        exact: datetime | None = None
        for anchor in self._anchors:
            moment = anchor.at
            if anchor.boot_id == boot_id:
                moment += timedelta(seconds=boot_s - anchor.boot_s)
                if anchor.source == "authenticated":
                    exact = moment
            elif anchor.source == "signed":
                moment = anchor.at
            lower = max(lower, moment)
        if exact is not None:
            return Estimate(lower=exact, best=exact, quality="exact")
        if lower <= wall <= lower + PLAUSIBLE_AHEAD:
            return Estimate(lower=lower, best=wall, quality="plausible")
        return Estimate(lower=lower, best=lower, quality="lower_bound")
