# SPDX-License-Identifier: GPL-3.0-or-later
"""What a stick would bring and take, counted without copying: for the card that offers it.

Runs in the window's worker or in a command; reads state.db, opens nothing on the stick but shards.
The numbers are for a sentence: nothing that is read here is trusted, and reading is bounded.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.base.clock import Clock, SystemClock
from app.base.db import Database, DatabaseError, open_reader
from app.base.errors import KnownError, MissingFileError
from app.base.paths import DataPaths
from app.region.layout import BLOBS_DIR, CATALOGUE_DIR
from app.region.rows import EntryRows
from app.region.shard import read_delta, read_snapshot
from app.sync.courier.places import Tree, bundles_on, find_trees, home_of, version_of
from app.sync.courier.store import BundleStore, RelayState, RelayStore
from app.sync.courier.suspects import Suspects, find_suspects
from app.sync.directory import SPLIT_SUFFIX
from app.sync.errors import NothingToImportError
from app.sync.lease import LessonLease
from app.sync.statements.store import StatementStore
from app.sync.store import SyncStore
from app.sync.uploads.store import UploadStore

_HASH = re.compile(r"[0-9a-f]{64}\Z")
_MAX_BLOBS = 400_000
_MAX_SHARD_BYTES = 48 << 20
_MAX_SHARDS_BYTES = 96 << 20
# A stick of the cheap kind; what the last one really did is remembered (`SPEED_META`).
_USUAL_BYTES_S = 12e6
SPEED_META = "stick_bytes_per_s"
TAKES_META = "takes_bundles"
# When something last left by line; a machine that never had one is asked to use a stick.
LINE_META = "line_at"


@dataclass(frozen=True, slots=True)
class StickFacts:
    """What the card says; `error` is why nothing can be brought, if so.

    `has_news` says that the county has signed something newer than this machine knows: catalogue,
    receipts, what was sent back and why.
    """

    root: Path
    is_ours: bool = False
    new_resources: int = 0
    new_files: int = 0
    new_bytes: int = 0
    seconds: float = 0.0
    has_news: bool = False
    parcels: int = 0
    waiting_statements: int = 0
    waiting_uploads: int = 0
    waiting_parcels: int = 0
    suspects: Suspects = field(default_factory=Suspects)
    is_without_line: bool = False
    is_lesson: bool = False
    error: KnownError | None = None

    @property
    def can_bring(self) -> bool:
        """Whether there is anything to import."""
        return bool(self.new_files or self.parcels or self.has_news)

    @property
    def can_take(self) -> bool:
        """Whether there is anything to export."""
        return bool(self.waiting_statements or self.waiting_uploads or self.waiting_parcels)


@dataclass(slots=True)
class _Here:
    """What this machine has and has joined."""

    region_ids: list[str] = field(default_factory=list)
    relayed_region_ids: list[str] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    own_bundles: set[str] = field(default_factory=set)
    kept_parcels: set[str] = field(default_factory=set)
    bytes_s: float = _USUAL_BYTES_S
    statements: int = 0
    uploads: int = 0
    is_without_line: bool = False


def survey(
    paths: DataPaths,
    root: Path,
    is_cancelled: Callable[[], bool] = lambda: False,
    clock: Clock | None = None,
) -> StickFacts:
    """Look at a stick. Whatever is wrong with it is told in `error`, never raised."""
    lease = LessonLease(paths, clock or SystemClock())
    try:
        is_lesson = lease.left_s() > 0
    finally:
        lease.close()
    if is_lesson:
        return StickFacts(root, is_lesson=True)
    here = _here(paths)
    try:
        return _look(root, here, is_cancelled)
    except NothingToImportError:
        return _without_tree(root, here)
    except KnownError as error:
        return StickFacts(root, is_ours=True, suspects=find_suspects(root), error=error)


def _look(root: Path, here: _Here, is_cancelled: Callable[[], bool]) -> StickFacts:
    trees = find_trees(root, here.region_ids)
    missing: dict[str, int] = {}
    for tree in trees:
        for name, size_bytes in _blobs(tree.carrier.root):
            if name not in here.held:
                missing.setdefault(name, size_bytes)
            if is_cancelled():
                break
    new_bytes = sum(missing.values())
    parcels, waiting_parcels = _parcels(root, here)
    return StickFacts(
        root,
        is_ours=True,
        new_resources=_resources(trees, missing, is_cancelled) or len(missing),
        new_files=len(missing),
        new_bytes=new_bytes,
        seconds=new_bytes / here.bytes_s,
        has_news=any(_is_newer(tree, here.versions) for tree in trees),
        parcels=parcels,
        waiting_statements=here.statements,
        waiting_uploads=here.uploads,
        waiting_parcels=waiting_parcels,
        suspects=find_suspects(root),
    )


def _is_newer(tree: Tree, versions: Mapping[str, int]) -> bool:
    """Whether a tree says that it is; the import believes only what is signed."""
    alike = [tree.region_id] if tree.region_id else list(versions)
    return version_of(tree.carrier) > max((versions.get(name, 0) for name in alike), default=0)


def _without_tree(root: Path, here: _Here) -> StickFacts:
    """A stick that only carries things to the county, or one that is none of our business."""
    try:
        is_ours = home_of(root) is not None
        parcels, waiting_parcels = _parcels(root, here) if is_ours else (0, len(here.kept_parcels))
    except KnownError as error:
        return StickFacts(root, is_ours=True, error=error)
    return StickFacts(
        root,
        is_ours=is_ours,
        parcels=parcels,
        waiting_statements=here.statements,
        waiting_uploads=here.uploads,
        waiting_parcels=waiting_parcels,
        suspects=find_suspects(root) if is_ours else Suspects(),
        is_without_line=here.is_without_line,
    )


def _parcels(root: Path, here: _Here) -> tuple[int, int]:
    """How many bundles are on the stick and new here; how many of others wait here for it."""
    there = {folder.name for _, folder in bundles_on(root, here.relayed_region_ids)}
    return len(there - here.own_bundles), len(here.kept_parcels - there)


def _blobs(tree: Path) -> Iterator[tuple[str, int]]:
    """Names and sizes of the blobs in a tree, from its folders alone."""
    left = _MAX_BLOBS
    for folder in _folders(tree / BLOBS_DIR):
        try:
            with os.scandir(folder) as found:
                for item in islice(found, left):
                    name = item.name.removesuffix(SPLIT_SUFFIX)
                    if _HASH.match(name) and name.startswith(folder.name):
                        left -= 1
                        yield name, _size(item)
        except OSError:
            continue


def _folders(place: Path) -> list[Path]:
    try:
        with os.scandir(place) as found:
            names = [item for item in islice(found, 2_000) if item.is_dir(follow_symlinks=False)]
    except OSError:
        return []
    return [Path(item.path) for item in sorted(names, key=lambda item: item.name)]


def _size(item: os.DirEntry[str]) -> int:
    """Bytes of a blob, or of the pieces of a split one."""
    try:
        about = item.stat(follow_symlinks=False)
        if stat.S_ISREG(about.st_mode):
            return about.st_size
        with os.scandir(item.path) as pieces:
            return sum(one.stat(follow_symlinks=False).st_size for one in islice(pieces, 9_999))
    except OSError:
        return 0


def _resources(trees: list[Tree], missing: dict[str, int], is_cancelled: Callable[[], bool]) -> int:
    """How many entries of the stick's own shards have a file that is missing here."""
    if not missing:
        return 0
    wanted = np.array(sorted(missing))
    ids: set[str] = set()
    left_bytes = _MAX_SHARDS_BYTES
    for tree in trees:
        for folder in _folders(tree.carrier.root / CATALOGUE_DIR):
            for path in _files(folder):
                if is_cancelled() or left_bytes <= 0:
                    return len(ids)
                raw = _read(path)
                left_bytes -= len(raw)
                ids |= _ids_with(path.name, raw, wanted)
    return len(ids)


