# SPDX-License-Identifier: GPL-3.0-or-later
"""From the window's log into the outbox: nothing twice, nothing lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app.base.db import open_writer
from app.base.paths import DataPaths
from app.sync.statements.collect import collect
from app.sync.statements.store import MIGRATIONS, Cursor, StatementStore
from app.usage.recorder import Recorder
from app.usage.store import MIGRATIONS as USAGE
from app.usage.store import UsageStore
from tests.unit.usage.samples import REGION, HandClock, view_video

OTHER_REGION = "00000000-0000-4000-8000-000000000000"


class Desk:
    """A log that grows."""

    def __init__(self, path: Path) -> None:
        self.store = UsageStore(open_writer(path, [USAGE]))
        self.clock = HandClock()

    def view(self, region_id: str = REGION) -> None:
        recorder = Recorder("device", self.clock, self.store.last_seq("device"))
        view_video(recorder, self.clock, region_id=region_id)
        recorder.flush(self.store)


@pytest.fixture
def desk(data_dir: Path) -> Desk:
    return Desk(data_dir / "desk.db")


@pytest.fixture
def outbox(data_dir: Path) -> StatementStore:
    return StatementStore(open_writer(data_dir / "state.db", [MIGRATIONS]))


def test_every_event_is_taken_once(desk: Desk, outbox: StatementStore) -> None:
    desk.view()
    assert collect(desk.store, outbox, REGION) == 7
    assert collect(desk.store, outbox, REGION) == 0
    desk.view()
    assert collect(desk.store, outbox, REGION) == 7
    assert outbox.left(REGION) == 14


def test_regions_get_their_own_events_even_when_they_join_later(
    desk: Desk, outbox: StatementStore
) -> None:
    desk.view(OTHER_REGION)
    desk.view(REGION)
    assert collect(desk.store, outbox, REGION) == 7
    assert collect(desk.store, outbox, OTHER_REGION) == 7
    assert {event.region_id for event in outbox.waiting(OTHER_REGION, 99)} == {OTHER_REGION}


def test_more_events_than_one_commit_takes(desk: Desk, outbox: StatementStore) -> None:
    for _ in range(80):
        desk.view()
    assert collect(desk.store, outbox, REGION) == 560


def test_a_cursor_that_was_set_back_doubles_nothing(desk: Desk, outbox: StatementStore) -> None:
    desk.view()
    collect(desk.store, outbox, REGION)
    outbox.delivered(desk.store.after(0, 10_000)[0].event.event_id for _ in range(1))
    outbox.collect(REGION, (), Cursor())
    assert collect(desk.store, outbox, REGION) == 0
    assert outbox.left(REGION) == 6


def test_a_log_that_was_set_back_loses_no_later_event(
    desk: Desk, outbox: StatementStore, data_dir: Path
) -> None:
    desk.view()
    desk.store._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(data_dir / "desk.db", data_dir / "frozen.db")
    desk.view()
    desk.view()
    assert collect(desk.store, outbox, REGION) == 21
    after_reboot = Desk(data_dir / "frozen.db")
    after_reboot.view()
    assert collect(after_reboot.store, outbox, REGION) == 7


def test_delivered_ids_are_remembered_as_long_as_their_events(
    desk: Desk, outbox: StatementStore
) -> None:
    desk.view()
    collect(desk.store, outbox, REGION)
    outbox.delivered(logged.event.event_id for logged in desk.store.after(0, 10_000))
    assert outbox.count_by_state() == {"delivered": 7}
    assert outbox.forget_until(5) == 5
    assert collect(desk.store, outbox, REGION) == 0
    assert outbox.count_by_state() == {"delivered": 2}


def test_an_empty_log_is_fine(desk: Desk, outbox: StatementStore, data_dir: Path) -> None:
    assert collect(desk.store, outbox, REGION) == 0
    assert outbox.cursor(REGION) == Cursor()
    assert DataPaths(data_dir).desk_db.exists()
