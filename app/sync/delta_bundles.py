# SPDX-License-Identifier: GPL-3.0-or-later
"""How shards get from a serial to the newest by way of bundles, and what of them is fetched.

For many shards a whole bundle (or its lessons) in one request, for few its head, which names each
shard's own delta. A bundle that cannot be had leaves the shard its snapshot.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from app.base.errors import KnownError
from app.base.paths import DataPaths
from app.region import layout
from app.region.delta_bundle import BundledDelta, DeltaBundle
from app.region.index import DeltaBundleLine, DeltaPart, Index, Prefix, ShardLine
from app.sync.parts import PartFile, PartKeeper, stops_all
from app.sync.plan import AT_ONCE, IN_BUNDLE, REQUEST_COST_BYTES

logger = logging.getLogger(__name__)
FOLDER: Final = "_bundles"  # beside the shards' own; no shard's id begins like this
_NAME: Final = re.compile(r"([a-z0-9][a-z0-9-]{0,63})-([0-9a-f]{16})\.deltas\Z")
# A shard's own delta takes about this much more than its share of a bundle.
_ALONE_FACTOR: Final = 2


@dataclass(slots=True)
class _Chain:
    """The way back from a shard's newest serial, as far as it is known."""

    line: ShardLine
    lowest: int
    need: int
    parts: list[DeltaPart] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.need > self.lowest

    def take(self, part: DeltaPart) -> None:
        if self.is_open and part.to_serial == self.need:
            self.parts.append(part)
            self.need = part.from_serial

    def take_direct(self) -> None:
        """Deltas that the index names itself."""
        for part in reversed(self.line.deltas):
            self.take(part)

    def whole(self) -> ShardLine:
        return replace(self.line, deltas=tuple(reversed(self.parts)))


class BundleKeeper:
    """Bundles of one region: brought when needed, kept under `shards/`."""

    def __init__(self, paths: DataPaths, region_id: str, parts: PartKeeper) -> None:
        self._folder = paths.shards_dir / region_id / FOLDER
        self._parts = parts
        self._opened: dict[str, DeltaBundle] = {}
        self._unusable: set[str] = set()
        self.errors: list[KnownError] = []

    def lines_with_deltas(
        self,
        index: Index,
        wanted: Iterable[ShardLine],
        serial_of: Callable[[str], int | None],
    ) -> list[ShardLine]:
        """The wanted lines, each with the deltas that lead to its newest serial.

        Fetches heads or whole bundles as it goes back in time.
        """
        lines = list(wanted)
        self._opened.clear()
        if not index.delta_bundles:
            return lines
        chains = {line.shard_id: _chain_of(line, serial_of(line.shard_id)) for line in lines}
        for bundle in reversed(index.delta_bundles):
            for chain in chains.values():
                chain.take_direct()
            still_open = [chain.line for chain in chains.values() if chain.is_open]
            if not still_open:
                break
            opened = self._bring(bundle, still_open)
            inside = _here(opened) if opened is not None else set()
            for delta in opened.deltas if opened is not None else ():
                if delta.shard_id in chains:
                    part = _part_of(delta)
                    is_inside = delta.shard_id in inside
                    chains[delta.shard_id].take(
                        replace(part, path=IN_BUNDLE + bundle.bundle_id) if is_inside else part
                    )
        for chain in chains.values():
            chain.take_direct()
        return [chains[line.shard_id].whole() for line in lines]

    def in_order(self, bundle_ids: Iterable[str]) -> list[str]:
        """Those that are open, the oldest first."""
        wanted = set(bundle_ids)
        return [bundle_id for bundle_id in reversed(self._opened) if bundle_id in wanted]

    def opened(self, bundle_id: str) -> DeltaBundle:
        """A bundle that a plan's deltas lie in."""
        return self._opened[bundle_id]

    def refuse(self, bundle_id: str) -> None:
        """Its content is not what its head says: from now on only the shards' own deltas count."""
        self._unusable.add(bundle_id)
        self._opened.pop(bundle_id, None)

    # -- fetching ---------------------------------------------------------------------------

    def _bring(self, line: DeltaBundleLine, shards: Sequence[ShardLine]) -> DeltaBundle | None:
        needs_all = any(shard.key.is_exercise for shard in shards)
        if line.bundle_id not in self._unusable:
            for prefix in (line.whole,) if needs_all else (line.lessons, line.whole):
                raw = self._parts.read(self._file(line, prefix))
                if raw is not None:
                    return self._open(line, raw)
            prefix = line.whole if needs_all else line.lessons
            if is_bundle_cheaper(line, prefix, len(shards)):
                raw = self._fetch(line, prefix)
                if raw is not None:
                    self._parts.keep(self._file(line, prefix), raw)
                    return self._open(line, raw)
        raw = self._fetch(line, line.head)
        return self._open(line, raw) if raw is not None else None

    def _open(self, line: DeltaBundleLine, raw: bytes) -> DeltaBundle | None:
        try:
            opened = DeltaBundle(raw)
        except KnownError as error:
            logger.warning("bundle %s: %s", line.bundle_id, error)
            self.errors.append(error)
            return None
        self._opened[line.bundle_id] = opened
        return opened

    def _file(self, line: DeltaBundleLine, prefix: Prefix) -> PartFile:
        path = layout.delta_bundle_path(line.bundle_id, prefix.sha256)
        return PartFile(FOLDER, path, prefix.length, prefix.sha256)

    def _fetch(self, line: DeltaBundleLine, prefix: Prefix) -> bytes | None:
        file = PartFile(FOLDER, line.path, prefix.length, prefix.sha256)
        try:
            return self._parts.bring_beginning(file, line.whole.length)
        except KnownError as error:
            if stops_all(error):
                raise
            logger.info("bundle %s: %s", line.bundle_id, error)
            self.errors.append(error)
            return None

    # -- keeping ----------------------------------------------------------------------------

    def forget_unused(self, kept_serials: Mapping[str, int]) -> None:
        """Delete bundles that lead on from no snapshot that is here, given by shard."""
        best: dict[str, Path] = {}
        for bundle_id, path in kept_files(self._folder):
            other = best.get(bundle_id)
            if other is None or other.stat().st_size < path.stat().st_size:
                best[bundle_id] = path
        for bundle_id, path in kept_files(self._folder):
            if best[bundle_id] != path or not _leads_on(path, kept_serials):
                try:
                    path.unlink()
                except OSError as error:
                    logger.info("an old bundle stays for now: %s", error)


