# SPDX-License-Identifier: GPL-3.0-or-later
"""One broken file, and ways of breaking good ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

DAMAGED = "media_damaged"
REFUSED = "web_package_refused"
SHOWN = ""


@dataclass(frozen=True, slots=True)
class Broken:
    """A file and what comes of it: one of the codes in `outcomes` (`SHOWN`: it is shown)."""

    name: str
    media_type: str
    content: bytes
    outcomes: frozenset[str]
    notices: frozenset[str] = frozenset()  # quiet sentences that may stand beside it


def broken(name: str, media_type: str, content: bytes, *outcomes: str) -> Broken:
    """Shorter to write in long lists."""
    return Broken(name, media_type, content, frozenset(outcomes))


def rubbish(name: str, media_type: str, code: str = DAMAGED) -> Iterator[Broken]:
    """What breaks every format alike: nothing, zeros, and letters where numbers belong."""
    stem, _, suffix = name.rpartition(".")
    yield broken(f"{stem}-empty.{suffix}", media_type, b"", code)
    yield broken(f"{stem}-zeros.{suffix}", media_type, bytes(70_000), code)
    noise = bytes((number * 7919 + number // 251) % 256 for number in range(30_000))
    yield broken(f"{stem}-noise.{suffix}", media_type, b"\x01" + noise, code)


def cut(content: bytes, percent: int) -> bytes:
    """Only the beginning arrived."""
    return content[: len(content) * percent // 100]


def with_hole(content: bytes) -> bytes:
    """Zeros where a disk lost a block in the middle."""
    start = len(content) // 2
    return content[:start] + bytes(2000) + content[start + 2000 :]
