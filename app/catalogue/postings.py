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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

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
_MAX_PACK_BYTES: Final = 1 << 22
_PACK_HEAD: Final = 6
_BYTES_ONE_BY_ONE: Final = 128
_BYTES_READ_WHOLE: Final = 4_096


class Form(IntEnum):
    """The last byte of a row."""

    ROARING = 0
    GAP8 = 1
    GAP16 = 2
    PLAIN = 3
    PACK = 4


# The forms inside a pack, and bytes of an element.
_PACKED: Final = ((Form.PLAIN, 4), (Form.GAP16, 2), (Form.GAP8, 1))


@dataclass(frozen=True, slots=True)
class Pack:
    """Short lists up to `last`: keys behind `first` in order of form, then key; elements of each
    list; lists of each form; all elements."""

    first: int
    last: int
    keys: "array[int]"
    sizes: memoryview
    counts: tuple[int, int, int]
    elements: memoryview


@dataclass(frozen=True, slots=True)
class RawList:
    """A list as it is stored, no longer compressed."""

    form: Form
    data: bytes | memoryview


class ListReader:
    """Reads rows of lists. Documents are numbered within their segment. For one thread at a time.

    `is_many` says that NumPy is worth loading for lists of middling length.
    """

    def __init__(self, is_many: bool) -> None:
        self._is_many = is_many
        self._decompressor = zstandard.ZstdDecompressor()

    def pack(self, row_key: int, raw: bytes) -> Pack | None:
        """The pack of a row, if it is one."""
        if raw[-1] != Form.PACK:
            return None
        body = memoryview(self._decompressor.decompress(raw[:-1], max_output_size=_MAX_PACK_BYTES))
        plain, wide, narrow = body[:_PACK_HEAD].cast("H")
        count = plain + wide + narrow
        keys_end = _PACK_HEAD + 4 * count
        keys = array("I", body[_PACK_HEAD:keys_end].tobytes())
        ends = keys_end + 2 * count
        sizes = body[keys_end:ends].cast("H")
        return Pack(row_key, row_key + max(keys), keys, sizes, (plain, wide, narrow), body[ends:])

    def alone(self, row_key: int, raw: bytes, key: int) -> RawList | None:
        """The list of a row that is no pack, if it is that of `key`."""
        if row_key != key:
            return None
        form = Form(raw[-1])
        data = raw[:-1]
        if form is Form.GAP8:
            data = self._decompressor.decompress(data, max_output_size=_MAX_LIST_BYTES)
        return RawList(form, data)

    def packed(self, pack: Pack, key: int) -> RawList | None:
        """The list of `key` in a pack, if it is there."""
        offset, first, start = key - pack.first, 0, 0
        sizes = pack.sizes
        for (form, width), count in zip(_PACKED, pack.counts, strict=True):
            place = bisect_left(pack.keys, offset, first, first + count)
            if place < first + count and pack.keys[place] == offset:
                begin = start + width * sum(sizes[first:place])
                return RawList(form, pack.elements[begin : begin + width * sizes[place]])
            start += width * sum(sizes[first : first + count])
            first += count
        return None

    def check(self, row_key: int, raw: bytes) -> None:
        """Decode a row; raises ValueError or ZstdError: it cannot be read."""
        pack = self.pack(row_key, raw)
        if pack is None:
            found = self.alone(row_key, raw, row_key)
            if found is not None:
                self.bitmap(found)
            return
        plain, wide, _ = pack.counts
        length = 4 * sum(pack.sizes[:plain]) + 2 * sum(pack.sizes[plain : plain + wide])
        if len(pack.elements) != length + sum(pack.sizes[plain + wide :]):
            raise ValueError("length of a pack")

    def bitmap(self, raw: RawList) -> BitMap:
        """The documents of a list."""
        if raw.form is Form.ROARING:
            return BitMap.deserialize(bytes(raw.data))
        is_long = len(raw.data) > (_BYTES_ONE_BY_ONE if self._is_many else FEW)
        if is_long and raw.form is not Form.PLAIN:
            from app.catalogue.decoding import ascending_bitmap, documents

            return ascending_bitmap(documents((raw,), raw.form))
        return BitMap(_one_by_one(raw))

    def first(self, raw: RawList, below: int, entries: int) -> BitMap:
        """The documents of a list that come before one, where that is quicker than all of them."""
        if len(raw.data) <= _BYTES_READ_WHOLE or raw.form in (Form.ROARING, Form.PLAIN):
            return self.bitmap(raw)
        from app.catalogue.decoding import ascending_bitmap, first_documents

        return ascending_bitmap(first_documents(raw, below, entries))

    def union(self, lists: Sequence[RawList], first: int) -> BitMap:
        """All documents of lists of a segment that starts at document `first`."""
        if len(lists) == 1:
            joined = self.bitmap(lists[0])
        elif self._is_many:
            from app.catalogue import decoding

            joined = decoding.union(lists)
        else:
            joined = BitMap.union(BitMap(), *map(self.bitmap, lists))
        return joined.shift(first) if first else joined


def _one_by_one(raw: RawList) -> Iterable[int]:
    if raw.form is Form.PLAIN:
        return array("I", bytes(raw.data))
    is_narrow = raw.form is Form.GAP8
    more = GAP8_MORE if is_narrow else GAP16_MORE
    # A gap counts the documents between.
    docs, place = [], -1
    for gap in memoryview(raw.data).cast("B" if is_narrow else "H"):
        place += gap
        if gap != more:
            place += 1
            docs.append(place)
    return docs


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


def bitmap_of(docs: "npt.NDArray[np.integer[Any]]") -> BitMap:
    """Seven times as fast as giving the array itself to BitMap."""
    return BitMap(array("I", docs.astype("<u4").tobytes()))
