# SPDX-License-Identifier: GPL-3.0-or-later
"""A school's machine that lives on: lessons, wishes, uploads, sticks; and what must hold for it."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from app.base.db import open_reader, open_writer
from app.base.files import sha256_file
from app.catalogue.reader import Catalogue
from app.region.layout import blob_path
from app.sync.inbox import Kind, upload_body
from app.sync.uploads.staging import stage_file
from app.sync.uploads.store import State, UploadStore
from app.usage.events import UsedResource
from app.usage.recorder import Recorder
from app.usage.store import MIGRATIONS as USAGE
from app.usage.store import UsageStore
from tests.crash.county import County, Lesson
from tests.servers.lrs import LearningRecordStore
from tests.servers.tus import TusServer
from tests.sync.machine import Machine
from tests.unit.usage.samples import HandClock

EVENTS_OF_A_LESSON = 3


class School:
    """One data directory, and everything its people ever asked of it."""

    def __init__(
        self,
        root: Path,
        county: County,
        lrs: LearningRecordStore,
        tus: TusServer,
        seed: int = 1,
    ) -> None:
        self.machine = Machine(root)
        self.county = county
        self._lrs, self._tus = lrs, tus
        self._chance = random.Random(seed)
        self._wanted: list[Lesson] = []
        self._wishes: list[str] = []
        self._event_ids: list[str] = []
        self._uploads: dict[str, str] = {}
        self._region_id = ""
        self._seen: dict[str, tuple[int, int]] = {}

    def enrol(self, mirror: str, folder: Path) -> None:
        """Join the county with an account for its record store and its upload server."""
        self._join(mirror, self._lrs.url, self._tus.url, folder)

    def enrol_through(self, lead_to: Callable[[int], int], mirror_port: int, folder: Path) -> None:
        """The same where every server is reached through a router's ports."""
        self._join(
            f"http://127.0.0.1:{lead_to(mirror_port)}/",
            self._lrs.url.replace(f":{self._lrs.port}/", f":{lead_to(self._lrs.port)}/"),
            self._tus.url.replace(f":{self._tus.port}/", f":{lead_to(self._tus.port)}/"),
            folder,
        )

    def _join(self, mirror: str, statements_url: str, uploads_url: str, folder: Path) -> None:
        source = self.county.home.enrolment(mirror)
        document = json.loads(source.read_bytes())
        document["endpoints"] = {"statements_url": statements_url, "uploads_url": uploads_url}
        document["credentials"] = {"user": self._lrs.user, "password": self._lrs.password}
        path = folder / "enrolment.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        machine = self.machine
        wish = machine.enrol(str(path))
        assert machine.run_requests(wish, machine="school").exit_code == 0
        machine.run(only=frozenset({"catalogue"}), machine="school")
        self._region_id = machine.status().regions[0].region_id

    # -- what people do ---------------------------------------------------------------------

    def teach(self) -> None:
        """Somebody shows a video: the window writes events."""
        database = open_writer(self.machine.paths.desk_db, [USAGE])
        try:
            store = UsageStore(database)
            clock = HandClock(datetime.now(UTC))
            recorder = Recorder("device-1", clock, store.last_seq("device-1"))
            used = UsedResource(region_id=self._region_id, entry_id="lesson-0", title="第0课")
            viewing = recorder.open(used, sha256="ab" * 32, media="video")
            recorder.record(viewing, "initialized", {"length_s": 12.0})
            recorder.record(viewing, "played", {"time_s": 0.0})
            recorder.flush(store)
            newest = [logged.event.event_id for logged in store.after(len(self._event_ids), 100)]
        finally:
            database.conn.close()
        assert len(newest) == EVENTS_OF_A_LESSON
        self._event_ids += newest

    def give(self, scratch: Path) -> None:
        """A teacher uploads a file of her own."""
        content = self._chance.randbytes(self._chance.randrange(50_000, 3_000_000))
        source = scratch / "教案.docx"
        source.write_bytes(content)
        staged = stage_file(self.machine.paths, source, lambda _: None, lambda: False)
        details = {"title": f"教案{len(self._uploads)}", "subject": "数学"}
        body = upload_body(staged.sha256, staged.size_bytes, source.name, details)
        self._uploads[self.machine.leave(Kind.UPLOAD, **body)] = staged.sha256

    def want(self, count: int) -> None:
        """Somebody wants the next lessons from the mirror, as the catalogue here shows them."""
        left = [one for one in self.county.on_mirror if one not in self._wanted]
        lessons = self._named(left[:count])
        if lessons:
            self._wishes.append(self.machine.get(*(one.entry_id for one in lessons)))
            self._wanted += lessons

    def plug(self) -> None:
        """Somebody plugs in the stick."""
        wish = self.machine.leave(Kind.STICK_IMPORT, dir=str(self.county.stick))
        self._wishes.append(wish)
        # The stick has files only: what the catalogue here does not name yet stays on it.
        named = self._named(self.county.on_stick)
        self._wanted += [one for one in named if one not in self._wanted]

    # -- what must hold ---------------------------------------------------------------------

    @property
    def is_waiting(self) -> bool:
        """Whether something that was asked for is not there yet."""
        states = [self.machine.request(wish) for wish in (*self._wishes, *self._uploads)]
        if any(state is None or not state.is_over for state in states):
            return True
        stored = {str(statement["id"]) for statement in self._lrs.statements()}
        return not (set(self._event_ids) <= stored and self._delivered() >= set(self._uploads))

    def check_blobs(self) -> None:
        """No file has its final name and other bytes; each is looked at when it is new."""
        for path in self.machine.paths.blobs_dir.glob("??/*"):
            look = (path.stat().st_ino, path.stat().st_mtime_ns)
            if len(path.name) == 64 and self._seen.get(path.name) != look:
                assert sha256_file(path) == path.name
                self._seen[path.name] = look

    def check_promised(self, done: set[str]) -> None:
        """Requests that were said to be done are still done, with all their files."""
        for wish in done & set(self._wishes):
            state = self.machine.request(wish)
            assert state is not None
            assert state.state == "done", (wish, state)

    def check_end(self) -> None:
        """Everything is there, everything was delivered exactly once, nothing was set aside."""
        machine = self.machine
        self._seen.clear()
        self.check_blobs()
        missing = [one.entry_id for one in self._wanted if not self._has(one)]
        on_stick = [one.entry_id for one in self.county.on_stick]
        assert not missing, (missing, "on the stick:", on_stick)
        assert self._named(self.county.lessons) == self.county.lessons
        for wish in (*self._wishes, *self._uploads):
            state = machine.request(wish)
            assert state is not None
            assert state.state == "done", state
        assert not list(machine.paths.blobs_dir.rglob("*.part"))
        self._check_statements()
        self._check_uploads()

    def _has(self, lesson: Lesson) -> bool:
        """Whether the right file is here."""
        path = self.machine.paths.root / blob_path(lesson.file.sha256)
        return path.is_file() and sha256_file(path) == lesson.file.sha256

    def _named(self, lessons: list[Lesson]) -> list[Lesson]:
        """Those of the lessons that the catalogue here knows."""
        catalogue = Catalogue.open(self.machine.paths, frozenset())
        try:
            return [lesson for lesson in lessons if catalogue.find(lesson.entry_id)]
        finally:
            catalogue.close()

    def _check_statements(self) -> None:
        counted = Counter(str(statement["id"]) for statement in self._lrs.statements())
        assert set(counted) == set(self._event_ids)
        assert max(counted.values(), default=1) == 1
        assert set(self.machine.status().statements) <= {"delivered"}

    def _check_uploads(self) -> None:
        assert self._delivered() == set(self._uploads)
        complete = Counter(
            str(one.metadata["id"])
            for one in self._tus.uploads()
            if one.stored_bytes == one.size_bytes and self._is_right(one.path, one.metadata)
        )
        assert complete == Counter(list(self._uploads))

    @staticmethod
    def _is_right(path: Path, metadata: dict[str, str | None]) -> bool:
        return sha256_file(path) == metadata["sha256"]

    def _delivered(self) -> set[str]:
        database = open_reader(self.machine.paths.state_db)
        try:
            rows = UploadStore(database).all()
            return {one.upload_id for one in rows if one.state is State.DELIVERED}
        finally:
            database.conn.close()
