# SPDX-License-Identifier: GPL-3.0-or-later
"""Facet counts by two histograms: over textbooks and over kinds (type × format).

Every entry has the number of its textbook (region, stage, subject, edition, grade, volume,
revision), so counting a million hits is one gather and one bincount, and every facet's counts are
sums over a few thousand textbooks.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import zstandard

from app.catalogue.grams import FACET
from app.catalogue.query import Facet
from app.catalogue.rows import FORMAT_NAMES, KIND_FORMATS, BookKey
from app.region.entry import RESOURCE_TYPES

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

Counts = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Column = npt.NDArray[np.unsignedinteger[Any]]


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many entries each textbook and each kind has."""

    books: Counts
    kinds: Counts

    def pack(self) -> bytes:
        raw = np.concatenate((self.kinds, self.books)).astype("<u4").tobytes()
        return zstandard.ZstdCompressor(level=1).compress(raw)

    @classmethod
    def unpack(cls, raw: bytes, books: int) -> "Histogram":
        """Textbooks that came later have none."""
        data = np.frombuffer(zstandard.ZstdDecompressor().decompress(raw), "<u4")
        counts = np.zeros(books, np.int64)
        counts[: len(data) - KINDS] = data[KINDS:]
        return cls(counts, data[:KINDS].astype(np.int64))

    def __add__(self, other: "Histogram") -> "Histogram":
        return Histogram(self.books + other.books, self.kinds + other.kinds)

    def __sub__(self, other: "Histogram") -> "Histogram":
        return Histogram(self.books - other.books, self.kinds - other.kinds)


class CountTable:
    """The textbooks and what they are in each dimension."""

    def __init__(self, books: Sequence[BookKey]) -> None:
        self.books = books
        self._values: dict[str, list[str]] = {}
        self._codes: dict[str, Counts] = {}
        for place, dimension in enumerate(BOOK_DIMENSIONS):
            self._add(dimension, [book[place] for book in books])
        types = len(RESOURCE_TYPES)
        kinds = range(KINDS)
        self._add(Facet.TYPE, [RESOURCE_TYPES[min(k // KIND_FORMATS, types - 1)] for k in kinds])
        formats = len(FORMAT_NAMES)
        self._add(Facet.FORMAT, [FORMAT_NAMES[min(k % KIND_FORMATS, formats - 1)] for k in kinds])
        self._terms: dict[tuple[str, str], int] = {}

    def _add(self, dimension: str, column: Iterable[str]) -> None:
        number: dict[str, int] = {}
        codes = [number.setdefault(value, len(number)) for value in column]
        self._values[dimension] = list(number)
        self._codes[dimension] = np.array(codes, np.int64)

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

    def term_keys(self, books: Column, kinds: Column) -> list[npt.NDArray[np.uint64]]:
        """For each dimension, the key of every row's value."""
        keys = []
        for dimension, values in self._values.items():
            terms = np.array([FACET + self._terms[dimension, value] for value in values], np.uint64)
            column = kinds if dimension in KIND_DIMENSIONS else books
            keys.append(terms[self._codes[dimension][column]])
        return keys

    # --- counting and choosing

    def histogram(self, books: Column, kinds: Column) -> Histogram:
        return Histogram(
            np.bincount(books, minlength=len(self.books)), np.bincount(kinds, minlength=KINDS)
        )

    def chosen(self, dimension: str, values: frozenset[str]) -> Mask:
        """Which textbooks (or kinds, for TYPE and FORMAT) have one of the values."""
        wanted = np.array([value in values for value in self._values[dimension]], np.bool_)
        return wanted[self._codes[dimension]] if len(wanted) else np.zeros(0, np.bool_)

    def counts(self, dimension: str, histogram: Histogram) -> dict[str, int]:
        """Entries by value, without the values that have none."""
        source = histogram.kinds if dimension in KIND_DIMENSIONS else histogram.books
        values = self._values[dimension]
        codes = self._codes[dimension]
        totals = np.bincount(codes, weights=source, minlength=len(values)).astype(np.int64)
        return {value: n for value, n in zip(values, totals.tolist(), strict=True) if n}
