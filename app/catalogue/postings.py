# SPDX-License-Identifier: GPL-3.0-or-later
"""Posting lists as stored: roaring bitmaps, or plain numbers where there are very few."""

from array import array
from typing import TYPE_CHECKING, Final

from pyroaring import BitMap

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

MAX_PLAIN: Final = 4  # a roaring bitmap of four takes 24 bytes, four numbers take 16


def pack_list(count: int, docs: bytes) -> bytes:
    """Sorted little-endian 32-bit numbers as they go into the store."""
    return docs if count <= MAX_PLAIN else pack_bitmap(BitMap(array("I", docs)))


def pack_bitmap(bitmap: BitMap) -> bytes:
    if len(bitmap) <= MAX_PLAIN:
        return bitmap.to_array().tobytes()
    bitmap.run_optimize()
    return bytes(bitmap.serialize())


def unpack(raw: bytes) -> BitMap:
    """The bitmap of a stored list; no bytes are an empty one.

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
