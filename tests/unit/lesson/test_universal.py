# SPDX-License-Identifier: GPL-3.0-or-later
"""A lesson list as a plain folder: names that every TV takes, pages without script, slips."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from app.base.db import open_writer, transaction
from app.base.errors import CancelledError, KnownError
from app.lesson.universal.page import Words, lesson_page, print_page
from app.lesson.universal.plan import (
    PAGE_NAME,
    PRINT_NAME,
    SlipItem,
    SourceFile,
    UniversalItem,
    UniversalPlan,
    make_plan,
    new_slip,
    parse_slip,
    safe_stem,
)
from app.lesson.universal.store import MIGRATIONS, SlipStore
from app.lesson.universal.write import write_universal
from app.sync.directory import is_safe_name


def source(folder: Path, name: str, media_type: str, content: bytes = b"content") -> SourceFile:
    path = folder / hashlib.sha256(name.encode()).hexdigest()
    path.write_bytes(content)
    return SourceFile(path, name, media_type, len(content), hashlib.sha256(content).hexdigest())


@pytest.fixture
def blobs(tmp_path: Path) -> Path:
    folder = tmp_path / "blobs"
    folder.mkdir()
    return folder


@pytest.fixture
def plan(blobs: Path) -> UniversalPlan:
    items = [
        UniversalItem("分数: 1/2?", (source(blobs, "a.mp4", "video/mp4"),), "0:30 到 2:00"),
        UniversalItem("<b>图</b>", (source(blobs, "b.PNG", "image/png"),)),
        UniversalItem(
            "课件",
            (
                source(blobs, "pages.pdf", "application/pdf"),
                source(blobs, "c.pptx", "application/vnd.ms-powerpoint"),
            ),
        ),
        UniversalItem("互动页", (source(blobs, "d.zip", "application/vnd.kezhan.web+zip"),)),
        UniversalItem("怪文件", (source(blobs, "e.exe", "video/mp4"),)),
    ]
    return make_plan("三年级 数学", "K7M2-Q4AB", items)


def write(plan: UniversalPlan, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return write_universal(plan, folder, Words(), lambda _: None, lambda: False)


class Page(HTMLParser):
    """Collects what a page refers to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.refers: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.refers += [value or "" for name, value in attrs if name in ("src", "href")]
        assert not [name for name, _ in attrs if name.startswith("on")]


def test_everything_a_page_refers_to_is_there(plan: UniversalPlan, tmp_path: Path) -> None:
    folder = write(plan, tmp_path / "stick")
    names = {path.name for path in folder.iterdir()}
    for name in (PAGE_NAME, PRINT_NAME):
        raw = (folder / name).read_bytes()
        page = Page(raw.decode("utf-8"))
        assert set(page.refers) <= names
        assert not {"script", "iframe", "object", "embed"} & set(page.tags)
        assert b"charset=utf-8" in raw[:300]
    lesson = Page((folder / PAGE_NAME).read_text(encoding="utf-8"))
    assert set(lesson.refers) == names - {PAGE_NAME}


def test_names_hold_on_fat_and_sort_as_the_lesson_goes(plan: UniversalPlan) -> None:
    names = [file.name for item in plan.items for file in item.files]
    assert names == [
        "01 分数 1 2.mp4",
        "02 b 图 b.png",
        "03 课件.pdf",
        "03 课件.pptx",
        "04 怪文件.mp4",
    ]
    assert all(map(is_safe_name, names))
    assert plan.left == ("互动页",)


def test_nothing_leaves_that_could_be_run(plan: UniversalPlan, tmp_path: Path) -> None:
    folder = write(plan, tmp_path / "stick")
    endings = {path.suffix for path in folder.iterdir()}
    assert endings == {".mp4", ".png", ".pdf", ".pptx", ".html"}


def test_titles_cannot_become_markup(plan: UniversalPlan) -> None:
    for text in (lesson_page(plan, Words()), print_page(plan, Words())):
        assert "<b>图</b>" not in text
        assert "&lt;b&gt;图&lt;/b&gt;" in text


def test_the_slip_is_on_both_pages(plan: UniversalPlan) -> None:
    assert plan.slip in lesson_page(plan, Words())
    assert plan.slip in print_page(plan, Words())


def test_a_second_time_takes_another_name(plan: UniversalPlan, tmp_path: Path) -> None:
    first, second = write(plan, tmp_path / "stick"), write(plan, tmp_path / "stick")
    assert (first.name, second.name) == ("三年级 数学", "三年级 数学 (2)")


def test_stopped_or_failing_it_leaves_nothing(plan: UniversalPlan, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    with pytest.raises(CancelledError):
        write_universal(plan, folder, Words(), lambda _: None, lambda: True)
    plan.items[1].files[0].source.path.write_bytes(b"other!!")
    with pytest.raises(KnownError) as caught:
        write_universal(plan, folder, Words(), lambda _: None, lambda: False)
    assert caught.value.code == "universal_source"
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("a/b\\c:d", "a b c d"),
        ("  ", "课"),
        ("课...", "课"),
        ("x" * 99, "x" * 48),
        ("100%#1", "100 1"),
    ],
)
def test_titles_as_names(title: str, stem: str) -> None:
    assert safe_stem(title) == stem


def test_slips_are_read_back_and_slips_of_the_pen_are_noticed() -> None:
    for _ in range(200):
        slip = new_slip()
        assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", slip)
        assert parse_slip(slip) == slip
        assert parse_slip(f" {slip.lower().replace('-', ' ')} ") == slip
        plain = slip.replace("-", "")
        for place in range(6):
            wrong = "7" if plain[place] != "7" else "8"
            assert parse_slip(plain[:place] + wrong + plain[place + 1 :]) is None
            swapped = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]
            if place < 5 and swapped != plain:
                assert parse_slip(swapped) is None
    assert parse_slip("") is None
    assert parse_slip("OIL0-1234-99") is None


def test_a_slip_leads_back_to_its_lesson(tmp_path: Path) -> None:
    database = open_writer(tmp_path / "desk.db", [MIGRATIONS])
    store = SlipStore(database)
    items = (SlipItem("region", "video-1", "分数"), SlipItem("", "own", "教案"))
    store.add("K7M2-Q4AB", "三年级 数学", items)
    found = store.find("K7M2-Q4AB")
    assert found is not None
    assert (found.name, found.items) == ("三年级 数学", items)
    assert store.find("AAAA-AAAA") is None
    day = date(2026, 11, 20)
    assert not store.is_entered("K7M2-Q4AB", day, "三（2）班")
    store.enter("K7M2-Q4AB", day, "三（2）班")
    store.enter("K7M2-Q4AB", day, "三（2）班")
    assert store.is_entered("K7M2-Q4AB", day, "三（2）班")
    assert not store.is_entered("K7M2-Q4AB", day, "三（1）班")
    database.conn.close()


def test_a_slip_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    database = open_writer(tmp_path / "desk.db", [MIGRATIONS])
    row = ["K7M2-Q4AB", "数学", "2026-11-20T08:00:00+00:00", '[["region", "video-1"]]']
    with transaction(database):
        database.execute("INSERT INTO slip VALUES(?, ?, ?, ?)", row)
    found = SlipStore(database).find("K7M2-Q4AB")
    assert found is not None
    assert found.items == (SlipItem("region", "video-1"),)
    database.conn.close()
