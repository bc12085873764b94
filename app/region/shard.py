# SPDX-License-Identifier: GPL-3.0-or-later
"""Snapshots and deltas of one shard, in columns (docs/region-format.md)."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from app.base.errors import BugError
from app.region import columns
from app.region.column_writer import columns_of, in_file_order
from app.region.columns import Numbers
from app.region.container import Column, Container, pack
from app.region.entry import Entry
from app.region.index import ShardKey, key_to_json, parse_key
from app.region.rows import MAX_ENTRIES, EntryRows, read_deleted_ids
from app.region.schema import DELETED

_SNAPSHOT = "snapshot"
_DELTA = "delta"


def encode_snapshot(key: ShardKey, serial: int, entries: Sequence[Entry]) -> bytes:
    """The whole shard as of `serial`; equal entries give equal bytes, in whatever order given."""
    ordered = in_file_order(entries)
    about = {
        "kind": _SNAPSHOT,
        "shard": key.shard_id,
        "key": key_to_json(key),
        "serial": serial,
        **_sizes(ordered),
    }
    return pack(about, columns_of(ordered))


def encode_delta(
    key: ShardKey,
    from_serial: int,
    to_serial: int,
    upserts: Sequence[Entry],
    deleted_ids: Sequence[str],
) -> bytes:
    """What changed between two serials: whole new forms of entries, and ids that are gone."""
    if to_serial <= from_serial:
        raise BugError("a delta leads forward")
    ordered = in_file_order(upserts)
    deleted = sorted(deleted_ids)
    about = {
        "kind": _DELTA,
        "shard": key.shard_id,
        "key": key_to_json(key),
        "from": from_serial,
        "to": to_serial,
        **_sizes(ordered),
        "deleted": len(deleted),
    }
    parts = columns_of(ordered)
    if deleted:
        coding, raw = columns.encode_strings(deleted, columns.ID_CODINGS)
        parts.append(Column(DELETED, coding, len(deleted), raw))
    return pack(about, parts)


def _sizes(entries: Sequence[Entry]) -> dict[str, int]:
    if len(entries) > MAX_ENTRIES:
        raise BugError(f"a shard holds at most {MAX_ENTRIES} entries")
    files = sum(len(entry.files) + (entry.cover is not None) for entry in entries)
    return {"count": len(entries), "files": files}


class SnapshotReader:
    """A shard's whole content; iterating yields its entries in file order."""

    def __init__(self, container: Container) -> None:
        about = container.about
        self.key: ShardKey = _key(container)
        self.serial: int = about.required_count("serial", minimum=1)
        self.rows: EntryRows = _rows(container)
        self.count: int = self.rows.count

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.rows)

    def column(self, name: str) -> list[str]:
        return self.rows.column(name)

    def words(self, name: str) -> tuple[list[str], NDArray[np.int64]]:
        return self.rows.words(name)

    def numbers(self, name: str) -> Numbers:
        return self.rows.numbers(name)


class DeltaReader:
    """What changed from one serial to another; `upserts` is iterated like a snapshot."""

    def __init__(self, container: Container) -> None:
        about = container.about
        self.key: ShardKey = _key(container)
        self.from_serial: int = about.required_count("from", minimum=1)
        self.to_serial: int = about.required_count("to", minimum=self.from_serial + 1)
        self.upserts: EntryRows = _rows(container)
        self.count: int = self.upserts.count
        self.deleted_ids: tuple[str, ...] = read_deleted_ids(
            container, about.required_count("deleted", maximum=MAX_ENTRIES)
        )


def read_snapshot(raw: bytes) -> SnapshotReader:
    """Open a snapshot whose hash is verified; columns are unpacked and checked as they are read.

    Raises:
        DamagedDocumentError, UnknownMajorError: no shard, or of another major version.
        ShardDamagedError: lengths or contents do not fit; also later, while reading.
    """
    return SnapshotReader(_open(raw, _SNAPSHOT))


def read_delta(raw: bytes) -> DeltaReader:
    """Open a delta; raises as `read_snapshot` does."""
    return DeltaReader(_open(raw, _DELTA))


def _open(raw: bytes, kind: str) -> Container:
    container = Container(raw)
    if container.about.raw.get("kind") != kind:
        raise container.damaged(f"not a {kind}")
    return container


def _key(container: Container) -> ShardKey:
    about = container.about
    key = parse_key(about.inside("key", about.raw.get("key")))
    if key.shard_id != container.shard_id:
        raise container.damaged("key of another shard")
    return key


def _rows(container: Container) -> EntryRows:
    about = container.about
    return EntryRows(container, about.required_count("count"), about.required_count("files"))
