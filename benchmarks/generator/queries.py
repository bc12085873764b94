# SPDX-License-Identifier: GPL-3.0-or-later
"""A fixed set of searches as teachers type them, drawn from the entries themselves."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.catalogue.pinyin_source import build_pinyin_table
from app.region.entry import Entry
from benchmarks.generator.tree import SEED

COMMON = "的数学一小大国文人中"
_HAN = re.compile(r"[\u4e00-\u9fff]+")


@dataclass(frozen=True, slots=True)
class Search:
    """What is typed, its kind, and the filter that goes with it every second time."""

    kind: str
    words: str
    subject: str
    grade: str


def make_searches(entries: Sequence[Entry]) -> list[Search]:
    """160 searches of seven kinds."""
    rng = np.random.default_rng([SEED, 31])
    runs = [(run, entry) for entry in entries for run in _HAN.findall(entry.title)]
    found: list[Search] = []

    def draw(kind: str, count: int, low: int, high: int) -> None:
        while count:
            run, entry = runs[int(rng.integers(0, len(runs)))]
            size = int(rng.integers(low, high + 1))
            if len(run) >= size:
                start = int(rng.integers(0, len(run) - size + 1))
                words = run[start : start + size]
                found.append(Search(kind, words, entry.subject, entry.grade))
                count -= 1

    for character in COMMON:
        entry = entries[len(found)]
        found.append(Search("1 common character", character, entry.subject, entry.grade))
    draw("1 character", 15, 1, 1)
    draw("2 characters", 35, 2, 2)
    draw("3 characters", 25, 3, 3)
    draw("4-6 characters", 30, 4, 6)
    start = len(found)
    draw("two words", 25, 2, 3)
    for place in range(start, len(found)):
        search = found[place]
        words = f"{search.words} {entries[place].lesson[:2]}"
        found[place] = Search(search.kind, words, search.subject, search.grade)
    lessons = [entry for entry in entries if 3 <= len(entry.lesson) <= 8]
    lessons = [entry for entry in lessons if _HAN.fullmatch(entry.lesson)]
    for place in range(20):
        entry = lessons[int(rng.integers(0, len(lessons)))]
        spoken = _spoken(entry.lesson)
        initials = "".join(syllable[0] for syllable in spoken)[: 3 + place % 5]
        full = "".join(spoken[: 2 + place % 3])
        found.append(Search("initials", initials, entry.subject, entry.grade))
        full = full[:-1] if place % 2 and len(full) > 4 else full
        found.append(Search("full pinyin", full, entry.subject, entry.grade))
    return found


def _spoken(text: str) -> list[str]:
    table = build_pinyin_table()
    return [table.syllables[table.default[ord(character)]] for character in text]
