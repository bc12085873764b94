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
from app.catalogue.restoring import BundleSource, ShardSource
from app.region.entry import Entry
from app.region.shard import read_delta, read_snapshot
from app.sync.delta_bundles import FOLDER, kept_files, read_kept

logger = logging.getLogger(__name__)
_SNAPSHOT = re.compile(r"(\d{1,12})-([0-9a-f]{16})\.snapshot\Z")
_DELTA = re.compile(r"(\d{1,12})-(\d{1,12})-([0-9a-f]{16})\.delta\Z")


def kept_sources(paths: DataPaths) -> Iterator[ShardSource]:
    """Every kept shard: its newest snapshot and the deltas that follow it, hashes checked.

    Between them may lie others that are in `kept_bundles`.
    """
    if not paths.shards_dir.is_dir():
        return
    for folder in sorted(paths.shards_dir.glob("*/*")):
        source = _source(folder)
        if source is not None:
            yield source


def kept_bundles(paths: DataPaths) -> Iterator[BundleSource]:
    """Every kept bundle of every region, hashes checked."""
    for folder in sorted(paths.shards_dir.glob(f"*/{FOLDER}")):
        for _, path in kept_files(folder):
            bundle = read_kept(path)
            if bundle is not None:
                yield BundleSource(folder.parent.name, bundle)


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
    for bundle in kept_bundles(paths):
        try:
            for section in bundle.bundle.sections():
                for entry in section.rows:
                    yield bundle.region_id, entry
        except KnownError as error:
            logger.warning("a kept bundle cannot be read: %s", error)


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
    """Deltas that lead on, with gaps where others lie in bundles."""
    for start in sorted(deltas):
        to_serial, path = deltas[start]
        if start < serial:
            continue
        if to_serial <= start or not _is_right(path):
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
