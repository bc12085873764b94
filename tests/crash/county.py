# SPDX-License-Identifier: GPL-3.0-or-later
"""A county with many lessons: some on its mirror, some that only a stick carries."""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.sync.region_home import KnownFile, RegionHome, entry

FIRST_DAY = datetime(2026, 11, 1, tzinfo=UTC)
LARGE_BYTES = 5 * 1024 * 1024 + 321  # large enough for a piece list
LARGE_EVERY = 8


@dataclass(frozen=True)
class Lesson:
    """An entry with one file."""

    entry_id: str
    title: str
    file: KnownFile


class County:
    """Publishes lessons; every third one leaves the mirror and travels on the stick alone."""

    def __init__(self, root: Path, lessons: int, seed: int = 1) -> None:
        self.home = RegionHome.create(root / "region")
        self.stick = root / "stick"
        self._chance = random.Random(seed)
        self._files = root / "files"
        self._files.mkdir()
        self._days = 0
        self.lessons: list[Lesson] = []
        self.on_mirror: list[Lesson] = []
        self.on_stick: list[Lesson] = []
        self.publish(lessons)

    def publish(self, count: int) -> None:
        """Add so many lessons and publish the next day's state."""
        fresh = [self._make(len(self.lessons) + step) for step in range(count)]
        documents = [
            entry(one.entry_id, one.title, files=[{"role": "main", "path": f"{one.entry_id}.bin"}])
            for one in fresh
        ]
        self._days += 1
        self.home.publish(documents, FIRST_DAY + timedelta(days=self._days), self._files)
        for number, lesson in enumerate(fresh, len(self.lessons)):
            if number % 3 == 2:
                self._move_to_stick(lesson)
            else:
                self.on_mirror.append(lesson)
        self.lessons += fresh

    def _make(self, number: int) -> Lesson:
        is_large = number % LARGE_EVERY == 0
        size_bytes = LARGE_BYTES if is_large else self._chance.randrange(20_000, 400_000)
        file = KnownFile(self._chance.randbytes(size_bytes))
        lesson = Lesson(f"lesson-{number}", f"第{number}课", file)
        (self._files / f"{lesson.entry_id}.bin").write_bytes(file.content)
        return lesson

    def _move_to_stick(self, lesson: Lesson) -> None:
        place = self.stick / lesson.file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(self.home.public / lesson.file.path, place)
        self.on_stick.append(lesson)
