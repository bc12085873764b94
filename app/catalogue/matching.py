# SPDX-License-Identifier: GPL-3.0-or-later
"""From words to documents: candidates from posting lists, certainty from the texts.

A word is found where a field holds it. A word of letters is also found as initials (three or more
anywhere in title or lesson, one or two where a word of them starts) and as syllables in any field.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyroaring import BitMap

from app.catalogue.keys import start_key, word_keys
from app.catalogue.normalise import fold_row
from app.catalogue.state import State

if TYPE_CHECKING:
    from app.catalogue.letters import LetterWord

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


class Matcher:
    """The words of one query against one state."""

    def __init__(self, state: State, words: Sequence[str]) -> None:
        self._state = state
        self.words = words
        self._plain = [word for word in words if not _is_letters(word)]
        self._letters = [_letter_word(state, word) for word in words if _is_letters(word)]

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
            texts = [found[doc].decode("utf-8", "replace") for doc in part]
            fits = [self._has_plain(text) for text in texts]
            for letters in self._letters:
                also = letters.fits(part, texts)
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


def _letter_word(state: State, word: str) -> "LetterWord":
    from app.catalogue.letters import LetterWord

    return LetterWord(state, word)


def _is_letters(word: str) -> bool:
    return word.isascii() and word.isalnum() and not word.isdigit()


def _units(word: str) -> bytes:
    """UTF-16 units, counted in pairs of bytes."""
    return word.encode("utf-16-le")[::2]
