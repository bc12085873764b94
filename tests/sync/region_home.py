# SPDX-License-Identifier: GPL-3.0-or-later
"""A region made by the publisher itself, with files small enough to publish in a moment."""

import hashlib
import json
import random
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.publish import commands

FIRST = datetime(2026, 11, 1, tzinfo=UTC)
LATER = datetime(2026, 11, 8, tzinfo=UTC)
LARGE_BYTES = 6 * 1024 * 1024 + 12_345  # seven pieces, the last one short
SMALL_BYTES = 40_000


@dataclass(frozen=True)
class KnownFile:
    """A file of the region and where its bytes lie in the tree."""

    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def path(self) -> str:
        return f"blobs/{self.sha256[:2]}/{self.sha256}"


LARGE = KnownFile(random.Random(1).randbytes(LARGE_BYTES))
SMALL = KnownFile(random.Random(2).randbytes(SMALL_BYTES))
COVER = KnownFile(random.Random(3).randbytes(2_000))
SUBTITLE = KnownFile("1\n00:00:00,000 --> 00:00:02,000\n分数\n".encode())


def entry(entry_id: str, title: str, **more: Any) -> dict[str, Any]:
    base = {"id": entry_id, "title": title, "stage": "小学", "subject": "数学", "edition": "人教版"}
    return base | more


FIRST_ENTRIES = [
    entry(
        "video-1",
        "分数的初步认识",
        resource_type="微课",
        files=[
            {"role": "main", "path": "video.mp4"},
            {"role": "subtitle", "path": "video.srt"},
        ],
        cover={"path": "cover.png"},
    ),
    entry("slides-1", "认识钟表", files=[{"role": "main", "path": "slides.pdf"}]),
    entry("book-1", "科学 三年级 上册", subject="科学"),
    entry("drill-1", "口算练习", resource_type="练习"),
]


class RegionHome:
    """`public` is what mirrors serve."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.public = root / "public"

    @classmethod
    def create(cls, root: Path) -> "RegionHome":
        root.parent.mkdir(parents=True, exist_ok=True)
        commands.init(root, name="测试县", issued=FIRST)
        return cls(root)

    def publish_first(self) -> None:
        files = self.root.parent / "files"
        files.mkdir()
        for name, file in (
            ("video.mp4", LARGE),
            ("video.srt", SUBTITLE),
            ("slides.pdf", SMALL),
            ("cover.png", COVER),
        ):
            (files / name).write_bytes(file.content)
        self.publish(FIRST_ENTRIES, FIRST, files)

    def publish(
        self, entries: list[dict[str, Any]], issued: datetime, files: Path | None = None
    ) -> None:
        lines = self.root.parent / "entries.ndjson"
        text = "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in entries)
        lines.write_text(text, encoding="utf-8")
        commands.add(self.root, lines, files)
        commands.build(self.root, issued)

    def copy_to(self, root: Path) -> "RegionHome":
        shutil.copytree(self.root, root)
        return RegionHome(root)

    def enrolment(self, *mirrors: str) -> Path:
        """The general enrolment with these mirrors instead of its own."""
        document = json.loads((self.public / "enrolment.json").read_bytes())
        document["mirrors"] = list(mirrors) or [self.public.absolute().as_uri()]
        path = self.root.parent / "enrolment.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        return path
