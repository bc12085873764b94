# SPDX-License-Identifier: GPL-3.0-or-later
"""The pinyin table, made from pypinyin's dictionaries by whoever writes the catalogue.

A searching process never imports this module: pypinyin takes a third of a second and 60 MB.
"""

import gc
import sys
from collections import defaultdict
from functools import cache

import numpy as np

from app.catalogue.pinyin import PinyinTable


@cache
def build_pinyin_table() -> PinyinTable:
    """Readings of all Chinese characters of the first plane, alone and next to each other.

    A character's reading beside another comes from every phrase that holds the two together
    (长 in 长方形), because the usual reading alone gets 2 % of lesson names wrong.
    """
    readings = _read_characters()
    pairs = _read_phrases(readings)
    _forget_dictionaries()
    syllables = sorted({reading for values in readings.values() for reading in values})
    number = {syllable: position + 1 for position, syllable in enumerate(syllables)}
    default = np.zeros(65536, np.uint16)
    for code, values in readings.items():
        default[code] = number[values[0]]
    others = sorted(
        (code, number[value]) for code, values in readings.items() for value in values[1:]
    )
    rows = sorted(
        (key, side, number[value]) for (key, side), values in pairs.items() for value in values
    )
    return PinyinTable(
        syllables=("", *syllables),
        default=default,
        other_character=np.array([row[0] for row in others], np.uint16),
        other_syllable=np.array([row[1] for row in others], np.uint16),
        pair_key=np.array([row[0] for row in rows], np.uint32),
        pair_side=np.array([row[1] for row in rows], np.uint8),
        pair_syllable=np.array([row[2] for row in rows], np.uint16),
    )


def _forget_dictionaries() -> None:
    """Let go of what pypinyin has read: 33 MB that a whole import would carry along."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "pypinyin"]:
        del sys.modules[name]
    gc.collect()


def _read_characters() -> dict[int, tuple[str, ...]]:
    """Code point to its readings without tones, the usual one first."""
    from pypinyin.constants import PINYIN_DICT

    readings = {}
    for code, text in PINYIN_DICT.items():
        values = dict.fromkeys(_plain(reading) for reading in text.split(","))
        values.pop("", None)
        if code < 65536 and values:
            readings[code] = tuple(values)
    return readings


def _read_phrases(readings: dict[int, tuple[str, ...]]) -> dict[tuple[int, int], set[str]]:
    """(two neighbours, 0 for the left or 1 for the right one) to its unusual readings there."""
    from pypinyin.constants import PHRASES_DICT

    pairs: dict[tuple[int, int], set[str]] = defaultdict(set)
    for phrase, spoken in PHRASES_DICT.items():
        codes = [ord(character) for character in phrase]
        for position, (code, options) in enumerate(zip(codes, spoken, strict=False)):
            known = readings.get(code)
            reading = _plain(options[0])
            if known is None or reading == known[0] or reading not in known:
                continue
            if position + 1 < len(codes):
                pairs[code << 16 | codes[position + 1] & 0xFFFF, 0].add(reading)
            if position:
                pairs[(codes[position - 1] & 0xFFFF) << 16 | code, 1].add(reading)
    return pairs


@cache
def _plain(reading: str) -> str:
    """A reading without its tone, in the letters that a keyboard has (lǜ is lv)."""
    from pypinyin import Style
    from pypinyin.style import convert

    plain = convert(reading, Style.NORMAL, strict=False)
    return plain if plain.isascii() and plain.isalpha() else ""
