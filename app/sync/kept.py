# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the verified snapshots and deltas kept under `shards/`, without any network."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from pathlib import Path

from app.base.errors import KnownError
from app.base.paths import DataPaths
from app.catalogue.writer import ShardSource
from app.region.entry import Entry
from app.region.shard import read_delta, read_snapshot

logger = logging.getLogger(__name__)
_SNAPSHOT = re.compile(r"(\d{1,12})-([0-9a-f]{16})\.snapshot\Z")
_DELTA = re.compile(r"(\d{1,12})-(\d{1,12})-([0-9a-f]{16})\.delta\Z")


def kept_sources(paths: DataPaths) -> Iterator[ShardSource]:
    """Every kept shard: its newest snapshot and the deltas that follow it, hashes checked."""
    if not paths.shards_dir.is_dir():
        return
    for folder in sorted(paths.shards_dir.glob("*/*")):
        source = _source(folder)
        if source is not None:
            yield source


def kept_entries(paths: DataPaths) -> Iterator[tuple[str, Entry]]:
    """Every entry of every kept shard with its region; a changed entry comes in both forms."""
    for source in kept_sources(paths):
        try:
            for entry in read_snapshot(source.snapshot.read_bytes()):
                yield source.region_id, entry
            for delta in source.deltas:
                for entry in read_delta(delta.read_bytes()).upserts:
                    yield source.region_id, entry
        except (KnownError, OSError) as error:
            logger.warning("kept shard %s cannot be read: %s", source.snapshot.parent.name, error)


def _source(folder: Path) -> ShardSource | None:
    snapshots: dict[int, Path] = {}
    deltas: dict[int, tuple[int, Path]] = {}
    for path in folder.iterdir():
        if match := _SNAPSHOT.match(path.name):
            snapshots[int(match[1])] = path
        elif match := _DELTA.match(path.name):
            deltas[int(match[1])] = (int(match[2]), path)
    for serial in sorted(snapshots, reverse=True):
        if _is_right(snapshots[serial]):
            chain = tuple(_chain(serial, deltas))
            return ShardSource(folder.parent.name, snapshots[serial], chain)
    return None


def _chain(serial: int, deltas: dict[int, tuple[int, Path]]) -> Iterator[Path]:
    while serial in deltas:
        to_serial, path = deltas[serial]
        if to_serial <= serial or not _is_right(path):
            return
        yield path
        serial = to_serial


def _is_right(path: Path) -> bool:
    """Whether the bytes still have the hash that their name ends with."""
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return False
    return digest[:16] == path.stem.rpartition("-")[2]
