# SPDX-License-Identifier: GPL-3.0-or-later
"""Broken and hostile courseware packages."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

from app.region.media import WEB_PACKAGE
from tests.player.broken.case import REFUSED, SHOWN, Broken, broken, cut, rubbish
from tests.player.broken.documents import zip_of

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
    yield from rubbish("course.webzip", WEB_PACKAGE, REFUSED)
    yield from rubbish("page.html", "text/html", REFUSED)


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
