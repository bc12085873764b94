# SPDX-License-Identifier: GPL-3.0-or-later
"""A word of letters: itself, initials and syllables. Loaded when letters are first typed."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from app.catalogue.keys import initials_key, start_key, word_keys
from app.catalogue.matching import VERIFY_AT_ONCE, Lists, all_of, joined
from app.catalogue.normalise import END, FIELD, fold_row
from app.catalogue.pinyin import Mask, Reading, Sound, Units
from app.catalogue.state import State

Way = tuple[Sound, ...]


class LetterWord:
    """A word of ASCII letters and digits with at least one letter, in all its readings."""

    def __init__(self, state: State, word: str) -> None:
        self.word = word
        self._state = state
        self._cuts = state.spoken.syllables.cut(word)
        self._pairs: dict[tuple[Sound, Sound], _Pair] = {}
        certain = [state.postings(key) for key in _certain_keys(word)]
        # What the text must be asked for: the word itself, initials, and ways to read it.
        self._spelt = self._all_of(word_keys(word)) if len(word) > 2 else BitMap()
        self._initials = self._all_of(_windows(word)) if len(word) > 3 else BitMap()
        self._ways: list[tuple[Way, BitMap]] = []
        for cut in self._cuts:
            way = tuple(
                state.spoken.sound(part, is_begun=place == len(cut) - 1)
                for place, part in enumerate(cut)
            )
            if len(way) == 1:
                certain.append(state.union(way[0].characters.tolist()))
            else:
                self._ways.append((way, self._syllables(way)))
        self._certain = joined(certain)
        ways = [docs for _, docs in self._ways]
        self.docs = joined([self._certain, self._spelt, self._initials, *ways])
        self.is_exact = len(self.docs) == len(self._certain)

    def _all_of(self, keys: Sequence[int]) -> BitMap:
        return all_of(self._state, keys, VERIFY_AT_ONCE)

    def _syllables(self, way: Way) -> BitMap:
        """Documents with every pair of neighbouring syllables; the rarest pairs are read first."""
        pairs = sorted(map(self._pair, pairwise(way)), key=lambda pair: pair.count)
        result: BitMap | None = None
        for pair in pairs:
            if result is not None and len(result) <= VERIFY_AT_ONCE:
                break
            result = pair.docs if result is None else result & pair.docs
        return result or BitMap()

    def _pair(self, sounds: tuple[Sound, Sound]) -> "_Pair":
        """Ways to read a word have most of their pairs in common."""
        if sounds not in self._pairs:
            self._pairs[sounds] = _Pair(self._state, *sounds)
        return self._pairs[sounds]

    def starts(self, docs: BitMap, lists: Lists) -> BitMap:
        """Those in which a word starts as this one does."""
        return joined([docs & lists(key) for key in self._start_keys()])

    def _start_keys(self) -> list[int]:
        keys = [start_key(self.word), initials_key(self.word[:2])]
        keys += [initials_key("".join(part[0] for part in cut[:2])) for cut in self._cuts]
        return sorted({key for key in keys if key is not None})

    # --- certainty

    def fits(self, docs: Sequence[int], texts: Sequence[str]) -> list[bool]:
        """Which documents really match, by their stored texts."""
        result = [doc in self._certain for doc in docs]
        open_places = [place for place, is_good in enumerate(result) if not is_good]
        folded = {place: fold_row(texts[place]) for place in open_places}
        for place, text in folded.items():
            result[place] = docs[place] in self._spelt and self.word in text
        wanted = [p for p in open_places if not result[p] and docs[p] in self._initials]
        names = [FIELD.join(folded[place].split(FIELD, 2)[:2]) for place in wanted]
        for place in self._initialled(wanted, names):
            result[place] = True
        places = [place for place in open_places if not result[place]]
        for place in self._spoken(places, docs, [folded[place] for place in places]):
            result[place] = True
        return result

    def _initialled(self, places: Sequence[int], names: Sequence[str]) -> list[int]:
        """The places whose titles and lessons have the initials."""
        if not places:
            return []
        lines = _lines(names)
        found = Reading(self._state.spoken.table, lines).has_initials(self.word)
        return np.array(places)[_lines_with(lines, found, len(names))].tolist()  # type: ignore[no-any-return]

    def _spoken(
        self, places: Sequence[int], docs: Sequence[int], texts: Sequence[str]
    ) -> list[int]:
        """The places whose texts read as one of the ways."""
        ways = [way for way, found in self._ways if any(docs[place] in found for place in places)]
        if not ways:
            return []
        lines = _lines(texts)
        reading = Reading(self._state.spoken.table, lines)
        result = np.zeros(len(texts), np.bool_)
        for way in ways:
            found = reading.has_syllables([sound.selection for sound in way])
            result |= _lines_with(lines, found, len(texts))
        return np.array(places)[result].tolist()  # type: ignore[no-any-return]


class _Pair:
    """Two neighbouring syllables: their keys, how long the lists are, and what is in them."""

    def __init__(self, state: State, first: Sound, second: Sound) -> None:
        self._state = state
        self.keys, self.count = _pairs_of(state, first.characters, second.characters)
        self._docs: BitMap | None = None

    @property
    def docs(self) -> BitMap:
        if self._docs is None:
            self._docs = self._state.union(self.keys)
        return self._docs


def _certain_keys(word: str) -> list[int]:
    """Keys whose documents need no look at the text."""
    keys = [initials_key(word)]
    if len(word) <= 2:
        keys += word_keys(word)
    return [key for key in keys if key is not None]


def _windows(word: str) -> list[int]:
    """Keys of every three letters in a row, as initials."""
    keys = [initials_key(word[start : start + 3]) for start in range(len(word) - 2)]
    return [key for key in keys if key is not None]


def _lines(texts: Sequence[str]) -> str:
    return END.join(texts) + END


def _lines_with(lines: str, places: Mask, count: int) -> npt.NDArray[np.bool_]:
    """Which lines have a place that is set."""
    result = np.zeros(count, np.bool_)
    found = np.flatnonzero(places)
    if len(found):
        units = np.frombuffer(lines.encode("utf-16-le"), np.uint16)
        ends = np.flatnonzero(units == ord(END))
        result[np.searchsorted(ends, found)] = True
    return result


def _pairs_of(state: State, left: Units, right: Units) -> tuple[list[int], int]:
    """Keys of all pairs of units that occur and are made of these, and how long their lists are."""
    is_right = np.zeros(0x10000, np.bool_)
    is_right[right] = True
    parts, total = [], 0
    for keys, counts, starts in state.pair_starts:
        low, high = starts[left], starts[left.astype(np.int32) + 1]
        sizes = high - low
        ends = np.cumsum(sizes)
        places = np.repeat(low - ends + sizes, sizes) + np.arange(int(sizes.sum()))
        places = places[is_right[(keys[places] & np.uint64(0xFFFF)).astype(np.intp)]]
        total += int(counts[places].sum())
        parts.append(keys[places])
    found = parts[0] if len(parts) == 1 else np.unique(np.concatenate(parts))
    return found.tolist(), total
