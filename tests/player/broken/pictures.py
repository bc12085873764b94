# SPDX-License-Identifier: GPL-3.0-or-later
"""Broken pictures, and those that would fill the memory or the afternoon."""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from tests.player.broken.case import DAMAGED, SHOWN, Broken, broken, cut, rubbish, with_hole
from tests.player.conftest import ffmpeg

TOO_LARGE = "image_too_large"
_SVG = "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' "
_AREA = "width='100' height='100'>"


def broken_pictures(folder: Path) -> Iterator[Broken]:
    """All of them; `folder` takes the good ones."""
    large = folder / "8k.jpg"
    ffmpeg("-f", "lavfi", "-i", "testsrc=s=7680x4320", "-frames:v", "1", large)
    small = {}
    for suffix in ("jpg", "png", "gif", "webp", "bmp", "tif"):
        path = folder / f"small.{suffix}"
        ffmpeg("-f", "lavfi", "-i", "testsrc=s=320x180", "-frames:v", "1", path)
        small[suffix] = path.read_bytes()
    yield broken("8k.jpg", "image/jpeg", large.read_bytes(), SHOWN)
    yield broken("cut.jpg", "image/jpeg", cut(small["jpg"], 50), SHOWN, DAMAGED)
    yield broken("cut.png", "image/png", cut(small["png"], 50), SHOWN, DAMAGED)
    yield broken("cut.bmp", "image/bmp", cut(small["bmp"], 50), SHOWN, DAMAGED)
    for suffix in ("gif", "webp", "tif"):
        yield broken(f"cut.{suffix}", "image/x", cut(small[suffix], 50), SHOWN, DAMAGED)
    yield broken("hole.png", "image/png", with_hole(small["png"]), SHOWN, DAMAGED)
    yield broken("really-png.jpg", "image/jpeg", small["png"], SHOWN)
    yield broken("picture.mp4", "video/mp4", small["jpg"], SHOWN)
    yield broken("picture.pdf", "application/pdf", small["gif"], SHOWN)
    yield broken("bomb.png", "image/png", png_bomb(60_000), TOO_LARGE)
    yield broken("black-white-bomb.png", "image/png", png_bomb(100_000, bits=1), TOO_LARGE)
    yield broken("bomb.gif", "image/gif", _gif_bomb(), TOO_LARGE)
    yield broken("bomb.svg", "image/svg+xml", _svg_bomb(), TOO_LARGE)
    yield broken("packed-bomb.svgz", "image/svg+xml", gzip.compress(_svg_bomb()), TOO_LARGE)
    endless = gzip.compress(_SVG.encode() + b" " * (40 << 20), 1)
    yield broken("endless.svgz", "image/svg+xml", endless, TOO_LARGE, DAMAGED)
    yield broken("laughs.svg", "image/svg+xml", _laughs(), DAMAGED)
    yield broken("leans-on-itself.svg", "image/svg+xml", _circle(), SHOWN, DAMAGED)
    yield broken("open.svg", "image/svg+xml", b"<svg><g><g", DAMAGED)
    yield from rubbish("picture.png", "image/png")


def png_bomb(side: int, bits: int = 8) -> bytes:
    """A PNG that says it is huge and holds almost nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", side, side, bits, 6 if bits == 8 else 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


def _gif_bomb() -> bytes:
    """Two frames on a canvas of 17 GB."""
    head = b"GIF89a" + struct.pack("<HH", 65535, 65535) + b"\x80\0\0" + b"\0\0\0\xff\xff\xff"
    frame = b"\x21\xf9\4\0\0\0\0\0," + struct.pack("<HHHH", 0, 0, 65535, 65535) + b"\0\2\2L\1\0"
    return head + frame * 2 + b";"


def _svg_bomb() -> bytes:
    """Nine groups that each repeat the one before ten times."""
    groups = "".join(
        f"<g id='a{level}'>" + f"<use xlink:href='#a{level - 1}'/>" * 10 + "</g>"
        for level in range(1, 10)
    )
    rect = "<rect id='a0' width='5' height='5'/>"
    return f"{_SVG}{_AREA}<defs>{rect}{groups}</defs><use xlink:href='#a9'/></svg>".encode()


def _laughs() -> bytes:
    """Entities that stand for ten of the one before."""
    words = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
    kind = f"<!DOCTYPE svg [<!ENTITY a0 'lol'>{words}]>"
    return f"<?xml version='1.0'?>{kind}{_SVG}{_AREA}<text>&a9;</text></svg>".encode()


def _circle() -> bytes:
    group = "<g id='a'><use xlink:href='#a'/><rect width='9' height='9'/></g>"
    return f"{_SVG}{_AREA}{group}</svg>".encode()
