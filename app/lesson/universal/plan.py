# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes onto a universal stick under which name. Pure: names, numbers, nothing is copied."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from app.base.files import LONGEST_ON_FAT_BYTES
from app.region.media import Format, format_of

PAGE_NAME = "上课.html"
PRINT_NAME = "打印.html"
_MAX_STEM_CHARS = 48
# Forbidden by Windows, or with a meaning of its own in an address that a page refers to.
_BAD = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*#%&+;=\[\]{}^`~$@!\']')
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SLIP_CHARS = 6
_CHECK_PRIMES = (3, 7, 11, 13, 17, 19)


class Way(StrEnum):
    """How the page shows a thing."""

    VIDEO = "video"
    SOUND = "sound"
    PICTURE = "picture"
    PAPER = "paper"  # a PDF
    FILE = "file"  # opens in whatever the computer has


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that is on this machine."""

    path: Path
    name: str
    media_type: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class UniversalItem:
    """One thing of the list: its main file first, then what else opens anywhere (a PDF of it)."""

    title: str
    files: tuple[SourceFile, ...]
    note: str = ""  # which part is meant, in words


@dataclass(frozen=True, slots=True)
class PlacedFile:
    """A file with its name on the stick."""

    source: SourceFile
    name: str
    way: Way


@dataclass(frozen=True, slots=True)
class PlacedItem:
    """A thing with its number; without files it cannot go onto the stick."""

    number: int
    title: str
    note: str
    files: tuple[PlacedFile, ...]


@dataclass(frozen=True, slots=True)
class UniversalPlan:
    """Everything that is to be written."""

    name: str
    slip: str
    items: tuple[PlacedItem, ...]
    left: tuple[str, ...] = field(default=())  # titles of what plays in Kezhan only

    @property
    def size_bytes(self) -> int:
        """Bytes of all files."""
        return sum(file.source.size_bytes for item in self.items for file in item.files)


def make_plan(name: str, slip: str, items: Iterable[UniversalItem]) -> UniversalPlan:
    """Number the things and name their files so that every TV and every system shows them."""
    placed: list[PlacedItem] = []
    left: list[str] = []
    for item in items:
        number = len(placed) + 1
        files = _place(number, item)
        if files:
            placed.append(PlacedItem(number, item.title, item.note, files))
        else:
            left.append(item.title)
    return UniversalPlan(name, slip, tuple(placed), tuple(left))


def _place(number: int, item: UniversalItem) -> tuple[PlacedFile, ...]:
    found: list[PlacedFile] = []
    for file in item.files:
        way = _way_of(file)
        suffix = _suffix_of(file, way)
        if way is None or not suffix or file.size_bytes > LONGEST_ON_FAT_BYTES:
            continue
        name = f"{number:02d} {safe_stem(item.title)}.{suffix}"
        if any(other.name.casefold() == name.casefold() for other in found):
            continue
        found.append(PlacedFile(file, name, way))
    return tuple(found)


def _way_of(file: SourceFile) -> Way | None:
    ways = {
        Format.VIDEO: Way.VIDEO,
        Format.AUDIO: Way.SOUND,
        Format.IMAGE: Way.PICTURE,
        Format.PDF: Way.PAPER,
        Format.SLIDES: Way.FILE,
        Format.DOCUMENT: Way.FILE,
        Format.TEXT: Way.FILE,
    }
    return ways.get(format_of(file.media_type, file.name))


# Only these endings leave: nothing that a double click could run.
_SUFFIXES = frozenset(
    "mp4 m4v webm mkv avi mov flv wmv mpg mpeg ts mp3 m4a aac ogg oga wav flac jpg jpeg png gif"
    " webp bmp svg pdf ppt pptx pps ppsx odp doc docx odt rtf txt md csv".split()
)
_USUAL = {Way.VIDEO: "mp4", Way.SOUND: "mp3", Way.PICTURE: "jpg", Way.PAPER: "pdf"}


def _suffix_of(file: SourceFile, way: Way | None) -> str:
    suffix = file.name.rpartition(".")[2].lower() if "." in file.name else ""
    if suffix in _SUFFIXES:
        return suffix
    return _USUAL.get(way, "") if way is not None else ""


def safe_stem(title: str) -> str:
    """A title as a part of a file name: on FAT, on every TV, and in a page's address."""
    plain = _BAD.sub(" ", unicodedata.normalize("NFC", title))
    plain = "".join(sign for sign in plain if sign.isprintable())
    stem = " ".join(plain.split())[:_MAX_STEM_CHARS].rstrip(". ")
    return stem or "课"


# -- slips ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SlipItem:
    """A resource that left on a stick, and what it was called then."""

    region_id: str
    entry_id: str
    title: str = ""


def new_slip() -> str:
    """A number for one taught lesson, random, with two signs that notice a slip of the pen."""
    body = "".join(secrets.choice(_CROCKFORD) for _ in range(_SLIP_CHARS))
    return _shown(body + _check(body))


def parse_slip(text: str) -> str | None:
    """The number as it is kept, from what somebody typed; None when it is none."""
    plain = re.sub(r"[\s\-—·.]", "", unicodedata.normalize("NFKC", text)).upper()
    plain = plain.translate(str.maketrans("OIL", "011"))
    body, check = plain[:_SLIP_CHARS], plain[_SLIP_CHARS:]
    is_good = len(plain) == _SLIP_CHARS + 2 and all(sign in _CROCKFORD for sign in plain)
    return _shown(plain) if is_good and check == _check(body) else None


def _check(body: str) -> str:
    """Two signs: every single wrong sign and every swap of neighbours changes them."""
    values = [_CROCKFORD.index(sign) for sign in body]
    total = sum(value * prime for value, prime in zip(values, _CHECK_PRIMES, strict=True))
    places = sum(value * place for place, value in enumerate(values, 1))
    return _CROCKFORD[total % 31] + _CROCKFORD[places % 29]


def _shown(plain: str) -> str:
    return f"{plain[:4]}-{plain[4:]}"


def titles_of(items: Sequence[PlacedItem]) -> tuple[str, ...]:
    """What the slip is about."""
    return tuple(item.title for item in items)
