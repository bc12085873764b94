# SPDX-License-Identifier: GPL-3.0-or-later
"""Ink as data: undo, clear, times of a video, and the file it is kept in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.base.errors import KnownError
from app.base.paths import DataPaths
from app.ui.board.book import RUNNING_S, STILL_S, InkBook
from app.ui.board.contacts import PALM_MM, Touches, size_mm
from app.ui.board.ink_file import book_to_bytes, ink_path, load_book, parse_book, save_book
from app.ui.board.pens import PenCase
from app.ui.board.strokes import InkSheet, Stroke, Tool


def stroke(x: float = 0.5, tool: Tool = Tool.PEN) -> Stroke:
    """A short line."""
    return Stroke(tool, "#e02d2d", 0.005, ((x, 0.1), (x + 0.1, 0.2)))


def kept(book: InkBook) -> bytes:
    """The document of a book."""
    return book_to_bytes({k: (s.span_s, s.strokes) for k, s in book.sheets.items()})


def test_undo_takes_back_line_by_line_and_a_new_line_ends_redo() -> None:
    sheet = InkSheet()
    sheet.add(stroke(0.1))
    sheet.add(stroke(0.2))
    assert sheet.undo()
    assert [s.points[0][0] for s in sheet.strokes] == [0.1]
    assert sheet.redo()
    assert len(sheet.strokes) == 2
    assert sheet.undo()
    sheet.add(stroke(0.3))
    assert not sheet.redo()
    assert [s.points[0][0] for s in sheet.strokes] == [0.1, 0.3]


def test_clearing_can_be_undone() -> None:
    sheet = InkSheet()
    assert not sheet.wipe()
    sheet.add(stroke())
    assert sheet.wipe()
    assert sheet.is_blank
    assert not sheet.wipe()
    assert sheet.undo()
    assert len(sheet.strokes) == 1


@pytest.mark.parametrize(
    ("is_running", "shown_until_s"), [(False, 60 + STILL_S), (True, 60 + RUNNING_S)]
)
def test_ink_of_a_video_belongs_to_its_time(is_running: bool, shown_until_s: float) -> None:
    book = InkBook()
    key = book.add_at_time(None, 60.0, stroke(), is_running=is_running)
    assert book.at_time(60.0) == key
    assert book.at_time(shown_until_s) == key
    assert book.at_time(shown_until_s + 0.1) is None
    assert book.at_time(58.0) is None
    assert book.moments() == (60.0,)


def test_a_line_on_shown_ink_joins_it_and_makes_it_stay() -> None:
    book = InkBook()
    first = book.add_at_time(None, 10.0, stroke(), is_running=True)
    again = book.add_at_time(first, 17.0, stroke(), is_running=True)
    assert again == first
    assert book.at_time(17.0 + RUNNING_S) == first
    assert len(book.sheets[first].strokes) == 2


def test_ink_survives_the_file_with_its_times_and_shapes(data_dir: Path) -> None:
    book = InkBook()
    book.sheet("page:3").add(stroke(tool=Tool.HIGHLIGHTER))
    book.add_at_time(None, 83.25, stroke(), is_running=False)
    book.sheet("board:2").add(stroke(-0.4))
    book.sheet("page:4")  # blank ones are not kept
    path = ink_path(DataPaths(data_dir), "region", "entry", "hash")
    save_book(path, kept(book))
    again = load_book(path)
    assert set(again.sheets) == {"page:3", "time:83250", "board:2"}
    assert again.sheets["page:3"].strokes[0].tool is Tool.HIGHLIGHTER
    assert again.sheets["board:2"].strokes[0].points[0] == (-0.4, 0.1)
    assert again.sheets["time:83250"].span_s == (83.25 - STILL_S, 83.25 + STILL_S)
    assert again.board_pages() == 2


def test_what_was_cleared_or_undone_is_not_kept() -> None:
    book = InkBook()
    sheet = book.sheet("page:1")
    sheet.add(stroke(0.1))
    sheet.wipe()
    sheet.add(stroke(0.2))
    sheet.add(stroke(0.3))
    sheet.undo()
    assert [s.points[0][0] for s in parse_book(kept(book)).sheets["page:1"].strokes] == [0.2]


@pytest.mark.allow_warnings("app.ui.board.ink_file")
def test_a_torn_file_gives_the_generation_before(data_dir: Path) -> None:
    path = ink_path(DataPaths(data_dir), "r", "e")
    book = InkBook()
    book.sheet("page:1").add(stroke())
    save_book(path, kept(book))
    save_book(path, kept(book))
    path.write_bytes(b"\0" * 300)
    assert len(load_book(path).sheets["page:1"].strokes) == 1
    path.with_name(path.name + ".previous").write_bytes(b"{")
    assert load_book(path).is_blank


GOOD = {"tool": "pen", "colour": "#111111", "width": 100, "points": [0, 0, 5, 5]}


@pytest.mark.parametrize(
    "change",
    [
        {"tool": "laser"},
        {"colour": "red"},
        {"colour": "#111111; background: url(x)"},
        {"width": 0},
        {"width": 10**9},
        {"width": True},
        {"points": []},
        {"points": [1]},
        {"points": [0, 0, 10**12, 0]},
        {"points": [0, "0"]},
        {"points": [0.5, 0.5]},
        {"points": {"0": 1}},
    ],
)
def test_nonsense_from_a_file_is_left_out(change: dict[str, object]) -> None:
    document = {
        "format": "kezhan-ink",
        "major": 1,
        "minor": 0,
        "sheets": {"page:1": {"strokes": [GOOD, {**GOOD, **change}]}, "../x": {"strokes": [GOOD]}},
    }
    book = parse_book(json.dumps(document).encode())
    assert set(book.sheets) == {"page:1"}
    assert len(book.sheets["page:1"].strokes) == 1


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"format":"kezhan-ink","major":9,"minor":0}'])
def test_what_is_no_ink_is_refused(raw: bytes) -> None:
    with pytest.raises(KnownError):
        parse_book(raw)


def test_a_palm_is_known_by_its_size_whatever_the_board() -> None:
    board_mm, height_px = 1070.0, 1080.0  # 86 inches
    finger_px, palm_px = 12 / board_mm * height_px, 60 / board_mm * height_px
    board = Touches()
    assert not board.is_palm(size_mm(finger_px, height_px, board_mm))
    assert board.is_palm(size_mm(palm_px, height_px, board_mm))
    assert not board.is_palm(size_mm(0, height_px, board_mm))
    # A board that claims to be four metres high, or none at all, is taken for a 65-inch one.
    assert board.is_palm(size_mm(palm_px, height_px, 4_000.0))
    assert not board.is_palm(size_mm(finger_px, height_px, 0.0))


def test_every_tool_remembers_its_own_colour() -> None:
    case = PenCase().with_colour("#1766d6").with_tool(Tool.HIGHLIGHTER).with_colour("#7dff4f")
    assert case.colour == "#7dff4f"
    assert case.with_tool(Tool.PEN).colour == "#1766d6"
    assert case.with_colour("#1766d6") == case  # no such highlighter
    assert case.with_tool(Tool.ERASER).colours == ()
    assert case.with_size(7).size == 2


def test_a_board_that_reports_broad_fingers_can_be_written_on() -> None:
    board = Touches()
    for size in (38.0, 41.0, 39.5, 40.0, 42.0, 40.5, 39.0):
        board.note(size)
    assert not board.is_palm(41.0)
    assert board.is_palm(90.0)


def test_wiping_again_and_again_stays_wiping() -> None:
    board = Touches()
    for size in (60.0, 95.0, 72.0, 110.0, 55.0, 88.0, 130.0, 64.0):
        board.note(size)
    assert board.palm_mm == PALM_MM
    for _ in range(20):
        board.note(85.0)  # ever the same fist
    assert board.is_palm(85.0)


def test_a_usual_board_and_one_that_tells_no_sizes_change_nothing() -> None:
    board = Touches()
    for size in (9.0, 12.0, 45.0, 10.0, 11.0, 0.0, 8.0, 10.0):
        board.note(size)
    assert board.palm_mm == PALM_MM
    assert board.is_palm(45.0)
    assert not board.is_palm(0.0)
