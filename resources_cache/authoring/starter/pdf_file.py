# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes painted pages as a 16:9 PDF with bookmarks, searchable text and fixed metadata."""

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, StreamObject
from PySide6.QtCore import QMarginsF, QSizeF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter, QPdfWriter

from resources_cache.authoring.starter import look

Draw = Callable[[QPainter], None]
Pages = tuple[tuple[str, Draw], ...]
"""Bookmark and picture of each page, drawn into 1280 × 720."""


def write_pages(pages: Pages, facts: dict[str, str], path: Path) -> None:
    """Draw all pages, then add bookmarks and metadata; equal input gives equal bytes."""
    raw = path.with_suffix(".raw.pdf")
    writer = QPdfWriter(str(raw))
    writer.setPageSize(QPageSize(QSizeF(254, 142.875), QPageSize.Unit.Millimeter))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Millimeter)
    writer.setResolution(288)
    painter = QPainter(writer)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for number, (_, draw) in enumerate(pages):
        if number:
            writer.newPage()
        painter.resetTransform()
        painter.scale(writer.width() / 1280, writer.height() / 720)
        with look.saved(painter):
            draw(painter)
    painter.end()
    _finish(raw, [title for title, _ in pages], facts, path)
    raw.unlink()


def _plain_letters(font: DictionaryObject) -> None:
    """Name glyphs by plain characters: Qt takes look-alike radicals, which no search finds."""
    table = font["/ToUnicode"].get_object()
    assert isinstance(table, StreamObject)

    def plain(found: re.Match[str]) -> str:
        letter = chr(int(found[1], 16))
        is_radical = "\u2e80" <= letter <= "\u2fdf"
        return f"<{ord(unicodedata.normalize('NFKC', letter)):04X}>" if is_radical else found[0]

    text = table.get_data().decode("ascii")
    table.set_data(re.sub(r"<([0-9a-fA-F]{4})>", plain, text).encode("ascii"))


def _fonts(page: PageObject) -> list[DictionaryObject]:
    resources = page["/Resources"].get_object()
    assert isinstance(resources, DictionaryObject)
    fonts = resources["/Font"].get_object() if "/Font" in resources else DictionaryObject()
    assert isinstance(fonts, DictionaryObject)
    return [font.get_object() for font in fonts.values()]


def _finish(raw: Path, titles: list[str], facts: dict[str, str], path: Path) -> None:
    """Copy the pages into a document of fixed identity, with one bookmark a page."""
    result = PdfWriter()
    for page in PdfReader(raw).pages:
        result.add_page(page)
    for number, title in enumerate(titles):
        result.add_outline_item(title=title, page_number=number)
    result.page_mode = "/UseOutlines"
    result.metadata = {
        **facts,
        "/Author": "课栈",
        "/Keywords": "CC0-1.0",
        "/CreationDate": "D:20261121000000Z",
        "/ModDate": "D:20261121000000Z",
    }
    for page in result.pages:
        page.compress_content_streams()
        for font in _fonts(page):
            _plain_letters(font)
    result.compress_identical_objects()
    result.write(path)
