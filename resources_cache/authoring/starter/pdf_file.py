# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes painted pages as a 16:9 PDF with bookmarks, searchable text and fixed metadata."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject
from PySide6.QtCore import QMarginsF, QSizeF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter, QPdfWriter, QRawFont

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
        return f"<{ord(_ideographs_of_radicals().get(letter, letter)):04X}>"

    text = table.get_data().decode("ascii")
    table.set_data(re.sub(r"<([0-9a-fA-F]{4})>", plain, text).encode("ascii"))


@cache
def _ideographs_of_radicals() -> dict[str, str]:
    """For every radical character the ideograph that the font draws with the same glyph."""
    raw = QRawFont.fromFont(look.font(32))
    ideographs = [chr(code) for code in range(0x4E00, 0x9FB0)]
    by_glyph = dict(zip(raw.glyphIndexesForString("".join(ideographs)), ideographs, strict=True))
    radicals = [chr(code) for code in range(0x2E80, 0x2FD6) if raw.supportsCharacter(code)]
    glyphs = raw.glyphIndexesForString("".join(radicals))
    return {
        radical: by_glyph[glyph]
        for radical, glyph in zip(radicals, glyphs, strict=True)
        if glyph in by_glyph
    }


def _steady_name(font: DictionaryObject) -> None:
    """Replace the subset tag of six letters, which Qt draws by chance."""
    descendants = font["/DescendantFonts"].get_object()
    assert isinstance(descendants, ArrayObject)
    descriptor = descendants[0].get_object()["/FontDescriptor"].get_object()
    assert isinstance(descriptor, DictionaryObject)
    family = str(descriptor["/FontName"]).rpartition("+")[2].lstrip("/")
    descriptor[NameObject("/FontName")] = NameObject(f"/KEZHAN+{family}")


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
            _steady_name(font)
    result.compress_identical_objects()
    result.write(path)
