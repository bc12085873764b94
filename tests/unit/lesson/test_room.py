# SPDX-License-Identifier: GPL-3.0-or-later
"""What a room remembers: names, PINs, choices, where each class is; what its enrolment says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.base import db
from app.base.paths import DataPaths
from app.lesson import store as lesson_store
from app.lesson.errors import PinInvalidError, PinWrongError
from app.lesson.lists import Extract, ItemKind, OwnFile
from app.lesson.school import Book, read_school
from app.lesson.store import LessonStore
from app.lesson.teaching import RoomChoice

FILE = OwnFile("a" * 64, 12, "我的课件.pptx", "application/pdf")


@pytest.fixture
def store(data_dir: Path) -> Iterator[LessonStore]:
    database = db.open_writer(data_dir / "desk.db", [lesson_store.MIGRATIONS])
    yield LessonStore(database)
    database.conn.close()


def test_m002_room(store: LessonStore, data_dir: Path) -> None:
    reader = db.open_reader(data_dir / "desk.db")
    assert {"own_file", "room_choice", "lesson_taught"} <= set(reader.table_names())
    reader.conn.close()


def test_a_pin_keeps_others_from_a_name(store: LessonStore) -> None:
    teacher = store.add_teacher("王老师")
    store.check_pin(teacher.teacher_id, "")
    store.set_pin(teacher.teacher_id, "2468")
    assert store.teachers()[0].has_pin
    store.check_pin(teacher.teacher_id, "2468")
    with pytest.raises(PinWrongError):
        store.check_pin(teacher.teacher_id, "2469")
    with pytest.raises(PinInvalidError):
        store.set_pin(teacher.teacher_id, "12a4")
    store.set_pin(teacher.teacher_id, "")
    assert not store.teachers()[0].has_pin


def test_the_last_choice_is_remembered(store: LessonStore) -> None:
    assert store.choice() == RoomChoice()
    choice = RoomChoice("三(2)班", "数学", "t", -90, "2026-09-01")
    store.set_choice(choice)
    assert store.choice() == choice


def test_each_class_knows_where_it_is_in_each_subject(store: LessonStore) -> None:
    store.note_taught("三(2)班", "数学", ("r", "a"), "几分之一（课件）", "几分之一")
    store.note_taught("三(2)班", "语文", ("r", "b"), "秋天的雨", "秋天的雨")
    store.note_taught("三(1)班", "数学", ("r", "c"), "几分之几", "几分之几")
    store.note_taught("三(2)班", "数学", ("r", "c"), "几分之几", "几分之几")
    assert [(one.subject, one.lesson) for one in store.taught("三(2)班")] == [
        ("数学", "几分之几"),
        ("语文", "秋天的雨"),
    ]
    assert store.taught_classes() == ("三(2)班", "三(1)班")


def test_own_files_and_blank_pages_in_a_list(store: LessonStore) -> None:
    list_id = store.create("分数")
    store.add(list_id, "region", "entry", "几分之一")
    store.add_file(list_id, FILE)
    store.add_board(list_id, "板书")
    resource, own, board = store.items(list_id)
    assert (own.kind, own.file, own.title) == (ItemKind.FILE, FILE, "我的课件.pptx")
    assert board.kind is ItemKind.BOARD
    store.set_extract(resource.item_id, Extract(30.0, 95.5, None, None))
    store.duplicate_item(resource.item_id)
    store.rename_item(own.item_id, "  课件\n一 ")
    items = store.items(list_id)
    assert [item.title for item in items] == ["几分之一", "几分之一", "课件 一", "板书"]
    assert items[1].extract == Extract(30.0, 95.5)
    copy = store.duplicate(list_id)
    assert store.items(copy)[3].entry_id != board.entry_id  # a page of its own
    assert not store.forget_file(FILE.sha256)
    store.delete(list_id)
    store.delete(copy)
    assert store.own_files() == (FILE,)
    assert store.forget_file(FILE.sha256)
    assert store.own_files() == ()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (Extract(10.0, 5.0, 3, 2), Extract(10.0, None, 3, None)),
        (Extract(0.0, 20.0, 1, 4), Extract(None, 20.0, None, 4)),
        (Extract(-1.0, None, None, 0), Extract()),
    ],
)
def test_a_part_makes_sense(given: Extract, kept: Extract) -> None:
    assert given.checked() == kept


def enrol(paths: DataPaths, region: str, **document: object) -> None:
    folder = paths.region_dir(region)
    folder.mkdir(parents=True)
    header = {"format": "kezhan-enrolment", "major": 1, "minor": 0}
    (folder / "enrolment.json").write_text(json.dumps(header | document), "utf-8")


@pytest.mark.allow_warnings("app.lesson.school")
def test_the_enrolment_knows_rooms_classes_and_books(data_dir: Path) -> None:
    paths = DataPaths(data_dir)
    paths.ensure()
    enrol(paths, "a", region_name="起步")
    enrol(
        paths,
        "b",
        school={"code": "1", "name": "第一小学"},
        rooms=["三(2)班教室", "音乐室"],
        classes=["三(2)班"],
        subscriptions=[{"stage": "小学", "subject": "数学", "edition": "人教版"}],
    )
    enrol(paths, "c", rooms="not a list")
    school = read_school(paths)
    assert school.name == "第一小学"
    assert school.rooms == ("三(2)班教室", "音乐室")
    assert school.books == {Book("小学", "数学", "人教版")}
