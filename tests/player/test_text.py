# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts and Markdown: large letters, screenfuls, nothing loaded from anywhere."""

from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QTextDocument
from pytestqt.qtbot import QtBot

from app.player.folded_text import FoldedText, fold
from app.player.item import Position
from app.player.reading_page import ReadingPage
from tests.player.conftest import MakeView
from tests.player.listening import opened, refused


@pytest.fixture
def poem(tmp_path: Path) -> Path:
    """Eighty lines in GBK."""
    file = tmp_path / "诗"
    file.write_bytes("\n".join(f"第{i}行 白日依山尽" for i in range(80)).encode("gbk"))
    return file


def test_turns_screenfuls_to_the_end_and_back(
    qtbot: QtBot, make_view: MakeView, poem: Path
) -> None:
    view = make_view(poem, "text/plain")
    ear = opened(qtbot, view)
    assert view.page == 1
    turned = 0
    while view.next_page():
        turned += 1
        assert turned < 100
    assert turned >= 3
    assert view.page == view.page_count
    assert ear.ends == 1
    while view.previous_page():
        pass
    assert view.page == 1


def test_searches_and_zooms(qtbot: QtBot, make_view: MakeView, poem: Path) -> None:
    view = make_view(poem, "text/plain")
    opened(qtbot, view)
    with qtbot.waitSignal(view.found) as found:
        view.search("第79行 白日")
    assert found.args == [1, 1]
    assert view.page >= view.page_count - 1
    pages = view.page_count
    view.zoom_in()
    assert view.page_count > pages
    view.restore(Position(zoom=1.0, y=0.0))
    assert (view.page, view.page_count) == (1, pages)


def test_markdown_loads_nothing_and_shows_html_as_text(qtbot: QtBot, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"x")
    page = ReadingPage()
    qtbot.addWidget(page)
    page.show_markdown(f"![a]({secret.as_uri()}) <img src='{secret.as_uri()}'> **b**")
    for kind in QTextDocument.ResourceType:
        assert page.loadResource(kind.value, QUrl.fromLocalFile(str(secret))) is None
    assert "<img" in page.toPlainText()


@pytest.mark.parametrize("content", [b"", b"\0\0\0\0", b"  \n", b"MZ\x90\0\x03\0"])
def test_what_is_no_text_is_refused(
    qtbot: QtBot, make_view: MakeView, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "x.txt"
    file.write_bytes(content)
    assert refused(qtbot, make_view(file, "text/plain")).codes() == ["media_damaged"]
    file.unlink()
    assert refused(qtbot, make_view(file, "text/plain")).codes() == ["file_missing"]


def test_folding_finds_radicals_and_broken_words() -> None:
    text = FoldedText("把四分之⼀\n读 Ａb两遍：四分之一")
    assert text.find_all("四分之一") == [(1, 4), (13, 4)]
    assert text.find_all("一读ab") == [(4, 6)]
    assert text.find_all("  ") == []
    assert fold("ﬁ") == "fi"
    assert fold("第9⻚，⻢到成功，⻓⻔⻄⻛") == fold("第9页，马到成功，长门西风")
