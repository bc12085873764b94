# SPDX-License-Identifier: GPL-3.0-or-later
"""What a lesson uses stays in the cache; what somebody touched is verified again and replaced."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from app.base.clock import SystemClock
from app.base.db import open_reader, open_writer
from app.base.paths import DataPaths
from app.base.settings import Settings
from app.lesson.store import MIGRATIONS as LESSON
from app.lesson.store import LessonStore
from app.region.layout import blob_path
from app.sync import agent as agent_module
from app.sync.agent import AgentConfig, run_agent
from app.sync.inbox import Kind
from app.sync.pipe import Commands
from app.usage.events import UsedResource
from app.usage.recorder import Recorder
from app.usage.store import MIGRATIONS as USAGE
from app.usage.store import UsageStore
from tests.sync.machine import QUICK, Machine
from tests.sync.region_home import LARGE, LATER, SMALL, KnownFile, RegionHome, entry

Enrolled = Callable[..., Machine]
MOST_WAITS = 4000
OTHER = KnownFile(b"another lesson of the same size" * 1290)


def use(paths: DataPaths, entry_id: str, sha256: str, *, is_closed: bool) -> None:
    """What the window records of a resource on the screen."""
    reader = open_reader(paths.state_db)
    region_id = str(reader.execute("SELECT region_id FROM region").fetchone()[0])
    reader.conn.close()
    database = open_writer(paths.desk_db, [USAGE, LESSON])
    store = UsageStore(database)
    recorder = Recorder("device-1", SystemClock(), store.last_seq("device-1"))
    used = UsedResource(region_id=region_id, entry_id=entry_id, title=entry_id)
    viewing = recorder.open(used, sha256=sha256, media="pdf")
    if is_closed:
        recorder.record(viewing, "terminated", {})
    recorder.flush(store)
    database.conn.close()


def spoil(machine: Machine, file: KnownFile) -> None:
    """Other bytes of the same length, at another time, as a virus or a thoughtless user leaves."""
    path = machine.paths.root / blob_path(file.sha256)
    path.write_bytes(bytes(len(file.content)))
    os.utime(path, (1, 1))


@pytest.fixture
def with_three(region: RegionHome, machine: Machine) -> Machine:
    """A machine that a stick has brought two lessons nobody pinned."""
    files = region.root.parent / "more"
    files.mkdir()
    (files / "other.pdf").write_bytes(OTHER.content)
    other = entry("other-1", "认识时间", files=[{"role": "main", "path": "other.pdf"}])
    region.publish([other], LATER, files)
    machine.run_requests(machine.enrol(str(region.enrolment())))
    run = machine.run_requests(machine.leave(Kind.STICK_IMPORT, dir=str(region.public)))
    assert run.codes_of_failed_requests == []
    for file in (SMALL, OTHER, LARGE):
        assert machine.blob(file.sha256) == file.content
    return machine


@pytest.mark.parametrize("how", ["playing", "in a list", "used last"])
def test_what_lessons_use_is_given_up_last(with_three: Machine, how: str) -> None:
    machine = with_three
    machine.run(only=frozenset())
    if how == "playing":
        use(machine.paths, "slides-1", SMALL.sha256, is_closed=False)
        machine.run(only=frozenset())
    # Used after whatever the other has: by its age alone SMALL would go first.
    use(machine.paths, "other-1", OTHER.sha256, is_closed=True)
    machine.run(only=frozenset())
    if how == "in a list":
        region_id = machine.key("slides-1").region_id
        database = open_writer(machine.paths.desk_db, [USAGE, LESSON])
        lists = LessonStore(database)
        lists.add(lists.create("备课"), region_id, "slides-1", "认识钟表")
        database.conn.close()
    elif how == "used last":
        use(machine.paths, "slides-1", SMALL.sha256, is_closed=True)

    machine.run(only=frozenset(), settings=Settings(quota_bytes=len(SMALL.content) + 100))

    assert machine.blob(SMALL.sha256) == SMALL.content
    assert machine.blob(OTHER.sha256) is None
    assert machine.blob(LARGE.sha256) is None


class Spoiler:
    """In place of the loop's sleep: spoils a file, uses it, and stops when it is right again."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._waits = 0
        self.events: list[Mapping[str, Any]] = []

    def wait(self, commands: Commands, _: float | None) -> None:
        self._waits += 1
        if self._waits == 1:
            spoil(self._machine, SMALL)
            use(self._machine.paths, "slides-1", SMALL.sha256, is_closed=False)
        elif self._machine.blob(SMALL.sha256) == SMALL.content or self._waits > MOST_WAITS:
            commands.stop()


@pytest.mark.allow_warnings("app.sync.desk_use")
def test_a_file_spoilt_while_the_agent_runs_is_replaced_once_it_was_used(
    with_three: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = with_three
    use(machine.paths, "other-1", OTHER.sha256, is_closed=True)
    spoiler = Spoiler(machine)
    wait = spoiler.wait
    monkeypatch.setattr(Commands, "wait", lambda commands, s: wait(commands, s))  # noqa: PLW0108 - binds
    monkeypatch.setattr(agent_module, "_COLLECT_EVERY_S", 0.0)

    config = AgentConfig(machine.paths, shelves=(), timeouts=QUICK)
    run_agent(config, None, spoiler.events.append)

    assert machine.blob(SMALL.sha256) == SMALL.content
    assert {"event": "changed", "what": "blobs"} in spoiler.events


@pytest.mark.allow_warnings("app.sync.housekeeping")
def test_what_rots_in_silence_is_found_in_idle_time_and_brought_again(
    with_three: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Same size, same time, and nobody pinned it."""
    machine = with_three
    path = machine.paths.root / blob_path(SMALL.sha256)
    times = path.stat()
    path.write_bytes(bytes(len(SMALL.content)))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    waits = 0

    def wait(commands: Commands, _: float | None) -> None:
        nonlocal waits
        waits += 1
        if machine.blob(SMALL.sha256) == SMALL.content or waits > MOST_WAITS:
            commands.stop()

    monkeypatch.setattr(Commands, "wait", wait)
    run_agent(
        AgentConfig(machine.paths, shelves=(), timeouts=QUICK, rests_after_s=0.001),
        None,
        lambda _: None,
    )

    assert machine.blob(SMALL.sha256) == SMALL.content
