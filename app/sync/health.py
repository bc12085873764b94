# SPDX-License-Identifier: GPL-3.0-or-later
"""What we know about each carrier from how it behaved: who may be asked now, and who is to blame.

Pure bookkeeping: time and chance come from outside.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.base.errors import KnownError
from app.sync.errors import MirrorBusyError

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 300.0
# A portal stays until somebody logs in; asking each minute finds out soon enough.
PORTAL_WAIT_S = 60.0

# Of several errors the user reads the truest: what stands first explains those after it.
_TRUTH = (
    "cancelled",
    "transfer_paused",
    "read_only",
    "disk_full",
    "portal",
    "clock_wrong",
    "certificate_refused",
    "proxy_refused",
    "firewall_blocked",
    "auth_refused",
    "mirror_broken",
    "blob_mismatch",
    "mirror_busy",
    "mirror_silent",
    "connection_lost",
    "offline",
    "carrier_gone",
    "mirror_missing",
)
# These will not get better by asking the same carrier again in a moment.
_LASTING = frozenset(
    {
        "portal",
        "clock_wrong",
        "certificate_refused",
        "proxy_refused",
        "firewall_blocked",
        "auth_refused",
    }
)
# The carrier has, or claims, another file: only this file must be sought elsewhere.
_ABOUT_THE_FILE = frozenset({"mirror_missing", "mirror_broken", "blob_mismatch"})


def truest(errors: Iterable[KnownError]) -> KnownError | None:
    """The error that explains the others best."""

    def rank(error: KnownError) -> int:
        return _TRUTH.index(error.code) if error.code in _TRUTH else -1

    return min(errors, key=rank, default=None)


def is_about_the_file(error: KnownError) -> bool:
    """Whether the carrier may still be good for other files."""
    return error.code in _ABOUT_THE_FILE


def is_lasting(error: KnownError) -> bool:
    """Whether asking the same carrier again soon is pointless."""
    return error.code in _LASTING


@dataclass(slots=True)
class _Record:
    failures: int = 0
    blames: int = 0
    not_before_s: float = 0.0
    error: KnownError | None = None


class CarrierHealth:
    """Back-off with jitter for each carrier and the blame it has earned."""

    def __init__(self, now_s: Callable[[], float], chance: random.Random | None = None) -> None:
        self._now_s = now_s
        self._chance = chance or random.Random()  # noqa: S311 - jitter, no secret
        self._records: dict[str, _Record] = {}

    def succeeded(self, name: str) -> None:
        """It delivered verified bytes."""
        record = self._of(name)
        record.failures, record.not_before_s, record.error = 0, 0.0, None

    def failed(self, name: str, error: KnownError) -> None:
        """It did not; how long it is left alone depends on the error."""
        record = self._of(name)
        if is_about_the_file(error):
            record.blames += error.code != "mirror_missing"
            return
        record.failures += 1
        record.error = error
        record.not_before_s = self._now_s() + self._wait_after(record, error)

    def wait_s(self, name: str) -> float:
        """How long to leave it alone; 0 when it may be asked now."""
        return max(0.0, self._of(name).not_before_s - self._now_s())

    def failures(self, name: str) -> int:
        """How often it failed since it last delivered."""
        return self._of(name).failures

    def error(self, name: str) -> KnownError | None:
        """Why it is left alone, if it is."""
        return self._of(name).error

    def order(self, names: Iterable[str]) -> list[str]:
        """Least blamed first; the given order decides between equals."""
        return sorted(names, key=lambda name: (self._of(name).blames, self._of(name).failures))

    def forgive(self) -> None:
        """Ask everybody again now: the network changed, or the user wants it."""
        for record in self._records.values():
            record.not_before_s = 0.0

    def _of(self, name: str) -> _Record:
        return self._records.setdefault(name, _Record())

    def _wait_after(self, record: _Record, error: KnownError) -> float:
        if isinstance(error, MirrorBusyError) and error.retry_after_s is not None:
            return error.retry_after_s
        if is_lasting(error):
            return PORTAL_WAIT_S
        wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** (record.failures - 1))
        return wait_s * self._chance.uniform(0.5, 1.5)
