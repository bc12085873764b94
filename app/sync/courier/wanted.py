# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of the blobs on a stick belong to an entry here: asked of the kept shards, hashes first."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from app.base.errors import KnownError
from app.base.paths import DataPaths
from app.region.entry import Entry
from app.region.rows import EntryRows
from app.region.shard import read_delta, read_snapshot
from app.sync.courier.intake import Wanted
from app.sync.downloads import files_of
from app.sync.kept import kept_bundles, kept_sources

logger = logging.getLogger(__name__)
Key = tuple[str, str]


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

    def add(self, sha256: str, size_bytes: int, entry: Entry, key: Key) -> None:
        """An entry names this blob."""
        found = self._found.get(sha256)
        if found is None:
            self._found[sha256] = _Found(size_bytes, entry.title, entry.updated, {key})
            return
        found.keys.add(key)
        found.updated = max(found.updated, entry.updated)

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
    for region_id, entry in _entries_naming(paths, frozenset(missing)):
        for file in files_of(entry):
            if file.sha256 in missing:
                choice.add(file.sha256, file.size_bytes, entry, (region_id, entry.id))
    return choice


def _entries_naming(paths: DataPaths, missing: frozenset[str]) -> Iterator[tuple[str, Entry]]:
    for source in kept_sources(paths):
        try:
            for entry in _of(read_snapshot(source.snapshot.read_bytes()).rows, missing):
                yield source.region_id, entry
            for delta in source.deltas:
                for entry in _of(read_delta(delta.read_bytes()).upserts, missing):
                    yield source.region_id, entry
        except (KnownError, OSError) as error:
            logger.warning("kept shard %s cannot be read: %s", source.snapshot.parent.name, error)
    for kept in kept_bundles(paths):
        try:
            for section in kept.bundle.sections():
                for entry in _of(section.rows, missing):
                    yield kept.region_id, entry
        except KnownError as error:
            logger.warning("a kept bundle cannot be read: %s", error)


def _of(rows: EntryRows, missing: frozenset[str]) -> Iterator[Entry]:
    return iter(()) if missing.isdisjoint(rows.column("file.sha256")) else iter(rows)
