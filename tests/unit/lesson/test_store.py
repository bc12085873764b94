# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists, favourites, teachers and the lease survive on disk as they were left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.base import db
from app.lesson import store as lesson_store
from app.lesson.errors import ListMissingError
from app.lesson.lease import LEASE_S, is_held
from app.lesson.store import FAVOURITES_ID, LessonStore
from app.lesson.timetable import Timetable, parse_cses


@pytest.fixture
def store(data_dir: Path) -> Iterator[LessonStore]:
    database = db.open_writer(data_dir / "desk.db", [lesson_store.MIGRATIONS])
    yield LessonStore(database)
    database.conn.close()


def titles(store: LessonStore, list_id: str) -> list[str]:
    return [item.title for item in store.items(list_id)]


def filled(store: LessonStore) -> str:
    list_id = store.create("  分数\n第一课时 ")
    for title in "abcd":
        store.add(list_id, "region", f"entry-{title}", title)
    return list_id


def test_m001_lesson(data_dir: Path) -> None:
    database = db.open_writer(data_dir / "desk.db", [lesson_store.MIGRATIONS])
    names = set(database.table_names())
    assert {"lesson_list", "lesson_item", "lesson_teacher", "lease", "lesson_position"} <= names
    database.conn.close()


def test_a_list_is_made_renamed_and_deleted(store: LessonStore) -> None:
    list_id = filled(store)
    (made,) = store.lists()
    assert (made.name, made.item_count) == ("分数 第一课时", 4)
    store.rename(list_id, "小数")
    assert store.lists()[0].name == "小数"
    store.delete(list_id)
    assert store.lists() == ()
    assert store.items(list_id) == ()


def test_the_same_resource_is_in_a_list_once(store: LessonStore) -> None:
    list_id = filled(store)
    first = store.items(list_id)[0].item_id
    assert store.add(list_id, "region", "entry-a", "a") == first
    assert titles(store, list_id) == list("abcd")


def test_order_changes_and_is_kept(store: LessonStore) -> None:
    list_id = filled(store)
    store.move(list_id, 3, 0)
    assert titles(store, list_id) == list("dabc")
    store.move(list_id, 0, 99)
    assert titles(store, list_id) == list("abcd")
    store.remove(store.items(list_id)[1].item_id)
    store.move(list_id, 0, 1)
    assert titles(store, list_id) == list("cad")
    store.add(list_id, "region", "entry-e", "e")
    assert titles(store, list_id) == list("cade")


def test_a_copy_is_a_list_of_its_own(store: LessonStore) -> None:
    list_id = filled(store)
    copy_id = store.duplicate(list_id)
    store.remove(store.items(copy_id)[0].item_id)
    assert titles(store, list_id) == list("abcd")
    assert titles(store, copy_id) == list("bcd")
    assert {one.name for one in store.lists()} == {"分数 第一课时", "分数 第一课时 (2)"}


def test_a_list_that_is_gone_is_said(store: LessonStore) -> None:
    for act in (
        lambda: store.rename("nowhere", "x"),
        lambda: store.add("nowhere", "region", "e", "t"),
        lambda: store.duplicate("nowhere"),
    ):
        with pytest.raises(ListMissingError):
            act()
    assert store.lists() == ()


def test_favourites_come_newest_first_and_are_no_lesson_list(store: LessonStore) -> None:
    for title in "abc":
        store.set_favourite("region", title, title, is_favourite=True)
    store.set_favourite("region", "a", "a", is_favourite=True)
    assert titles(store, FAVOURITES_ID) == list("acb")
    assert store.is_favourite("region", "a")
    assert not store.is_favourite("other", "a")
    store.set_favourite("region", "a", "a", is_favourite=False)
    assert titles(store, FAVOURITES_ID) == list("cb")
    assert store.lists() == ()


def test_teachers_have_random_ids_and_one_name_is_one_teacher(store: LessonStore) -> None:
    first = store.add_teacher(" 王老师 ")
    assert store.add_teacher("王老师") == first
    second = store.add_teacher("李老师")
    assert [teacher.name for teacher in store.teachers()] == ["王老师", "李老师"]
    assert "王" not in first.teacher_id
    store.remove_teacher(second.teacher_id)
    assert store.teachers() == (first,)


def test_the_timetable_is_kept_as_cses(store: LessonStore) -> None:
    assert store.timetable() is None
    timetable = parse_cses(
        b"version: 1\nsubjects: [{name: a}]\nschedules: []",
    )
    store.set_timetable(timetable)
    store.set_timetable(timetable)
    assert store.timetable() == timetable
    assert isinstance(store.timetable(), Timetable)


def test_the_lease_is_one_row(store: LessonStore) -> None:
    store.hold_lease("boot-1", 10.0)
    store.hold_lease("boot-1", 20.0)
    lease = store.lease()
    assert lease is not None
    assert lease.until_boot_s == 20.0 + LEASE_S
    assert is_held(lease, "boot-1", 21.0)
    store.end_lease()
    assert store.lease() is None


def test_where_one_stopped(store: LessonStore) -> None:
    assert store.position("region", "e") is None
    store.keep_position("region", "e", 12.5, 3)
    store.keep_position("region", "e", 14.0, 4)
    assert store.position("region", "e") == (14.0, 4)
