# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of classes as schools write them."""

from __future__ import annotations

import pytest

from app.lesson.classes import class_of_room, grade_of_class, in_school_order


@pytest.mark.parametrize(
    ("name", "grade"),
    [
        ("三(2)班", "三年级"),
        ("三（2）班", "三年级"),
        ("三年级2班", "三年级"),
        ("3.2班", "三年级"),
        ("302班", "三年级"),
        ("6年级", "六年级"),
        ("五班", ""),
        ("初一（3）班", "七年级"),
        ("七年级1班", "七年级"),
        ("高二(11)班", "高二"),
        ("2023级2班", ""),
        ("多媒体教室", ""),
        ("", ""),
    ],
)
def test_the_grade_of_a_class(name: str, grade: str) -> None:
    assert grade_of_class(name) == grade


def test_classes_stand_by_grade_and_number() -> None:
    names = ("五(10)班", "一(2)班", "美术组", "五(2)班", "一(1)班", "一(2)班")
    assert in_school_order(names) == ("一(1)班", "一(2)班", "五(2)班", "五(10)班", "美术组")


def test_a_room_of_a_class_names_it() -> None:
    classes = ("三(1)班", "三(2)班", "三(12)班")
    assert class_of_room("三（2）班教室", classes) == "三(2)班"
    assert class_of_room("三12班", classes) == "三(12)班"
    assert class_of_room("多媒体教室", classes) == ""
