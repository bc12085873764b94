# SPDX-License-Identifier: GPL-3.0-or-later
"""Book covers, contents and lessons as the first page reads them from a catalogue."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.catalogue.query import EntryKey
from app.lesson.school import Book
from app.region.entry import Entry
from app.ui.models.books import (
    LineKind,
    book_covers,
    contents,
    known_subjects,
    lesson_after,
    lesson_cards,
    newest,
)
from app.ui.models.card import NoWishes
from tests.ui.fixture_library import PLAYABLE, REGION, MemoryCatalogue, MemoryLocator, file_of

LESSONS = (("第一单元", "一"), ("第一单元", "二"), ("第二单元", "三"), ("第二单元", "四"))
BOOK = ("小学", "数学", "人教版", "三年级", "上册")


@pytest.fixture
def catalogue(tmp_path: Path) -> MemoryCatalogue:
    """Two editions; of lesson 三 there is no file here."""
    locator = MemoryLocator()
    entries: list[Entry] = []
    for edition in ("人教版", "北师大版"):
        for at, (unit, lesson) in enumerate(LESSONS):
            for kind in ("教案", "微课", "课件"):
                path = tmp_path / f"{edition}-{at}-{kind}.txt"
                path.write_text(f"{edition} {lesson} {kind}", "utf-8")
                main = file_of(path, path.name)
                if lesson != "三":
                    locator.add(main, path)
                entries.append(
                    Entry(
                        id=f"{edition}-{at}-{kind}".encode().hex(),
                        title=f"{lesson}（{kind}）",
                        stage="小学",
                        subject="数学",
                        edition=edition,
                        grade="三年级",
                        volume="上册",
                        unit=unit,
                        lesson=lesson,
                        resource_type=kind,
                        updated=f"2026-10-{10 + at:02}",
                        files=(main,),
                    )
                )
    music = replace(entries[0], id="music", subject="音乐", grade="四年级")
    return MemoryCatalogue([*entries, music], locator)


def test_books_of_the_grades_and_editions_of_the_school(catalogue: MemoryCatalogue) -> None:
    every = book_covers(catalogue, frozenset(), frozenset())
    assert [(book.volume, book.edition) for book in every] == [
        ("三年级上册", "人教版"),
        ("三年级上册", "北师大版"),
        ("四年级上册", "人教版"),
    ]
    mine = frozenset({Book("小学", "数学", "北师大版")})
    assert [b.edition for b in book_covers(catalogue, frozenset({"三年级"}), mine)] == ["北师大版"]
    assert book_covers(catalogue, frozenset({"六年级"}), frozenset()) == ()
    assert known_subjects(catalogue) == ("数学", "音乐")


def test_contents_keep_lessons_that_are_not_here(catalogue: MemoryCatalogue) -> None:
    lines = contents(catalogue, BOOK)
    assert [line.text for line in lines if line.kind is LineKind.UNIT] == ["第一单元", "第二单元"]
    lessons = {line.text: line.playable_count for line in lines if line.kind is LineKind.LESSON}
    assert lessons == {"一": 3, "二": 3, "三": 0, "四": 3}


def test_a_lesson_begins_with_what_is_shown_to_a_class(catalogue: MemoryCatalogue) -> None:
    cards = lesson_cards(catalogue, (*BOOK, "第一单元", "二"), PLAYABLE, NoWishes())
    assert [card.entry.resource_type for card in cards] == ["课件", "微课", "教案"]
    assert {card.entry.edition for card in cards} == {"人教版"}
    assert lesson_cards(catalogue, (*BOOK, "第一单元", "九"), PLAYABLE, NoWishes()) == ()


def test_the_next_lesson_is_one_that_plays(catalogue: MemoryCatalogue) -> None:
    def entry(at: int) -> Entry:
        found = catalogue.entry(EntryKey(REGION, f"人教版-{at}-课件".encode().hex()))
        assert found is not None
        return found

    after = [lesson_after(catalogue, entry(at)) for at in range(4)]
    assert [line.text if line is not None else "" for line in after] == ["二", "四", "四", ""]


def test_what_is_new_plays_here_and_is_the_newest(catalogue: MemoryCatalogue) -> None:
    cards = newest(catalogue, "数学", frozenset({"三年级"}), PLAYABLE, 3)
    assert {card.entry.lesson for card in cards} == {"四"}
    assert all(card.plays for card in cards)
