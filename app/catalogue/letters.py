# SPDX-License-Identifier: GPL-3.0-or-later
"""A word of letters: itself, initials and syllables. Loaded when letters are first typed."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from app.catalogue.keys import initials_key, start_key, word_keys
from app.catalogue.matching import VERIFY_AT_ONCE, all_of
from app.catalogue.normalise import END, FIELD, fold_row
from app.catalogue.pinyin import Mask, Reading
from app.catalogue.state import State


class LetterWord:
    """A word of ASCII letters and digits with at least one letter, in all its readings."""

    def __init__(self, state: State, word: str) -> None:
        self.word = word
        self._state = state
        table = state.spoken.table
        self.initials = word if len(word) > 2 else ""
        ways = state.spoken.syllables.cut(word)
        self.ways = [
            [*(table.selection([part]) for part in way[:-1]), _begun(state, way[-1])]
            for way in ways
        ]
        self.way_starts = [(way[0][0], way[1][0] if len(way) > 1 else "") for way in ways]
        self.certain = self._certain()
        self.docs = self.certain | self._uncertain()
        self.is_exact = len(self.docs) == len(self.certain)

    def _certain(self) -> BitMap:
        state, found = self._state, BitMap()
        keys = word_keys(self.word)
        if len(keys) == 1 and len(self.word) <= 2:
            found |= state.postings(keys[0])
        key = initials_key(self.word)
        if key is not None:
            found |= state.postings(key)
        for way in self.ways:
            if len(way) == 1:
                found |= state.union(state.spoken.table.characters_read(way[0]).tolist())
        return found

    def _uncertain(self) -> BitMap:
        state, found = self._state, BitMap()
        if len(self.word) > 2:
            found |= all_of(state, word_keys(self.word))
        if len(self.word) > 3:
            windows = [initials_key(self.word[n : n + 3]) for n in range(len(self.word) - 2)]
            found |= all_of(state, [key for key in windows if key is not None])
        for way in self.ways:
            if len(way) > 1:
                found |= self._syllables(way)
        return found

    def _syllables(self, way: Sequence[Mask]) -> BitMap:
        """Documents with every pair of neighbouring syllables; the rarest pairs are read first."""
        table, state = self._state.spoken.table, self._state
        steps = []
        for first, second in pairwise(way):
            is_right = np.zeros(65536, np.bool_)
            is_right[table.characters_read(second)] = True
            keys, count = _pairs_of(state, table.characters_read(first), is_right)
            steps.append((count, keys))
        result: BitMap | None = None
        for _, keys in sorted(steps, key=lambda step: step[0]):
            if result is not None and len(result) <= VERIFY_AT_ONCE:
                break
            found = state.union(keys)
            result = found if result is None else result & found
        return result or BitMap()

    def starts(self) -> BitMap:
        return self._state.union(self._start_keys())

    def _start_keys(self) -> list[int]:
        """Keys of texts in which a word starts as this one does."""
        keys = [start_key(self.word), initials_key(self.word[:2])]
        keys += [initials_key(first + second) for first, second in self.way_starts]
        return sorted({key for key in keys if key is not None})

    def fits(self, docs: Sequence[int], texts: Sequence[str]) -> list[bool]:
        """Which documents really match, by their stored texts."""
        texts = [fold_row(text) for text in texts]
        result = np.array([doc in self.certain for doc in docs], np.bool_)
        result |= np.array([self.word in text for text in texts], np.bool_)
        if self.initials and not result.all():
            names = [FIELD.join(text.split(FIELD, 2)[:2]) for text in texts]
            lines = END.join(names) + END
            places = Reading(self._state.spoken.table, lines).has_initials(self.initials)
            result |= _lines_with(lines, places, len(texts))
        long_ways = [way for way in self.ways if len(way) > 1]
        if long_ways and not result.all():
            lines = END.join(texts) + END
            reading = Reading(self._state.spoken.table, lines)
            for way in long_ways:
                result |= _lines_with(lines, reading.has_syllables(way), len(texts))
        return list(result.tolist())


def _begun(state: State, part: str) -> Mask:
    """Syllables that start with `part`."""
    return np.array([name.startswith(part) for name in state.spoken.table.syllables], np.bool_)


def _lines_with(lines: str, places: Mask, count: int) -> npt.NDArray[np.bool_]:
    """Which lines have a place that is set."""
    units = np.frombuffer(lines.encode("utf-16-le"), np.uint16)
    line = np.cumsum(units == ord(END)) - (units == ord(END))
    result = np.zeros(count, np.bool_)
    result[line[places]] = True
    return result


def _pairs_of(state: State, left: npt.NDArray[np.uint16], is_right: Mask) -> tuple[list[int], int]:
    """Keys of all pairs of units that occur and are made of these, and how long their lists are."""
    found = [np.zeros(0, np.uint64)]
    total = 0
    lows = left.astype(np.uint64) << np.uint64(16)
    for all_keys, all_counts in state.directories:
        keys = np.asarray(all_keys)
        starts = np.searchsorted(keys, lows)
        counts = np.searchsorted(keys, lows + np.uint64(0x10000)) - starts
        steps = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        places = np.repeat(starts, counts) + steps
        places = places[is_right[keys[places] & np.uint64(0xFFFF)]]
        total += int(np.asarray(all_counts)[places].sum())
        found.append(keys[places])
    return [int(key) for key in np.unique(np.concatenate(found))], total