def _files(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as found:
            names = [one.name for one in islice(found, 200) if one.is_file(follow_symlinks=False)]
    except OSError:
        return []
    return [folder / name for name in sorted(names)]


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MAX_SHARD_BYTES)
    except OSError:
        return b""


def _ids_with(name: str, raw: bytes, wanted: NDArray[np.str_]) -> set[str]:
    try:
        if name.endswith(".snapshot"):
            return _ids(read_snapshot(raw).rows, wanted)
        if name.endswith(".delta"):
            return _ids(read_delta(raw).upserts, wanted)
    except (KnownError, ValueError):
        return set()
    return set()


def _ids(rows: EntryRows, wanted: NDArray[np.str_]) -> set[str]:
    """Entries that own one of the wanted files; covers stand behind all files and are not asked."""
    counts = rows.numbers("file_count").astype(np.int64)
    hashes = np.array(rows.column("file.sha256")[: int(counts.sum())], dtype="U64")
    owners = np.repeat(np.arange(len(counts)), counts)
    hit = np.unique(owners[np.isin(hashes, wanted)]).tolist()
    ids = rows.column("id")
    return {ids[number] for number in hit}


def takers_of(store: SyncStore) -> list[str]:
    """The regions for which parcels are passed on: by line, or from stick to stick."""
    return [
        one.region_id
        for one in store.regions()
        if one.uploads_url or store.meta(f"{TAKES_META}/{one.region_id}")
    ]


def _here(paths: DataPaths) -> _Here:
    try:
        reader = open_reader(paths.state_db)
    except KnownError:
        return _Here()
    try:
        return _read_here(reader)
    except (DatabaseError, MissingFileError):
        return _Here()  # the agent has not made its tables yet
    finally:
        reader.conn.close()


def _read_here(reader: Database) -> _Here:
    store, bundles = SyncStore(reader), BundleStore(reader)
    region_ids = [region.region_id for region in store.regions()]
    takers = [one for one in region_ids if store.meta(f"{TAKES_META}/{one}")]
    speed = store.meta(SPEED_META)
    relays = RelayStore(reader)
    without_server = {one.region_id for one in store.regions() if not one.uploads_url}
    return _Here(
        region_ids=region_ids,
        relayed_region_ids=takers_of(store),
        versions={name: floor.timestamp for name in region_ids if (floor := store.floor(name))},
        held={str(row[0]) for row in reader.execute("SELECT sha256 FROM blob")},
        own_bundles={one.bundle_id for name in region_ids for one in bundles.bundles(name)}
        | relays.ids(),
        kept_parcels={
            one.bundle_id
            for one in relays.in_state(RelayState.KEPT)
            if one.region_id in without_server  # others leave by line
        },
        bytes_s=float(speed) if isinstance(speed, int | float) and speed > 1e5 else _USUAL_BYTES_S,
        statements=sum(StatementStore(reader).left(one) for one in takers),
        uploads=sum(len(UploadStore(reader).for_stick(one)) for one in takers),
        is_without_line=store.meta(LINE_META) is None,
    )
