# SPDX-License-Identifier: GPL-3.0-or-later
"""Columns of a segment as they are read: numbers side by side, without copies or NumPy."""

import sys
from array import array
from collections.abc import Sequence
from itertools import accumulate
from typing import Final, Literal

import zstandard

from app.base.errors import BugError

if sys.byteorder != "little":
    raise BugError("columns are little-endian")
# How many documents are handled one by one; beyond, NumPy is loaded and takes them at once.
# Large catalogues load it anyway.
FEW: Final = 4_000
FEW_OF_MANY: Final = 64
# Kept for later segments only, with idents: how many base documents come before each row.
PLACE: Final = "place"
# The first ident of each block of so many.
IDENT_FIRST: Final = "ident first"
IDENT_BLOCK: Final = 1024
IDENT_PAIR: Final = "<QI"  # of a block: ident and document
# Lists longer than this get stored counts, so that no search gathers more rows than these.
STORED_COUNTS_FROM: Final = 20_000
Column = Sequence[int]  # a memoryview or an array; NumPy sees it without a copy
_CODES: Final[dict[int, Literal["B", "H", "I", "Q"]]] = {1: "B", 2: "H", 4: "I", 8: "Q"}
_WIDEST: Final = 8


def unpack_column(raw: bytes, entries: int) -> memoryview:
    """One column of a segment; how wide its numbers are shows in its length."""
    data = zstandard.ZstdDecompressor().decompress(raw, max_output_size=max(1, entries * _WIDEST))
    width = len(data) // entries if entries else 1
    if len(data) != entries * width or width not in _CODES:
        raise ValueError("column length")
    return memoryview(data).cast(_CODES[width])


def join_columns(parts: Sequence[memoryview]) -> Column:
    """Columns of segments one behind the other."""
    if len(parts) == 1:
        return parts[0]
    code = max((part.format for part in parts), key=lambda item: array(item).itemsize)
    joined = array(code)
    for part in parts:
        if part.format == code:
            joined.frombytes(part.cast("B"))
        else:
            joined.extend(part)
    return joined


def unpack_directory(raw: bytes) -> tuple[Column, Column]:
    """(keys, counts): how many documents each key has, sorted by key."""
    data = memoryview(zstandard.ZstdDecompressor().decompress(raw))
    size = len(data) // 12
    keys = array("Q", accumulate(data[: 8 * size].cast("Q")))
    return keys, data[8 * size :].cast("I")
