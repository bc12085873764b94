# SPDX-License-Identifier: GPL-3.0-or-later
"""How schools order stages, grades, subjects and volumes, which is not how computers order text.

Names are the keys of everything; official codes, where a region has them, lie beside the names in
the store's table of terms.
"""

import re
from collections.abc import Iterable
from typing import Final

from app.catalogue.query import Facet
from app.region.entry import FORMATS, RESOURCE_TYPES

STAGES: Final = (
    "学前",
    "小学",
    "小学（五·四学制）",
    "初中",
    "初中（五·四学制）",
    "高中",
    "中职",
    "特殊教育·盲校",
    "特殊教育·聋校",
    "特殊教育·培智",
)
SUBJECTS: Final = (
    "语文",
    "语文·书法练习指导",
    "数学",
    "英语",
    "日语",
    "俄语",
    "道德与法治",
    "思想政治",
    "历史",
    "中国历史",
    "世界历史",
    "历史与社会",
    "地理",
    "人文地理",
    "地理图册",
    "科学",
    "物理",
    "化学",
    "生物学",
    "信息科技",
    "信息技术",
    "通用技术",
    "音乐",
    "美术",
    "艺术",
    "体育与健康",
    "劳动",
    "综合实践活动",
    "心理健康",
)
VOLUMES: Final = ("上册", "下册", "全一册", "必修", "选择性必修", "选修")
REVISIONS: Final = ("新教材", "旧教材")
# 统编版 first, then the most widespread one; the others by name.
EDITIONS: Final = ("统编版", "人教版")
YES_NO: Final = ("yes", "no")

_ORDERS: Final[dict[str, tuple[str, ...]]] = {
    Facet.STAGE: STAGES,
    Facet.SUBJECT: SUBJECTS,
    Facet.EDITION: EDITIONS,
    Facet.REVISION: REVISIONS,
    Facet.TYPE: RESOURCE_TYPES,
    Facet.FORMAT: tuple(str(name.value) for name in FORMATS),
    Facet.OFFLINE: YES_NO,
    Facet.PLAYABLE: YES_NO,
}
_DOTS: Final = str.maketrans("•・.‧", "····")
_NUMERALS: Final = "〇零一二三四五六七八九十两"
_NUMBER: Final = re.compile(
    rf"第\s*(?P<ordinal>[{_NUMERALS}]+|\d+)"
    rf"|^(?P<first>[{_NUMERALS}]+)(?=[、．.\s年至]|单元|级)"
    rf"|(?P<digits>(?<![\d.])\d+)"
    rf"|[（(](?P<bracket>[{_NUMERALS}]+)[)）]\s*$"
    rf"|^高(?P<senior>[一二三])"
)
_LAST: Final = 10_000
Rank = tuple[int, int, str]


def number_in(text: str) -> int | None:
    """The number that a name counts with: 第十二单元, 课题3, 七年级, 《认识钟表》（二）."""
    match = _NUMBER.search(text)
    if match is None:
        return None
    value = next(group for group in match.groups() if group)
    if value.isdecimal() and value.isascii():
        return int(value[:9])
    if match["senior"]:
        return 9 + _chinese(value)
    return _chinese(value)


def _chinese(numerals: str) -> int:
    """Numbers up to 99 as they are written in units and grades."""
    tens, found, ones = numerals.rpartition("十")
    unit = _digits(ones)
    return unit if not found else 10 * (_digits(tens) or 1) + unit


def _digits(numerals: str) -> int:
    number = 0
    for numeral in numerals:
        digit = 2 if numeral == "两" else max(0, _NUMERALS.find(numeral) - 1)
        number = number * 10 + digit
    return number


def sort_key(facet: str, value: str) -> Rank:
    """Sorts the values of a facet as schools list them; nothing comes last."""
    if not value:
        return (2 * _LAST, 0, "")
    if facet == Facet.GRADE:
        return (number_in(value) or _LAST, len(value), value)
    if facet == Facet.VOLUME:
        return (_volume_rank(value), number_in(value) or 0, value)
    order = _ORDERS.get(facet, ())
    plain = value.translate(_DOTS)
    return (order.index(plain) if plain in order else _LAST, 0, value)


def _volume_rank(value: str) -> int:
    """上册 before 下册, 必修 before 选择性必修; within them the number decides."""
    if value in VOLUMES:
        return VOLUMES.index(value)
    for prefix in ("选择性必修", "选修", "必修"):
        if value.startswith(prefix):
            return VOLUMES.index(prefix)
    return len(VOLUMES) if number_in(value) is not None else _LAST


def sorted_values(facet: Facet, values: Iterable[str]) -> list[str]:
    """The values in display order."""
    return sorted(values, key=lambda value: sort_key(facet, value))
