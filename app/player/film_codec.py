# SPDX-License-Identifier: GPL-3.0-or-later
"""Which codec a film's pictures are in, read from its first boxes before anybody decodes them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

_MAX_MOOV_BYTES: Final = 64 << 20
_MAX_BOXES: Final = 2000
_HEAD_BYTES: Final = 256 << 10
_WAY: Final = (b"trak", b"mdia", b"minf", b"stbl")
_NAMES: Final = {
    b"avc1": "H.264", b"avc3": "H.264", b"hvc1": "H.265", b"hev1": "H.265", b"dvh1": "H.265",
    b"dvhe": "H.265", b"vvc1": "H.266", b"av01": "AV1", b"vp09": "VP9", b"mp4v": "MPEG-4",
}  # fmt: skip
_IN_MATROSKA: Final = {b"V_MPEGH/ISO/HEVC": "H.265", b"V_AV1": "AV1", b"V_MPEG4/ISO/AVC": "H.264"}
# Decoded by the processor alone, two old cores keep up with H.265 to 720 lines, not above:
# 1080 lines cost about three times what H.264 costs.
_COSTLY: Final = frozenset({"H.265", "H.266", "AV1"})
_EASY_PIXELS: Final = 1280 * 720


@dataclass(frozen=True, slots=True)
class FilmCodec:
    """`name` is "" when unknown; sizes 0."""

    name: str = ""
    width: int = 0
    height: int = 0

    @property
    def is_costly(self) -> bool:
        """A classroom machine may not keep up with it."""
        is_large = self.width * self.height > _EASY_PIXELS or not self.width
        return self.name in _COSTLY and is_large


def read_film_codec(path: Path) -> FilmCodec:
    """What an MP4 or Matroska file says of its pictures; nothing for other or damaged ones."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
            if head.startswith(b"\x1aE\xdf\xa3"):
                found = (name for mark, name in _IN_MATROSKA.items() if mark in head)
                return FilmCodec(next(found, ""))
            if head[4:8] not in (b"ftyp", b"moov", b"mdat", b"free", b"wide"):
                return FilmCodec()
            moov = _moov(file)
    except OSError:
        return FilmCodec()
    return next(_entries(moov), FilmCodec())


def _moov(file: BinaryIO) -> bytes:
    place, end = 0, file.seek(0, 2)
    for _ in range(_MAX_BOXES):
        if place >= end:
            return b""
        file.seek(place)
        head = file.read(16)
        if len(head) < 8:
            return b""
        size, kind = struct.unpack(">I4s", head[:8])
        start = 8
        if size == 1 and len(head) == 16:
            size, start = struct.unpack(">Q", head[8:])[0], 16
        if kind == b"moov":
            file.seek(place + start)
            return file.read(min(_MAX_MOOV_BYTES, max(0, size - start)))
        if size < start:
            return b""
        place += size
    return b""


def _boxes(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 0
    while place + 8 <= len(raw):
        size, kind = struct.unpack(">I4s", raw[place : place + 8])
        if size < 8:
            return
        yield kind, raw[place + 8 : place + size]
        place += size


def _entries(moov: bytes) -> Iterator[FilmCodec]:
    """The sample descriptions of video tracks."""
    found = [moov]
    for name in _WAY:
        found = [inside for one in found for kind, inside in _boxes(one) if kind == name]
    for table in found:
        for kind, description in _boxes(table):
            if kind != b"stsd":
                continue
            for fourcc, entry in _boxes(description[8:]):
                if fourcc in _NAMES and len(entry) >= 28:
                    width, height = struct.unpack(">HH", entry[24:28])
                    yield FilmCodec(_NAMES[fourcc], width, height)
