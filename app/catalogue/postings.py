# SPDX-License-Identifier: GPL-3.0-or-later
"""Posting lists as stored, and how they are read.

A row of the store begins at a key and holds that key's list alone, or a pack of short lists up to
the next row. A list is a roaring bitmap where it is dense, else the gaps between its documents in
one or two bytes (all ones: so many more, and no document yet), else plain numbers. Gaps of one byte
are compressed: entropy coding brings them to 1.03 of what information theory asks, roaring
bitmaps take twice that.
"""

from array import array
from bisect import bisect_left
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import zstandard
from pyroaring import BitMap

from app.catalogue.columns import FEW

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

MAX_PLAIN: Final = 4  # a roaring bitmap of four takes 24 bytes, four numbers take 16
GAP8_MORE: Final = 0xFF
GAP16_MORE: Final = 0xFFFF
_MAX_LIST_BYTES: Final = 1 << 28
_PACK_HEAD: Final = 6


class Form(IntEnum):
    """The last byte of a row."""

    ROARING = 0
    GAP8 = 1
    GAP16 = 2
    PLAIN = 3
    PACK = 4


def unpack_row(row_key: int, raw: bytes, key: int, is_many: bool) -> BitMap | None:
    """The list of `key` in the last row that begins at or before it; None if it is not there.

    Documents are numbered within their segment. `is_many` says whether NumPy is worth loading.
    """
    form = Form(raw[-1])
    if form is Form.PACK:
        return _from_pack(raw, key - row_key, is_many)
    if row_key != key:
        return None
    if form is Form.ROARING:
        return BitMap.deserialize(raw[:-1])
    data = raw[:-1]
    if form is Form.GAP8:
        data = zstandard.ZstdDecompressor().decompress(data, max_output_size=_MAX_LIST_BYTES)
    return _unpack_list(form, memoryview(data), is_many)


def check_row(raw: bytes) -> None:
    """Decode a row; raises ValueError or ZstdError: it cannot be read."""
    form = Form(raw[-1])
    if form is Form.PACK:
        body, _, sizes, (plain, wide, _) = _pack_parts(raw)
        width = 4 * sum(sizes[:plain]) + 2 * sum(sizes[plain : plain + wide])
        if len(body) != width + sum(sizes[plain + wide :]):
            raise ValueError("length of a pack")
    else:
        unpack_row(0, raw, 0, is_many=True)


_PACKED: Final = ((Form.PLAIN, 4), (Form.GAP16, 2), (Form.GAP8, 1))


@lru_cache(maxsize=64)
def _pack_parts(
    raw: bytes,
) -> "tuple[memoryview, array[int], memoryview, tuple[int, int, int]]":
    """(body, keys behind the row's in order of form, then key; sizes; lists of each form)."""
    body = memoryview(zstandard.ZstdDecompressor().decompress(raw[:-1], max_output_size=1 << 26))
    plain, wide, narrow = body[:_PACK_HEAD].cast("H").tolist()
    count = plain + wide + narrow
    keys_end = _PACK_HEAD + 4 * count
    keys = array("I", body[_PACK_HEAD:keys_end].tobytes())
    sizes_end = keys_end + 2 * count
    return body[sizes_end:], keys, body[keys_end:sizes_end].cast("H"), (plain, wide, narrow)


def _from_pack(raw: bytes, offset: int, is_many: bool) -> BitMap | None:
    body, keys, sizes, counts = _pack_parts(raw)
    first = start = 0
    for (form, width), count in zip(_PACKED, counts, strict=True):
        place = bisect_left(keys, offset, first, first + count)
        if place < first + count and keys[place] == offset:
            begin = start + width * sum(sizes[first:place])
            return _unpack_list(form, body[begin : begin + width * sizes[place]], is_many)
        start += width * sum(sizes[first : first + count])
        first += count
    return None


def _unpack_list(form: Form, data: memoryview, is_many: bool) -> BitMap:
    if form is Form.PLAIN:
        return BitMap(array("I", data.tobytes()))
    gaps, more = (data, GAP8_MORE) if form is Form.GAP8 else (data.cast("H"), GAP16_MORE)
    if (is_many and len(gaps) > _GAPS_ONE_BY_ONE) or len(gaps) > FEW:
        from app.catalogue.bulk import from_gaps

        return from_gaps(gaps, more)
    # A gap counts the documents between; the sum is one too low for each document before.
    docs, place = [], -1
    for gap in gaps:
        place += gap
        if gap != more:
            place += 1
            docs.append(place)
    return BitMap(docs)


_GAPS_ONE_BY_ONE: Final = 128


def pack_bitmap(bitmap: BitMap) -> bytes:
    if len(bitmap) <= MAX_PLAIN:
        return bitmap.to_array().tobytes()
    bitmap.run_optimize()
    return bytes(bitmap.serialize())


def unpack(raw: bytes) -> BitMap:
    """A bitmap as `pack_bitmap` made it; no bytes are an empty one.

    A roaring bitmap of more than MAX_PLAIN is longer than MAX_PLAIN numbers, or (one single run)
    15 bytes long, which no numbers are.
    """
    if len(raw) <= 4 * MAX_PLAIN and len(raw) % 4 == 0:
        return BitMap(array("I", raw))
    return BitMap.deserialize(raw)


def doc_array(bitmap: BitMap) -> "npt.NDArray[np.uint32]":
    """All documents, ascending."""
    import numpy as np

    return np.frombuffer(bitmap.to_array(), np.uint32)


def bitmap_of(docs: "npt.NDArray[np.uint32]") -> BitMap:
    """Seven times as fast as giving the array itself to BitMap."""
    return BitMap(array("I", docs.astype("<u4").tobytes()))
