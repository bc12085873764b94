# SPDX-License-Identifier: GPL-3.0-or-later
"""Broken PDF files, slides, documents and texts."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from app.region.media import guess_media_type
from tests.player.broken.case import DAMAGED, SHOWN, Broken, broken, cut, rubbish

PDF = "application/pdf"
MANY_PAGES = 50_000
_PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>"


def broken_documents(_folder: Path) -> Iterator[Broken]:
    """All of them."""
    good = pdf_of(3)
    yield broken("cut.pdf", PDF, cut(good, 70), SHOWN, DAMAGED)
    yield broken("header-only.pdf", PDF, good[:9], DAMAGED)
    yield broken("no-index.pdf", PDF, good[: good.index(b"xref")], SHOWN, DAMAGED)
    yield broken(
        "counts-lie.pdf", PDF, good.replace(b"/Count 3", b"/Count 2147483647"), SHOWN, DAMAGED
    )
    yield broken("no-pages.pdf", PDF, pdf_of(0), DAMAGED)
    wide = good.replace(b"[0 0 200 200]", b"[0 0 9e8 9e8]")
    yield broken("endless-page.pdf", PDF, wide, SHOWN, DAMAGED)
    yield broken("its-own-child.pdf", PDF, good.replace(b"[3 0 R", b"[2 0 R"), DAMAGED)
    yield broken("its-own-child-packed.pdf", PDF, _packed_circle(), DAMAGED)
    yield broken("bookmarks-in-a-circle.pdf", PDF, _bookmark_circle(), SHOWN)
    yield broken("fifty-thousand-pages.pdf", PDF, pdf_of(MANY_PAGES), SHOWN)
    yield broken("slides-are-pdf.pptx", guess_media_type("a.pptx"), good, SHOWN)
    yield from rubbish("pages.pdf", PDF)
    for suffix in ("ppt", "pptx", "doc", "docx"):
        yield from rubbish(f"office.{suffix}", guess_media_type(f"a.{suffix}"))
    yield broken("zip-of-nothing.pptx", guess_media_type("a.pptx"), zip_of({}), DAMAGED)
    yield broken("other-zip.pptx", guess_media_type("a.pptx"), zip_of({"a.txt": b"a"}), DAMAGED)
    yield broken("bomb.docx", guess_media_type("a.docx"), _office_bomb(), DAMAGED)
    yield broken("half.pptx", guess_media_type("a.pptx"), cut(_office_bomb(), 50), DAMAGED)
    yield from rubbish("words.md", "text/markdown", DAMAGED)
    long = "字".encode() * 1_300_000
    notice = frozenset({"text_shortened"})
    yield Broken("one-line.txt", "text/plain", long, frozenset({SHOWN}), notice)
    yield broken("quotes.md", "text/markdown", b">" * 60_000 + b" x\n", SHOWN)
    yield broken("cut-letter.txt", "text/plain", "一二三".encode()[:-1], SHOWN)


def pdf_of(pages: int) -> bytes:
    """A small PDF of empty pages, written by hand."""
    kids = b" ".join(b"%d 0 R" % (page + 3) for page in range(pages))
    return _written(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (pages, kids),
        *[_PAGE] * pages,
    )


def _bookmark_circle() -> bytes:
    """Two bookmarks, each the next of the other."""
    mark = b"<</Title(a)/Parent 4 0 R/Next %d 0 R/Dest[3 0 R/Fit]>>"
    return _written(
        b"<</Type/Catalog/Pages 2 0 R/Outlines 4 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        _PAGE,
        b"<</Type/Outlines/First 5 0 R/Last 6 0 R/Count 2>>",
        mark % 6,
        mark % 5,
    )


def _packed_circle() -> bytes:
    """A page tree that is its own child, inside a packed object stream."""
    inner = b"2 0 <</Type/Pages/Count 1/Kids[2 0 R]>>"
    packed = zlib.compress(inner)
    stream = b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n" % len(packed)
    out = bytearray(b"%PDF-1.5\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n")
    place_3 = len(out)
    out += b"3 0 obj\n" + stream + packed + b"\nendstream\nendobj\n"
    place_4 = len(out)
    rows = [(0, 0, 255), (1, 9, 0), (2, 3, 0), (1, place_3, 0), (1, place_4, 0)]
    index = b"".join(struct.pack(">BIB", *row) for row in rows)
    head = b"<</Type/XRef/Size 5/W[1 4 1]/Root 1 0 R/Length %d>>\nstream\n" % len(index)
    out += b"4 0 obj\n" + head + index + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % place_4
    return bytes(out)


def _written(*bodies: bytes) -> bytes:
    """Objects numbered from 1, the first of them the catalogue."""
    out = bytearray(b"%PDF-1.4\n")
    places: list[int] = []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    index = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R>>\n" % (len(places) + 1)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % index)


def zip_of(files: dict[str, bytes]) -> bytes:
    """A deflated archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _office_bomb() -> bytes:
    """A hundred and twenty megabytes of text in a hundred kilobytes."""
    return zip_of({"[Content_Types].xml": b"<Types/>", "word/document.xml": b" " * (120 << 20)})
