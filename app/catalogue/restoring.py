# SPDX-License-Identifier: GPL-3.0-or-later
"""What a new catalogue is made of when the old one is lost: verified files, in any order."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.base.errors import KnownError, known_os_error
from app.catalogue.errors import DeltaGapError
from app.region.delta_bundle import DeltaBundle, Section
from app.region.shard import DeltaReader, SnapshotReader, read_delta, read_snapshot


@dataclass(frozen=True, slots=True)
class ShardSource:
    """Verified files of one shard, deltas in order."""

    region_id: str
    snapshot: Path
    deltas: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class BundleSource:
    """A verified bundle, which holds deltas of many shards."""

    region_id: str
    bundle: DeltaBundle


class Stage(Protocol):
    """What files are applied to."""

    def serial_of(self, region_id: str, shard_id: str) -> int | None:
        """The serial of a shard so far."""
        ...

    def shards_of(self, region_id: str) -> dict[str, int]:
        """Shard id to serial of a region."""
        ...

    def apply_snapshot(self, region_id: str, reader: SnapshotReader) -> None:
        """Put a whole shard in place of what it held."""
        ...

    def apply_delta(self, region_id: str, reader: DeltaReader) -> None:
        """Lead a shard on."""
        ...

    def apply_section(self, region_id: str, section: Section, shard_ids: Collection[str]) -> int:
        """Lead many shards on."""
        ...


def restore(
    stage: Stage, sources: Iterable[ShardSource], bundles: Iterable[BundleSource]
) -> list[KnownError]:
    """Apply all that leads on, whatever lies in which file; returns what could not be used."""
    problems: list[KnownError] = []
    waiting: dict[tuple[str, str], list[Path]] = {}
    for source in sources:
        try:
            snapshot = read_snapshot(_read(source.snapshot))
            stage.apply_snapshot(source.region_id, snapshot)
            waiting[source.region_id, snapshot.key.shard_id] = list(source.deltas)
        except KnownError as error:
            problems.append(error)
    left = list(bundles)
    has_moved = True
    while has_moved:
        has_moved = False
        for key, deltas in waiting.items():
            while deltas and _has_joined(stage, key, deltas, problems):
                has_moved = True
        for bundle in list(left):
            before = stage.shards_of(bundle.region_id)
            try:
                for section in bundle.bundle.sections():
                    stage.apply_section(bundle.region_id, section, before)
            except KnownError as error:
                problems.append(error)
                left.remove(bundle)
            has_moved |= stage.shards_of(bundle.region_id) != before
    problems += [
        DeltaGapError(shard_id=key[1], expected=stage.serial_of(*key), found=0)
        for key, deltas in waiting.items()
        if deltas
    ]
    return problems


def _has_joined(
    stage: Stage, key: tuple[str, str], deltas: list[Path], problems: list[KnownError]
) -> bool:
    """Whether the first of these deltas led on; it is taken off then, or all if it never can."""
    try:
        delta = read_delta(_read(deltas[0]))
        if delta.key.shard_id == key[1] and delta.from_serial > (stage.serial_of(*key) or 0):
            return False
        stage.apply_delta(key[0], delta)
        deltas.pop(0)
    except KnownError as error:
        problems.append(error)
        deltas.clear()
        return False
    return True


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise known_os_error(error, path) from error
