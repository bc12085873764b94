# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine in a school: the real agent on a data directory, a clock, and a teacher who uses it."""

import random
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count, takewhile
from pathlib import Path
from typing import Any

import pytest

from app.base.db import open_reader, open_writer
from app.base.paths import DataPaths
from app.catalogue.query import Query
from app.catalogue.reader import Catalogue
from app.sync.inbox import Inbox, Kind, Request, upload_body
from app.sync.statements.store import StatementStore
from app.sync.uploads.staging import stage_file
from app.sync.uploads.store import UploadStore
from app.usage.events import UsedResource
from app.usage.recorder import Recorder
from app.usage.store import MIGRATIONS, UsageStore
from tests.county.county import School
from tests.sync.machine import Machine, Run
from tests.unit.usage.samples import HandClock

_PAGE = 100


class Point:
    """One machine. `skew` is how wrong its clock is; `is_frozen` disks forget at every start."""

    def __init__(self, root: Path, school: School, patch: pytest.MonkeyPatch) -> None:
        self.school = school
        self.name = root.name
        self.skew = timedelta()
        self.is_frozen = False
        self.events: set[str] = set()
        self.uploads: dict[str, str] = {}
        self.last: Run | None = None
        self._root = root
        self._patch = patch
        self._frozen_copy = root.with_name(f"{root.name}.frozen")
        self._machine = Machine(root)
        self._starts = 0
        self._wishes = 0
        DataPaths(root).ensure()

    # --- what happens to it

    def freeze(self) -> None:
        """From now on every start of this machine begins with today's disk."""
        self.is_frozen = True
        shutil.copytree(self._root, self._frozen_copy)

    def thaw(self) -> None:
        self.is_frozen = False

    def start(self) -> None:
        """The machine is switched on."""
        self._starts += 1
        if self.is_frozen:
            shutil.rmtree(self._root)
            shutil.copytree(self._frozen_copy, self._root)

    def clone(self, root: Path) -> "Point":
        """Another machine that got a copy of this one's disk."""
        shutil.copytree(self._root, root)
        twin = Point(root, self.school, self._patch)
        twin.events, twin.uploads = set(self.events), dict(self.uploads)
        return twin

    # --- what a teacher does

    def teach(self, region_id: str, entry_ids: list[str], now: datetime) -> None:
        """Open lessons, as the window records it."""
        with self._at(now) as clock:
            database = open_writer(self._machine.paths.desk_db, [MIGRATIONS])
            store = UsageStore(database)
            recorder = Recorder(self.name, clock, store.last_seq(self.name))
            for entry_id in entry_ids:
                used = UsedResource(region_id=region_id, entry_id=entry_id, title=entry_id)
                viewing = recorder.open(used, sha256="ab" * 32, media="video")
                recorder.record(viewing, "initialized", {"length_s": 12.0})
                recorder.record(viewing, "played", {"time_s": 0.0})
            recorder.flush(store)
            self.events |= {one.event.event_id for one in store.after(0, 1_000_000)}
            database.close()

    def add_upload(self, chance: random.Random, size_bytes: int) -> None:
        """A teacher's file enters the outbox; the next visit takes it along."""
        source = self._root.with_name(f"{self.name} 教案.docx")
        source.write_bytes(chance.randbytes(size_bytes))
        staged = stage_file(self._machine.paths, source, lambda _: None, lambda: False)
        source.unlink()
        details = {"title": f"{self.name} 的教案", "subject": "数学", "author": "王老师"}
        body = upload_body(staged.sha256, staged.size_bytes, source.name, details)
        self.uploads[self._leave(Kind.UPLOAD, **body)] = staged.sha256

    # --- what a courier does

    def enrol(self, source: Path, now: datetime) -> None:
        with self._at(now) as clock:
            run = self._machine.run_requests(self._machine.enrol(str(source)), clock=clock)
            assert run.codes_of_failed_requests == []

    def visit(self, stick: Path, now: datetime, *, is_depot: bool = False) -> list[str]:
        """Import what the stick brings, export what waits; codes of what did not work.

        A depot also takes the parcels of others that lie on the stick, to pass them on.
        """
        with self._at(now) as clock:
            self._leave(Kind.STICK_IMPORT, dir=str(stick), relay=is_depot)
            self._leave(Kind.STICK_EXPORT, dir=str(stick), space_bytes=None)
            wishes = [one.stem for one in self._machine.paths.inbox_dir.glob("*.json")]
            self.last = self._machine.run_requests(*wishes, clock=clock)
        return self.last.codes_of_failed_requests

    def send(self, now: datetime) -> None:
        """Bring what waits over the line, as an evening's sync does."""
        with self._at(now) as clock:
            run = self._machine.run(clock=clock, only=frozenset({"uploads"}))
        assert run.problems == []

    # --- what an observer finds

    def titles(self) -> list[str]:
        catalogue = Catalogue.open(self._machine.paths, frozenset())
        try:
            pages = (
                catalogue.search(Query(offset=start, limit=_PAGE)).hits for start in count(0, _PAGE)
            )
            return sorted(hit.title for page in takewhile(bool, pages) for hit in page)
        finally:
            catalogue.close()

    def states(self) -> dict[str, tuple[str, str]]:
        """State and reason of every upload."""
        reader = open_reader(self._machine.paths.state_db)
        try:
            rows = UploadStore(reader).all()
            return {row.upload_id: (row.state, str(row.data.get("reason", ""))) for row in rows}
        finally:
            reader.close()

    def statements(self) -> dict[str, int]:
        reader = open_reader(self._machine.paths.state_db)
        try:
            return StatementStore(reader).count_by_state()
        finally:
            reader.close()

    def _leave(self, kind: Kind, **body: Any) -> str:
        """Ids that follow each other: requests of one second are begun in their order."""
        self._wishes += 1
        request_id = f"{self._wishes:08x}{uuid.uuid4().hex[8:]}"
        return Inbox(self._machine.paths).leave(Request(kind, body, request_id))

    @contextmanager
    def _at(self, now: datetime) -> Iterator[HandClock]:
        """At this machine, at that time; its clock says what it says."""
        clock = HandClock(now, boot=f"{self.name}-{self._starts}", skew=self.skew)
        with self._patch.context() as patch:
            patch.setattr("app.base.identity.machine_name", lambda: self.name)
            yield clock
