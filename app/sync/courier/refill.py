# SPDX-License-Identifier: GPL-3.0-or-later
"""Refills a stick for a point: what this machine trusts and holds of a region, as a tree.

Receipts and catalogue first, then the files that are here as they fit. Nothing of it has to be
believed by whoever gets it: it is the county's own signed documents, and files named by their hash.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from app.base import files
from app.base.errors import KnownError, known_os_error
from app.region import generation
from app.region.index import DeltaPart, Part
from app.region.layout import (
    INDEX_TARGET,
    METADATA_DIR,
    RECEIPTS_TARGET,
    REGION_TARGET,
    SHORT_INDEX_TARGET,
    blob_path,
    delta_bundle_path,
    target_path,
)
from app.region.short_index import index_in, parse_either_index
from app.sync.carriers import read_verified
from app.sync.context import Context
from app.sync.courier.aboard import copy_part, free_bytes, stick_error
from app.sync.courier.errors import StickLinkError
from app.sync.courier.places import HOME_DIR, is_link, is_plain_dir, plain_child, version_of
from app.sync.courier.worker import shares
from app.sync.delta_bundles import FOLDER
from app.sync.directory import DirectoryCarrier
from app.sync.floors import state_dir
from app.sync.membership import load_enrolment
from app.sync.plan import wanted_shards
from app.sync.store import RegionRow

logger = logging.getLogger(__name__)
_ROLES = ("snapshot", "targets")
_SPARE_BYTES = 4 << 20

Passed = Callable[[int], None]
Work = Callable[[Sequence[Callable[[Passed], None]]], object]


@dataclass(frozen=True, slots=True)
class _Copy:
    """A file from here to the stick."""

    sha256: str
    source: str
    target: str

    @property
    def folder(self) -> str:
        """Where it is to lie, as a name of the tree."""
        return blob_path(self.sha256).rpartition("/")[0]

    @property
    def temporary(self) -> str:
        """Where it is written first."""
        return f"{self.target}.part"


class Refill:
    """One region onto one stick; the agent's main thread alone uses it."""

    def __init__(self, context: Context, region: RegionRow, root: Path) -> None:
        self._context = context
        self._region = region
        self._root = root
        self._plain: set[str] = set()
        floor = context.floors.of(region.region_id)
        folder = state_dir(context.paths, region.region_id)
        self._trusted = (
            generation.directory(folder, floor.generation) if floor is not None else None
        )

    def run(self, work: Work, space_bytes: int | None) -> int:
        """Write what fits; returns how many lesson files are new on the stick.

        `work` runs jobs side by side in workers with progress and stop.

        Raises:
            StickFullError, StickProtectedError, StickFailingError, CarrierGoneError,
            StickLinkError, CancelledError: what was written before is good.
        """
        if self._trusted is None:
            return 0
        tree = self._tree()
        if version_of(DirectoryCarrier(tree)) > self._version("timestamp"):
            return 0  # the county was here later than this machine has heard of it
        count = self._blobs(tree, work, space_bytes)
        for path, raw in self._documents():
            work([lambda _, p=path, r=raw: self._put(tree, p, r)])  # type: ignore[misc]
        return count

    def _tree(self) -> Path:
        place = self._root
        for name in (HOME_DIR, self._region.region_id):
            found = plain_child(place, name)
            if found is None:
                found = place / name
                self._guard(found.mkdir)
            place = found
        return place

    # -- documents --------------------------------------------------------------------------

    def _documents(self) -> Iterator[tuple[str, bytes]]:
        """Everything signed or named by what is signed; the timestamp last."""
        assert self._trusted is not None  # noqa: S101 - `run` has looked
        metadata = generation.metadata_dir(self._trusted)
        yield from self._catalogue()
        for name in (REGION_TARGET, SHORT_INDEX_TARGET, INDEX_TARGET, RECEIPTS_TARGET):
            path = generation.targets_dir(self._trusted) / name
            if path.is_file():
                raw = path.read_bytes()
                yield target_path(name, hashlib.sha256(raw).hexdigest()), raw
        for path in sorted((metadata / "root_history").glob("*.root.json")):
            yield f"{METADATA_DIR}/{path.name}", path.read_bytes()
        for role in _ROLES:
            name = f"{METADATA_DIR}/{self._version(role)}.{role}.json"
            yield name, (metadata / f"{role}.json").read_bytes()
        yield f"{METADATA_DIR}/timestamp.json", (metadata / "timestamp.json").read_bytes()

    def _catalogue(self) -> Iterator[tuple[str, bytes]]:
        """Snapshots and deltas of the shards this machine wants, from here or over the line."""
        assert self._trusted is not None  # noqa: S101 - `run` has looked
        context, region_id = self._context, self._region.region_id
        index = parse_either_index(index_in(generation.targets_dir(self._trusted)).read_bytes())
        enrolment = load_enrolment(context.paths, region_id)
        switched = context.store.subscriptions(region_id)
        for line in wanted_shards(index, enrolment.subscriptions, switched):
            kept = context.paths.shards_dir / region_id / line.shard_id
            parts: list[Part | DeltaPart] = [line.snapshot, *line.deltas]
            for part in parts:
                raw = self._part(kept, part.path, part.length, part.sha256)
                if raw is not None:
                    yield part.path, raw
        bundles = context.paths.shards_dir / region_id / FOLDER
        for bundle in index.delta_bundles:
            for prefix in (bundle.whole, bundle.lessons):  # a beginning is better than nothing
                here = delta_bundle_path(bundle.bundle_id, prefix.sha256)
                kept = bundles / here.rpartition("/")[2]
                raw = self._kept(kept, prefix.sha256)
                if raw is None and prefix is bundle.whole:
                    raw = self._part(bundles, bundle.path, prefix.length, prefix.sha256)
                if raw is not None:
                    yield bundle.path, raw
                    break

    def _part(self, kept: Path, path: str, length: int, sha256: str) -> bytes | None:
        raw = self._kept(kept / path.rpartition("/")[2], sha256)
        if raw is not None:
            return raw
        context = self._context
        for carrier in context.carriers(self._region):
            try:
                return context.streams.call(
                    lambda c=carrier: read_verified(c, path, length, sha256),  # type: ignore[misc]
                    context.between,
                )
            except KnownError as error:
                if error.code in ("cancelled", "transfer_paused"):
                    raise
                logger.info("no %s from %s: %s", path, carrier.host, error)
        return None

    def _kept(self, path: Path, sha256: str) -> bytes | None:
        try:
            raw = path.read_bytes()
        except OSError:
            return None
        return raw if hashlib.sha256(raw).hexdigest() == sha256 else None

    def _version(self, role: str) -> int:
        assert self._trusted is not None  # noqa: S101 - `run` has looked
        return _version(generation.metadata_dir(self._trusted) / f"{role}.json")

    # -- files ------------------------------------------------------------------------------

    def _blobs(self, tree: Path, work: Work, space_bytes: int | None) -> int:
        count = used_bytes = batch_bytes = 0
        batch: list[_Copy] = []
        room_bytes = free_bytes(self._root, space_bytes, 0)
        for sha256, size_bytes, source in self._held():  # splitting is the county's business
            target = f"{tree}/{blob_path(sha256)}"
            if size_bytes > files.LONGEST_ON_FAT_BYTES or not _is_wanted(target, size_bytes):
                continue
            if size_bytes + _SPARE_BYTES > room_bytes - batch_bytes:
                continue
            batch.append(_Copy(sha256, str(source), target))
            batch_bytes += size_bytes
            if len(batch) >= files.BATCH_FILES or batch_bytes >= files.BATCH_BYTES:
                count += self._copy_batch(tree, batch, work)
                used_bytes += batch_bytes
                room_bytes = free_bytes(self._root, space_bytes, used_bytes)
                batch, batch_bytes = [], 0
        return count + self._copy_batch(tree, batch, work)

    def _held(self) -> Iterator[tuple[str, int, Path]]:
        """Blobs of this region that are here, those used last first."""
        database = self._context.store.database
        rows = database.execute(
            "SELECT DISTINCT sha256, size_bytes FROM blob JOIN blob_entry USING(sha256)"
            " WHERE region_id=? ORDER BY used_at DESC, sha256",
            [self._region.region_id],
        )
        for sha256, size_bytes in rows.fetchall():
            path = self._context.blobs.locate(str(sha256), int(size_bytes))
            if path is not None:
                yield str(sha256), int(size_bytes), path

    # -- writing ----------------------------------------------------------------------------

    def _put(self, tree: Path, name: str, raw: bytes) -> None:
        target = tree / name
        if not name.endswith("timestamp.json") and _is_there(target, len(raw)):
            return
        self._make_folders(tree, [name.rpartition("/")[0]])
        try:
            files.replace_bytes(target, raw)
        except KnownError as error:
            raise stick_error(error, self._root) from error

    def _copy_batch(self, tree: Path, batch: Sequence[_Copy], work: Work) -> int:
        """Copy some files and let all of them count at once; how many there were."""
        if not batch:
            return 0
        good: list[_Copy] = []
        work([lambda _: self._make_folders(tree, {one.folder for one in batch})])
        work([partial(self._copy, share, good) for share in shares(batch)])
        work([lambda _: self._publish(good)])
        for one in set(batch).difference(good):
            logger.warning("%s is not what it was and stays here", one.sha256)
            self._context.blobs.doubt(one.sha256)
        return len(good)

    def _copy(self, batch: Sequence[_Copy], good: list[_Copy], passed: Passed) -> None:
        """Copy files under a name of their own; those that are what they should be are `good`."""

        def copy() -> None:
            for one in batch:
                if _written(one, passed) == one.sha256:
                    good.append(one)
                else:  # rotten here: nobody shall carry it further
                    Path(one.temporary).unlink()

        self._guard(copy)

    def _make_folders(self, tree: Path, folders: Collection[str]) -> None:
        """Every step of these names is a plain folder, or nothing is written."""

        def make() -> None:
            for folder in sorted(set(folders) - self._plain):
                place = tree
                for name in folder.split("/"):
                    place /= name
                    if not is_plain_dir(place):
                        _make_dir(place)
                self._plain.add(folder)

        self._guard(make)

    def _publish(self, good: Sequence[_Copy]) -> None:
        try:
            files.publish_files([(one.temporary, one.target) for one in good])
        except KnownError as error:
            raise stick_error(error, self._root) from error

    def _guard(self, act: Callable[[], object]) -> None:
        try:
            act()
        except OSError as error:
            raise stick_error(known_os_error(error, self._root), self._root) from error


def _make_dir(place: Path) -> None:
    try:
        place.mkdir()
    except FileExistsError as error:  # a link, or a file of that name
        raise StickLinkError(path=str(place.parent), name=place.name) from error


def _written(one: _Copy, passed: Passed) -> str:
    """Copy one file; the sha256 of what went by. Raises OSError."""
    try:
        return copy_part(one.source, one.temporary, passed, is_durable=False).sha256
    except FileExistsError:  # of a refill that was cut
        Path(one.temporary).unlink()
        return copy_part(one.source, one.temporary, passed, is_durable=False).sha256


def _is_wanted(path: str, size_bytes: int) -> bool:
    """Whether the stick lacks a file; never where somebody has laid a link."""
    try:
        found = os.lstat(path)
    except OSError:
        return True
    return found.st_size != size_bytes and not is_link(Path(path))


def _is_there(path: Path, size_bytes: int) -> bool:
    try:
        return path.stat().st_size == size_bytes and not is_link(path)
    except OSError:
        return False


def _version(path: Path) -> int:
    """The version in a TUF document; 0 when there is none that can be read."""
    try:
        found = json.loads(path.read_bytes())["signed"]["version"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return 0
    return found if isinstance(found, int) else 0
