# SPDX-License-Identifier: GPL-3.0-or-later
"""From words to documents: candidates from posting lists, certainty from the texts.

A word is found where a field holds it. A word of letters is also found as initials (three or more
anywhere in title or lesson, one or two where a word of them starts) and as syllables in any field.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from app.catalogue.grams import INITIALS, START_INITIAL, START_INITIALS, start_key, word_keys
from app.catalogue.normalise import END, FIELD
from app.catalogue.pinyin import BASE, LETTER_NUMBER, Mask, Reading
from app.catalogue.state import State

# So few candidates are verified at once rather than narrowed by reading another list.
VERIFY_AT_ONCE: Final = 64
# More than this are not verified even when asked: half a second of processor time.
VERIFY_AT_MOST: Final = 20_000
_VERIFY_BATCH: Final = 512


@dataclass(frozen=True, slots=True)
class Candidates:
    """Documents that may match; if `is_exact`, all do."""

    docs: BitMap
    is_exact: bool


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
            found |= _all_of(state, word_keys(self.word))
        if len(self.word) > 3:
            windows = [initials_key(self.word[n : n + 3]) for n in range(len(self.word) - 2)]
            found |= _all_of(state, [key for key in windows if key is not None])
        for way in self.ways:
            if len(way) > 1:
                found |= self._syllables(way)
        return found

    def _syllables(self, way: Sequence[Mask]) -> BitMap:
        table, result = self._state.spoken.table, None
        for first, second in pairwise(way):
            is_right = np.zeros(65536, np.bool_)
            is_right[table.characters_read(second)] = True
            keys = self._state.pairs_of(table.characters_read(first), is_right)
            found = self._state.union(keys)
            result = found if result is None else result & found
            if not result:
                break
        return result or BitMap()

    def start_keys(self) -> list[int]:
        """Keys of texts in which a word starts as this one does."""
        keys = [start_key(self.word), initials_key(self.word[:2])]
        keys += [initials_key(first + second) for first, second in self.way_starts]
        return sorted({key for key in keys if key is not None})

    def fits(self, docs: Sequence[int], texts: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Which documents really match."""
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
        return result


class Matcher:
    """The words of one query against one state."""

    def __init__(self, state: State, words: Sequence[str]) -> None:
        self._state = state
        self.words = words
        self._plain = [word for word in words if not _is_letters(word)]
        self._letters = [LetterWord(state, word) for word in words if _is_letters(word)]

    @property
    def single_key(self) -> int | None:
        """The one key whose list is the whole answer, if it is that simple."""
        keys = word_keys(self._plain[0]) if len(self._plain) == 1 and not self._letters else []
        is_whole = len(keys) == 1 and len(_units(self._plain[0])) <= 2
        return keys[0] if is_whole else None

    def candidates(self) -> Candidates:
        """Candidates among everything, ended documents included."""
        state = self._state
        if not self.words:
            return Candidates(state.visible, True)
        keys = list(dict.fromkeys(key for word in self._plain for key in word_keys(word)))
        keys.sort(key=state.length)
        docs: BitMap | None = None
        is_exact = all(len(_units(word)) <= 2 for word in self._plain)
        for word in sorted(self._letters, key=lambda item: len(item.docs)):
            docs = word.docs if docs is None else docs & word.docs
            is_exact = is_exact and word.is_exact
        for key in keys:
            if docs is not None and len(docs) <= VERIFY_AT_ONCE:
                is_exact = False
                break
            docs = state.postings(key) if docs is None else docs & state.postings(key)
        return Candidates(docs if docs is not None else BitMap(), is_exact)

    def starts(self, docs: BitMap) -> BitMap:
        """Those of `docs` in whose title or lesson a word starts like each word of the query."""
        for word in self._plain:
            docs = docs & self._state.postings(start_key(word))
        for letters in self._letters:
            docs = docs & self._state.union(letters.start_keys())
        return docs

    def verified(self, docs: Sequence[int]) -> list[int]:
        """The documents that really match, in the given order."""
        good: list[int] = []
        for start in range(0, len(docs), _VERIFY_BATCH):
            part = docs[start : start + _VERIFY_BATCH]
            found = self._state.texts(part)
            texts = [found[doc] for doc in part]
            fits = np.array([all(w in text for w in self._plain) for text in texts], np.bool_)
            for letters in self._letters:
                fits &= letters.fits(part, texts)
            good += [doc for doc, is_good in zip(part, fits.tolist(), strict=True) if is_good]
        return good


def initials_key(letters: str) -> int | None:
    """The key of one to three initials; three anywhere, fewer where a word starts."""
    spaces = {1: START_INITIAL, 2: START_INITIALS, 3: INITIALS}
    if len(letters) not in spaces:
        return None
    number = 0
    for letter in letters:
        number = number * BASE + LETTER_NUMBER[letter]
    return spaces[len(letters)] + number


def _is_letters(word: str) -> bool:
    return word.isascii() and word.isalnum() and not word.isdigit()


def _units(word: str) -> bytes:
    """UTF-16 units, counted in pairs of bytes."""
    return word.encode("utf-16-le")[::2]


def _begun(state: State, part: str) -> Mask:
    """Syllables that start with `part`."""
    return np.array([name.startswith(part) for name in state.spoken.table.syllables], np.bool_)


def _all_of(state: State, keys: Sequence[int]) -> BitMap:
    ordered = sorted(dict.fromkeys(keys), key=state.length)
    docs = state.postings(ordered[0])
    for key in ordered[1:]:
        if not docs:
            break
        docs = docs & state.postings(key)
    return docs


def _lines_with(lines: str, places: Mask, count: int) -> npt.NDArray[np.bool_]:
    """Which lines have a place that is set."""
    units = np.frombuffer(lines.encode("utf-16-le"), np.uint16)
    line = np.cumsum(units == ord(END)) - (units == ord(END))
    result = np.zeros(count, np.bool_)
    result[line[places]] = True
    return result
