# SPDX-License-Identifier: GPL-3.0-or-later
"""Removes what no recent release names; the last releases stay for clients that are mid-way."""

from typing import Final

from tuf.api.exceptions import RepositoryError

from app.base.errors import KnownError
from app.publish.metadata import MetadataWriter, versioned
from app.publish.tree import PublicTree
from app.region.index import Index
from app.region.layout import (
    CATALOGUE_DIR,
    INDEX_TARGET,
    METADATA_DIR,
    SHORT_INDEX_TARGET,
    TARGETS_DIR,
    target_path,
)
from app.region.short_index import parse_either_index
from app.region.tuf_types import Metadata, Targets

KEPT_RELEASES: Final = 8


class Pruner:
    """Decides by what the tree itself says, so that a cut build leaves nothing behind for good."""

    def __init__(self, tree: PublicTree, metadata: MetadataWriter) -> None:
        self._tree = tree
        self._metadata = metadata

    def prune(self) -> list[str]:
        """Remove old metadata, targets and catalogue files; returns their names. Blobs stay."""
        targets, snapshot = self._metadata.targets(), self._metadata.snapshot()
        if targets is None or snapshot is None:
            return []
        newest = {"targets": targets.version, "snapshot": snapshot.version}
        kept = self._kept_names(targets.version)
        removed = [name for name in self._names(METADATA_DIR) if _is_old(name, newest)]
        for folder in (TARGETS_DIR, CATALOGUE_DIR):
            removed += [name for name in self._names(folder) if name not in kept]
        for name in removed:
            self._tree.remove(name)
        return removed

    def _names(self, folder: str) -> list[str]:
        root = self._tree.path(folder)
        return sorted(
            path.relative_to(self._tree.root).as_posix()
            for path in root.rglob("*")
            if path.is_file()
        )

    def _kept_names(self, newest: int) -> set[str]:
        names: set[str] = set()
        for version in range(max(1, newest - KEPT_RELEASES + 1), newest + 1):
            targets = self._targets(version)
            for name, target in targets.targets.items() if targets else ():
                path = target_path(name, target.hashes["sha256"])
                names.add(path)
                if name in (INDEX_TARGET, SHORT_INDEX_TARGET):
                    names |= self._named_by_index(path)
        return names

    def _targets(self, version: int) -> Targets | None:
        raw = self._tree.read(versioned("targets", version))
        try:
            signed = Metadata.from_bytes(raw).signed if raw else None
        except RepositoryError:
            return None
        return signed if isinstance(signed, Targets) else None

    def _named_by_index(self, path: str) -> set[str]:
        raw = self._tree.read(path)
        try:
            index = parse_either_index(raw) if raw else None
        except KnownError:
            return set()
        return paths_of(index) if index else set()


def paths_of(index: Index) -> set[str]:
    """Every file of the catalogue that an index names."""
    names = {bundle.path for bundle in index.bundles}
    names.update(bundle.path for bundle in index.delta_bundles)
    for shard in index.shards:
        names.add(shard.snapshot.path)
        names.update(delta.path for delta in shard.deltas)
    return names


def _is_old(name: str, newest: dict[str, int]) -> bool:
    """Outdated, or left half-written by a kill."""
    if name.endswith(".part"):
        return True
    version, _, role = name.rpartition("/")[2].removesuffix(".json").partition(".")
    return role in newest and version.isdigit() and int(version) <= newest[role] - KEPT_RELEASES
