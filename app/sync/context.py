# SPDX-License-Identifier: GPL-3.0-or-later
"""What every part of the agent works with."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from app.base.clock import Anchor, Clock, Estimate, TrustedClock
from app.base.errors import KnownError, OfflineError, Scope
from app.base.paths import DataPaths
from app.cache.store import BlobStore
from app.sync.carriers import Carrier, open_carrier
from app.sync.floors import Floors
from app.sync.governor import StreamGovernor
from app.sync.health import CarrierHealth
from app.sync.http import HttpSession
from app.sync.jobs import JobTable
from app.sync.pipe import Events
from app.sync.requests import RequestTable
from app.sync.speed import LineSpeeds
from app.sync.store import RegionRow, SyncStore
from app.sync.streams import Streams


@dataclass(slots=True)
class Brought:
    """What a run has brought and sent, for its last line."""

    shards: int = 0
    entries: int = 0
    files: int = 0
    bytes: int = 0
    statements: int = 0
    uploads: int = 0


@dataclass(slots=True)
class Context:
    """The agent's tools. `between` must be called several times a second by whatever takes long.

    It raises CancelledError when the agent stops, and TransferPausedError when the work at hand
    must give way; both leave everything resumable.
    """

    paths: DataPaths
    shelves: tuple[Path, ...]
    clock: Clock
    store: SyncStore
    floors: Floors
    jobs: JobTable
    requests: RequestTable
    blobs: BlobStore
    session: HttpSession
    streams: Streams
    health: CarrierHealth
    events: Events
    between: Callable[[], None]
    brought: Brought = field(default_factory=Brought)
    governor: StreamGovernor = field(default_factory=lambda: StreamGovernor(time.monotonic))
    speeds: LineSpeeds = field(init=False)
    _carriers: dict[str, Carrier] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.speeds = LineSpeeds(self.store, self.now)

    def estimate(self) -> Estimate:
        """The time, judged by everything that vouches for it."""
        return TrustedClock(self.clock, self.store.anchors()).estimate()

    def now(self) -> datetime:
        """The most likely time, for rows and sentences."""
        return self.estimate().best

    def anchor(self, issued: datetime) -> Anchor:
        """A signed issue date as an anchor of this moment."""
        return Anchor(issued, self.clock.boot_id(), self.clock.boot_s(), "signed")

    def carriers(self, region: RegionRow) -> list[Carrier]:
        """The carriers of a region in the order to ask them; what is no address is skipped."""
        found: list[Carrier] = []
        for address in region.mirrors:
            try:
                if address not in self._carriers:
                    self._carriers[address] = open_carrier(address, self.session)
            except KnownError as error:
                self.problem(error, region.region_id)
                continue
            found.append(self._carriers[address])
        return found

    def nearest_first(self, carriers: Iterable[Carrier]) -> list[Carrier]:
        """Those that cost no line before those that do."""
        return sorted(carriers, key=lambda carrier: not carrier.is_local)

    def problem(self, error: KnownError, subject: str, *, is_notice: bool = False) -> None:
        """Record a problem and say it; a notice makes no run a failed one."""
        self.store.open_problem(error, subject, self.now())
        self.events.problem(error, is_notice=is_notice)


def stops_run(error: KnownError) -> bool:
    """Whether an error is nobody's in particular and ends what is going on."""
    if isinstance(error, OfflineError):
        return False
    return error.code == "cancelled" or error.scope in (Scope.RUN, Scope.PROGRAM)


def done_event(
    context: Context, statements_left: int, uploads_left: int, rests_s: float | None
) -> dict[str, object]:
    """The last line of an agent: what it brought, sent and left; `rests_s` when it only rests."""
    brought = context.brought
    event: dict[str, object] = {
        "event": "done",
        "brought": {
            "shards": brought.shards,
            "entries": brought.entries,
            "files": brought.files,
            "bytes": brought.bytes,
        },
        "sent": {"statements": brought.statements, "uploads": brought.uploads},
        "left": {
            "downloads": context.jobs.count(),
            "statements": statements_left,
            "uploads": uploads_left,
        },
        "problems": list(context.events.problems),
    }
    return event if rests_s is None else event | {"rests_s": round(rests_s)}
