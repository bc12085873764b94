# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds page trees and bookmarks that lead back to themselves; Qt's reader follows them for ever.

Not a PDF reader: it collects which object names which as child or follower, from plain objects
and from object streams, whatever revision of the file they belong to. A healthy file has no
circle in any revision, so more edges than are in force do no harm.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.base.errors import known_os_error

# Slow disks read this in a third of a second; larger files have their tree at either end.
_WHOLE_BYTES: Final = 32 << 20
_END_BYTES: Final = 12 << 20
_MAX_STREAM_BYTES: Final = 16 << 20
_MAX_STREAMS: Final = 2000
_MAX_EDGES: Final = 2_000_000

_WORD: Final = re.compile(rb"obj\b")  # begins with letters: a hundred times quicker in pictures
_NUMBER: Final = re.compile(rb"(\d{1,9})\s+\d{1,5}\s+\Z")
_NUMBER_BYTES: Final = 24
_STREAM: Final = re.compile(rb"/ObjStm\b")
_BODY: Final = re.compile(rb"stream\r?\n")
_KIDS: Final = re.compile(rb"/Kids\s*\[([^\]]{0,4000000})\]")
_REFERENCE: Final = re.compile(rb"(\d{1,9})\s+\d{1,5}\s+R\b")
_FOLLOWER: Final = re.compile(rb"/(?:First|Next)\s+(\d{1,9})\s+\d{1,5}\s+R\b")
_STREAM_NUMBERS: Final = re.compile(rb"/(N|First)\s+(\d{1,9})\b")

_Edges = dict[int, set[int]]


@dataclass(frozen=True, slots=True)
class Circles:
    """What must not be followed."""

    in_pages: bool
    in_bookmarks: bool


def find_circles(path: Path) -> Circles:
    """Look through the file; rubbish simply has none.

    Raises:
        MissingFileError, UnreadableFileError: it cannot be read.
    """
    try:
        raw = _ends_of(path)
    except OSError as error:
        raise known_os_error(error, path) from error
    pages: _Edges = {}
    bookmarks: _Edges = {}
    edges = 0
    for number, body in _objects(raw):
        kids = {
            int(ref[1]) for part in _KIDS.finditer(body) for ref in _REFERENCE.finditer(part[1])
        }
        followers = {int(one[1]) for one in _FOLLOWER.finditer(body)}
        if kids:
            pages.setdefault(number, set()).update(kids)
        if followers:
            bookmarks.setdefault(number, set()).update(followers)
        edges += len(kids) + len(followers)
        if edges > _MAX_EDGES:
            break
    return Circles(has_circle(pages), has_circle(bookmarks))


def has_circle(edges: _Edges) -> bool:
    """Whether following the edges from anywhere leads back; without recursion."""
    done: set[int] = set()
    for start in edges:
        if start in done:
            continue
        on_way = {start}
        trail: list[tuple[int, Iterator[int]]] = [(start, iter(edges[start]))]
        while trail:
            node, rest = trail[-1]
            following = next(rest, None)
            if following is None:
                trail.pop()
                on_way.discard(node)
                done.add(node)
            elif following in on_way:
                return True
            elif following in edges and following not in done:
                on_way.add(following)
                trail.append((following, iter(edges[following])))
    return False


def _ends_of(path: Path) -> bytes:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        if size <= _WHOLE_BYTES:
            return file.read()
        start = file.read(_END_BYTES)
        file.seek(size - _END_BYTES)
        return start + b"\n" + file.read(_END_BYTES)


def _objects(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and text of each object that can be seen, streams' own contents left out."""
    number = body = -1
    for match in _WORD.finditer(raw):
        found = _NUMBER.search(raw[max(0, match.start() - _NUMBER_BYTES) : match.start()])
        if found is None:
            continue  # the end of an object, or a picture's bytes
        if number >= 0:
            yield number, _before_stream(raw, body, match.start())
        number, body = int(found[1]), match.end()
    if number >= 0:
        yield number, _before_stream(raw, body, len(raw))
    for count, match in enumerate(_STREAM.finditer(raw)):
        if count >= _MAX_STREAMS:
            return
        yield from _packed_objects(raw, match.start())


def _before_stream(raw: bytes, start: int, end: int) -> bytes:
    stream = raw.find(b"stream", start, end)
    return raw[start : stream if stream >= 0 else end]


def _packed_objects(raw: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    body = _BODY.search(raw, place, place + 4000)
    if body is None:
        return
    head = raw[raw.rfind(b"obj", max(0, place - 4000), place) : body.start()]
    numbers = {found[1]: int(found[2]) for found in _STREAM_NUMBERS.finditer(head)}
    try:
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(
            raw[body.end() : body.end() + _MAX_STREAM_BYTES], _MAX_STREAM_BYTES
        )
    except zlib.error:
        return  # packed in another way, or encrypted
    first = numbers.get(b"First", 0)
    table = [int(word) for word in content[:first].split() if word.isdigit()]
    pairs = list(zip(table[::2], table[1::2], strict=False))
    for index, (number, offset) in enumerate(pairs):
        end = pairs[index + 1][1] if index + 1 < len(pairs) else len(content)
        yield number, content[first + offset : first + end]
