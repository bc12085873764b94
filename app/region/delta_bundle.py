# SPDX-License-Identifier: GPL-3.0-or-later
"""All deltas of one build in one file, their columns together, so that small ones cost little.

It begins with its head: which shards it changes, and the hash of each shard's own delta, for who
follows only a few. Then come lessons, then exercises: who follows no exercises stops before them.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app.base.documents import document_header, parse_document
from app.base.errors import BugError
from app.region import columns
from app.region.column_writer import columns_of, in_file_order
from app.region.container import (
    MAX_COLUMNS,
    MAX_HEADER_BYTES,
    Block,
    BlockColumns,
    Column,
    Faults,
    pack_smallest,
)
from app.region.entry import Entry
from app.region.fields import Fields
from app.region.index import MAX_SHARD_FILE_BYTES, MAX_SHARDS, ShardKey
from app.region.rows import MAX_ENTRIES, EntryRows, read_deleted_ids
from app.region.schema import DELETED

BUNDLE_FORMAT: Final = "kezhan-deltas"
BUNDLE_MAJOR: Final = 1
BUNDLE_MINOR: Final = 0
# Of a delta's own hash, sha256: enough against a second file, and half as much to carry.
HASH_BYTES: Final = 16
MAX_TABLE_BYTES: Final = 8 * 1024 * 1024
_KEY_COLUMNS: Final = ("stage", "subject", "edition")
_COUNTS: Final = ("from", "step", "entries", "deleted", "length")
# Titles, keywords and lessons repeat each other: in one block 141 kB instead of 170.
_ALIKE: Final = frozenset(
    {"title", "subtitle", "unit", "lesson", "keywords", "chapter_path", "description"}
)
# Columns smaller than this share a block: a frame of their own costs forty bytes.
_BLOCK_BYTES: Final = 2048


@dataclass(frozen=True, slots=True)
class ShardChanges:
    """What a build changed in one shard, and the length and hash of the delta that says so."""

    key: ShardKey
    from_serial: int
    to_serial: int
    upserts: Sequence[Entry]
    deleted_ids: Sequence[str]
    length: int
    sha256: str


@dataclass(frozen=True, slots=True)
class EncodedBundle:
    """The whole file; its first `head_length` bytes are the head, `lessons_length` with lessons."""

    raw: bytes
    head_length: int
    lessons_length: int


@dataclass(frozen=True, slots=True)
class BundledDelta:
    """One shard's place in a bundle. `sha256` are the first 32 digits of its own delta's hash."""

    shard_id: str
    key: ShardKey
    from_serial: int
    to_serial: int
    entries: int
    deleted: int
    length: int
    sha256: str


def encode_bundle(changes: Sequence[ShardChanges]) -> EncodedBundle:
    """Equal changes give equal bytes, in whatever order given."""
    ordered = sorted(changes, key=lambda one: (one.key.is_exercise, one.key))
    lessons = [one for one in ordered if not one.key.is_exercise]
    parts = [_section(lessons), _section(ordered[len(lessons) :])]
    table = {
        "exercises": len(ordered) - len(lessons),
        "shards": _table(ordered),
        "sections": [about for about, _ in parts],
    }
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":")).encode()
    packing, packed = pack_smallest(text)
    header = document_header(BUNDLE_FORMAT, BUNDLE_MAJOR, BUNDLE_MINOR) | {
        "table": [len(packed), len(text), packing],
        "shards": len(ordered),
    }
    line = json.dumps(header, separators=(",", ":")).encode("ascii") + b"\n"
    hashes = b"".join(bytes.fromhex(one.sha256)[:HASH_BYTES] for one in ordered)
    head = line + packed + hashes
    return EncodedBundle(head + parts[0][1] + parts[1][1], len(head), len(head) + len(parts[0][1]))


def _table(ordered: Sequence[ShardChanges]) -> dict[str, list[Any]]:
    """One list a field: neighbours are alike."""
    return {
        **{name: [getattr(one.key, name) for one in ordered] for name in _KEY_COLUMNS},
        "from": [one.from_serial for one in ordered],
        "step": [one.to_serial - one.from_serial for one in ordered],
        "entries": [len(one.upserts) for one in ordered],
        "deleted": [len(one.deleted_ids) for one in ordered],
        "length": [one.length for one in ordered],
    }


def _section(changes: Sequence[ShardChanges]) -> tuple[dict[str, Any], bytes]:
    """(description, blocks) of the rows of these shards, shard by shard."""
    entries: list[Entry] = []
    deleted: list[str] = []
    for one in changes:
        key = (one.key.stage, one.key.subject, one.key.edition)
        if any((entry.stage, entry.subject, entry.edition) != key for entry in one.upserts):
            raise BugError("an entry lies in the shard of its key")
        entries += in_file_order(one.upserts)
        deleted += sorted(one.deleted_ids)
    if len(entries) > MAX_ENTRIES:
        raise BugError(f"a bundle holds at most {MAX_ENTRIES} entries")
    parts = [column for column in columns_of(entries) if column.name not in _KEY_COLUMNS]
    if deleted:
        coding, raw = columns.encode_strings(deleted, columns.ID_CODINGS)
        parts.append(Column(DELETED, coding, len(deleted), raw))
    groups = _grouped(parts)
    packed: list[bytes] = []
    blocks: list[list[int]] = []
    for group in groups:
        raw = b"".join(column.raw for column in group)
        packing, frame = pack_smallest(raw)
        packed.append(frame)
        blocks.append([len(group), len(frame), len(raw), packing])
    specs = [[one.name, one.coding.value, one.rows, len(one.raw)] for one in chain(*groups)]
    files = sum(len(entry.files) + (entry.cover is not None) for entry in entries)
    return {"files": files, "columns": specs, "blocks": blocks}, b"".join(packed)


def _grouped(parts: Sequence[Column]) -> list[list[Column]]:
    """What tells of the same lessons together, small columns together, others alone."""
    groups = [[one for one in parts if one.name in _ALIKE]]
    for column in parts:
        if column.name in _ALIKE:
            continue
        if (
            sum(len(one.raw) for one in (*groups[-1], column)) > _BLOCK_BYTES
            or groups[-1] is (groups[0])
        ):
            groups.append([])
        groups[-1].append(column)
    return [group for group in groups if group]


class BundleRows(EntryRows):
    """The entries of a section; stage, subject and edition come from the table."""

    def __init__(
        self, container: BlockColumns, count: int, files: int, deltas: Sequence[BundledDelta]
    ) -> None:
        super().__init__(container, count, files)
        self._deltas = deltas
        self._counts = np.array([delta.entries for delta in deltas], np.int64)

    def places(self) -> NDArray[np.int64]:
        """For each row the number of its delta in the section."""
        return np.repeat(np.arange(len(self._deltas)), self._counts)

    def _is_absent(self, name: str) -> bool:
        return name not in _KEY_COLUMNS and super()._is_absent(name)

    def words(self, name: str) -> tuple[list[str], NDArray[np.int64]]:
        if name not in _KEY_COLUMNS:
            return super().words(name)
        words, codes = columns.factorised([getattr(one.key, name) for one in self._deltas])
        return words, np.repeat(codes, self._counts)

    def _texts(self, name: str) -> list[str]:
        if name not in _KEY_COLUMNS:
            return super()._texts(name)
        words, codes = self.words(name)
        return [words[code] for code in codes.tolist()]


@dataclass(frozen=True, slots=True)
class Section:
    """Lessons or exercises of a bundle: deltas, their rows in that order, and what is deleted."""

    deltas: tuple[BundledDelta, ...]
    rows: BundleRows
    deleted_ids: tuple[tuple[str, ...], ...]


class DeltaBundle:
    """Reads a bundle, or the beginning of one that ends with its head or its lessons.

    Raises (also while reading sections):
        DamagedDocumentError, UnknownMajorError: no bundle, or of another major version.
        ShardDamagedError: lengths or contents do not fit together.
    """

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._faults = Faults()
        line = raw[: MAX_HEADER_BYTES + 1].partition(b"\n")[0]
        document = parse_document(line, BUNDLE_FORMAT, BUNDLE_MAJOR, max_bytes=MAX_HEADER_BYTES)
        header = Fields(document, self._faults.fail)
        reader = BlockColumns(raw, self._faults)
        packed, unpacked, packing = reader.numbers(header.items("table", 3), 3)
        count = header.required_count("shards", maximum=MAX_SHARDS)
        if unpacked > MAX_TABLE_BYTES:
            raise reader.damaged("table too large")
        start = len(line) + 1
        try:
            table = json.loads(reader.unpack(Block(start, packed, unpacked, packing)))
        except (ValueError, RecursionError) as error:
            raise reader.damaged("table is no JSON") from error
        fields = Fields(table, self._faults.fail)
        hashes = raw[start + packed : start + packed + HASH_BYTES * count]
        self.head_length = start + packed + HASH_BYTES * count
        if len(hashes) != HASH_BYTES * count:
            raise reader.damaged("cut short")
        exercises = fields.required_count("exercises", maximum=count)
        self._cuts = (0, count - exercises, count)
        self.deltas = self._read_table(fields, hashes.hex(), count)
        self._sections = fields.items("sections", 2)

    def _read_table(self, fields: Fields, hashes: str, count: int) -> tuple[BundledDelta, ...]:
        shards = fields.inside("shards", fields.raw.get("shards"))
        keys = [[self._text(v) for v in self._list(shards, name, count)] for name in _KEY_COLUMNS]
        numbers = [
            BlockColumns(b"", self._faults).numbers(self._list(shards, name, count), count)
            if count
            else []
            for name in _COUNTS
        ]
        deltas = []
        for place, (stage, subject, edition) in enumerate(zip(*keys, strict=True)):
            key = ShardKey(stage, subject, edition, place >= self._cuts[1])
            start, step, entries, deleted, length = (column[place] for column in numbers)
            if not start or not step or length > MAX_SHARD_FILE_BYTES:
                raise self._faults.damaged("serials")
            digits = hashes[2 * HASH_BYTES * place : 2 * HASH_BYTES * (place + 1)]
            deltas.append(
                BundledDelta(
                    key.shard_id, key, start, start + step, entries, deleted, length, digits
                )
            )
        if len({delta.shard_id for delta in deltas}) != count:
            raise self._faults.damaged("shard twice")
        return tuple(deltas)

    def _list(self, shards: Fields, name: str, count: int) -> list[Any]:
        found = list(shards.items(name, MAX_SHARDS))
        if len(found) != count:
            raise self._faults.damaged(f"{name}: row count")
        return found

    def _text(self, value: object) -> str:
        return Fields({"key": value}, self._faults.fail).text("key", 100)

    # --- sections

    def deltas_here(self) -> list[tuple[BundledDelta, ...]]:
        """The deltas of each section that is here: of none, lessons, or lessons and exercises."""
        return [self.deltas[slice(*self._cuts[number : number + 2])] for number in self._here()]

    def sections(self) -> list[Section]:
        """The sections that are here."""
        return [self._section(number) for number in self._here()]

    def _here(self) -> list[int]:
        ends = self._ends()
        if len(self._raw) not in ends:
            raise self._faults.damaged("file length")
        return [
            number
            for number in range(2)
            if len(self._raw) >= ends[number + 1] and self._cuts[number] < self._cuts[number + 1]
        ]

    def _ends(self) -> tuple[int, int, int]:
        lengths = []
        for about in self._sections:
            reader = BlockColumns(b"", self._faults)
            blocks = Fields(about, self._faults.fail).items("blocks", MAX_COLUMNS)
            lengths.append(sum(reader.numbers(block, 4)[1] for block in blocks))
        if len(lengths) != 2:
            raise self._faults.damaged("sections")
        first, second, third = accumulate((self.head_length, *lengths))
        return first, second, third

    def _section(self, number: int) -> Section:
        low, high = self._cuts[number : number + 2]
        deltas = self.deltas[low:high]
        start, end = self._ends()[number : number + 2]
        about = Fields(self._sections[number], self._faults.fail)
        container = BlockColumns(self._raw, self._faults, keeps_blocks=True)
        if container.read_places(about, start, has_packings=True) != end:
            raise container.damaged("file length")
        count = sum(one.entries for one in deltas)
        rows = BundleRows(container, count, about.required_count("files"), deltas)
        ids = read_deleted_ids(container, sum(one.deleted for one in deltas))
        edges = list(accumulate((one.deleted for one in deltas), initial=0))
        return Section(deltas, rows, tuple(ids[a:b] for a, b in pairwise(edges)))


def short_hash(raw: bytes) -> str:
    """The digits by which a head names a shard's own delta."""
    return hashlib.sha256(raw).hexdigest()[: 2 * HASH_BYTES]
