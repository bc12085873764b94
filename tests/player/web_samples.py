# SPDX-License-Identifier: GPL-3.0-or-later
"""Tiny H5P, Flash and EPUB files of our own (CC0), written byte by byte."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from pathlib import Path

GREEN = bytes((0, 255, 0))


def write_zip(path: Path, files: dict[str, bytes]) -> Path:
    """A deflated archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def h5p_files(script: str) -> dict[str, bytes]:
    """Content of one library whose `attach` runs `script` with `box` and `words`."""
    library = {
        "title": "Ours", "machineName": "H5P.Ours", "majorVersion": 1, "minorVersion": 0,
        "patchVersion": 0, "runnable": 1, "preloadedJs": [{"path": "ours.js"}],
        "preloadedCss": [{"path": "ours.css"}],
    }  # fmt: skip
    described = {
        "title": "四分之一", "language": "zh", "mainLibrary": "H5P.Ours", "embedTypes": ["div"],
        "license": "CC0 1.0",
        "preloadedDependencies": [
            {"machineName": "H5P.Ours", "majorVersion": 1, "minorVersion": 0}
        ],
    }  # fmt: skip
    code = (
        "var H5P = H5P || {}; H5P.Ours = function (words, id) {"
        f" this.attach = function ($box) {{ const box = $box.get(0); {script} }}; }};"
    )
    return {
        "h5p.json": json.dumps(described).encode(),
        "content/content.json": json.dumps({"words": "一半"}).encode(),
        "H5P.Ours-1.0/library.json": json.dumps(library).encode(),
        "H5P.Ours-1.0/ours.js": code.encode(),
        "H5P.Ours-1.0/ours.css": b".h5p-ours { background: rgb(0, 255, 0); height: 340px; }",
    }


def swf(*, address: str = "") -> bytes:
    """A film of one green frame; with `address`, it asks for that page and that film."""
    tags = flash_tag(9, GREEN)
    if address:
        go = f"{address}\0_blank\0".encode()
        load = f"{address}film.swf\0_level1\0".encode()
        actions = b"".join(b"\x83" + struct.pack("<H", len(one)) + one for one in (go, load))
        tags += flash_tag(12, actions + b"\0")
    return film(6, tags + flash_tag(1, b"") + flash_tag(0, b""))


def film(version: int, tags: bytes) -> bytes:
    """A Flash film of 100 by 50 pixels made of these tags."""
    # Frame of 2000 by 1000 twentieths of a pixel: five bits of width, then four numbers of 13 bits.
    bits = f"{13:05b}" + "".join(f"{number:013b}" for number in (0, 2000, 0, 1000))
    area = int(bits.ljust(64, "0"), 2).to_bytes(8, "big")[: (len(bits) + 7) // 8]
    body = area + struct.pack("<HH", 12 << 8, 1) + tags
    return b"FWS" + bytes([version]) + struct.pack("<I", len(body) + 8) + body


def flash_tag(code: int, content: bytes) -> bytes:
    """A piece of a Flash film."""
    return struct.pack("<HI", code << 6 | 0x3F, len(content)) + content


def epub(chapters: dict[str, str], **more: bytes) -> bytes:
    """A book; keys are names of files below OEBPS, values what stands in their body."""
    items = "".join(
        f'<item id="c{number}" href="{name}" media-type="application/xhtml+xml"/>'
        for number, name in enumerate(chapters)
    )
    order = "".join(f'<itemref idref="c{number}"/>' for number in range(len(chapters)))
    package = (
        '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0">'
        f"<manifest>{items}</manifest><spine>{order}</spine></package>"
    )
    container = (
        '<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
        '<rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
    )
    files = {
        "mimetype": b"application/epub+zip",
        "META-INF/container.xml": container.encode(),
        "OEBPS/book.opf": package.encode(),
        **more,
    }
    for name, body in chapters.items():
        page = (
            '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml">'
            f"<head><title>{name}</title></head><body>{body}</body></html>"
        )
        files[f"OEBPS/{name}"] = page.encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()
