# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of bytes packed into compressed blocks with a shared dictionary.

Rows lie in blocks because 32 titles compress to 17 bytes each and one alone to 60, and because
twenty scattered rows then cost twenty small reads.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import zstandard

TEXT_ROWS: Final = 32
RECORD_ROWS: Final = 16
MIN_BLOCKS_TO_TRAIN: Final = 600
# Half the dictionary and a tenth of the samples of the largest that was tried: 3 % larger blocks,
# a tenth of the time.
_DICTIONARY_BYTES: Final = 65_536
_SAMPLE_BYTES: Final = 3_000_000
_LEVEL: Final = 3
_MAX_BLOCK_BYTES: Final = 64 << 20
_SEPARATOR: Final = b"\n"


def train(samples: Sequence[bytes]) -> bytes:
    """A dictionary for blocks like these, or none where there are too few to gain from one."""
    if len(samples) < MIN_BLOCKS_TO_TRAIN:
        return b""
    step = max(1, sum(map(len, samples)) // _SAMPLE_BYTES)
    picked: list[bytes | bytearray | memoryview] = list(samples[::step])
    return zstandard.train_dictionary(_DICTIONARY_BYTES, picked, k=200, d=8).as_bytes()


def join_rows(rows: Sequence[bytes], rows_per_block: int) -> Iterator[bytes]:
    """Blocks of rows; no row holds a line break."""
    for start in range(0, len(rows), rows_per_block):
        yield _SEPARATOR.join(rows[start : start + rows_per_block])


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
            self._compressor = zstandard.ZstdCompressor(
                level=_LEVEL,
                dict_data=self._shared,
                write_checksum=True,
                write_dict_id=False,
            )
        return self._compressor.compress(block)

    def rows(self, packed: bytes) -> list[bytes]:
        raw = self._decompressor.decompress(packed, max_output_size=_MAX_BLOCK_BYTES)
        return raw.split(_SEPARATOR)
