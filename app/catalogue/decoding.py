# SPDX-License-Identifier: GPL-3.0-or-later
"""Stored lists become documents, and documents bitmaps, many at once with NumPy.

Documents in ascending order are a serialised roaring bitmap but for its head, so writing that
and reading it back takes a sixth of adding them one by one (100,000: 0.08 ms instead of 0.4).
"""

from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from pyroaring import BitMap

from app.catalogue.postings import Form, RawList

if TYPE_CHECKING:
    import numpy.typing as npt

    Docs = npt.NDArray[np.uint32]

_ADDED_BELOW: Final = 8_000
_COOKIE: Final = 12346  # of bitmaps without runs
_CONTAINER_BITS: Final = 16
_CONTAINER_DOCS: Final = 1 << _CONTAINER_BITS
_ARRAY_AT_MOST: Final = 4096  # a fuller container is a set of bits
_HEAD_BYTES: Final = 8
_ENTRY_BYTES: Final = 8  # of a container: key, size, place
_MORE: Final = {Form.GAP8: 0xFF, Form.GAP16: 0xFFFF}
_TYPES: Final = {Form.PLAIN: "<u4", Form.GAP16: "<u2", Form.GAP8: "u1"}
_MOST: Final = 1 << 32
_MARGIN: Final = 1.2
_SPARE: Final = 64
_LONG_BYTES: Final = 16_384  # longer lists are joined as bitmaps, shorter ones sorted together


def documents(lists: Sequence[RawList], form: Form) -> "Docs":
    """The documents of lists of one form, one list after the other."""
    parts = [np.frombuffer(raw.data, _TYPES[form]) for raw in lists]
    data = np.concatenate(parts) if len(parts) > 1 else parts[0]
    if form is Form.PLAIN:
        return data.astype(np.uint32)
    more = _MORE[form]
    if len(data) * more >= _MOST:
        raise ValueError("length of a list")
    # A gap counts the documents between; `more` has no document behind it.
    steps = np.minimum(data, more - 1)
    steps += 1
    docs: Docs
    if len(parts) > 1:
        lengths = np.fromiter(map(len, parts), np.int64, len(parts))
        starts = np.cumsum(lengths) - lengths
        docs = steps.cumsum(dtype=np.uint32)
        docs -= np.repeat(docs[starts] - steps[starts] + np.uint32(1), lengths)
    else:
        steps[:1] -= 1
        docs = steps.cumsum(dtype=np.uint32)
    is_more = data == more
    return docs[~is_more] if is_more.any() else docs


def first_documents(raw: RawList, below: int, entries: int) -> "Docs":
    """The documents below a number of a list of gaps in a segment of so many entries."""
    width = 1 if raw.form is Form.GAP8 else 2
    size = width * (int(len(raw.data) // width * below / entries * _MARGIN) + _SPARE)
    docs = documents((RawList(raw.form, raw.data[:size]),), raw.form)
    if size < len(raw.data) and (not len(docs) or docs[-1] < below):
        docs = documents((raw,), raw.form)  # they are rarer in front than elsewhere
    return docs[: int(docs.searchsorted(below))]


def ascending_bitmap(docs: "Docs") -> BitMap:
    """A bitmap of documents in ascending order without repetitions."""
    if len(docs) < _ADDED_BELOW:
        return BitMap(array("I", docs.tobytes()))
    first, last = int(docs[0]) >> _CONTAINER_BITS, int(docs[-1]) >> _CONTAINER_BITS
    keys = np.arange(first, last + 1, dtype=np.uint32)
    ends = np.empty(len(keys), np.int64)
    ends[:-1] = docs.searchsorted(keys[1:] << np.uint32(_CONTAINER_BITS))
    ends[-1] = len(docs)
    sizes = ends.copy()
    sizes[1:] -= ends[:-1]
    is_filled = sizes > 0
    if not is_filled.all():
        keys, ends, sizes = keys[is_filled], ends[is_filled], sizes[is_filled]
    head = np.empty((len(keys), 2), "<u2")
    head[:, 0], head[:, 1] = keys, sizes - 1
    lows = docs.astype("<u2")
    is_full = sizes > _ARRAY_AT_MOST
    lengths = np.where(is_full, _CONTAINER_DOCS // 8, 2 * sizes)
    places = _HEAD_BYTES + _ENTRY_BYTES * len(keys) + np.cumsum(lengths) - lengths
    parts = [np.array([_COOKIE, len(keys)], "<u4").tobytes(), head.tobytes()]
    parts += [places.astype("<u4").tobytes(), *_containers(lows, ends, is_full)]
    return BitMap.deserialize(b"".join(parts))


def _containers(
    lows: "npt.NDArray[np.uint16]", ends: "npt.NDArray[np.int64]", is_full: "npt.NDArray[np.bool_]"
) -> list[bytes]:
    if not is_full.any():
        return [lows.tobytes()]
    parts, start = [], 0
    for end, is_set in zip(ends.tolist(), is_full.tolist(), strict=True):
        part = lows[start:end]
        parts.append(_bits(part) if is_set else part.tobytes())
        start = end
    return parts


def _bits(lows: "npt.NDArray[np.uint16]") -> bytes:
    flags = np.zeros(_CONTAINER_DOCS, np.bool_)
    flags[lows] = True
    return np.packbits(flags, bitorder="little").tobytes()


def union(lists: Sequence[RawList]) -> BitMap:
    """All documents of one or more lists."""
    bitmaps = [BitMap.deserialize(bytes(raw.data)) for raw in lists if raw.form is Form.ROARING]
    found = []
    for form in _TYPES:
        here = [raw for raw in lists if raw.form is form]
        short = [raw for raw in here if len(raw.data) < _LONG_BYTES]
        if short:
            found.append(documents(short, form))
        long = (documents((raw,), form) for raw in here if len(raw.data) >= _LONG_BYTES)
        bitmaps.extend(map(ascending_bitmap, long))
    if found:
        bitmaps.append(_joined(found))
    return bitmaps[0] if len(bitmaps) == 1 else BitMap.union(*bitmaps)


def _joined(parts: Sequence["Docs"]) -> BitMap:
    docs = np.sort(np.concatenate(parts))
    is_new = np.ones(len(docs), np.bool_)
    np.not_equal(docs[1:], docs[:-1], out=is_new[1:])
    return ascending_bitmap(docs if is_new.all() else docs[is_new])
