# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys of the index: 48 bits each. Light to import.

A key is a UTF-16 unit, two units, or a number in one of the spaces below.
"""

import struct
from itertools import pairwise
from typing import Final

CHUNK_DOCS: Final = 1 << 13  # small enough for the caches; documents of a chunk have 16 bits
INITIALS: Final = 1 << 40  # three initials in a row
START_PAIR: Final = 2 << 40  # two units where a word of title or lesson starts
START_UNIT: Final = 3 << 40
START_INITIALS: Final = 4 << 40  # two initials where a word starts
START_INITIAL: Final = 5 << 40
NODE: Final = 6 << 40  # a node of the tree
FACET: Final = 7 << 40  # a value of a facet
SEGMENT_SHIFT: Final = 48
BLOCK_SHIFT: Final = 32  # numbers of blocks have the segment above it

LETTERS: Final = "abcdefghijklmnopqrstuvwxyz0123456789"
BASE: Final = len(LETTERS)
LETTER_NUMBER: Final = {letter: number for number, letter in enumerate(LETTERS)}
_INITIAL_SPACES: Final = {1: START_INITIAL, 2: START_INITIALS, 3: INITIALS}


def units_of(word: str) -> tuple[int, ...]:
    """The UTF-16 units of a word."""
    raw = word.encode("utf-16-le", "surrogatepass")
    return struct.unpack(f"<{len(raw) // 2}H", raw)


def word_keys(word: str) -> list[int]:
    """The keys that every text with `word` in it has; exact for words of one or two units."""
    units = units_of(word)
    if len(units) == 1:
        return [units[0]]
    return list(dict.fromkeys(a << 16 | b for a, b in pairwise(units)))


def start_key(word: str) -> int:
    """The key of texts in which a word starts like `word` (by its first two units)."""
    units = units_of(word)
    return START_UNIT + units[0] if len(units) == 1 else START_PAIR + (units[0] << 16 | units[1])


def initials_key(letters: str) -> int | None:
    """The key of one to three initials; three anywhere, fewer where a word starts."""
    if len(letters) not in _INITIAL_SPACES:
        return None
    number = 0
    for letter in letters:
        number = number * BASE + LETTER_NUMBER[letter]
    return _INITIAL_SPACES[len(letters)] + number
