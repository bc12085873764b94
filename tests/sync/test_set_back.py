# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks that forget: restored databases, frozen disks, clones. Noticed, said, and counted once."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.base.db import keep_generation, open_writer
from app.base.files import previous_of
from app.base.paths import DataPaths
from app.publish import commands
from app.region.floor import TrustFloor
from app.sync.canary import CANARY_NAME, Canary, SetBack
from app.sync.floors import FLOOR_NAME, Floors, highest_of
from app.sync.inbox import Kind, upload_body
from app.sync.store import MIGRATIONS, SyncStore
from app.sync.uploads.staging import stage_file
from app.usage.events import UsedResource
from app.usage.recorder import Recorder
from app.usage.store import MIGRATIONS as USAGE
from app.usage.store import UsageStore
from tests.servers.fixtures import StartNginx
from tests.servers.lrs import LearningRecordStore
from tests.servers.tus import TusServer
from tests.sync.machine import Machine, Run
from tests.sync.region_home import LARGE, LATER, RegionHome, entry
from tests.unit.usage.samples import HandClock

Enrolled = Callable[..., Machine]
STATEMENTS = 3


def restore_database(machine: Machine) -> None:
    """What an administrator, or our own repair, does with the previous generation."""
    for path in machine.paths.root.glob("state.db-*"):
        path.unlink()
    shutil.copyfile(previous_of(machine.paths.state_db), machine.paths.state_db)


def said(run: Run, code: str) -> list[dict[str, Any]]:
    return [dict(e["data"]) for e in run.events if e["event"] == "problem" and e["code"] == code]


@pytest.fixture
def store(tmp_path: Path) -> SyncStore:
    return SyncStore(open_writer(tmp_path / "state.db", [MIGRATIONS]))


# -- the trust floor ----------------------------------------------------------------------------


@pytest.mark.allow_warnings("app.sync.floors")
def test_a_restored_database_does_not_lower_the_trust_floor(
    enrolled: Enrolled, region: RegionHome, tmp_path: Path
) -> None:
    old = region.copy_to(tmp_path / "stale mirror")
    machine = enrolled(region)
    machine.run()
    assert previous_of(machine.paths.state_db).is_file()
    region.publish([entry("new-1", "年月日")], LATER)
    machine.run()
    newest = machine.titles()
    restore_database(machine)
    shutil.rmtree(region.public)
    shutil.copytree(old.public, region.public)

    run = machine.run()

    assert "region_older" in run.problems
    assert machine.titles() == newest
    assert said(run, "data_set_back") == [{"how": "database"}]


