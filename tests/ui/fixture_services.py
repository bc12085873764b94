# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts a window together for tests: everything real but the agent and the size of the catalogue."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from app.base.clock import SystemClock
from app.base.paths import DataPaths
from app.base.settings import Settings
from app.cache.reader import BlobReader
from app.catalogue.query import EntryKey
from app.lesson.bell import SCHOOL_TIME
from app.lesson.school import read_school
from app.region.entry import Entry
from app.sync.status import Status, read_status
from app.ui.agent_link import AgentLink
from app.ui.classroom import Classroom
from app.ui.desk import Desk, open_desk
from app.ui.jobs import DeskQueue, JobContext, JobRunner, SerialQueue, UnexpectedError
from app.ui.lesson_log import LessonLog
from app.ui.own_shelf import OwnShelf
from app.ui.services import CatalogueReader, Services, SettingsBox
from app.ui.wanted import Wanted
from app.ui.widgets.cover import CoverStore, FileLocator
from tests.ui.fixture_library import PLAYABLE, MemoryCatalogue, MemoryLocator


@dataclass
class RecordingCourier:
    """Remembers what was asked of the agent."""

    enrolled: list[str] = field(default_factory=list)
    wanted: list[EntryKey] = field(default_factory=list)
    kept: dict[str, tuple[EntryKey, ...]] = field(default_factory=dict)
    uploads: list[tuple[Path, dict[str, str]]] = field(default_factory=list)
    named: list[tuple[str, str]] = field(default_factory=list)

    def enrol(self, source: str) -> str:
        """Join a region."""
        self.enrolled.append(source)
        return "1"

    def get(self, key: EntryKey) -> str:
        """Download."""
        self.wanted.append(key)
        return "2"

    def keep(self, list_id: str, keys: Sequence[EntryKey]) -> str:
        """Keep a lesson list."""
        self.kept[list_id] = tuple(keys)
        return "5"

    def release(self, list_id: str) -> str:
        """Let a lesson list go."""
        self.kept.pop(list_id, None)
        return "6"

    def upload(self, path: Path, details: dict[str, str], context: JobContext) -> str:
        """Send."""
        size = path.stat().st_size
        context.report(size, size)
        self.uploads.append((path, details))
        return "3"

    def name_point(self, point: str, name: str) -> str:
        """Name a point."""
        self.named.append((point, name))
        return "4"


class SchoolClock(SystemClock):
    """The real clock, put so much later: school hours for tests that run at night."""

    def __init__(self) -> None:
        super().__init__()
        self.later = timedelta()

    def set_to(self, clock: time) -> None:
        """It is that time of today by the clocks of schools."""
        today = datetime.now(UTC).astimezone(SCHOOL_TIME).date()
        self.later = datetime.combine(today, clock, SCHOOL_TIME) - datetime.now(UTC)

    def wall(self) -> datetime:
        """The shifted moment."""
        return super().wall() + self.later


class FirstOf:
    """Looks in one place after the other."""

    def __init__(self, *places: FileLocator) -> None:
        self._places = places

    def locate(self, sha256: str, size_bytes: int) -> Path | None:
        """Where the first one has it."""
        found = (place.locate(sha256, size_bytes) for place in self._places)
        return next((path for path in found if path is not None), None)


class Bench:
    """One set of services and the threads behind them."""

    def __init__(
        self,
        data_dir: Path,
        entries: list[Entry],
        locator: MemoryLocator,
        settings: Settings,
        status: Callable[[], Status] | None = None,
    ) -> None:
        # Nothing below may hold this object: what is garbage only by a cycle is collected on
        # whatever thread that happens, and its timers with it.
        self.paths = paths = DataPaths(data_dir)
        paths.ensure()
        self.catalogue = catalogue = MemoryCatalogue(entries, locator)
        self.courier = RecordingCourier()
        self.runner = JobRunner()
        self.catalogue_queue: SerialQueue[CatalogueReader] = SerialQueue(lambda: catalogue)
        self.desk: SerialQueue[Desk] = DeskQueue(lambda: open_desk(paths))
        self.log = LessonLog(self.desk, "test-device", SystemClock())
        self.clock = SchoolClock()
        self.settings = SettingsBox(self.paths, settings)
        held = FirstOf(locator, BlobReader(self.paths, [self.paths.own_dir]))
        self.own = OwnShelf(self.paths, held, PLAYABLE)
        self.classroom = Classroom(
            self.desk, self.runner, self.settings, self.clock, lambda: read_school(paths)
        )
        self.log.occasion_of = self.classroom.occasion
        # The agent is never started here: its own tests do that.
        self.agent = AgentLink([sys.executable, "-c", "pass"], lambda: True)
        self.services = Services(
            paths=self.paths,
            settings=self.settings,
            runner=self.runner,
            catalogue=self.catalogue_queue,
            desk=self.desk,
            covers=CoverStore(self.own, self.runner),
            locator=self.own,
            agent=self.agent,
            courier=self.courier,
            lesson_log=self.log,
            read_status=status or (lambda: read_status(paths)),
            playable=PLAYABLE,
            classroom=self.classroom,
            own=self.own,
            wanted=Wanted(self.runner, _status_of(self), self.courier),
        )
        self.classroom.start()

    def close(self) -> None:
        """End every thread."""
        self.log.close()
        self.classroom.close()
        self.runner.close()
        self.catalogue_queue.close()
        self.desk.close()


def _status_of(bench: Bench) -> Callable[[], Status]:
    """What the bench's services read now, without keeping the bench alive.

    A bench that is garbage only by its cycles would be collected on whatever thread that happens,
    and its timers with it.
    """
    weak = weakref.ref(bench)

    def read() -> Status:
        known = weak()
        if known is None:
            raise UnexpectedError(reason="the bench is gone")
        return known.services.read_status()

    return read
