# SPDX-License-Identifier: GPL-3.0-or-later
"""Readings in their context, initials, and cutting letters into syllables."""

import numpy as np
import pytest

from app.catalogue.pinyin import PinyinTable, Reading
from app.catalogue.pinyin_source import build_pinyin_table
from app.catalogue.syllables import MAX_READINGS, Syllables

TABLE = build_pinyin_table()


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("分数的初步认识", "fsdcbrs"),
        ("重庆", "cq"),
        ("长度单位", "cddw"),
        ("长方形和正方形", "cfxhzfx"),
        ("长征", "cz"),
        ("音乐课", "yyk"),
        ("3的倍数", "3dbs"),
        ("ppt课件", "pptkj"),
        ("绿色", "ls"),
    ],
)
def test_initials_follow_the_reading_in_context(text: str, letters: str) -> None:
    assert Reading(TABLE, text).has_initials(letters)[0]


def test_initials_do_not_cross_fields() -> None:
    assert not Reading(TABLE, "分\x1f数").has_initials("fs").any()
    assert not Reading(TABLE, "分\n数").has_initials("fs").any()


def test_syllables_follow_the_reading_in_context() -> None:
    def reads(text: str, *names: str) -> bool:
        selections = [TABLE.selection([name]) for name in names]
        return bool(Reading(TABLE, text).has_syllables(selections).any())

    assert reads("重庆大学", "chong", "qing")
    assert not reads("重量", "chong", "liang")
    assert reads("重量", "zhong", "liang")
    assert reads("音乐", "yin", "yue")
    assert reads("女孩", "nv", "hai")


def test_a_table_survives_storing() -> None:
    copy = PinyinTable.from_bytes(TABLE.to_bytes())
    assert copy.syllables == TABLE.syllables
    assert np.array_equal(copy.default, TABLE.default)
    assert np.array_equal(copy.pair_key, TABLE.pair_key)
    assert Reading(copy, "重庆").has_initials("cq")[0]


SYLLABLES = Syllables(TABLE.syllables)


@pytest.mark.parametrize(
    ("letters", "way"),
    [
        ("fenshu", ("fen", "shu")),
        ("fensh", ("fen", "sh")),
        ("xian", ("xian",)),
        ("xian", ("xi", "an")),
        ("fangan", ("fang", "an")),
        ("fangan", ("fan", "gan")),
        ("lv", ("lv",)),
        ("zh", ("zh",)),
    ],
)
def test_letters_are_cut_in_every_way(letters: str, way: tuple[str, ...]) -> None:
    assert way in SYLLABLES.cut(letters)


@pytest.mark.parametrize("letters", ["", "f", "zzzz", "fenshu1", "分", "ppt", "v"])
def test_what_is_no_pinyin_is_cut_in_no_way(letters: str) -> None:
    assert SYLLABLES.cut(letters) == []


def test_cutting_is_quick_and_bounded_for_nonsense() -> None:
    assert len(SYLLABLES.cut("xian" * 25)) == MAX_READINGS
    assert SYLLABLES.cut("a" * 99 + "v") == []
