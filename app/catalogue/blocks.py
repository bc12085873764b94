# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of bytes packed into compressed blocks with a shared dictionary.

Rows lie in blocks because 32 titles compress to 17 bytes each and one alone to 60, and because
twenty scattered rows then cost twenty small reads.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import zstandard

from app.catalogue.records import FIXED_BYTES

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

ROWS: Final = 32
MIN_BLOCKS_TO_TRAIN: Final = 300
# Half the dictionary and a tenth of the samples of the largest that was tried: 3 % larger blocks,
# a tenth of the time.
_DICTIONARY_BYTES: Final = 65_536
_SAMPLE_BYTES: Final = 3_000_000
_LEVEL: Final = 3
_MAX_BLOCK_BYTES: Final = 64 << 20
_SEPARATOR: Final = b"\n"
# Of the fixed bytes the checksum, then how long the texts are, and how many rows there are.
_HEAD: Final = struct.Struct("<IIB")


def train(samples: Sequence[bytes]) -> bytes:
    """A dictionary for blocks like these, or none where there are too few to gain from one."""
    if len(samples) < MIN_BLOCKS_TO_TRAIN:
        return b""
    step = max(1, sum(map(len, samples)) // _SAMPLE_BYTES)
    picked: list[bytes | bytearray | memoryview] = list(samples[::step])
    return zstandard.train_dictionary(_DICTIONARY_BYTES, picked, k=200, d=8).as_bytes()


def join_rows(rows: Sequence[bytes]) -> Iterator[bytes]:
    """Blocks of rows; no row holds a line break."""
    for start in range(0, len(rows), ROWS):
        yield _SEPARATOR.join(rows[start : start + ROWS])


class BlockCodec:
    """Packs and unpacks the blocks of one table."""

    def __init__(self, dictionary: bytes) -> None:
        shared = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
        self.dictionary = dictionary
        self._shared = shared
        self._compressor: zstandard.ZstdCompressor | None = None
        self._decompressor = (
            zstandard.ZstdDecompressor(dict_data=shared) if shared else zstandard.ZstdDecompressor()
        )

    def pack(self, block: bytes) -> bytes:
        if self._compressor is None:
            if self._shared is not None:
                self._shared.precompute_compress(level=_LEVEL)
            self._compressor = zstandard.ZstdCompressor(
                level=_LEVEL,
                dict_data=self._shared,
                write_checksum=True,
                write_dict_id=False,
            )
        return self._compressor.compress(block)

    def rows(self, packed: bytes) -> list[bytes]:
        return self._unpacked(packed).split(_SEPARATOR)

    def _unpacked(self, packed: bytes) -> bytes:
        return self._decompressor.decompress(packed, max_output_size=_MAX_BLOCK_BYTES)

    def row(self, packed: bytes, place: int) -> bytes:
        """One row: what lies behind it is not taken apart."""
        return self._unpacked(packed).split(_SEPARATOR, place + 1)[place]


@dataclass(frozen=True, slots=True)
class Codecs:
    """What compresses the texts and records of all segments of a generation."""

    text: BlockCodec
    record: BlockCodec


def entry_blocks(
    codecs: Codecs, fixed: "npt.NDArray[np.uint8]", texts: Sequence[bytes], records: Sequence[bytes]
) -> Iterator[bytes]:
    """Blocks of entries: texts, then what results need beside them: a result is one read.

    The fixed bytes stay as they are, since nothing makes them smaller.
    """
    halves = zip(join_rows(texts), join_rows(records), strict=True)
    for start, (text, record) in zip(range(0, len(texts), ROWS), halves, strict=True):
        part = fixed[start : start + ROWS]
        raw, packed = part.tobytes(), codecs.text.pack(text)
        head = _HEAD.pack(zlib.crc32(raw), len(packed), len(part))
        yield b"".join((head, packed, raw, codecs.record.pack(record)))


def packed_texts(block: bytes) -> bytes:
    """The texts of a block of entries."""
    return block[_HEAD.size : _HEAD.size + _HEAD.unpack_from(block)[1]]


def record_rows(
    codec: BlockCodec, block: bytes, places: Sequence[int]
) -> list[tuple[bytes, bytes]]:
    """(fixed bytes, record) of rows of a block. Raises ValueError: bits were lost."""
    fixed, packed, count = _records(block)
    if len(places) == 1:  # what lies behind it is not taken apart
        start = places[0] * FIXED_BYTES
        return [(fixed[start : start + FIXED_BYTES], codec.row(packed, places[0]))]
    rows = codec.rows(packed)
    if len(rows) != count:
        raise ValueError("rows of a block")
    return [(fixed[n * FIXED_BYTES : (n + 1) * FIXED_BYTES], rows[n]) for n in places]


def _records(block: bytes) -> tuple[bytes, bytes, int]:
    """Fixed bytes (checked: the packed rows have a checksum of their own), packed rows, rows."""
    checksum, text_bytes, count = _HEAD.unpack_from(block)
    start = _HEAD.size + text_bytes
    end = start + count * FIXED_BYTES
    fixed = block[start:end]
    if zlib.crc32(fixed) != checksum:
        raise ValueError("checksum of a block")
    return fixed, block[end:], count
