# SPDX-License-Identifier: GPL-3.0-or-later
"""Folding of text so that every way of writing a word is found by every other.

A character folds by itself (compatibility form, lower case, simplified, punctuation to BREAK), so
that a query of a few characters and a million titles in one array fold to the same.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

from app.base.resources import read_text

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

BREAK: Final = " "
FIELD: Final = "\x1f"
CELL: Final = "\x1e"  # between fields of a stored row; a field of several items has FIELD inside
END: Final = "\n"
# A longer word matches what its first MAX_WORD_CHARS match; a query has MAX_WORDS words.
MAX_QUERY_CHARS: Final = 2000
MAX_WORD_CHARS: Final = 100
MAX_WORDS: Final = 16

# What folds to itself or its simplified form: ideographs, Hangul, surrogates and private use.
_PLAIN_RANGES: Final = ((0x4E00, 0xA000), (0x3400, 0x4DC0), (0xAC00, 0xD7A4), (0xD800, 0xF900))
_WORD: Final = re.compile(r"[^\W_]")
_NO_WORD: Final = re.compile(r"[^\w\n]|_")


class _FoldTable(dict[int, str]):
    """Code point to folded text, filled as characters are met (for `str.translate`)."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        return folded


def _fold_character(character: str) -> str:
    previous, folded = "", character
    while folded != previous:
        previous = folded
        composed = unicodedata.normalize("NFKC", folded).lower()
        folded = "".join(_simplified().get(part, part) for part in composed)
    return "".join(part if _WORD.match(part) else BREAK for part in folded)


_TABLE: Final = _FoldTable()
_ROW_TABLE: Final = _FoldTable({ord(CELL): FIELD, ord(FIELD): FIELD})


@cache
def _simplified() -> dict[str, str]:
    """Traditional character to simplified one (see the table's own header for its source)."""
    lines = read_text("catalogue/simplified.txt").splitlines()
    return {variant: line[0] for line in lines if not line.startswith("#") for variant in line[1:]}


def fold(text: str) -> str:
    """The folded text with BREAK wherever something that is no letter or digit stood."""
    return unicodedata.normalize("NFC", text).translate(_TABLE)


def fold_row(text: str) -> str:
    """A stored row with its fields folded, without breaks, FIELD between them."""
    folded = text.translate(_ROW_TABLE)
    return folded.replace(BREAK, "")


def fold_word(text: str) -> str:
    """The folded text without breaks: what substrings are looked for in."""
    return fold(text).replace(BREAK, "")


def split_words(query: str) -> tuple[str, ...]:
    """The folded words of a query, separated by white space; punctuation counts for nothing."""
    words = (fold_word(part)[:MAX_WORD_CHARS] for part in query[:MAX_QUERY_CHARS].split())
    return tuple(dict.fromkeys(word for word in words if word))[:MAX_WORDS]


def fold_bulk(text: str) -> "npt.NDArray[np.uint16]":
    """Fold text of many fields to UTF-16 units; END passes, CELL and FIELD are FIELD, runs of
    breaks are one.

    Equal to `fold` with superfluous breaks removed; about 20 ns a character. `text` is NFC and
    ends with END.
    """
    import numpy as np

    special, table = _bulk_tables()
    if special.search(text):
        text = special.sub(lambda match: _TABLE[ord(match[0])], text)
    units: npt.NDArray[np.uint16] = table[np.frombuffer(text.encode("utf-16-le"), np.uint16)]
    is_break = units == ord(BREAK)
    is_edge = is_break | (units == ord(FIELD)) | (units == ord(END))
    is_kept = ~is_break
    is_kept[1:] |= ~is_edge[:-1]
    units = units[is_kept]
    is_break = units == ord(BREAK)
    is_end = (units == ord(FIELD)) | (units == ord(END))
    is_kept = ~is_break
    is_kept[:-1] |= ~is_end[1:]
    if is_break.size and is_break[0]:
        is_kept[0] = False
    kept: npt.NDArray[np.uint16] = units[is_kept]
    return kept


def _folded_characters(characters: Sequence[str]) -> list[str]:
    """Each character folded as `_fold_character` does, all at once: END keeps them apart."""
    simple = {ord(variant): part for variant, part in _simplified().items()}
    previous, folded = "", END.join(characters)
    while folded != previous:
        previous = folded
        folded = unicodedata.normalize("NFKC", folded).lower().translate(simple)
    return _NO_WORD.sub(BREAK, folded).split(END)


@cache
def _bulk_tables() -> "tuple[re.Pattern[str], npt.NDArray[np.uint16]]":
    """A pattern of characters that do not fold to one unit, and the table for all others."""
    import numpy as np

    table = np.arange(65536, dtype=np.uint16)
    table[0xE000:0xF900] = ord(BREAK)  # for private use
    for variant, simple in _simplified().items():
        if ord(variant) < 65536:
            table[ord(variant)] = ord(simple)
    special = []
    plain = {code for low, high in _PLAIN_RANGES for code in range(low, high)}
    marks = {CELL: FIELD, FIELD: FIELD, END: END}
    looked_at = [chr(code) for code in range(65536) if code not in plain and chr(code) not in marks]
    for character, folded in zip(looked_at, _folded_characters(looked_at), strict=True):
        if len(folded) == 1 and ord(folded) <= 0xFFFF:
            table[ord(character)] = ord(folded)
        else:
            special.append(re.escape(character))
    for mark, folded in marks.items():
        table[ord(mark)] = ord(folded)
    pattern = re.compile("[" + "".join(special) + "\ud800-\udfff\U00010000-\U0010ffff]")
    return pattern, table
