# SPDX-License-Identifier: GPL-3.0-or-later
"""A teaching point without any line: what its window records, and what it gives a stick."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from app.base.clock import SystemClock
from app.base.db import open_reader, open_writer
from app.sync.inbox import Kind, upload_body
from app.sync.statements.store import StatementStore
from app.sync.uploads.staging import stage_file
from app.sync.uploads.store import Upload, UploadStore
from app.usage.events import UsedResource
from app.usage.recorder import Recorder
from app.usage.store import MIGRATIONS, UsageStore
from tests.sync.machine import Machine, Run
from tests.sync.region_home import LARGE

EVENTS = 3
DETAILS = {"title": "认识几分之一", "subject": "数学", "grade": "三年级", "author": "王晓梅"}


def teach(machine: Machine, region_id: str, times: int = 1) -> None:
    """Open and close a lesson `times` times, as the window records it: `EVENTS` events each."""
    database = open_writer(machine.paths.desk_db, [MIGRATIONS])
    store = UsageStore(database)
    recorder = Recorder("device-1", SystemClock(), store.last_seq("device-1"))
    used = UsedResource(region_id=region_id, entry_id="video-1", title="分数的初步认识")
    for _ in range(times):
        viewing = recorder.open(used, sha256=LARGE.sha256, media="video")
        recorder.record(viewing, "initialized", {"length_s": 12.0})
        recorder.record(viewing, "played", {"time_s": 0.0})
    recorder.flush(store)
    database.conn.close()


def upload(machine: Machine, content: bytes, name: str = "教案 王晓梅.docx", **more: Any) -> str:
    """A teacher adds a file; returns the upload's id."""
    source = machine.paths.root.parent / name
    source.write_bytes(content)
    staged = stage_file(machine.paths, source, lambda _: None, lambda: False)
    source.unlink()
    details = DETAILS | more
    body = upload_body(staged.sha256, staged.size_bytes, name, details)
    wish = machine.leave(Kind.UPLOAD, **body)
    assert machine.run_requests(wish).codes_of_failed_requests == []
    return wish


def export(
    machine: Machine, folder: Path, space_bytes: int | None = None
) -> tuple[Run, dict[str, Any]]:
    wish = machine.leave(Kind.STICK_EXPORT, dir=str(folder), space_bytes=space_bytes)
    run = machine.run_requests(wish)
    state = machine.request(wish)
    assert state is not None
    return run, dict(state.result)


def bring(machine: Machine, folder: Path) -> tuple[Run, dict[str, Any]]:
    wish = machine.leave(Kind.STICK_IMPORT, dir=str(folder))
    run = machine.run_requests(wish)
    state = machine.request(wish)
    assert state is not None
    return run, dict(state.result)


def uploads(machine: Machine) -> dict[str, Upload]:
    reader = open_reader(machine.paths.state_db)
    try:
        return {one.upload_id: one for one in UploadStore(reader).all()}
    finally:
        reader.conn.close()


def statements(machine: Machine) -> dict[str, int]:
    reader = open_reader(machine.paths.state_db)
    try:
        return StatementStore(reader).count_by_state()
    finally:
        reader.conn.close()


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
