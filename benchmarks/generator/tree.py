# SPDX-License-Identifier: GPL-3.0-or-later
"""A seeded tree of textbooks, units and lessons: 34 subjects, 184 editions."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

SEED: Final = 20261
GRADES: Final = (*"一二三四五六七八九",)
VOLUMES: Final = (
    "上册",
    "下册",
    "全一册",
    "必修第一册",
    "必修第二册",
    "选择性必修第一册",
    "选择性必修第二册",
    "选择性必修第三册",
)
_SPANS: Final = {
    "英语": (3, 12),
    "物理": (8, 12),
    "化学": (9, 12),
    "生物学": (7, 12),
    "历史": (7, 12),
    "地理": (7, 12),
    "道德与法治": (1, 9),
    "思想政治": (10, 12),
    "科学": (1, 6),
    "通用技术": (10, 12),
    "历史与社会": (7, 9),
}
_EDITIONS: Final = {
    "语文": 14,
    "数学": 22,
    "英语": 26,
    "物理": 12,
    "化学": 8,
    "生物学": 9,
    "历史": 7,
    "地理": 9,
    "科学": 12,
    "音乐": 10,
    "美术": 10,
    "信息技术": 16,
    "体育与健康": 8,
}
_NATIONAL: Final = ("语文", "历史", "道德与法治", "思想政治")
_POOLS: Final = {
    "音乐": "music",
    "艺术": "music",
    "美术": "art",
    "体育与健康": "sport",
    "信息技术": "computing",
    "信息科技": "computing",
}
_SUFFIXES: Final = ("", "", "", "", "（一）", "（二）", "练习", "综合应用", "复习", "拓展")


@cache
def names() -> dict[str, Any]:
    """Pools of real names of lessons, and of common names of people and schools."""
    text = (Path(__file__).parent / "names.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def stage_of(grade: int) -> str:
    return "小学" if grade <= 6 else "初中" if grade <= 9 else "高中"


def grade_name(grade: int) -> str:
    return f"{GRADES[grade - 1]}年级" if grade <= 9 else ("高一", "高二", "高三")[grade - 10]


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson of one textbook."""

    subject: str
    edition: str
    grade: int
    volume: str
    unit_no: int
    unit: str
    name: str


@cache
def build_tree() -> tuple[Sequence[Lesson], npt.NDArray[np.float64]]:
    """All lessons, and the cumulated share of resources that each has."""
    rng = np.random.default_rng([SEED, 777])
    lessons: list[Lesson] = []
    weights: list[npt.NDArray[np.float64]] = []
    shares = np.array(names()["subject_weights"], float)
    shares /= shares.sum()
    left = list(rng.permutation(len(names()["editions"])))
    for subject, share in zip(names()["subjects"], shares.tolist(), strict=True):
        books = _books(subject, _editions(subject, left, rng))
        total = sum(weight for *_, weight in books)
        for edition, place, grade, volume, weight in books:
            added = _lessons(subject, edition, place, grade, volume, rng)
            spread = rng.pareto(1.6, len(added)) + 0.3
            weights.append(share * weight / total * spread / spread.sum())
            lessons += added
    return lessons, np.cumsum(np.concatenate(weights))


def _editions(subject: str, left: list[int], rng: np.random.Generator) -> list[str]:
    """The subject's editions, the most used one first."""
    wanted = _EDITIONS.get(subject, 5)
    picked = [left.pop() for _ in range(min(len(left), wanted))]
    every = names()["editions"]
    picked += rng.choice(len(every), max(2, wanted - len(picked)), replace=False).tolist()
    found = [every[n] for n in rng.permutation(sorted({0, *picked}))]
    first = "统编版" if subject in _NATIONAL else "人教版"
    return [first, *(edition for edition in found if edition != first)]


def _books(subject: str, editions: Sequence[str]) -> list[tuple[str, int, int, str, float]]:
    low, high = _SPANS.get(subject, (1, 12))
    books = []
    for place, edition in enumerate(editions):
        for grade in range(low, high + 1):
            volumes = VOLUMES[:2] if grade <= 9 else VOLUMES[2 * grade - 17 : 2 * grade - 15]
            books += [(edition, place, grade, vol, 1 / (place + 1) ** 1.1) for vol in volumes]
    return books


def _pool(subject: str, grade: int) -> list[str]:
    by_grade = names()["english"] if subject == "英语" else names()["lessons"].get(subject)
    if by_grade is None:
        return list(names()[_POOLS.get(subject, "other")])
    nearest = min(by_grade, key=lambda known: abs(int(known) - grade))
    return list(by_grade[nearest])


def _lessons(
    subject: str, edition: str, place: int, grade: int, volume: str, rng: np.random.Generator
) -> list[Lesson]:
    pool = _pool(subject, grade)
    is_first = volume in (VOLUMES[0], VOLUMES[3], VOLUMES[5])
    half = pool[: len(pool) // 2 + 1] if is_first else pool[len(pool) // 2 :]
    half = half if len(half) >= 6 else pool
    start = int(rng.integers(0, 3)) if place else 0
    chosen = half[start : start + int(rng.integers(18, 40))] or half
    per_unit = int(rng.integers(4, 7))
    lessons = []
    for number, name in enumerate(chosen):
        unit = chosen[number - number % per_unit]
        is_varied = place and rng.random() < 0.25
        shown = name + _SUFFIXES[int(rng.integers(0, len(_SUFFIXES)))] if is_varied else name
        unit_no = number // per_unit + 1
        lessons.append(Lesson(subject, edition, grade, volume, unit_no, unit, shown))
    return lessons
