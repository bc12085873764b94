# SPDX-License-Identifier: GPL-3.0-or-later
"""What belongs on a stick, as published: everything that proves, lists and answers, then lessons.

Lessons come in the order in which they are missed most: new and changed first, then popular ones.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.base.errors import KnownError, known_os_error
from app.publish.errors import CheckFailedError, SchoolUnknownError
from app.publish.home import RegionHome
from app.publish.keys import KeyFolder
from app.publish.metadata import TIMESTAMP_NAME, MetadataWriter, versioned
from app.publish.plan import ShardState
from app.publish.tree import PublicTree
from app.region import layout
from app.region.enrolment import parse_enrolment
from app.region.entry import Entry, ResourceFile
from app.region.index import DeltaPart, Index, ShardKey, ShardLine, parse_index
from app.region.shard import read_delta, read_snapshot
from app.region.short_index import parse_short_index
from app.region.update import PLATFORMS, parse_updates


@dataclass(frozen=True, slots=True)
class Item:
    """One file of the tree."""

    name: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Group:
    """Files that are worth something together: those of one lesson, or an update of the program."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """`proof` must be there whole, in this order, the timestamp last; `groups` as far as they fit.

    `elsewhere` counts files that the catalogue names and this publisher's tree does not hold.
    """

    proof: tuple[Item, ...]
    groups: tuple[Group, ...]
    elsewhere: int


@dataclass(slots=True)
class _Ranked:
    issued: str
    entry: Entry


def subscribed(home: RegionHome, index: Index, codes: Sequence[str]) -> list[ShardLine]:
    """The shards that these schools follow, or all schools when none is named.

    Raises:
        SchoolUnknownError: there is no enrolment of that school.
    """
    paths = {path.stem: path for path in home.enrolments_dir.glob("*.json")}
    for code in codes:
        if code not in paths:
            raise SchoolUnknownError(code=code)
    wanted: set[ShardKey] = set()
    chosen = [paths[code] for code in codes] or list(paths.values())
    follows_all = not chosen
    for path in chosen:
        try:
            keys = parse_enrolment(path.read_bytes()).subscriptions
        except OSError as error:
            raise known_os_error(error, path) from error
        follows_all |= keys is None
        wanted.update(keys or ())
    return [
        line
        for line in index.shards
        if line.key in wanted or (follows_all and not line.key.is_exercise)
    ]


class Selector:
    """Reads the published tree of one region."""

    def __init__(self, home: RegionHome, states: Iterable[ShardState]) -> None:
        self._home = home
        self._tree = home.tree
        self._metadata = MetadataWriter(home.tree, KeyFolder(home.keys_dir))
        self._issued = {
            (state.shard_id, delta.part.to_serial): delta.issued
            for state in states
            for delta in state.deltas
        }

    def select(self, codes: Sequence[str]) -> Selection:
        """Raises CheckFailedError when nothing is published or the tree has lost a file."""
        raw = self._metadata.target_bytes(layout.INDEX_TARGET)
        if raw is None:
            raise CheckFailedError(problems=1, first=layout.INDEX_TARGET)
        index = parse_index(raw)
        lines = subscribed(self._home, index, codes)
        ranked = [one for line in lines for one in self._entries(line)]
        ranked.sort(key=lambda one: (one.issued, one.entry.popularity), reverse=True)
        chooser = _Chooser(self._tree)
        groups = [chooser.group(self._updates(codes))]
        groups += [chooser.group(_files_of(one.entry)) for one in ranked]
        proof = [self._item(name) for name in self._proof_names(index, lines)]
        return Selection(
            tuple(proof), tuple(group for group in groups if group.items), chooser.elsewhere
        )

    def _item(self, name: str) -> Item:
        return Item(name, _size_of(self._tree.place(name), name))

    def _proof_names(self, index: Index, lines: Sequence[ShardLine]) -> list[str]:
        """Content-named files first, then what names them, the timestamp last of all."""
        targets, snapshot = self._metadata.targets(), self._metadata.snapshot()
        if targets is None or snapshot is None:
            raise CheckFailedError(problems=1, first=TIMESTAMP_NAME)
        names = [line.snapshot.path for line in lines]
        names += [delta.path for line in lines for delta in line.deltas]
        names += [bundle.path for bundle in index.bundles]
        short = self._metadata.target_bytes(layout.SHORT_INDEX_TARGET)
        weekly = parse_short_index(short).delta_bundles if short is not None else ()
        names += [bundle.path for bundle in weekly]
        names += [
            layout.target_path(name, target.hashes["sha256"])
            for name, target in sorted(targets.targets.items())
        ]
        newest, _ = self._metadata.newest_root()
        names += [versioned("root", version) for version in range(1, newest + 1)]
        names += [versioned("targets", targets.version), versioned("snapshot", snapshot.version)]
        return [*names, layout.ENROLMENT_NAME, TIMESTAMP_NAME]

    def _entries(self, line: ShardLine) -> list[_Ranked]:
        """The living entries of a shard, each with the time of its last change, if known."""
        snapshot = read_snapshot(self._read(line.snapshot.path))
        held = {entry.id: _Ranked("", entry) for entry in snapshot}
        for part in line.deltas:
            issued = self._issued.get((line.shard_id, part.to_serial), "")
            _apply(held, self._read(part.path), part, line.snapshot.serial, issued)
        return list(held.values())

    def _read(self, name: str) -> bytes:
        raw = self._tree.read(name)
        if raw is None:
            raise CheckFailedError(problems=1, first=name)
        return raw

    def _updates(self, codes: Sequence[str]) -> list[ResourceFile]:
        """The newest version for each of these schools, or for all; pilots may have another."""
        raw = self._metadata.target_bytes(layout.UPDATES_TARGET)
        if raw is None:
            return []
        offer = parse_updates(raw)
        pilots = [code for package in offer.packages for code in package.pilots]
        schools: Sequence[str | None] = list(codes) or [None, *pilots]
        chosen = {
            package.sha256: package
            for platform in PLATFORMS
            for code in schools
            if (package := offer.choose(platform, "0", code)) is not None
        }
        return [
            ResourceFile(
                role="update",
                name=package.version,
                media_type="application/octet-stream",
                size_bytes=package.size_bytes,
                sha256=package.sha256,
                pieces_sha256=package.pieces_sha256,
            )
            for package in chosen.values()
        ]


class _Chooser:
    """Names each file once, with the first lesson that needs it."""

    def __init__(self, tree: PublicTree) -> None:
        self._tree = tree
        self._seen: set[str] = set()
        self.elsewhere = 0

    def group(self, resource_files: Iterable[ResourceFile]) -> Group:
        items: list[Item] = []
        for file in resource_files:
            if file.sha256 in self._seen:
                continue
            self._seen.add(file.sha256)
            names = [layout.blob_path(file.sha256)]
            if file.pieces_sha256 is not None:
                names.insert(0, layout.piece_list_path(file.pieces_sha256))
            try:
                items += [Item(name, _size_of(self._tree.place(name), name)) for name in names]
            except CheckFailedError:
                self.elsewhere += 1
        return Group(tuple(items))


def _files_of(entry: Entry) -> tuple[ResourceFile, ...]:
    return ((entry.cover,) if entry.cover else ()) + entry.files


def _size_of(path: str, name: str) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116 - of thousands
    except OSError as error:
        raise CheckFailedError(problems=1, first=name) from error


def _apply(
    held: dict[str, _Ranked], raw: bytes, part: DeltaPart, snapshot_serial: int, issued: str
) -> None:
    """A delta that the snapshot already holds only tells when its entries changed."""
    try:
        delta = read_delta(raw)
        upserts = {entry.id: entry for entry in delta.upserts}
    except KnownError as error:
        raise CheckFailedError(problems=1, first=part.path) from error
    is_newer = part.from_serial >= snapshot_serial
    for entry_id in delta.deleted_ids if is_newer else ():
        held.pop(entry_id, None)
    for entry_id, entry in upserts.items():
        if is_newer:
            held[entry_id] = _Ranked(issued, entry)
        elif entry_id in held:
            held[entry_id].issued = issued
