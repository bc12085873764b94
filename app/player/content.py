# SPDX-License-Identifier: GPL-3.0-or-later
"""What a file really is, by its first bytes: on teachers' sticks names and contents often differ.

Only contents that begin with an unmistakable mark are told; everything else stays what its name
and type say. Nothing active (pages, scripts) is ever recognised by content alone.
"""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Final

from app.player.item import PlayItem
from app.player.kinds import shown_format
from app.region.media import FLASH, H5P_PACKAGE, WEB_PACKAGE, Format, guess_media_type

_HEAD_BYTES: Final = 64
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ASF: Final = bytes.fromhex("3026b2758e66cf11")
# A mark at the very start, and a name of the kind it stands for.
_MARKS: Final = (
    (b"%PDF-", "a.pdf"),
    (b"\x89PNG\r\n\x1a\n", "a.png"),
    (b"\xff\xd8\xff", "a.jpg"),
    (b"GIF87a", "a.gif"),
    (b"GIF89a", "a.gif"),
    (b"II*\0", "a.tif"),
    (b"MM\0*", "a.tif"),
    (b"\x1aE\xdf\xa3", "a.mkv"),
    (b"FLV\x01", "a.flv"),
    (b".RMF", "a.rm"),
    (_ASF, "a.wmv"),
    (b"\0\0\x01\xba", "a.mpg"),
    (b"ID3", "a.mp3"),
    (b"OggS", "a.ogg"),
    (b"fLaC", "a.flac"),
    (_OLE, "a.ppt"),
)
_RIFF: Final = {b"AVI ": "a.avi", b"WAVE": "a.wav", b"WEBP": "a.webp"}
_FLASH_MARKS: Final = (b"FWS", b"CWS", b"ZWS")
_NEWEST_FLASH: Final = 50
# Told by a file that must be inside; the first that fits.
_INSIDE: Final = (
    ("h5p.json", H5P_PACKAGE),
    ("META-INF/container.xml", "application/epub+zip"),
    ("ppt/presentation.xml", guess_media_type("a.pptx")),
    ("word/document.xml", guess_media_type("a.docx")),
    ("xl/workbook.xml", guess_media_type("a.xlsx")),
)
_FAMILIES: Final = (
    frozenset({Format.VIDEO, Format.AUDIO}),
    frozenset({Format.SLIDES, Format.DOCUMENT}),
    frozenset({Format.WEB, Format.FLASH}),
)


def with_true_type(item: PlayItem) -> PlayItem:
    """The item, with another media type when its content is plainly of another kind."""
    found = media_type_of_content(item.path)
    if not found:
        return item
    said = shown_format(item.media_type, item.name)
    shown = shown_format(found, "")
    is_akin = said is shown or any(said in family and shown in family for family in _FAMILIES)
    return item if is_akin else replace(item, media_type=found)


def media_type_of_content(path: Path) -> str:
    """The media type that the content shows beyond doubt, else ""."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return ""  # whoever opens it says what is wrong
    for mark, name in _MARKS:
        if head.startswith(mark):
            return guess_media_type(name)
    if head[:4] == b"RIFF" and head[8:12] in _RIFF:
        return guess_media_type(_RIFF[head[8:12]])
    if head[4:8] == b"ftyp":
        return _type_of_brand(head[8:12])
    if head[:3] in _FLASH_MARKS and 0 < head[3] <= _NEWEST_FLASH:
        return FLASH
    return _type_of_archive(path) if head.startswith(b"PK\x03\x04") else ""


def _type_of_brand(brand: bytes) -> str:
    """HEIC pictures of telephones share their box with films, and no view of ours shows them."""
    if brand in (b"heic", b"heix", b"mif1", b"avif"):
        return ""
    return guess_media_type("a.m4a" if brand.startswith(b"M4A") else "a.mp4")


def _type_of_archive(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError):
        return ""
    return next((kind for name, kind in _INSIDE if name in names), _page_package(names))


def _page_package(names: set[str]) -> str:
    tops = {name.partition("/")[0] for name in names}
    is_wrapped = len(tops) == 1 and f"{next(iter(tops))}/index.html" in names
    return WEB_PACKAGE if "index.html" in names or is_wrapped else ""
