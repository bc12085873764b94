# SPDX-License-Identifier: GPL-3.0-or-later
"""Words that name stage, subject, edition, grade, volume or type, alone or run together.

Teachers type 小学语文, 三上数学 or 分数微课 without white space: what stands at either end of
such a word is asked of the entry's textbook and type, and only the rest of its texts.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.catalogue.facets import CountTable
from app.catalogue.normalise import fold_word
from app.catalogue.query import Facet

NAMED: Final = (
    Facet.STAGE,
    Facet.SUBJECT,
    Facet.EDITION,
    Facet.GRADE,
    Facet.VOLUME,
    Facet.REVISION,
    Facet.TYPE,
)
MAX_CUTS: Final = 16
_UNSPOKEN: Final = "其他"  # says nothing that anyone would ask for
_NUMERALS: Final = "一二三四五六七八九"
_GRADE: Final = re.compile(f"([{_NUMERALS}])年级")
_HALF: Final = re.compile("([上下])册")
Wanted = tuple[tuple[Facet, str], ...]  # all of these values


@dataclass(frozen=True, slots=True)
class Cut:
    """A word as names of values and a rest, which may be empty. Each name has its alternatives."""

    names: tuple[tuple[Wanted, ...], ...]
    rest: str


class Names:
    """How the values of a catalogue are called."""

    def __init__(self, values: Mapping[Facet, Iterable[str]]) -> None:
        called: dict[str, set[Wanted]] = defaultdict(set)
        for facet in NAMED:
            for value in values[facet]:
                for name in _names(facet, value):
                    called[name].add(((facet, value),))
        for grade in values[Facet.GRADE]:
            for volume in values[Facet.VOLUME]:
                for name in _short_names(grade, volume):
                    called[name].add(((Facet.GRADE, grade), (Facet.VOLUME, volume)))
        self._called = {name: tuple(sorted(ways)) for name, ways in called.items()}
        self._longest = max(map(len, called), default=0)

    @classmethod
    def of(cls, counts: CountTable) -> "Names":
        return cls({facet: counts.values(facet) for facet in NAMED})

    def cuts(self, word: str) -> list[Cut]:
        """Every way (at most MAX_CUTS) to take names off the ends of a folded word."""
        heads = list(self._taken(word, is_head=True))
        tails = list(self._taken(word, is_head=False))
        found: dict[Cut, None] = {}
        for start, head in heads:
            for left, tail in tails:
                if start + left <= len(word) and (head or tail):
                    names = tuple(sorted((*head, *tail)))  # the same from either end
                    found[Cut(names, word[start : len(word) - left])] = None
        return list(found)[:MAX_CUTS]

    def _taken(
        self, word: str, *, is_head: bool
    ) -> Iterator[tuple[int, tuple[tuple[Wanted, ...], ...]]]:
        """(characters taken, names) for every number of names that stand at one end."""
        waiting: list[tuple[int, tuple[tuple[Wanted, ...], ...]]] = [(0, ())]
        while waiting:
            taken, names = waiting.pop()
            yield taken, names
            for size in range(1, min(self._longest, len(word) - taken) + 1):
                part = (
                    word[taken : taken + size]
                    if is_head
                    else word[len(word) - taken - size : len(word) - taken]
                )
                if part in self._called and len(names) < len(NAMED):
                    waiting.append((taken + size, (*names, self._called[part])))


def _names(facet: Facet, value: str) -> Sequence[str]:
    name = fold_word(value)
    if len(name) < 2 or value == _UNSPOKEN:
        return ()
    numeral = _GRADE.fullmatch(name) if facet is Facet.GRADE else None
    return (name, f"{_NUMERALS.index(numeral[1]) + 1}年级") if numeral else (name,)


def _short_names(grade: str, volume: str) -> Sequence[str]:
    """三上 for 三年级上册."""
    numeral, half = _GRADE.fullmatch(grade), _HALF.fullmatch(volume)
    return (numeral[1] + half[1],) if numeral and half else ()
