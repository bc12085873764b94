# SPDX-License-Identifier: GPL-3.0-or-later
"""Catalogue entries as the publishing tool reads them: one JSON object a line."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

PUBLISHED = "2026-11-21"


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file of a resource; `path` is relative to the build folder, `name` is for teachers."""

    role: str
    path: str
    name: str
    media_type: str
    pages: int | None = None
    width: int | None = None
    height: int | None = None
    duration_s: float | None = None


@dataclass(frozen=True, slots=True)
class Cover:
    """The small picture of a resource."""

    path: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource with the fields and names of the catalogue.

    `accessibility_features` uses schema.org's words: "openCaptions" are part of the picture.
    """

    id: str
    title: str
    stage: str
    subject: str
    edition: str
    grade: str
    volume: str
    resource_type: str
    subtitle: str = ""
    publisher: str = ""
    revision: str = ""
    unit: str = ""
    lesson_no: str = ""
    lesson: str = ""
    chapter_path: list[str] = field(default_factory=list)
    language: str = "zh-CN"
    description: str = ""
    keywords: list[str] = field(default_factory=list)
    audience: str = "教师"
    duration_s: float | None = None
    provider: str = "课栈"
    license: str = "CC0-1.0"
    created: str = PUBLISHED
    updated: str = PUBLISHED
    status: str = "published"
    supersedes: str | None = None
    version: int = 1
    popularity: int = 0
    files: list[FileRecord] = field(default_factory=list)
    cover: Cover | None = None
    accessibility_features: list[str] = field(default_factory=list)


def as_line(entry: Entry) -> str:
    """The entry as one line of JSON; numbers that do not apply are left out."""
    fields = asdict(entry)
    for record in [fields, *fields["files"]]:
        for name in ("pages", "width", "height", "duration_s", "cover"):
            if name in record and record[name] is None:
                del record[name]
    if not entry.accessibility_features:
        del fields["accessibility_features"]
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def write_entries(entries: Iterable[Entry], path: Path) -> int:
    """Write all entries; returns how many."""
    lines = [as_line(entry) for entry in entries]
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return len(lines)
