# SPDX-License-Identifier: GPL-3.0-or-later
"""School order."""

import pytest

from app.catalogue.query import Facet
from app.catalogue.taxonomy import number_in, sorted_values


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("第十二单元 统计", 12),
        ("第一单元", 1),
        ("二十 分数", 20),
        ("七年级", 7),
        ("一至二年级", 1),
        ("高二", 11),
        ("课题3 氧气", 3),
        ("Unit 10 I can", 10),
        ("选择性必修 第三册", 3),
        ("必修2 遗传与进化", 2),
        ("1~5的认识和加减法", 1),
        ("认识图形（二）", 2),
        ("万以内数的认识", None),
        ("百分数", None),
        ("", None),
        ("三角形", None),
    ],
)
def test_the_number_that_a_name_counts_with(name: str, number: int | None) -> None:
    assert number_in(name) == number


@pytest.mark.parametrize(
    ("facet", "values"),
    [
        (
            Facet.STAGE,
            ["小学", "小学（五•四学制）", "初中", "初中（五•四学制）", "高中", "特殊教育·盲校"],
        ),
        (Facet.GRADE, ["一年级", "一至二年级", "二年级", "九年级", "高一", "高三", "高中年级", ""]),
        (Facet.SUBJECT, ["语文", "数学", "英语", "物理", "体育与健康", "编织"]),
        (Facet.VOLUME, ["上册", "下册", "全一册", "必修1 分子", "必修2 遗传", "选择性必修1 甲"]),
        (Facet.EDITION, ["统编版", "人教版", "北师大版", "苏教版"]),
        (Facet.TYPE, ["课件", "微课", "教案", "练习"]),
        (Facet.OFFLINE, ["yes", "no"]),
    ],
)
def test_values_come_in_school_order(facet: Facet, values: list[str]) -> None:
    assert sorted_values(facet, reversed(values)) == values
    assert sorted_values(facet, values) == values
