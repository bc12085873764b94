# SPDX-License-Identifier: GPL-3.0-or-later
"""How things stand, read from outside: for `kezhan status` and the status page. Writes nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psutil

from app.base.clock import Clock, Estimate, SystemClock, TrustedClock
from app.base.db import Database, DatabaseError, open_reader
from app.base.errors import MissingFileError
from app.base.locks import ProcessLock
from app.base.paths import DataPaths
from app.base.settings import load_settings
from app.cache.quota import default_quota_bytes
from app.sync.speed import kept_speeds, remaining_s
from app.sync.statements.store import StatementStore
from app.sync.store import IMPORT_META, Problem, SyncStore
from app.sync.uploads.store import UploadStore

# More than this between raw clock and estimate deserves a word to the user.
_SKEW_WORTH_A_WORD = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class RegionStatus:
    """One region: `issued` is the signed date of its newest catalogue here."""

    region_id: str
    name: str
    issued: datetime | None
    age_days: int | None
    verdict: str
    checked_at: datetime | None
    good_at: datetime | None


@dataclass(frozen=True, slots=True)
class TransferStatus:
    """A download that waits or runs; `code` is why it did not go on last time.

    `left_s` is when it will be here, all before it included, at the speed the line last had; None
    when nobody can know.
    """

    sha256: str
    title: str
    done_bytes: int
    total_bytes: int
    code: str | None
    left_s: int | None = None


@dataclass(frozen=True, slots=True)
class DiskStatus:
    """Bytes of the cache, what it may use, and what the disk has left.

    `import_bytes` is what the catalogue's update that runs or waits takes at most; 0 without one.
    """

    used_bytes: int
    quota_bytes: int
    free_bytes: int
    import_bytes: int = 0


@dataclass(frozen=True, slots=True)
class ClockStatus:
    """`quality` of the estimate; `is_wrong` when the machine's clock is far from it."""

    wall: datetime
    best: datetime
    quality: str
    is_wrong: bool


@dataclass(frozen=True, slots=True)
class Status:
    """Everything at one moment; the outbox counts rows by state."""

    regions: tuple[RegionStatus, ...]
    last_sync_at: datetime | None
    statements: Mapping[str, int]
    uploads: Mapping[str, int]
    transfers: tuple[TransferStatus, ...]
    disk: DiskStatus
    clock: ClockStatus
    problems: tuple[Problem, ...]
    agent_pid: int | None


def read_status(paths: DataPaths, clock: Clock | None = None) -> Status:
    """Read the status of a data directory; before the first run of the agent it is empty.

    Raises:
        DamagedDatabaseError: state.db cannot be read.
    """
    clock = clock or SystemClock()
    try:
        database = open_reader(paths.state_db)
    except MissingFileError:
        return _empty(paths, clock)
    try:
        return _read(paths, clock, database)
    except DatabaseError:
        return _empty(paths, clock)  # the agent is just making its tables
    finally:
        database.conn.close()


def _read(paths: DataPaths, clock: Clock, database: Database) -> Status:
    store = SyncStore(database)
    estimate = TrustedClock(clock, store.anchors()).estimate()
    used = database.execute("SELECT coalesce(sum(size_bytes), 0) FROM blob").fetchone()[0]
    jobs = database.execute(
        "SELECT sha256, title, done_bytes, size_bytes, code FROM job"
        " ORDER BY priority, tries, size_bytes"
    )
    return Status(
        regions=_regions(store, estimate),
        last_sync_at=_moment(store.meta("last_sync_at")),
        statements=StatementStore(database).count_by_state(),
        uploads=UploadStore(database).count_by_state(),
        transfers=tuple(
            _transfers(jobs.fetchall(), kept_speeds(store, estimate.best).line_bytes_s)
        ),
        disk=_disk(paths, int(used), int(store.meta(IMPORT_META) or 0)),
        clock=_clock(clock, estimate),
        problems=tuple(store.problems()),
        agent_pid=_agent_pid(paths),
    )


def _transfers(
    rows: Iterable[tuple[Any, ...]], line_bytes_s: float | None
) -> Iterator[TransferStatus]:
    """The queue in its order; each waits for those before it."""
    left_bytes = 0
    for sha256, title, done_bytes, total_bytes, code in rows:
        left_bytes += max(0, total_bytes - done_bytes)
        left_s = remaining_s(left_bytes, line_bytes_s, None)
        yield TransferStatus(sha256, title, done_bytes, total_bytes, code, left_s)


def _empty(paths: DataPaths, clock: Clock) -> Status:
    estimate = TrustedClock(clock).estimate()
    return Status(
        regions=(),
        last_sync_at=None,
        statements={},
        uploads={},
        transfers=(),
        disk=_disk(paths, 0),
        clock=_clock(clock, estimate),
        problems=(),
        agent_pid=_agent_pid(paths),
    )


def _regions(store: SyncStore, estimate: Estimate) -> tuple[RegionStatus, ...]:
    found = []
    for row in store.regions():
        issued = _moment(row.issued)
        age = estimate.best - issued if issued is not None else None
        found.append(
            RegionStatus(
                region_id=row.region_id,
                name=row.name,
                issued=issued,
                age_days=max(0, age.days) if age is not None else None,
                verdict=row.verdict,
                checked_at=_moment(row.checked_at),
                good_at=_moment(row.good_at),
            )
        )
    return tuple(found)


def _disk(paths: DataPaths, used_bytes: int, import_bytes: int = 0) -> DiskStatus:
    place = next(folder for folder in (paths.root, *paths.root.parents) if folder.exists())
    usage = shutil.disk_usage(place)
    chosen = load_settings(paths).quota_bytes
    quota = chosen or default_quota_bytes(usage.free, used_bytes, usage.total)
    return DiskStatus(used_bytes, quota, usage.free, import_bytes)


def _clock(clock: Clock, estimate: Estimate) -> ClockStatus:
    wall = clock.wall()
    is_wrong = estimate.quality == "lower_bound" or (abs(wall - estimate.best) > _SKEW_WORTH_A_WORD)
    return ClockStatus(wall, estimate.best, estimate.quality, is_wrong)


def _agent_pid(paths: DataPaths) -> int | None:
    """The process id that the holder of the lock wrote down, if that process lives."""
    pid = ProcessLock(paths.agent_lock).holder_pid()
    return pid if pid is not None and psutil.pid_exists(pid) else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
