# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries as hypothesis imagines them, and a signed region to try things on."""

import json
import shutil
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from app.publish import commands
from app.region.entry import RESOURCE_TYPES, Entry, is_plain_file_name, parse_entry

REGION_ID = "5f0c0a52-9c5e-4f5a-8a35-2f4f6f3f1a01"
ISSUED = datetime(2026, 11, 1, tzinfo=UTC)

_BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
_CHARACTERS = st.characters(
    exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters=_BIDI + "\ufffe\uffff"
)


def _texts(characters: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.text(characters, max_size=20).map(
        lambda text: unicodedata.normalize("NFC", text).strip()
    )


LINES = _texts(_CHARACTERS)
PARAGRAPHS = _texts(_CHARACTERS | st.sampled_from("\n\t"))
HASHES = st.binary(min_size=32, max_size=32).map(bytes.hex)
SOME = LINES.map(lambda text: text or "课")
IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)
ANYTHING = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=9)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | ANYTHING,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SOME, inner, max_size=3),
    max_leaves=5,
)
TAILS = st.sampled_from(["", ".", "..", ".mp4", "\u0301"])
EXTRAS = st.dictionaries(st.sampled_from(["x-one", "x-two", "neu"]), JSON_VALUES, max_size=2)
SECONDS = st.none() | st.integers(0, 10**7).map(lambda ms: ms / 1000)
COUNTS = st.none() | st.integers(0, 1_000_000)


@st.composite
def raw_files(draw: st.DrawFn) -> dict[str, Any]:
    return draw(EXTRAS) | {
        "role": draw(st.sampled_from(["main", "subtitles", "cover"])),
        "name": draw(st.sampled_from(["课件.pptx", "a.mp4", "读我"])),
        "media_type": draw(st.sampled_from(["video/mp4", "application/pdf", ""])),
        "size_bytes": draw(st.integers(0, 2**40)),
        "sha256": draw(HASHES),
        "pages": draw(COUNTS),
        "width": draw(COUNTS),
        "height": draw(COUNTS),
        "duration_s": draw(SECONDS),
        "pieces_sha256": draw(st.none() | HASHES),
    }


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    raw: dict[str, Any] = draw(EXTRAS) | {
        name: draw(LINES)
        for name in ("subtitle", "publisher", "grade", "volume", "unit", "lesson", "provider")
    }
    raw |= {
        "id": draw(IDS | st.uuids().map(str)),
        "title": draw(SOME),
        "resource_type": draw(st.sampled_from(RESOURCE_TYPES)),
        "description": draw(PARAGRAPHS),
        "keywords": draw(st.lists(SOME, max_size=3)),
        "chapter_path": draw(st.lists(SOME, max_size=3)),
        "created": draw(st.sampled_from(["", "2026-11-21", "2013", "1949-10-01T08:00:00Z"])),
        "updated": draw(st.dates().map(str)),
        "duration_s": draw(SECONDS),
        "supersedes": draw(st.none() | IDS),
        "version": draw(st.integers(1, 2**53 - 1)),
        "popularity": draw(st.integers(0, 2**53 - 1)),
        "files": draw(st.lists(raw_files(), max_size=3)),
        "cover": draw(st.none() | raw_files()),
    }
    name = unicodedata.normalize("NFC", raw["title"] + draw(TAILS))
    if raw["files"] and is_plain_file_name(name):
        raw["files"][0]["name"] = name
    return parse_entry(raw)


def lesson(entry_id: str, title: str = "分数的初步认识", **fields: Any) -> dict[str, Any]:
    """One plain entry as a publisher writes it."""
    return {
        "id": entry_id,
        "title": title,
        "stage": "小学",
        "subject": "数学",
        "edition": "人教版",
        "resource_type": "微课",
    } | fields


def write_entries(path: Path, raw: Iterable[object]) -> Path:
    lines = [json.dumps(entry, ensure_ascii=False) for entry in raw]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@cache
def _template(folder: Path) -> Path:
    """Making keys once is enough; every test works on a copy."""
    commands.init(folder, name="试验区", issued=ISSUED, region_id=REGION_ID)
    return folder


class Region:
    """A region of one test: its home, and short forms of what the publisher does."""

    def __init__(self, root: Path, template: Path) -> None:
        shutil.copytree(_template(template), root)
        self.root = root
        self.public = root / "public"
        self._inputs = root.with_name(root.name + "-input")
        self._inputs.mkdir()

    def add(self, *raw: object, files: dict[str, bytes] | None = None) -> None:
        for name, content in (files or {}).items():
            (self._inputs / name).write_bytes(content)
        commands.add(self.root, write_entries(self._inputs / "entries.ndjson", raw), None)

    def build(self, day: int = 2) -> None:
        commands.build(self.root, at(day))

    def publish(self, day: int, *raw: object, files: dict[str, bytes] | None = None) -> None:
        self.add(*raw, files=files)
        self.build(day)

    def copy_public(self, place: Path) -> Path:
        """A stick as it was made today."""
        shutil.copytree(self.public, place)
        return place


def at(day: int) -> datetime:
    return datetime(2026, 11, day, tzinfo=UTC)
