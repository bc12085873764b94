# SPDX-License-Identifier: GPL-3.0-or-later
"""Postings of texts by key, all in arrays: nothing here runs once per title.

Postings of a chunk are sorted, without duplicates, and at most CHUNK_DOCS documents wide.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
import numpy.typing as npt

from app.catalogue.keys import BASE, INITIALS, START_INITIAL, START_INITIALS, START_PAIR, START_UNIT
from app.catalogue.normalise import BREAK, END, FIELD, fold_bulk
from app.catalogue.pinyin import NO_LETTER, PinyinTable, initial_numbers, syllable_initials

Units = npt.NDArray[np.uint16]
Keys = npt.NDArray[np.uint64]
Docs = npt.NDArray[np.uint32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Postings:
    """Sorted keys, how many documents each has, and the documents of all keys in one array."""

    keys: Keys
    counts: npt.NDArray[np.uint32]
    docs: Docs


def make_postings(keys: Sequence[Keys], docs: Sequence[Docs]) -> Postings:
    """Sort (key, document) pairs and drop repeated ones; documents are below CHUNK_DOCS."""
    pairs = np.concatenate(keys)  # of a chunk 14 MB: what can be done in place is
    pairs <<= np.uint64(16)
    pairs |= np.concatenate(docs)
    pairs.sort()
    pairs = pairs[_changes(pairs)]
    found = pairs.astype(np.uint16).astype(np.uint32)
    pairs >>= np.uint64(16)
    starts = np.flatnonzero(_changes(pairs))
    counts = np.diff(np.append(starts, len(pairs))).astype(np.uint32)
    return Postings(pairs[starts], counts, found)


def _changes(values: Keys) -> Mask:
    """Where a value is another than the one before it."""
    is_first = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=is_first[1:])
    return is_first


def text_postings(texts: Sequence[bytes], table: PinyinTable) -> tuple[Postings, Postings]:
    """Postings of stored texts: units and pairs of all fields, then those of names (title and
    lesson): where words start, and initials. Fields do not join; breaks inside them do."""
    raw = b"\n".join(texts).decode() + END
    units = fold_bulk(raw)
    is_end = units == ord(END)
    docs = (np.cumsum(is_end, dtype=np.uint32) - is_end).astype(np.uint32)
    is_break = units == ord(BREAK)
    is_kept = ~is_break
    is_edge = is_end | (units == ord(FIELD))
    is_start = np.concatenate(([True], is_edge[:-1] | is_break[:-1]))[is_kept]
    units, docs, is_edge, is_end = (item[is_kept] for item in (units, docs, is_edge, is_end))
    grams = _text_grams(units, docs, ~is_edge)
    edges = np.cumsum(is_edge)
    first_edge = np.concatenate(([0], edges[is_end]))[docs]
    is_name = edges - is_edge - first_edge < _NAME_FIELDS
    return grams, _name_postings(units[is_name], docs[is_name], is_start[is_name], table)


def _text_grams(units: Units, docs: Docs, is_unit: Mask) -> Postings:
    """Postings of units and of pairs of neighbouring ones."""
    is_pair = is_unit[:-1] & is_unit[1:]
    pairs = units[:-1][is_pair].astype(np.uint64)
    pairs <<= np.uint64(16)
    pairs |= units[1:][is_pair]
    singles = units[is_unit].astype(np.uint64)
    return make_postings([singles, pairs], [docs[is_unit], docs[:-1][is_pair]])


def _name_postings(units: Units, docs: Docs, is_start: Mask, table: PinyinTable) -> Postings:
    is_unit = (units != ord(END)) & (units != ord(FIELD))
    is_start = is_start & is_unit
    wide = units.astype(np.uint64)
    pair = is_start[:-1] & is_unit[1:]
    keys = [
        np.uint64(START_UNIT) + wide[is_start],
        np.uint64(START_PAIR) + ((wide[:-1] << np.uint64(16)) | wide[1:])[pair],
    ]
    found = [docs[is_start], docs[:-1][pair]]
    usual, choices = _reading_choices(units, table)
    for choice in choices:
        for space, steps, is_anchored in _INITIAL_SPACES:
            if any(layer is not usual for layer in choice[steps:]):
                continue  # a shorter key does not see the places behind it
            key, place = _initial_keys(choice[:steps], is_start if is_anchored else None)
            keys.append(np.uint64(space) + key)
            found.append(docs[place])
    return make_postings(keys, found)


_NAME_FIELDS: Final = 2
Layer = npt.NDArray[np.uint8]
# Key space, initials in a row, whether only where words start.
_INITIAL_SPACES: Final = (
    (START_INITIAL, 1, True),
    (START_INITIALS, 2, True),
    (INITIALS, 3, False),
)


def _reading_choices(units: Units, table: PinyinTable) -> tuple[Layer, Iterator[Sequence[Layer]]]:
    """The usual initials, and every choice of layers for three places in a row.

    Layers behind the usual one hold the unusual initials and NO_LETTER everywhere else, so each
    choice yields only keys that really differ.
    """
    usual = initial_numbers(table)[units]
    layers = [usual]
    places, syllables = table.contextual(units)
    initials = syllable_initials(table)[syllables]
    is_new = initials != usual[places]
    rows = sorted(set(zip(places[is_new].tolist(), initials[is_new].tolist(), strict=True)))
    depth: dict[int, int] = {}
    for place, initial in rows:
        level = depth[place] = depth.get(place, 0) + 1
        if level == len(layers):
            layers.append(np.full(len(units), NO_LETTER, np.uint8))
        layers[level][place] = initial
    return usual, product(layers, repeat=3)


def _initial_keys(
    layers: Sequence[Layer], is_start: Mask | None
) -> tuple[Keys, npt.NDArray[np.int64]]:
    """Keys of initials in a row, with the places where they begin."""
    size = len(layers[0]) - len(layers) + 1
    if size <= 0:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    is_good = np.ones(size, np.bool_) if is_start is None else is_start[:size].copy()
    for step, layer in enumerate(layers):
        is_good &= layer[step : step + size] != NO_LETTER
    places = np.flatnonzero(is_good)
    key = np.zeros(len(places), np.uint64)
    for step, layer in enumerate(layers):
        key = key * np.uint64(BASE) + layer[places + step]
    return key, places