def test_the_highest_of_every_place_counts(tmp_path: Path, store: SyncStore) -> None:
    paths, second = DataPaths(tmp_path), tmp_path / "other disk"
    floors = Floors(paths, store, second)
    floors.raise_to("r", TrustFloor(1, 9, 9, 4, 7))
    store.save_floor("r", TrustFloor(2, 3, 3, 3, 2))
    (paths.region_dir("r") / FLOOR_NAME).write_bytes(b"{ rot")
    for number in (2, 7, 8):  # 8 was begun and never accepted
        (paths.region_dir("r") / "trust" / str(number)).mkdir(parents=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.sync.floors.logger.warning", lambda *_: None)
        found = floors.of("r")

    assert found == TrustFloor(2, 9, 9, 4, 7)
    assert store.floor("r") == found
    assert json.loads((paths.region_dir("r") / FLOOR_NAME).read_bytes())["timestamp"] == 9


def test_a_generation_that_is_gone_is_not_pointed_at() -> None:
    floors = [TrustFloor(1, 5, 5, 5, 5), TrustFloor(1, 7, 7, 7, 7)]
    assert highest_of(floors, frozenset({5})).generation == 5
    assert highest_of(floors, frozenset()).generation == 7


def test_keys_that_changed_while_nobody_was_online_are_walked_from_a_stick(
    enrolled: Enrolled, region: RegionHome
) -> None:
    """Five changes of the timestamp key and one of the root keys, then one visit."""
    machine = enrolled(region)
    machine.run()
    for month in range(2, 7):
        commands.rotate(region.root, "timestamp", datetime(2027, month, 1, tzinfo=UTC))
    commands.rotate(region.root, "root", datetime(2027, 7, 1, tzinfo=UTC))
    region.publish([entry("new-1", "年月日")], datetime(2027, 7, 2, tzinfo=UTC))

    run = machine.run()

    assert run.problems == []
    assert "年月日" in machine.titles()


def test_a_stick_without_one_of_the_roots_is_refused_politely(
    enrolled: Enrolled, region: RegionHome
) -> None:
    machine = enrolled(region)
    machine.run()
    before = machine.titles()
    for month in (2, 3):
        commands.rotate(region.root, "timestamp", datetime(2027, month, 1, tzinfo=UTC))
    region.publish([entry("new-1", "年月日")], datetime(2027, 4, 2, tzinfo=UTC))
    roots = sorted((region.public / "metadata").glob("*.root.json"))
    roots[-1].unlink()

    run = machine.run()

    assert run.exit_code == 1
    assert run.problems
    assert machine.titles() == before


# -- the canary ---------------------------------------------------------------------------------


def test_an_ordinary_life_never_alarms(tmp_path: Path, store: SyncStore) -> None:
    canary = Canary(DataPaths(tmp_path), store, tmp_path / "other disk", "device")
    for _ in range(3):
        assert canary.look() is None
        canary.count_up()


@pytest.mark.parametrize("cut_after", [1, 2])
def test_a_cut_while_counting_is_no_alarm(tmp_path: Path, store: SyncStore, cut_after: int) -> None:
    """Only the first of the three places, or the first two, were reached."""
    second = tmp_path / "other disk"
    canary = Canary(DataPaths(tmp_path), store, second, "device")
    canary.count_up()
    old = [(path, path.read_bytes()) for path in (tmp_path / CANARY_NAME, *second.iterdir())]
    canary.count_up()
    for path, content in old[cut_after - 1 :]:
        path.write_bytes(content)

    assert canary.look() is None


def test_a_place_that_refuses_alarms_nobody(tmp_path: Path, store: SyncStore) -> None:
    second = tmp_path / "other disk"
    canary = Canary(DataPaths(tmp_path), store, second, "device")
    canary.count_up()
    shutil.rmtree(second)
    second.write_bytes(b"a file where a folder should be")
    canary.count_up()
    assert canary.look() is None


def test_a_frozen_disk_is_told_from_a_restored_database(tmp_path: Path, store: SyncStore) -> None:
    second = tmp_path / "other disk"
    canary = Canary(DataPaths(tmp_path), store, second, "device")
    canary.count_up()
    count, beside = store.meta("canary"), (tmp_path / CANARY_NAME).read_bytes()
    canary.count_up()
    store.set_meta("canary", count)
    assert canary.look() is SetBack.DATA or canary.look() is SetBack.DATABASE
    (tmp_path / CANARY_NAME).write_bytes(beside)
    assert canary.look() is SetBack.DATA


def test_another_data_directory_is_not_taken_for_this_one(tmp_path: Path, store: SyncStore) -> None:
    second = tmp_path / "other disk"
    for _ in range(3):
        Canary(DataPaths(tmp_path), store, second, "device").count_up()
    fresh = SyncStore(open_writer(tmp_path / "fresh.db", [MIGRATIONS]))

    assert Canary(DataPaths(tmp_path / "fresh"), fresh, second, "device-2").look() is None


def test_a_copy_of_the_database_is_always_older_than_the_database(
    tmp_path: Path, store: SyncStore
) -> None:
    canary = Canary(DataPaths(tmp_path), store, None, "device")
    canary.count_up()
    keep_generation(store.database, tmp_path / "state.db")
    canary.count_up()
    copy = SyncStore(open_writer(previous_of(tmp_path / "state.db"), [MIGRATIONS]))

    assert Canary(DataPaths(tmp_path), copy, None, "device").look() is SetBack.DATABASE


# -- counted once -------------------------------------------------------------------------------


@pytest.fixture
def school(
    machine: Machine,
    region: RegionHome,
    nginx: StartNginx,
    lrs: LearningRecordStore,
    tus: TusServer,
) -> Machine:
    """A machine that reports to a real record store and a real upload server."""
    source = region.enrolment(nginx(region.public).url)
    document = json.loads(source.read_bytes())
    document["endpoints"] = {"statements_url": lrs.url, "uploads_url": tus.url}
    document["credentials"] = {"user": lrs.user, "password": lrs.password}
    source.write_text(json.dumps(document), encoding="utf-8")
    assert machine.run_requests(machine.enrol(str(source))).exit_code == 0
    machine.run(only=frozenset({"catalogue"}))
    return machine


def show_a_video(machine: Machine, clock: HandClock, teacher_id: str = "") -> None:
    database = open_writer(machine.paths.desk_db, [USAGE])
    store = UsageStore(database)
    recorder = Recorder("device-1", clock, store.last_seq("device-1"))
    region_id = machine.key("video-1").region_id
    used = UsedResource(region_id=region_id, entry_id="video-1", title="分数的初步认识")
    viewing = recorder.open(used, sha256=LARGE.sha256, media="video")
    recorder.record(viewing, "initialized", {"length_s": 12.0})
    recorder.record(viewing, "played", {"time_s": 0.0})
    recorder.flush(store)
    database.conn.close()


def give_a_file(machine: Machine, source: Path) -> str:
    staged = stage_file(machine.paths, source, lambda _: None, lambda: False)
    body = upload_body(
        staged.sha256, staged.size_bytes, source.name, {"title": "教案", "subject": "数学"}
    )
    return machine.leave(Kind.UPLOAD, **body)


def test_what_a_frozen_disk_forgot_is_counted_once(
    school: Machine, lrs: LearningRecordStore, tus: TusServer, tmp_path: Path
) -> None:
    """Everything is sent, then the data directory is as it was in the morning, day after day."""
    source = tmp_path / "教案.docx"
    source.write_bytes(b"lesson plan" * 1000)
    show_a_video(school, HandClock(datetime.now(UTC)))
    wish = give_a_file(school, source)
    school.run(only=frozenset({"catalogue"}))
    frozen = tmp_path / "frozen"
    shutil.copytree(school.paths.root, frozen)
    second = tmp_path / "other disk"
    first = school.run(second_place=second)
    assert first.done["sent"] == {"statements": STATEMENTS, "uploads": 1}

    for _ in range(2):
        shutil.rmtree(school.paths.root)
        shutil.copytree(frozen, school.paths.root)
        run = school.run(second_place=second)
        assert said(run, "data_set_back") == [{"how": "data"}]
        assert run.problems == []
        assert run.done["left"]["statements"] == 0

    ids = [statement["id"] for statement in lrs.statements()]
    assert len(ids) == len(set(ids)) == STATEMENTS
    named = {(one.metadata["id"], one.metadata["sha256"]) for one in tus.uploads()}
    assert len(named) == 1, "every copy carries the one id by which the region counts"
    assert wish in next(iter(named))


def test_the_region_itself_shows_that_everything_was_frozen(
    school: Machine, lrs: LearningRecordStore, tmp_path: Path
) -> None:
    """No second disk: only the record store knows what this machine forgot."""
    show_a_video(school, HandClock(datetime.now(UTC)))
    school.run(only=frozenset({"catalogue"}))
    frozen = tmp_path / "frozen"
    shutil.copytree(school.paths.root, frozen)
    school.run()
    shutil.rmtree(school.paths.root)
    shutil.copytree(frozen, school.paths.root)
    lrs.reset()

    run = school.run()

    ids = [statement["id"] for statement in lrs.statements()]
    assert len(ids) == len(set(ids)) == STATEMENTS
    assert run.done["left"]["statements"] == 0
    assert run.problems == []
    assert said(run, "data_set_back") == [{"how": "region"}]


# -- clones -------------------------------------------------------------------------------------


def test_a_clone_is_noticed_before_anything_is_sent(
    school: Machine, tus: TusServer, lrs: LearningRecordStore, tmp_path: Path
) -> None:
    source = tmp_path / "教案.docx"
    source.write_bytes(b"lesson plan" * 1000)
    show_a_video(school, HandClock(datetime.now(UTC)))
    give_a_file(school, source)
    school.run(only=frozenset({"catalogue"}), machine="original")
    clone = Machine(tmp_path / "clone")
    shutil.copytree(school.paths.root, clone.paths.root)

    runs = [school.run(machine="original"), clone.run(machine="clone")]

    assert said(runs[0], "device_cloned") == []
    codes = [e.get("code") or e.get("what") for e in runs[1].events if e["event"] != "hello"]
    assert codes[0] == "device_cloned"
    assert [run.problems for run in runs] == [[], []]
    ids = [statement["id"] for statement in lrs.statements()]
    assert len(ids) == len(set(ids)) == STATEMENTS
    assert len({one.metadata["id"] for one in tus.uploads()}) == 1
    own = [json.loads(one.paths.device_file.read_bytes())["device_id"] for one in (school, clone)]
    assert own[0] != own[1]
    assert said(clone.run(machine="clone"), "device_cloned") == []
