# SPDX-License-Identifier: GPL-3.0-or-later
"""The file around a shard's columns: header line, directory, compressed blocks; all bounded.

Every length is known and checked before anything is unpacked, so a small file cannot fill memory.
"""

import bz2
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
class Block:
    """Where compressed bytes lie, and what they unpack to."""

    start: int
    packed: int
    unpacked: int
    packing: int = 0


# What a block may be packed by: zstd, or bzip2, which halves small piles of titles and names.
ZSTD: Final = 0
BZIP2: Final = 1


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


def pack_smallest(raw: bytes) -> tuple[int, bytes]:
    """(packing, bytes): whichever is smaller; equal input gives equal bytes."""
    squeezed, sorted_first = _compress(raw, _LEVEL), bz2.compress(raw)
    is_sorted = len(sorted_first) < len(squeezed)
    return (BZIP2, sorted_first) if is_sorted else (ZSTD, squeezed)


class Faults:
    """Makes the errors of one shard. Apart from its container, which would refer to itself
    otherwise and keep its megabytes until the next full collection."""

    def __init__(self) -> None:
        self.shard_id = ""

    def fail(self, name: str, reason: Reason) -> KnownError:
        return self.damaged(f"{name}: {reason.value}")

    def damaged(self, reason: str) -> ShardDamagedError:
        return ShardDamagedError(shard_id=self.shard_id, reason=reason)


class BlockColumns:
    """Columns in compressed blocks; raises ShardDamagedError where they do not fit together.

    Of what was unpacked the last block is kept, or with `keeps_blocks` all of them.
    """

    def __init__(self, raw: bytes, faults: Faults, *, keeps_blocks: bool = False) -> None:
        self._faults = faults
        self._raw = raw
        self._places: dict[str, _Place] = {}
        self._blocks: list[Block] = []
        self._keeps_blocks = keeps_blocks
        self._kept: dict[int, bytes] = {}

    @property
    def shard_id(self) -> str:
        return self._faults.shard_id

    def damaged(self, reason: str) -> ShardDamagedError:
        return self._faults.damaged(reason)

    def numbers(self, items: object, count: int) -> list[int]:
        """Lengths out of JSON."""
        is_list = isinstance(items, (list, tuple)) and len(items) == count
        numbers = list(items) if is_list and isinstance(items, (list, tuple)) else []
        if not numbers or any(type(n) is not int or not 0 <= n < 2**40 for n in numbers):
            raise self.damaged("not lengths")
        return numbers

    def read_places(self, about: Fields, start: int, *, has_packings: bool = False) -> int:
        """Note where the columns lie that a directory lists; returns where the blocks end."""
        blocks = about.items("blocks", MAX_COLUMNS)
        columns = iter(about.items("columns", MAX_COLUMNS))
        total = 0
        for number, item in enumerate(blocks):
            count, packed, unpacked, *packing = self.numbers(item, 3 + has_packings)
            total += unpacked
            if total > MAX_UNPACKED_BYTES:
                raise self.damaged("too large when unpacked")
            used = 0
            for _ in range(min(count, MAX_COLUMNS)):
                used += self._place(next(columns, None), number, used)
            if used != unpacked:
                raise self.damaged("block length")
            self._blocks.append(Block(start, packed, unpacked, *packing))
            start += packed
        if next(columns, None) is not None:
            raise self.damaged("column without a block")
        return start

    def _place(self, item: object, block: int, start: int) -> int:
        if not isinstance(item, list) or len(item) != 4 or not isinstance(item[0], str):
            raise self.damaged("column description")
        rows, length = self.numbers(item[2:], 2)
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
        if place.block not in self._kept:
            if not self._keeps_blocks:
                self._kept.clear()
            self._kept[place.block] = self.unpack(self._blocks[place.block])
        return self._kept[place.block][place.start : place.start + place.length]

    def unpack(self, block: Block) -> bytes:
        """The plain bytes of a block."""
        frame = self._raw[block.start : block.start + block.packed]
        if len(frame) != block.packed or not frame:
            raise self.damaged("cut short")
        if block.packing == BZIP2:
            raw = self._from_bzip2(frame, block.unpacked)
        elif block.packing == ZSTD:
            raw = self._from_zstd(frame, block.unpacked)
        else:
            raise self.damaged("unknown packing")
        if len(raw) != block.unpacked:
            raise self.damaged("unpacked length")
        return raw

    def _from_zstd(self, frame: bytes, unpacked: int) -> bytes:
        try:
            if zstandard.frame_content_size(frame) != unpacked:
                raise self.damaged("unpacked length")
            return zstandard.ZstdDecompressor().decompress(
                frame, max_output_size=unpacked, allow_extra_data=False
            )
        except zstandard.ZstdError as error:
            raise self.damaged("not unpackable") from error

    def _from_bzip2(self, frame: bytes, unpacked: int) -> bytes:
        unpacker = bz2.BZ2Decompressor()
        try:
            raw = unpacker.decompress(frame, max_length=unpacked + 1)
        except (OSError, ValueError) as error:
            raise self.damaged("not unpackable") from error
        if not unpacker.eof or unpacker.unused_data:
            raise self.damaged("unpacked length")
        return raw


class Container(BlockColumns):
    """Reads what `pack` wrote, one column at a time.

    Raises (also while reading columns):
        DamagedDocumentError, UnknownMajorError: no shard, or of another major version.
        ShardDamagedError: lengths or contents do not fit together.
    """

    def __init__(self, raw: bytes) -> None:
        super().__init__(raw, Faults())
        line, found, _ = raw[: MAX_HEADER_BYTES + 1].partition(b"\n")
        if not found:
            line = raw[: MAX_HEADER_BYTES + 1]
        header = Fields(
            parse_document(line, SHARD_FORMAT, SHARD_MAJOR, max_bytes=MAX_HEADER_BYTES),
            self._faults.fail,
        )
        packed, unpacked = self.numbers(header.items("directory", 2), 2)
        if unpacked > MAX_DIRECTORY_BYTES:
            raise self.damaged("directory too large")
        start = len(line) + 1
        self.about = self._read_directory(Block(start, packed, unpacked))
        if self.read_places(self.about, start + packed) != len(raw):
            raise self.damaged("file length")

    def _read_directory(self, block: Block) -> Fields:
        try:
            directory = json.loads(self.unpack(block))
        except (ValueError, RecursionError) as error:
            raise self.damaged("directory is no JSON") from error
        fields = Fields(directory, self._faults.fail)
        self._faults.shard_id = fields.text("shard", 64)
        return fields
