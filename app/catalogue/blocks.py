# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of bytes packed into compressed blocks with a shared dictionary.

Rows lie in blocks because 32 titles compress to 17 bytes each and one alone to 60, and because
twenty scattered rows then cost twenty small reads.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
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
_FIXED_HEAD: Final = struct.Struct("<IB")  # checksum and number of rows


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


def record_blocks(
    codec: BlockCodec, fixed: "npt.NDArray[np.uint8]", rows: Sequence[bytes]
) -> Iterator[bytes]:
    """Blocks of records: the fixed bytes as they are, since nothing makes them smaller."""
    for start, block in zip(range(0, len(rows), ROWS), join_rows(rows), strict=True):
        part = fixed[start : start + ROWS]
        raw = part.tobytes()
        yield _FIXED_HEAD.pack(zlib.crc32(raw), len(part)) + raw + codec.pack(block)


def record_rows(
    codec: BlockCodec, block: bytes, places: Sequence[int]
) -> list[tuple[bytes, bytes]]:
    """(fixed bytes, record) of rows of a block. Raises ValueError: bits were lost."""
    fixed, packed, count = _halves(block)
    rows = codec.rows(packed)
    if len(rows) != count:
        raise ValueError("rows of a block")
    return [(fixed[n * FIXED_BYTES : (n + 1) * FIXED_BYTES], rows[n]) for n in places]


def record_row(codec: BlockCodec, block: bytes, place: int) -> tuple[bytes, bytes]:
    """(fixed bytes, record) of one row. Raises ValueError: bits were lost."""
    fixed, packed, _ = _halves(block)
    start = place * FIXED_BYTES
    return fixed[start : start + FIXED_BYTES], codec.row(packed, place)


def _halves(block: bytes) -> tuple[bytes, bytes, int]:
    """Fixed bytes (checked: the packed half has a checksum of its own), packed half, rows."""
    checksum, count = _FIXED_HEAD.unpack_from(block)
    end = _FIXED_HEAD.size + count * FIXED_BYTES
    fixed = block[_FIXED_HEAD.size : end]
    if zlib.crc32(fixed) != checksum:
        raise ValueError("checksum of a block")
    return fixed, block[end:], count
