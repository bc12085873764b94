# SPDX-License-Identifier: GPL-3.0-or-later
"""The file around a shard's columns: header line, directory, compressed blocks; all bounded.

Every length is known and checked before anything is unpacked, so a small file cannot fill memory.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import zstandard

from app.base.documents import document_header, parse_document
from app.base.errors import KnownError
from app.region.columns import Coding
from app.region.errors import ShardDamagedError
from app.region.fields import Fields, Reason

SHARD_FORMAT: Final = "kezhan-shard"
SHARD_MAJOR: Final = 1
SHARD_MINOR: Final = 0
MAX_HEADER_BYTES: Final = 4096
MAX_DIRECTORY_BYTES: Final = 256 * 1024
MAX_UNPACKED_BYTES: Final = 256 * 1024 * 1024
MAX_COLUMNS: Final = 256

# Small columns share a block, since a compressed frame of its own costs about twelve bytes.
_BLOCK_BYTES: Final = 32 * 1024
_LEVEL: Final = 19  # measured on 300,000 rows: 74 bytes an entry against 83 at level 3
_HASH_LEVEL: Final = 1  # hashes do not compress; more effort only costs time


@dataclass(frozen=True, slots=True)
class Column:
    """One column before compression."""

    name: str
    coding: Coding
    rows: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class _Place:
    coding: Coding
    rows: int
    block: int
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class _Block:
    start: int
    packed: int
    unpacked: int


def pack(about: Mapping[str, Any], columns: Sequence[Column]) -> bytes:
    """Write the container; equal input gives equal bytes."""
    blocks: list[list[Any]] = []
    packed: list[bytes] = []
    for group in _grouped(columns):
        raw = b"".join(column.raw for column in group)
        is_hash = len(group) == 1 and group[0].coding in {Coding.HEX, Coding.UUID}
        packed.append(_compress(raw, _HASH_LEVEL if is_hash else _LEVEL))
        blocks.append([len(group), len(packed[-1]), len(raw)])
    specs = [[column.name, column.coding.value, column.rows, len(column.raw)] for column in columns]
    directory = json.dumps(
        {**about, "columns": specs, "blocks": blocks}, ensure_ascii=False, separators=(",", ":")
    ).encode("utf-8")
    packed_directory = _compress(directory, _LEVEL)
    header = document_header(SHARD_FORMAT, SHARD_MAJOR, SHARD_MINOR) | {
        "directory": [len(packed_directory), len(directory)]
    }
    line = json.dumps(header, separators=(",", ":")).encode("ascii") + b"\n"
    return b"".join([line, packed_directory, *packed])


def _grouped(columns: Sequence[Column]) -> list[list[Column]]:
    groups: list[list[Column]] = []
    open_bytes = _BLOCK_BYTES
    for column in columns:
        if open_bytes + len(column.raw) >= _BLOCK_BYTES:
            groups.append([])
            open_bytes = 0
        groups[-1].append(column)
        open_bytes += len(column.raw)
    return groups


def _compress(raw: bytes, level: int) -> bytes:
    return zstandard.ZstdCompressor(level=level, write_content_size=True).compress(raw)


class _Faults:
    """Makes the errors of one shard. Apart from its container, which would refer to itself
    otherwise and keep its megabytes until the next full collection."""

    def __init__(self) -> None:
        self.shard_id = ""

    def fail(self, name: str, reason: Reason) -> KnownError:
        return self.damaged(f"{name}: {reason.value}")

    def damaged(self, reason: str) -> ShardDamagedError:
        return ShardDamagedError(shard_id=self.shard_id, reason=reason)


class Container:
    """Reads what `pack` wrote, one column at a time.

    Raises (also while reading columns):
        DamagedDocumentError, UnknownMajorError: no shard, or of another major version.
        ShardDamagedError: lengths or contents do not fit together.
    """

    def __init__(self, raw: bytes) -> None:
        self._faults = _Faults()
        self._raw = raw
        line, found, _ = raw[: MAX_HEADER_BYTES + 1].partition(b"\n")
        if not found:
            line = raw[: MAX_HEADER_BYTES + 1]
        header = Fields(
            parse_document(line, SHARD_FORMAT, SHARD_MAJOR, max_bytes=MAX_HEADER_BYTES),
            self._faults.fail,
        )
        packed, unpacked = self._numbers(header.items("directory", 2), 2)
        if unpacked > MAX_DIRECTORY_BYTES:
            raise self.damaged("directory too large")
        start = len(line) + 1
        self.about = self._read_directory(_Block(start, packed, unpacked))
        self._places: dict[str, _Place] = {}
        self._blocks: list[_Block] = []
        self._read_places(start + packed)
        self._kept: tuple[int, bytes] | None = None

    @property
    def shard_id(self) -> str:
        return self._faults.shard_id

    def damaged(self, reason: str) -> ShardDamagedError:
        return self._faults.damaged(reason)

    def _numbers(self, items: object, count: int) -> list[int]:
        is_list = isinstance(items, (list, tuple)) and len(items) == count
        numbers = list(items) if is_list and isinstance(items, (list, tuple)) else []
        if not numbers or any(type(n) is not int or not 0 <= n < 2**40 for n in numbers):
            raise self.damaged("not lengths")
        return numbers

    def _read_directory(self, block: _Block) -> Fields:
        try:
            directory = json.loads(self._unpack(block))
        except (ValueError, RecursionError) as error:
            raise self.damaged("directory is no JSON") from error
        fields = Fields(directory, self._faults.fail)
        self._faults.shard_id = fields.text("shard", 64)
        return fields

    def _read_places(self, start: int) -> None:
        blocks = self.about.items("blocks", MAX_COLUMNS)
        columns = iter(self.about.items("columns", MAX_COLUMNS))
        total = 0
        for number, item in enumerate(blocks):
            count, packed, unpacked = self._numbers(item, 3)
            total += unpacked
            if total > MAX_UNPACKED_BYTES:
                raise self.damaged("too large when unpacked")
            used = 0
            for _ in range(min(count, MAX_COLUMNS)):
                used += self._place(next(columns, None), number, used)
            if used != unpacked:
                raise self.damaged("block length")
            self._blocks.append(_Block(start, packed, unpacked))
            start += packed
        if next(columns, None) is not None:
            raise self.damaged("column without a block")
        if start != len(self._raw):
            raise self.damaged("file length")

    def _place(self, item: object, block: int, start: int) -> int:
        if not isinstance(item, list) or len(item) != 4 or not isinstance(item[0], str):
            raise self.damaged("column description")
        rows, length = self._numbers(item[2:], 2)
        if item[0] in self._places:
            raise self.damaged("column twice")
        try:
            coding = Coding(item[1])
        except ValueError as error:
            raise self.damaged("unknown coding") from error
        self._places[item[0]] = _Place(coding, rows, block, start, length)
        return length

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._places)

    def rows_of(self, name: str) -> tuple[Coding, int, int] | None:
        """Coding, rows and bytes of a column as the directory says; None when it is absent."""
        place = self._places.get(name)
        return None if place is None else (place.coding, place.rows, place.length)

    def read(self, name: str) -> bytes:
        """The plain bytes of a column that `rows_of` knows."""
        place = self._places[name]
        if self._kept is None or self._kept[0] != place.block:
            self._kept = (place.block, self._unpack(self._blocks[place.block]))
        return self._kept[1][place.start : place.start + place.length]

    def _unpack(self, block: _Block) -> bytes:
        frame = self._raw[block.start : block.start + block.packed]
        if len(frame) != block.packed or not frame:
            raise self.damaged("cut short")
        try:
            if zstandard.frame_content_size(frame) != block.unpacked:
                raise self.damaged("unpacked length")
            raw = zstandard.ZstdDecompressor().decompress(
                frame, max_output_size=block.unpacked, allow_extra_data=False
            )
        except zstandard.ZstdError as error:
            raise self.damaged("not unpackable") from error
        if len(raw) != block.unpacked:
            raise self.damaged("unpacked length")
        return raw
