# SPDX-License-Identifier: GPL-3.0-or-later
"""Cutting typed letters into pinyin syllables (`xian` is xi an and xian; the last may be begun)."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

MAX_READINGS: Final = 8
_LONGEST_SYLLABLE: Final = 6


class Syllables:
    """Names of all syllables, whole and begun."""

    def __init__(self, names: Iterable[str]) -> None:
        self._whole = frozenset(names) - {""}
        self._begun = frozenset(
            name[:length] for name in self._whole for length in range(1, len(name) + 1)
        )

    def cut(self, letters: str) -> list[tuple[str, ...]]:
        """Every way (at most MAX_READINGS) to read `letters`, long first syllables first.

        The last part of each way may be only the beginning of a syllable. A single begun letter
        is no way: it would match every second title.
        """
        if len(letters) < 2 or not letters.isascii() or not letters.isalpha():
            return []
        dead = _dead_ends(letters, self._whole, self._begun)
        return list(islice(_cut(letters, self._whole, self._begun, dead), MAX_READINGS))


def _dead_ends(letters: str, whole: frozenset[str], begun: frozenset[str]) -> frozenset[int]:
    """Places from which no way leads to the end (so that nonsense is refused at once)."""
    size = len(letters)
    dead: set[int] = set()
    for start in range(size - 1, -1, -1):
        leads_on = any(
            letters[start:end] in whole and end not in dead
            for end in range(start + 1, min(size, start + _LONGEST_SYLLABLE + 1))
        )
        if letters[start:] not in begun and not leads_on:
            dead.add(start)
    return frozenset(dead)


def _cut(
    letters: str, whole: frozenset[str], begun: frozenset[str], dead: frozenset[int]
) -> Iterator[tuple[str, ...]]:
    """Depth first without recursion, longest syllable first."""
    stack: list[tuple[int, tuple[str, ...]]] = [] if 0 in dead else [(0, ())]
    while stack:
        start, way = stack.pop()
        if start == len(letters):
            yield way
            continue
        for end in range(start + 1, min(len(letters), start + _LONGEST_SYLLABLE) + 1):
            part = letters[start:end]
            is_last = end == len(letters)
            if (part in whole or (is_last and part in begun)) and end not in dead:
                stack.append((end, (*way, part)))
