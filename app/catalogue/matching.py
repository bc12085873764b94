# SPDX-License-Identifier: GPL-3.0-or-later
"""From words to documents: candidates from posting lists, certainty from the texts.

A word is found where a field holds it. A word of letters is also found as initials (three or more
anywhere in title or lesson, one or two where a word of them starts) and as syllables in any field.
Other words may name values of the textbook or the type, alone or at either end of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Final, Protocol

from pyroaring import BitMap

from app.catalogue.keys import start_key, word_keys
from app.catalogue.naming import Cut
from app.catalogue.normalise import fold_row
from app.catalogue.state import State

if TYPE_CHECKING:
    from app.catalogue.letters import LetterWord

# So few candidates are verified at once rather than narrowed by reading another list.
VERIFY_AT_ONCE: Final = 64
# More than this are not verified even when asked: 0.1 s of processor time. Letters take twice as
# long, since the text must be read aloud.
VERIFY_AT_MOST: Final = 5_000
SPOKEN_AT_MOST: Final = 2_500
_VERIFY_BATCH: Final = 512
_JOINED_ONE_BY_ONE: Final = 4  # joining many at once goes through sets of bits


@dataclass(frozen=True, slots=True)
class Candidates:
    """Documents that may match; if `is_exact`, all do."""

    docs: BitMap
    is_exact: bool


Lists = Callable[[int], BitMap]


class Word(Protocol):
    """One word that is found in several ways."""

    docs: BitMap
    is_exact: bool

    def fits(self, docs: Sequence[int], texts: Sequence[str]) -> list[bool]:
        """Which documents really match, by their stored texts."""

    def starts(self, docs: BitMap, lists: Lists) -> BitMap:
        """Those of the first tier; `lists` reads the list of a key as far as `docs` go."""


class NamedWord:
    """A word with names of values at its ends; it may also stand in a text as it is."""

    def __init__(self, state: State, word: str, cuts: Sequence[Cut]) -> None:
        self._state = state
        whole = all_of(state, word_keys(word))
        ways = [(word, whole)] + [(cut.rest, self._docs(cut)) for cut in cuts]
        self._ways = [(rest, docs) for rest, docs in ways if docs]
        # One or two units are a key of their own, so that their list needs no look at the text.
        self._certain = joined([docs for rest, docs in self._ways if len(_units(rest)) <= 2])
        self._named = joined([docs for rest, docs in self._ways if not rest])
        unsure = [docs for rest, docs in self._ways if len(_units(rest)) > 2]
        self.docs = joined([self._certain, *unsure])
        self.is_exact = len(self.docs) == len(self._certain)
        self._start_key = start_key(word)

    def _docs(self, cut: Cut) -> BitMap:
        docs: BitMap | None = all_of(self._state, word_keys(cut.rest)) if cut.rest else None
        for alternatives in cut.names:
            sets = []
            for wanted in alternatives:
                values = [self._state.with_values(facet, frozenset((v,))) for facet, v in wanted]
                sets.append(BitMap.intersection(*values) if len(values) > 1 else values[0])
            docs = joined(sets) if docs is None else docs & joined(sets)
        return docs or BitMap()

    def fits(self, docs: Sequence[int], texts: Sequence[str]) -> list[bool]:
        return [
            doc in self._certain or self._has(doc, fold_row(text))
            for doc, text in zip(docs, texts, strict=True)
        ]

    def _has(self, doc: int, text: str) -> bool:
        return any(rest in text and doc in docs for rest, docs in self._ways)

    def starts(self, docs: BitMap, lists: Lists) -> BitMap:
        parts = [docs & self._named] if self._named else []
        return joined([*parts, docs & lists(self._start_key)])


class Matcher:
    """The words of one query against one state."""

    def __init__(self, state: State, words: Sequence[str]) -> None:
        self._state = state
        self.words = words
        self._plain: list[str] = []
        self._others: list[Word] = []
        for word in words:
            cuts = [] if _is_letters(word) else state.names.cuts(word)
            if _is_letters(word):
                self._others.append(_letter_word(state, word))
            elif cuts:
                self._others.append(NamedWord(state, word, cuts))
            else:
                self._plain.append(word)

    @property
    def verify_at_most(self) -> int:
        """How many documents can be verified in a tenth of a second."""
        return SPOKEN_AT_MOST if any(map(_is_letters, self.words)) else VERIFY_AT_MOST

    @property
    def single_key(self) -> int | None:
        """The one key whose list is the whole answer, if it is that simple."""
        keys = word_keys(self._plain[0]) if len(self._plain) == 1 and not self._others else []
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
        for word in sorted(self._others, key=lambda item: len(item.docs)):
            docs = word.docs if docs is None else docs & word.docs
            is_exact = is_exact and word.is_exact
        if keys and not state.length(keys[0]):
            return Candidates(BitMap(), True)
        for key in keys:
            if docs is not None and len(docs) <= VERIFY_AT_ONCE:
                is_exact = False
                break
            docs = state.postings(key) if docs is None else docs & state.postings(key)
        return Candidates(docs if docs is not None else BitMap(), is_exact)

    def starts(self, docs: BitMap) -> BitMap:
        """Those of `docs` in whose title or lesson a word starts like each word of the query, or
        that each word names."""
        return self._starts(docs, self._state.postings)

    def first_starts(self, docs: BitMap) -> BitMap:
        """The same of those of `docs` that are in the head of the catalogue."""
        return self._starts(docs & self._state.head, self._state.first_postings)

    def _starts(self, docs: BitMap, lists: Lists) -> BitMap:
        for word in self._plain:
            docs = docs & lists(start_key(word))
        for other in self._others:
            docs = other.starts(docs, lists)
        return docs

    def verified(self, docs: Sequence[int]) -> list[int]:
        """The documents that really match, in the given order."""
        good: list[int] = []
        for start in range(0, len(docs), _VERIFY_BATCH):
            part = docs[start : start + _VERIFY_BATCH]
            found = self._state.texts(part)
            texts = [found[doc].decode("utf-8", "replace") for doc in part]
            fits = [self._has_plain(text) for text in texts]
            for other in self._others:
                also = other.fits(part, texts)
                fits = [is_good and is_too for is_good, is_too in zip(fits, also, strict=True)]
            good += [doc for doc, is_good in zip(part, fits, strict=True) if is_good]
        return good

    def _has_plain(self, text: str) -> bool:
        """Whether a stored text holds all words; most hold them as they are typed."""
        missing = [word for word in self._plain if word not in text]
        if not missing:
            return True
        folded = fold_row(text)
        return all(word in folded for word in missing)


def all_of(state: State, keys: Sequence[int], down_to: int = 0) -> BitMap:
    """Documents that have every key; the rarest lists are read first.

    When no more than `down_to` are left, common lists are left out: asking the texts is quicker.
    """
    ordered = sorted(dict.fromkeys(keys), key=state.length)
    if not state.length(ordered[0]):
        return BitMap()
    docs = state.postings(ordered[0])
    for key in ordered[1:]:
        if len(docs) <= down_to:
            break
        docs = docs & state.postings(key)
    return docs


def joined(sets: Sequence[BitMap]) -> BitMap:
    """All documents of all sets; a set that is the only one is not copied."""
    filled = [docs for docs in sets if docs]
    if len(filled) > _JOINED_ONE_BY_ONE:
        return BitMap.union(*filled)
    return reduce(or_, filled) if filled else BitMap()


def _letter_word(state: State, word: str) -> "LetterWord":
    from app.catalogue.letters import LetterWord

    return LetterWord(state, word)


def _is_letters(word: str) -> bool:
    return word.isascii() and word.isalnum() and not word.isdigit()


def _units(word: str) -> bytes:
    """UTF-16 units, counted in pairs of bytes."""
    return word.encode("utf-16-le")[::2]
