# SPDX-License-Identifier: GPL-3.0-or-later
"""Facet counts by two histograms: over textbooks and over kinds (type × format).

Every entry has the number of its textbook (region, stage, subject, edition, grade, volume,
revision), so counting a million hits is one gather and one bincount, and every facet's counts are
sums over a few thousand textbooks.
"""

from array import array
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.catalogue.columns import Column
from app.catalogue.keys import FACET
from app.catalogue.query import Facet
from app.catalogue.records import FORMAT_NAMES, KIND_FORMATS, BookKey
from app.region.entry import RESOURCE_TYPES

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from app.catalogue.bulk import Sums

    Counts = npt.NDArray[np.int64]

REGION: Final = "region"
KINDS: Final = 256
# In the order of BookKey.
BOOK_DIMENSIONS: Final = (
    REGION,
    Facet.STAGE,
    Facet.SUBJECT,
    Facet.EDITION,
    Facet.GRADE,
    Facet.VOLUME,
    Facet.REVISION,
)
KIND_DIMENSIONS: Final = (Facet.TYPE, Facet.FORMAT)


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many entries each textbook and each kind has: of few documents by number, those that
    have some; of many an array over all. If only some were looked at, each stands for `share`."""

    books: "Mapping[int, int] | Counts"
    kinds: "Mapping[int, int] | Counts"
    share: float = 1.0

    @classmethod
    def of_few(cls, docs: Iterable[int], book: Column, kind: Column) -> "Histogram":
        found = list(docs)
        return cls(Counter(map(book.__getitem__, found)), Counter(map(kind.__getitem__, found)))


class CountTable:
    """The textbooks and what they are in each dimension."""

    def __init__(self, books: Sequence[BookKey]) -> None:
        self.books = books
        self._values: dict[str, list[str]] = {}
        self._codes: dict[str, array[int]] = {}
        for place, dimension in enumerate(BOOK_DIMENSIONS):
            self._add(dimension, [book[place] for book in books])
        types = len(RESOURCE_TYPES)
        kinds = range(KINDS)
        self._add(Facet.TYPE, [RESOURCE_TYPES[min(k // KIND_FORMATS, types - 1)] for k in kinds])
        formats = len(FORMAT_NAMES)
        self._add(Facet.FORMAT, [FORMAT_NAMES[min(k % KIND_FORMATS, formats - 1)] for k in kinds])
        self._terms: dict[tuple[str, str], int] = {}
        self._sums: Sums | None = None

    def _add(self, dimension: str, column: Iterable[str]) -> None:
        number: dict[str, int] = {}
        self._codes[dimension] = array(
            "q", [number.setdefault(value, len(number)) for value in column]
        )
        self._values[dimension] = list(number)

    def values(self, dimension: str) -> Sequence[str]:
        """The distinct values of a dimension."""
        return self._values[dimension]

    def codes(self, dimension: str) -> "array[int]":
        """For each textbook (or kind) the place of its value in `values`."""
        return self._codes[dimension]

    # --- terms: numbers of values, for their posting lists

    def with_terms(self, known: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], int]:
        """Number every value; known ones keep their numbers. Returns the new ones."""
        self._terms = dict(known)
        added = {}
        for dimension, values in self._values.items():
            for value in values:
                if (dimension, value) not in self._terms:
                    added[dimension, value] = len(self._terms)
                    self._terms[dimension, value] = len(self._terms)
        return added

    def term_key(self, dimension: str, value: str) -> int | None:
        """The key of all entries with this value."""
        number = self._terms.get((dimension, value))
        return None if number is None else FACET + number

    # --- counting and choosing

    def chosen(self, dimension: str, values: Container[str]) -> bytearray:
        """For each textbook (or kind, for TYPE and FORMAT) 1 if it has one of the values."""
        wanted = [value in values for value in self._values[dimension]]
        return bytearray(wanted[code] for code in self._codes[dimension])

    def all_counts(self, histogram: Histogram) -> dict[str, dict[str, int]]:
        """Of every dimension the entries by value, without the values that have none."""
        books, kinds = histogram.books, histogram.kinds
        if isinstance(books, Mapping) and isinstance(kinds, Mapping):
            return {dimension: self._few(dimension, books, kinds) for dimension in self._values}
        if self._sums is None:
            from app.catalogue.bulk import Sums

            parts = [self._codes[name] for name in BOOK_DIMENSIONS]
            self._sums = Sums(parts, [self._codes[name] for name in KIND_DIMENSIONS])
        totals = self._sums.of(histogram)
        found, start = {}, 0
        for dimension, values in self._values.items():
            part = totals[start : start + len(values)]
            found[dimension] = {value: n for value, n in zip(values, part, strict=True) if n}
            start += len(values)
        return found

    def counts_in(self, dimension: str, histogram: Histogram) -> dict[str, int]:
        """The entries by value of one dimension."""
        books, kinds = histogram.books, histogram.kinds
        if isinstance(books, Mapping) and isinstance(kinds, Mapping):
            return self._few(dimension, books, kinds)
        from app.catalogue import bulk

        values, codes = self._values[dimension], self._codes[dimension]
        totals = bulk.sums(histogram, codes, len(values), dimension in KIND_DIMENSIONS)
        return {value: n for value, n in zip(values, totals, strict=True) if n}

    def _few(
        self, dimension: str, books: Mapping[int, int], kinds: Mapping[int, int]
    ) -> dict[str, int]:
        values, codes = self._values[dimension], self._codes[dimension]
        found: dict[str, int] = {}
        for number, count in (kinds if dimension in KIND_DIMENSIONS else books).items():
            value = values[codes[number]]
            found[value] = found.get(value, 0) + count
        return found
