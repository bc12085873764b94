# SPDX-License-Identifier: GPL-3.0-or-later
"""Pinyin of text: a table of readings, and matching of initials and syllables against it.

At each place of a text a character has its usual reading and those it takes beside its left or
right neighbour. Initials and syllables match if every place has a reading that fits.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import zstandard

from app.catalogue.keys import LETTER_NUMBER

NO_LETTER: Final = 255
_LEVEL: Final = 9

Units = npt.NDArray[np.uint16]
Mask = npt.NDArray[np.bool_]
_COLUMNS: Final = (
    ("default", "<u2"),
    ("other_character", "<u2"),
    ("other_syllable", "<u2"),
    ("pair_key", "<u4"),
    ("pair_side", "<u1"),
    ("pair_syllable", "<u2"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """Syllables, and the characters that may be read as one of them."""

    selection: Mask
    characters: Units


@dataclass(frozen=True, slots=True, eq=False)
class PinyinTable:
    """Readings as arrays; syllable 0 is none.

    `default[unit]` is the usual syllable; `other_*` list the other syllables of a character,
    sorted; `pair_*` list the unusual reading of the left (0) or right (1) of two neighbours,
    sorted by key = left << 16 | right.
    """

    syllables: tuple[str, ...]
    default: npt.NDArray[np.uint16]
    other_character: npt.NDArray[np.uint16]
    other_syllable: npt.NDArray[np.uint16]
    pair_key: npt.NDArray[np.uint32]
    pair_side: npt.NDArray[np.uint8]
    pair_syllable: npt.NDArray[np.uint16]

    def to_bytes(self) -> bytes:
        """The table as one block of 80 kB."""
        parts = [" ".join(self.syllables).encode()]
        parts += [getattr(self, name).astype(kind).tobytes() for name, kind in _COLUMNS]
        sizes = struct.pack(f"<{len(parts)}I", *map(len, parts))
        packer = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)
        return packer.compress(sizes + b"".join(parts))

    @classmethod
    def from_bytes(cls, packed: bytes) -> "PinyinTable":
        raw = zstandard.ZstdDecompressor().decompress(packed)
        count = len(_COLUMNS) + 1
        sizes = struct.unpack_from(f"<{count}I", raw)
        start, parts = 4 * count, []
        for size in sizes:
            parts.append(raw[start : start + size])
            start += size
        columns = {
            name: np.frombuffer(part, kind)
            for (name, kind), part in zip(_COLUMNS, parts[1:], strict=True)
        }
        return cls(syllables=tuple(parts[0].decode().split(" ")), **columns)

    def selection(self, names: Sequence[str]) -> Mask:
        """Which syllable numbers are called one of `names`."""
        wanted = frozenset(names)
        return np.array([name in wanted for name in self.syllables], np.bool_)

    def sound(self, part: str, *, is_begun: bool) -> Sound:
        """A syllable, or all that begin like it."""
        if is_begun:
            selection = np.array([name.startswith(part) for name in self.syllables], np.bool_)
        else:
            selection = self.selection([part])
        return Sound(selection, self.characters_read(selection))

    def characters_read(self, selection: Mask) -> Units:
        """Every character that may be read as a selected syllable."""
        characters, starts = _by_syllable(self)
        parts = [characters[starts[n] : starts[n + 1]] for n in np.flatnonzero(selection).tolist()]
        return np.unique(np.concatenate(parts)) if parts else np.zeros(0, np.uint16)

    def contextual(self, units: Units) -> tuple[npt.NDArray[np.int64], Units]:
        """(places, syllables): where neighbours give a character another reading."""
        if len(units) < 2 or not len(self.pair_key):
            return np.zeros(0, np.int64), np.zeros(0, np.uint16)
        keys = (units[:-1].astype(np.uint32) << np.uint32(16)) | units[1:]
        first = np.searchsorted(self.pair_key, keys)
        first[first == len(self.pair_key)] = 0
        found = np.flatnonzero(self.pair_key[first] == keys)
        count = np.searchsorted(self.pair_key, keys[found], side="right") - first[found]
        rows = np.repeat(first[found], count) + _count_up(count)
        return np.repeat(found, count) + self.pair_side[rows], self.pair_syllable[rows]


def _count_up(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """0, 1, …, counts[0]-1, 0, 1, …, counts[1]-1, …"""
    total = int(counts.sum())
    starts = np.repeat(np.cumsum(counts) - counts, counts)
    return np.arange(total, dtype=np.int64) - starts


class Reading:
    """A text with its readings, ready to be matched; separators in it match nothing."""

    def __init__(self, table: PinyinTable, text: str) -> None:
        self._table = table
        self._units = np.frombuffer(text.encode("utf-16-le"), np.uint16)
        self._default = table.default[self._units]
        self._places, self._syllables = table.contextual(self._units)

    def has_initials(self, letters: str) -> Mask:
        """True at every place from which the text can be read with these initials."""
        usual = initial_numbers(self._table)[self._units]
        special = syllable_initials(self._table)[self._syllables]
        masks = []
        for letter in letters:
            number = LETTER_NUMBER[letter]
            mask = usual == number
            mask[self._places[special == number]] = True
            masks.append(mask)
        return _in_a_row(masks)

    def has_syllables(self, selections: Sequence[Mask]) -> Mask:
        """True at every place from which the text reads as one syllable of each selection."""
        masks = []
        for selection in selections:
            mask = selection[self._default]
            mask[self._places[selection[self._syllables]]] = True
            masks.append(mask)
        return _in_a_row(masks)


def _in_a_row(masks: Sequence[Mask]) -> Mask:
    """True where masks[0] holds at a place, masks[1] at the next one, and so on."""
    result = masks[0].copy()
    for step, mask in enumerate(masks[1:], start=1):
        result[:-step] &= mask[step:]
        result[-step:] = False
    return result


@lru_cache(maxsize=2)
def _by_syllable(table: PinyinTable) -> tuple[Units, npt.NDArray[np.int64]]:
    """(characters ordered by syllable, where each syllable's characters start)."""
    characters = np.concatenate((np.arange(65536, dtype=np.uint16), table.other_character))
    syllables = np.concatenate((table.default, table.other_syllable))
    order = np.argsort(syllables, kind="stable")
    starts = np.searchsorted(syllables[order], np.arange(len(table.syllables) + 1))
    return characters[order], starts


@lru_cache(maxsize=2)
def syllable_initials(table: PinyinTable) -> npt.NDArray[np.uint8]:
    """The letter number of each syllable's first letter."""
    numbers = [LETTER_NUMBER[name[0]] if name else NO_LETTER for name in table.syllables]
    return np.array(numbers, np.uint8)


@lru_cache(maxsize=2)
def initial_numbers(table: PinyinTable) -> npt.NDArray[np.uint8]:
    """The letter number of every UTF-16 unit's usual initial; NO_LETTER where there is none.

    Letters and digits are their own initials.
    """
    numbers = syllable_initials(table)[table.default]
    for letter, number in LETTER_NUMBER.items():
        numbers[ord(letter)] = number
    return numbers
