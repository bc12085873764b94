# SPDX-License-Identifier: GPL-3.0-or-later
"""Broken and hostile courseware packages."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

from app.player.kinds import EPUB
from app.region.media import FLASH, H5P_PACKAGE, WEB_PACKAGE
from tests.player.broken.case import REFUSED, SHOWN, Broken, broken, cut, rubbish
from tests.player.broken.documents import zip_of
from tests.player.web_samples import epub, h5p_files, swf

_INDEX = b"<!doctype html><title>ok</title><p>ok"


def broken_packages(_folder: Path) -> Iterator[Broken]:
    """All of them."""
    good = zip_of({"index.html": _INDEX, "a.js": b"let a = 1;" * 500})
    yield broken("cut.webzip", WEB_PACKAGE, cut(good, 60), REFUSED)
    yield broken("no-index.webzip", WEB_PACKAGE, zip_of({"a.js": b"1"}), REFUSED)
    for number, name in enumerate(("../up.html", "/etc/passwd", "a/../../b", "C:\\w.html", "a\0b")):
        yield broken(f"climbs-{number}.webzip", WEB_PACKAGE, _named(name), REFUSED)
    yield broken("link.webzip", WEB_PACKAGE, _with_link(), REFUSED)
    bomb = zip_of({"index.html": _INDEX, "big.js": bytes(60 << 20)})
    yield broken("bomb.webzip", WEB_PACKAGE, bomb, REFUSED)
    many = zip_of({"index.html": _INDEX} | {f"f{number}": b"" for number in range(5100)})
    yield broken("many-files.webzip", WEB_PACKAGE, many, REFUSED)
    yield broken("size-lies.webzip", WEB_PACKAGE, _lying(good), REFUSED)
    yield broken("twice.webzip", WEB_PACKAGE, _doubled(), REFUSED)
    yield broken("unclosed.html", "text/html", b"<div>" * 20_000, SHOWN)
    yield from _broken_h5p()
    yield from _broken_books()
    yield broken("cut.swf", FLASH, swf()[:12], REFUSED)
    yield broken("lying.swf", FLASH, swf()[:-8] + b"\xff" * 8, REFUSED, SHOWN)
    yield from rubbish("film.swf", FLASH, REFUSED)
    yield from rubbish("course.webzip", WEB_PACKAGE, REFUSED)
    yield from rubbish("page.html", "text/html", REFUSED)


def _broken_h5p() -> Iterator[Broken]:
    good = h5p_files("")
    yield broken("cut.h5p", H5P_PACKAGE, cut(zip_of(good), 60), REFUSED)
    for left_out in ("h5p.json", "content/content.json", "H5P.Ours-1.0/library.json"):
        rest = {name: content for name, content in good.items() if name != left_out}
        yield broken(f"without-{left_out[:3]}.h5p", H5P_PACKAGE, zip_of(rest), REFUSED)
    for number, text in enumerate((b"[]", b"{", b"[" * 100_000, b'{"preloadedDependencies": 1}')):
        content = zip_of(good | {"h5p.json": text})
        yield broken(f"description-{number}.h5p", H5P_PACKAGE, content, REFUSED)
    yield from rubbish("quiz.h5p", H5P_PACKAGE, REFUSED)


def _broken_books() -> Iterator[Broken]:
    good = epub({"a.xhtml": "<p>ok</p>"})
    yield broken("cut.epub", EPUB, cut(good, 60), REFUSED)
    yield broken(
        "locked.epub", EPUB, epub({"a.xhtml": ""}, **{"META-INF/rights.xml": b""}), REFUSED
    )
    yield broken("no-chapters.epub", EPUB, epub({}), REFUSED)
    climbing = epub({"../../../etc/passwd": "x"})
    yield broken("climbs.epub", EPUB, climbing, REFUSED)
    yield broken("not-xml.epub", EPUB, epub({"a.xhtml": "<p><b></p>"}), SHOWN)
    yield from rubbish("book.epub", EPUB, REFUSED)


def _named(name: str) -> bytes:
    """A package with a file of that very name beside the good one."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.html", _INDEX)
        plain = name.replace("\0", "N").replace("\\", "B")
        archive.writestr(zipfile.ZipInfo(plain), b"x")
    return packed.getvalue().replace(plain.encode(), name.encode())


def _with_link() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.html", _INDEX)
        link = zipfile.ZipInfo("secret.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    return packed.getvalue()


def _lying(good: bytes) -> bytes:
    """The directory says that the page has one letter."""
    place = good.index(b"PK\x01\x02") + 24
    return good[:place] + struct.pack("<I", 1) + good[place + 4 :]


def _doubled() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.html", _INDEX)
        archive.writestr("INDEX.HTML", b"<p>other")
    return packed.getvalue()
