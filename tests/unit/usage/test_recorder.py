# SPDX-License-Identifier: GPL-3.0-or-later
"""Events: their numbers, their order, and that none is ever lost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.base.db import Database, open_reader, open_writer
from app.base.errors import BugError, DiskFullError
from app.usage.events import (
    NUMBERS,
    Event,
    Kind,
    Occasion,
    UsedResource,
    clean_numbers,
    event_from_json,
    event_to_json,
)
from app.usage.recorder import Recorder
from app.usage.store import MIGRATIONS, LessonNote, UsageStore
from tests.unit.usage.samples import (
    LESSON,
    NOON,
    REGION,
    SHA256,
    HandClock,
    event,
    resource,
    view_video,
)


@pytest.fixture
def database(data_dir: Path) -> Database:
    return open_writer(data_dir / "desk.db", [MIGRATIONS])


@pytest.fixture
def store(database: Database) -> UsageStore:
    return UsageStore(database)


class FullDisk(UsageStore):
    """A store on a disk without room."""

    def append(self, events: object, resources: object = ()) -> None:
        raise DiskFullError(path="desk.db")


def seqs(store: UsageStore) -> list[int]:
    return [logged.event.seq for logged in store.after(0, 10_000)]


def test_sequence_numbers_go_on_after_a_restart(store: UsageStore) -> None:
    clock = HandClock()
    first = Recorder("device", clock, store.last_seq("device"))
    view_video(first, clock)
    first.flush(store)
    second = Recorder("device", clock, store.last_seq("device"))
    view_video(second, clock)
    second.flush(store)
    assert seqs(store) == list(range(1, 15))


def test_a_number_whose_event_was_lost_with_the_process_is_given_again(store: UsageStore) -> None:
    clock = HandClock()
    lost = Recorder("device", clock, store.last_seq("device"))
    lost.open(resource(), sha256=SHA256, media="pdf")
    fresh = Recorder("device", clock, store.last_seq("device"))
    fresh.open(resource(), sha256=SHA256, media="pdf")
    fresh.flush(store)
    assert seqs(store) == [1]


def test_events_wait_in_order_while_the_disk_is_full(store: UsageStore, database: Database) -> None:
    clock = HandClock()
    recorder = Recorder("device", clock, 0)
    viewing = recorder.open(resource(), sha256=SHA256, media="pdf")
    with pytest.raises(DiskFullError):
        recorder.flush(FullDisk(database))
    recorder.record(viewing, "page_shown", {"page": 2, "pages": 9})
    assert recorder.pending_count == 2
    assert recorder.flush(store) == 2
    assert recorder.flush(store) == 0
    assert seqs(store) == [1, 2]


def test_a_gap_in_the_numbers_is_refused_whole(store: UsageStore) -> None:
    recorder = Recorder("device", HandClock(), 0)
    viewing = recorder.open(resource(), sha256=SHA256, media="pdf")
    events = [recorder.record(viewing, Kind.INTERACTED) for _ in range(3)]
    with pytest.raises(BugError):
        store.append([events[0], events[2]])
    assert seqs(store) == []


def test_appending_the_same_events_again_changes_nothing(store: UsageStore) -> None:
    recorder = Recorder("device", HandClock(), 0)
    viewing = recorder.open(resource(), sha256=SHA256, media="pdf")
    events = [recorder.record(viewing, Kind.INTERACTED) for _ in range(2)]
    first = event(Kind.OPENED)
    store.append([_renumbered(first, 1), events[0]])
    store.append([_renumbered(first, 1), *events])
    assert seqs(store) == [1, 2, 3]


def test_a_number_taken_by_another_event_is_a_bug(store: UsageStore) -> None:
    store.append([_renumbered(event(Kind.OPENED), 1)])
    with pytest.raises(BugError):
        store.append([_renumbered(event(Kind.OPENED), 1)])


def test_events_come_back_as_they_were(store: UsageStore, data_dir: Path) -> None:
    clock = HandClock()
    recorder = Recorder("device", clock, 0)
    viewing = recorder.open(resource(), sha256=SHA256, media="video")
    recorder.record(viewing.at(LESSON), Kind.PAUSED, {"time_s": 3, "played_segments": "0[.]3"})
    recorder.flush(store)
    reader = UsageStore(open_reader(data_dir / "desk.db"))
    newest, oldest = reader.recent(10)
    assert newest.resource == resource()
    assert newest.event.numbers == {"time_s": 3.0, "played_segments": "0[.]3"}
    assert newest.event.lesson_id == LESSON.lesson_id
    assert oldest.event.lesson_id == ""
    assert oldest.event.wall_raw == NOON
    assert reader.recent(10, before=newest.position) == (oldest,)
    assert reader.after(oldest.position, 10) == (newest,)
    assert event_from_json(event_to_json(newest.event)) == newest.event
    assert reader.between(NOON, clock.at.replace(year=2027)) == (oldest, newest)


def test_an_event_of_an_earlier_version_is_read() -> None:
    document = json.loads(event_to_json(event(Kind.OPENED)))
    del document["lesson_id"]
    assert event_from_json(json.dumps(document)).lesson_id == ""
    del document["entry_id"]
    with pytest.raises(BugError):
        event_from_json(json.dumps(document))


def test_only_known_finite_numbers_are_kept() -> None:
    raw: dict[str, float | str] = {
        "time_s": float("nan"),
        "length_s": float("inf"),
        "progress": -1.0,
        "secret": "name of a pupil",
        "played_segments": "0[.]1\x00",
    }
    assert clean_numbers(Kind.PAUSED, raw) == {}
    assert clean_numbers(Kind.INTERACTED, {"what": "search", "time_s": 4}) == {"what": "search"}


@pytest.mark.parametrize("written", ["小明的答案", "My answer", "x" * 33, "", "a\nb", 5.0])
def test_what_somebody_wrote_into_a_page_is_not_kept(written: float | str) -> None:
    assert clean_numbers(Kind.INTERACTED, {"what": written}) == {}


def test_long_segments_are_cut_between_two() -> None:
    segments = "[,]".join(f"{at}.000[.]{at + 1}.000" for at in range(5000))
    kept = clean_numbers(Kind.PAUSED, {"played_segments": segments})["played_segments"]
    assert isinstance(kept, str)
    assert segments.startswith(kept + "[,]")


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_says_which_numbers_it_keeps(kind: Kind) -> None:
    assert kind in NUMBERS


def test_the_oldest_events_go_but_the_newest_of_each_device(database: Database) -> None:
    store = UsageStore(database, kept_events=5)
    clock = HandClock()
    for device in ("one", "two"):
        recorder = Recorder(device, clock, 0)
        view_video(recorder, clock)
        recorder.flush(store)
    assert store.last_seq("one") == 7
    assert seqs(store) == [7, 3, 4, 5, 6, 7]


def test_notes_of_a_lesson_are_kept(store: UsageStore) -> None:
    store.note(LessonNote("lesson", topic="几分之一", equipment="投影偏暗"))
    store.note(LessonNote("lesson", topic="几分之一", equipment="正常"))
    assert store.notes() == {"lesson": LessonNote("lesson", "几分之一", "正常")}


_WRITER = """
import sys
from pathlib import Path
from app.base.db import open_writer
from app.usage.recorder import Recorder
from app.usage.store import MIGRATIONS, UsageStore
from tests.unit.usage.samples import HandClock, view_video
store = UsageStore(open_writer(Path(sys.argv[1]), [MIGRATIONS]))
clock = HandClock()
recorder = Recorder("device", clock, store.last_seq("device"))
while True:
    view_video(recorder, clock)
    recorder.flush(store)
    print(store.last_seq("device"), flush=True)
"""


def test_no_stored_event_is_lost_when_the_process_is_killed(data_dir: Path) -> None:
    path = data_dir / "desk.db"
    promised = 0
    for rounds in (1, 2, 5):
        command = [sys.executable, "-c", _WRITER, str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            for _ in range(rounds):
                promised = int(writer.stdout.readline())
            writer.kill()
        stored = seqs(UsageStore(open_reader(path)))
        assert stored == list(range(1, len(stored) + 1))
        assert len(stored) >= promised


def _renumbered(one: Event, seq: int) -> Event:
    from dataclasses import replace

    return replace(one, seq=seq, device_id="device")


def test_a_viewing_starts_outside_class() -> None:
    recorder = Recorder("device", HandClock(), 0)
    viewing = recorder.open(
        UsedResource(region_id=REGION, entry_id="x", title="x"), sha256=SHA256, media="pdf"
    )
    assert viewing.occasion == Occasion()


def test_m001_usage(database: Database) -> None:
    assert {"usage_event", "usage_resource", "usage_note"} <= set(database.table_names())
    assert open_writer(UsageStore(database)._path, [MIGRATIONS]).table_names()
