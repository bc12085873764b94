# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way of writing a word folds to the same."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogue.normalise import (
    BREAK,
    END,
    FIELD,
    MAX_QUERY_CHARS,
    MAX_WORD_CHARS,
    MAX_WORDS,
    fold,
    fold_bulk,
    fold_word,
    split_words,
)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("分數的初步認識", "分数的初步认识"),
        ("《分数》（一）", "分数一"),
        ("ＰＰＴ－课件", "ppt课件"),
        ("㎡①", "m21"),
        ("Ⅳ", "iv"),
        ("café", "café"),
        ("後來", "后来"),
        ("乾隆", "乾隆"),
        ("😀分\x00数\u200b", "分数"),
        ("𠮷", "𠮷"),
        ("_", ""),
    ],
)
def test_a_word_folds_to_its_plain_form(written: str, folded: str) -> None:
    assert fold_word(written) == folded


def test_punctuation_leaves_breaks_and_white_space_parts_words() -> None:
    assert fold("《分数》微课") == f"{BREAK}分数{BREAK}微课"
    assert split_words("《分数》微课  第1课时\u3000 -") == ("分数微课", "第1课时")


def test_text_that_would_break_a_query_is_only_text() -> None:
    assert split_words("a\"b*%_\\' OR 1=1 --\0") == ("ab", "or", "11")
    assert split_words("😀 … \ud800") == ()


def test_long_input_is_cut() -> None:
    words = split_words(" ".join(f"词{n}" for n in range(500)))
    assert len(words) == MAX_WORDS
    assert split_words("数" * 100_000) == ("数" * MAX_WORD_CHARS,)
    assert MAX_WORD_CHARS < MAX_QUERY_CHARS


@given(st.lists(st.lists(st.text(max_size=8), min_size=2, max_size=2), min_size=1, max_size=6))
def test_bulk_folding_equals_folding_one_by_one(rows: list[list[str]]) -> None:
    clean = [
        [re.sub("[\x1e\x1f\n]", "", unicodedata.normalize("NFC", text)) for text in row]
        for row in rows
    ]
    joined = END.join(FIELD.join(row) for row in clean) + END
    folded = fold_bulk(joined).tobytes().decode("utf-16-le").split(END)[:-1]
    expected = [FIELD.join(BREAK.join(fold(t).split(BREAK)).strip() for t in row) for row in clean]
    squeezed = [
        FIELD.join(BREAK.join(part.split()) for part in line.split(FIELD)) for line in expected
    ]
    assert folded == squeezed


def test_every_character_of_the_first_plane_folds_the_same_in_bulk() -> None:
    characters = [
        chr(code)
        for code in range(0x20, 0x10000)
        if not 0xD800 <= code <= 0xDFFF
        and unicodedata.is_normalized("NFC", chr(code))
        and not unicodedata.combining(chr(code))
    ]
    joined = END.join(characters) + END
    folded = fold_bulk(joined).tobytes().decode("utf-16-le").split(END)[:-1]
    assert folded == [" ".join(fold(character).split()) for character in characters]
