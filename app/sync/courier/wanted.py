# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of the blobs on a stick belong to an entry here: asked of the kept shards, hashes first."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from app.base.errors import KnownError
from app.base.paths import DataPaths
from app.region.rows import EntryRows
from app.region.shard import read_delta, read_snapshot
from app.sync.courier.intake import Wanted
from app.sync.downloads import MAX_COVER_BYTES
from app.sync.kept import kept_bundles, kept_sources

logger = logging.getLogger(__name__)
Key = tuple[str, str]


class _Named(NamedTuple):
    """An entry, as far as it matters here, and one of its files or its cover."""

    sha256: str
    size_bytes: int
    entry_id: str
    title: str
    updated: str


@dataclass(slots=True)
class _Found:
    size_bytes: int
    title: str
    updated: str
    keys: set[Key]


@dataclass(slots=True)
class Choice:
    """Blobs worth copying, and the entries each belongs to."""

    _found: dict[str, _Found] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._found)

    def add(self, region_id: str, named: _Named) -> None:
        """An entry names this blob."""
        key = (region_id, named.entry_id)
        found = self._found.get(named.sha256)
        if found is None:
            self._found[named.sha256] = _Found(named.size_bytes, named.title, named.updated, {key})
            return
        found.keys.add(key)
        found.updated = max(found.updated, named.updated)

    def keys_of(self, sha256: str) -> set[Key]:
        """The entries that name a blob."""
        found = self._found.get(sha256)
        return set() if found is None else found.keys

    def in_order(self, pinned: Iterable[Key]) -> list[Wanted]:
        """What teachers have asked for first, then the newest: a disk may be too small for all."""
        first = set(pinned)

        def rank(item: tuple[str, _Found]) -> tuple[bool, str]:
            return bool(item[1].keys & first), item[1].updated

        ordered = sorted(self._found.items(), key=rank, reverse=True)
        return [Wanted(sha256, found.size_bytes, found.title) for sha256, found in ordered]


def choose(paths: DataPaths, missing: Collection[str]) -> Choice:
    """Look through every kept shard; one that names none of the blobs is not read further."""
    choice = Choice()
    if not missing:
        return choice
    for region_id, named in _naming(paths, frozenset(missing)):
        choice.add(region_id, named)
    return choice


def _naming(paths: DataPaths, missing: frozenset[str]) -> Iterator[tuple[str, _Named]]:
    for source in kept_sources(paths):
        try:
            for named in _of(read_snapshot(source.snapshot.read_bytes()).rows, missing):
                yield source.region_id, named
            for delta in source.deltas:
                for named in _of(read_delta(delta.read_bytes()).upserts, missing):
                    yield source.region_id, named
        except (KnownError, OSError) as error:
            logger.warning("kept shard %s cannot be read: %s", source.snapshot.parent.name, error)
    for kept in kept_bundles(paths):
        try:
            for section in kept.bundle.sections():
                for named in _of(section.rows, missing):
                    yield kept.region_id, named
        except KnownError as error:
            logger.warning("a kept bundle cannot be read: %s", error)


def _of(rows: EntryRows, missing: frozenset[str]) -> Iterator[_Named]:
    """Columns alone: of a hundred thousand entries a stick has files of a few."""
    hashes = rows.column("file.sha256")
    hits = [number for number, name in enumerate(hashes) if name in missing]
    if not hits:
        return
    covers = np.flatnonzero(rows.numbers("has_cover"))
    counts = rows.numbers("file_count").astype(np.int64)
    owners = np.concatenate([np.repeat(np.arange(len(counts)), counts), covers])
    if len(owners) != len(hashes):
        raise rows.damaged("file_count: row count")
    sizes = rows.numbers("file.size_bytes")
    ids, titles, updated = (rows.column(name) for name in ("id", "title", "updated"))
    first_cover = len(hashes) - len(covers)
    for number in hits:
        owner, size_bytes = int(owners[number]), int(sizes[number])
        if number < first_cover or size_bytes <= MAX_COVER_BYTES:
            yield _Named(hashes[number], size_bytes, ids[owner], titles[owner], updated[owner])
