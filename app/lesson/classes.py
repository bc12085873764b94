# SPDX-License-Identifier: GPL-3.0-or-later
"""What the name of a class says: 三(2)班 is in 三年级. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

_DIGITS = "零一二三四五六七八九"
_GRADES = {
    **{f"{_DIGITS[n]}": f"{_DIGITS[n]}年级" for n in range(1, 10)},
    **{str(n): f"{_DIGITS[n]}年级" for n in range(1, 10)},
    "初一": "七年级",
    "初二": "八年级",
    "初三": "九年级",
    "高一": "高一",
    "高二": "高二",
    "高三": "高三",
}
# 三年级2班, 三(2)班, 三（2）班, 3年2班, 3.2班, 301班, 初一3班, 高二（1）班
_NAME = re.compile(
    r"(初[一二三]|高[一二三])|(?<!\d)([一二三四五六七八九1-9])(?:年级?|[(（.\-．]|0\d班)"
)
_ORDER = {
    name: at
    for at, name in enumerate(
        "一年级 二年级 三年级 四年级 五年级 六年级 七年级 八年级 九年级 高一 高二 高三".split()
    )
}
_NUMBER = re.compile(r"\d+")


def grade_of_class(name: str) -> str:
    """The catalogue's grade of a class, or "" where its name does not say one."""
    match = _NAME.search("".join(name.split()))
    return _GRADES[match[1] or match[2]] if match is not None else ""


def grade_rank(grade: str) -> int:
    """Where a grade stands among all; unknown ones last."""
    return _ORDER.get(grade, len(_ORDER))


def in_school_order(names: Sequence[str]) -> tuple[str, ...]:
    """Classes by grade, then by their number, then as they came."""

    def rank(name: str) -> tuple[int, int]:
        rest = _NUMBER.findall(name)
        return grade_rank(grade_of_class(name)), int(rest[-1][:6]) if rest else 0

    return tuple(sorted(dict.fromkeys(names), key=rank))


def class_of_room(room: str, classes: Sequence[str]) -> str:
    """The class whose own room this is, or "" for a room that many classes use."""
    plain = _plain(room)
    named = [name for name in classes if _plain(name) and _plain(name) in plain]
    return max(named, key=len) if named else ""


def _plain(name: str) -> str:
    return re.sub(r"[\s()（）.．\-]", "", name)
