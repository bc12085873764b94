# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes posting lists in the forms that `postings` reads; all lists of a range of keys at once."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import zstandard
from pyroaring import BitMap

from app.catalogue.columns import FEW
from app.catalogue.grams import Postings
from app.catalogue.postings import GAP8_MORE, GAP16_MORE, Form

# Documents for each one that has the key. Denser than ROARING: bitmaps, which are twice the size
# of gaps but read at memory speed; up to GAP8: one byte (measured: smallest up to 130).
_ROARING_BELOW: Final = 16
_GAP8_UP_TO: Final = 128
_GAP16_UP_TO: Final = 32_768
_ALONE_FROM_BYTES: Final = 512
_PACK_BYTES: Final = 3_000
_LIST_HEAD_BYTES: Final = 6
_LEVEL: Final = 3
_PACKED: Final = (Form.PLAIN, Form.GAP16, Form.GAP8)
_TYPES: Final = {Form.PLAIN: "<u4", Form.GAP16: "<u2", Form.GAP8: "u1"}
Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Stream:
    """All lists of one form, one after the other, and where each list of the range ends in it."""

    data: npt.NDArray[Any]
    ends: Numbers

    def part(self, first: int, last: int) -> bytes:
        """Lists `first` up to `last` (those of other forms have nothing here)."""
        start = int(self.ends[first - 1]) if first else 0
        return self.data[start : int(self.ends[last - 1])].tobytes()


def packed_rows(postings: Postings, entries: int) -> Iterator[tuple[int, bytes]]:
    """Rows of a range of keys of a segment of so many entries, in order of keys."""
    if not len(postings.keys):
        return
    counts = postings.counts.astype(np.int64)
    forms = _forms(counts, entries)
    is_gaps = forms != Form.ROARING
    docs = postings.docs if is_gaps.all() else postings.docs[np.repeat(is_gaps, counts)]
    sizes = np.zeros(len(counts), np.int64)
    sizes[is_gaps], streams = _streams(docs, counts[is_gaps], forms[is_gaps])
    number = np.cumsum(is_gaps) - is_gaps  # among the lists that are no bitmaps
    widths = np.array([0, 1, 2, 4], np.int64)[forms]
    lengths = sizes * widths
    is_alone = (forms == Form.ROARING) | (lengths >= _ALONE_FROM_BYTES)
    edges = _edges(postings.keys, lengths, is_alone)
    packer = zstandard.ZstdCompressor(level=_LEVEL)
    list_ends = np.cumsum(counts)
    keys, alone = postings.keys, is_alone.tolist()
    for first, last in zip(edges, [*edges[1:], len(keys)], strict=True):
        key = int(keys[first])
        if not alone[first]:
            span = int(number[first]), int(number[last - 1]) + 1
            parts = [streams[form].part(*span) for form in _PACKED]
            packed = _pack(packer, keys[first:last], forms[first:last], sizes[first:last], parts)
            yield key, packed
            continue
        form = Form(int(forms[first]))
        if form is Form.ROARING:
            end = int(list_ends[first])
            docs = postings.docs[end - int(counts[first]) : end]
            bitmap = BitMap(array("I", docs.astype("<u4").tobytes()))
            bitmap.run_optimize()
            data = bytes(bitmap.serialize())
        else:
            data = streams[form].part(int(number[first]), int(number[first]) + 1)
            data = packer.compress(data) if form is Form.GAP8 else data
        yield key, data + bytes([form])


def _forms(counts: Numbers, entries: int) -> Numbers:
    """The form of each list."""
    mean = entries / counts
    forms = np.full(len(counts), int(Form.PLAIN), np.int64)
    forms[mean <= _GAP16_UP_TO] = int(Form.GAP16)
    forms[mean <= _GAP8_UP_TO] = int(Form.GAP8)
    forms[(mean < _ROARING_BELOW) & (counts > FEW)] = int(Form.ROARING)
    return forms


def _streams(
    docs: npt.NDArray[np.uint32], counts: Numbers, forms: Numbers
) -> tuple[Numbers, dict[Form, _Stream]]:
    """How many elements each list has in its form, and the elements."""
    ends = np.cumsum(counts)
    places = docs.view(np.int32)  # a million documents at once: half of what wide numbers take
    gaps = np.empty_like(places)
    gaps[:1] = places[:1]
    np.subtract(places[1:], places[:-1], out=gaps[1:])
    gaps -= 1
    gaps[ends - counts] = places[ends - counts]
    of_list = np.repeat(forms.astype(np.uint8), counts)
    sizes = np.zeros(len(counts), np.int64)
    streams = {}
    for form in _PACKED:
        is_here = forms == form
        picked = gaps[of_list == form]
        lengths = counts[is_here]
        if form is Form.PLAIN:
            data: npt.NDArray[Any] = docs[of_list == form].astype("<u4")
            sizes[is_here] = lengths
        else:
            more = GAP8_MORE if form is Form.GAP8 else GAP16_MORE
            full = picked // more
            element_ends = np.cumsum(full + 1, dtype=np.int32)
            data = np.full(int(element_ends[-1]) if len(picked) else 0, more, _TYPES[form])
            data[element_ends - 1] = picked - full * more
            if len(lengths):
                sizes[is_here] = np.diff(element_ends[np.cumsum(lengths) - 1], prepend=0)
        streams[form] = _Stream(data, np.cumsum(np.where(is_here, sizes, 0)))
    return sizes, streams


def _edges(keys: npt.NDArray[np.uint64], lengths: Numbers, is_alone: Mask) -> list[int]:
    """Where rows begin: at lists that stand alone, behind them, and when a pack is full."""
    begins = is_alone.copy()
    begins[0] = True
    begins[1:] |= is_alone[:-1] | ((keys[1:] >> np.uint64(32)) != (keys[:-1] >> np.uint64(32)))
    taken = np.cumsum(lengths + _LIST_HEAD_BYTES)
    before = np.where(begins, taken - lengths - _LIST_HEAD_BYTES, 0)
    part = (taken - np.maximum.accumulate(before)) // _PACK_BYTES
    begins[1:] |= part[1:] != part[:-1]
    return list(np.flatnonzero(begins).tolist())


def _pack(
    packer: zstandard.ZstdCompressor,
    keys: npt.NDArray[np.uint64],
    forms: Numbers,
    sizes: Numbers,
    parts: Sequence[bytes],
) -> bytes:
    """Short lists together: counts of forms, keys, sizes, elements; all in order of form, key."""
    order = np.argsort(-forms, kind="stable")  # PLAIN, GAP16, GAP8
    heads = np.array([int((forms == form).sum()) for form in _PACKED], "<u2")
    offsets = (keys - keys[0])[order].astype("<u4")
    raw = heads.tobytes() + offsets.tobytes() + sizes[order].astype("<u2").tobytes()
    raw += b"".join(parts)
    return packer.compress(raw) + bytes([Form.PACK])
