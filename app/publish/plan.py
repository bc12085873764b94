# SPDX-License-Identifier: GPL-3.0-or-later
"""What a build decides, free of side effects: when a snapshot is worth it, which deltas stay."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from app.publish import times
from app.region.index import DeltaBundleLine, DeltaPart, Part, ShardKey, ShardLine

DELTA_LIFE: Final = timedelta(weeks=26)
MAX_KEPT_DELTAS: Final = 150
# A new machine loads the snapshot and what came after; beyond a quarter it pays to write it anew.
SNAPSHOT_SHARE: Final = 0.25


@dataclass(frozen=True, slots=True)
class DatedDelta:
    """A delta and the issue time of the build that made it."""

    part: DeltaPart
    issued: str


@dataclass(frozen=True, slots=True)
class IssuedBundle:
    """A bundle and the issue time of its build."""

    line: DeltaBundleLine
    issued: str


@dataclass(frozen=True, slots=True)
class ShardState:
    """One shard as published, or as the running build has staged it."""

    key: ShardKey
    entries: int
    files_bytes: int
    serial: int
    snapshot: Part
    deltas: tuple[DatedDelta, ...]

    @property
    def shard_id(self) -> str:
        return self.key.shard_id

    def line(self) -> ShardLine:
        return ShardLine(
            shard_id=self.shard_id,
            key=self.key,
            entries=self.entries,
            files_bytes=self.files_bytes,
            serial=self.serial,
            snapshot=self.snapshot,
            deltas=tuple(delta.part for delta in self.deltas),
        )


def kept_deltas(
    deltas: Sequence[DatedDelta], snapshot_serial: int, issued: datetime
) -> tuple[DatedDelta, ...]:
    """Those younger than 26 weeks, and all that lead on from the snapshot."""
    oldest = issued - DELTA_LIFE
    kept = [
        delta
        for delta in deltas
        if times.read(delta.issued) >= oldest or delta.part.from_serial >= snapshot_serial
    ]
    while len(kept) > MAX_KEPT_DELTAS and kept[0].part.from_serial < snapshot_serial:
        kept.pop(0)
    return tuple(kept)


def wants_snapshot(state: ShardState, delta_bytes: int, issued: datetime) -> bool:
    """Whether a changed shard gets a new snapshot besides its delta of `delta_bytes`."""
    since = _since_snapshot(state)
    load = delta_bytes + sum(delta.part.length for delta in since)
    is_much = load > SNAPSHOT_SHARE * state.snapshot.length or len(since) >= MAX_KEPT_DELTAS
    return is_much or is_outlived(state, issued)


def is_outlived(state: ShardState, issued: datetime) -> bool:
    """Whether the way from the snapshot needs a delta that is older than deltas are kept.

    Such a shard gets a new snapshot also where nothing changes, so that old bundles can go.
    """
    return any(times.read(delta.issued) < issued - DELTA_LIFE for delta in _since_snapshot(state))


def _since_snapshot(state: ShardState) -> list[DatedDelta]:
    return [delta for delta in state.deltas if delta.part.from_serial >= state.snapshot.serial]


def with_kept_deltas(state: ShardState, issued: datetime) -> ShardState:
    return replace(state, deltas=kept_deltas(state.deltas, state.snapshot.serial, issued))