def is_bundle_cheaper(line: DeltaBundleLine, prefix: Prefix, shards: int) -> bool:
    """Whether one request for all deltas costs less than the head and one request for each."""
    average_bytes = (line.whole.length - line.head.length) / max(line.shards, 1)
    touched = min(shards, line.shards)
    alone = average_bytes * _ALONE_FACTOR + REQUEST_COST_BYTES / AT_ONCE
    return prefix.length <= line.head.length + REQUEST_COST_BYTES + touched * alone


def kept_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """(bundle id, file) of all bundles in a region's folder for them."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if match := _NAME.match(path.name):
            yield match[1], path


def read_kept(path: Path) -> DeltaBundle | None:
    """A kept bundle whose bytes still have the hash that its name ends with."""
    try:
        raw = path.read_bytes()
        match = _NAME.match(path.name)
        is_right = match is not None and hashlib.sha256(raw).hexdigest()[:16] == match[2]
        return DeltaBundle(raw) if is_right else None
    except (OSError, KnownError) as error:
        logger.warning("kept bundle %s cannot be read: %s", path.name, error)
        return None


def _leads_on(path: Path, kept_serials: Mapping[str, int]) -> bool:
    bundle = read_kept(path)
    return bundle is not None and any(
        delta.to_serial > kept_serials.get(delta.shard_id, delta.to_serial)
        for delta in bundle.deltas
    )


def _chain_of(line: ShardLine, held: int | None) -> _Chain:
    if held == line.serial:
        return _Chain(line, line.serial, line.serial)
    is_behind = held is not None and held < line.serial
    lowest = min(held, line.snapshot.serial) if held and is_behind else line.snapshot.serial
    return _Chain(line, lowest, line.serial)


def _here(bundle: DeltaBundle) -> Collection[str]:
    return {delta.shard_id for deltas in bundle.deltas_here() for delta in deltas}


def _part_of(delta: BundledDelta) -> DeltaPart:
    path = layout.delta_path(delta.shard_id, delta.from_serial, delta.to_serial, delta.sha256)
    return DeltaPart(
        delta.from_serial, delta.to_serial, path, delta.length, delta.sha256, bundle=None
    )
