# SPDX-License-Identifier: GPL-3.0-or-later
"""The weekly bundle: one request for many shards, little for few, and a way on without it."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.publish.build import Builder
from app.region import layout
from app.region.delta_bundle import DeltaBundle
from app.region.errors import ShardDamagedError
from app.region.index import DeltaBundleLine, Prefix, index_to_bytes
from app.sync import delta_bundles, plan
from app.sync.delta_bundles import is_bundle_cheaper
from app.sync.inbox import Kind
from tests.servers.fixtures import StartNginx
from tests.sync.machine import Machine
from tests.sync.region_home import LATER, RegionHome, entry

Enrolled = Callable[..., Machine]
SUBJECTS = [f"学科{number}" for number in range(6)]


def lessons(week: int) -> list[dict[str, Any]]:
    """One changed lesson in each of six shards, and one exercise."""
    return [
        *(
            entry(f"s-{number}", f"{subject} 第{week}周", subject=subject)
            for number, subject in enumerate(SUBJECTS)
        ),
        entry("drill-1", f"口算 第{week}周", resource_type="练习"),
    ]


def publish(region: RegionHome, week: int) -> None:
    region.publish(lessons(week), LATER + timedelta(weeks=week))


def titles(week: int) -> list[str]:
    plain = ["分数的初步认识", "科学 三年级 上册", "认识钟表"]
    return sorted([*plain, *(f"{subject} 第{week}周" for subject in SUBJECTS)])


def kinds(paths: list[str]) -> list[str]:
    """What was fetched of the catalogue, by the ends of the names."""
    return sorted(
        path.rpartition(".")[2] for path in paths if path.lstrip("/").startswith("catalogue/")
    )


class Follower:
    """A machine that is up to date, and what it fetches from then on."""

    def __init__(self, enrolled: Enrolled, region: RegionHome, nginx: StartNginx) -> None:
        self._server = nginx(region.public)
        self.machine = enrolled(region, self._server.url)
        self.machine.run()
        self._before = len(self._server.requests())

    def fetched(self) -> list[str]:
        """What came of the catalogue since the last look."""
        seen = self._server.requests()[self._before :]
        self._before += len(seen)
        return kinds([one.path for one in seen])

    def stop_server(self) -> None:
        self._server.stop()


@pytest.fixture
def follow(
    enrolled: Enrolled, region: RegionHome, nginx: StartNginx
) -> Callable[[list[dict[str, Any]]], Follower]:
    """A machine that follows a region in which these entries have been published."""

    def start(entries: list[dict[str, Any]]) -> Follower:
        region.publish(entries, LATER + timedelta(weeks=1))
        return Follower(enrolled, region, nginx)

    return start


Follow = Callable[[list[dict[str, Any]]], Follower]


def test_many_shards_come_in_one_request(follow: Follow, region: RegionHome) -> None:
    follower = follow(lessons(1))
    publish(region, 2)

    run = follower.machine.run()

    assert run.exit_code == 0
    assert follower.machine.titles() == titles(2)
    assert follower.fetched() == ["deltas"]
    assert run.done["brought"]["shards"] == len(SUBJECTS)


def test_weeks_that_were_missed_come_one_bundle_each(follow: Follow, region: RegionHome) -> None:
    follower = follow(lessons(1))
    for week in (2, 3, 4):
        publish(region, week)

    follower.machine.run()

    assert follower.machine.titles() == titles(4)
    assert follower.fetched() == ["deltas"] * 3


def test_few_shards_of_a_large_bundle_come_by_themselves(
    follow: Follow, region: RegionHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes = [hashlib.sha256(bytes([number])).hexdigest() for number in range(70)]
    follower = follow([entry(f"many-{number}", title) for number, title in enumerate(hashes)])
    region.publish([entry("new-1", "新的一课")], LATER + timedelta(weeks=2))
    monkeypatch.setattr(delta_bundles, "is_bundle_cheaper", lambda *_: False)

    follower.machine.run()

    assert "新的一课" in follower.machine.titles()
    assert follower.fetched() == ["delta", "deltas"]
    assert not kept_bundles(follower.machine)  # the head only


def test_exercises_come_with_the_rest_of_the_bundle(follow: Follow, region: RegionHome) -> None:
    follower = follow(lessons(1))
    machine = follower.machine
    region_id = machine.status().regions[0].region_id
    key = {"stage": "小学", "subject": "数学", "edition": "人教版", "exercise": True}
    machine.leave(Kind.SUBSCRIBE, region_id=region_id, keys=[key], is_on=True)
    machine.run()
    follower.fetched()
    publish(region, 2)

    machine.run()

    assert "口算 第2周" in machine.titles()
    assert follower.fetched() == ["deltas"]


@pytest.mark.parametrize("damage", ["missing", "rotten"])
def test_without_a_good_bundle_snapshots_lead_on(
    enrolled: Enrolled, region: RegionHome, damage: str
) -> None:
    publish(region, 1)
    machine = enrolled(region)
    machine.run()
    publish(region, 2)
    publish(region, 3)
    for path in (region.public / "catalogue" / "bundles").iterdir():
        spoil(path, damage)

    run = machine.run()

    assert run.exit_code in (0, 1)
    kept = machine.titles()
    assert set(kept) <= set(titles(1)) | set(titles(2)) | set(titles(3))
    assert len(kept) == len(titles(1))


def kept_bundles(machine: Machine) -> list[Path]:
    return list(machine.paths.shards_dir.glob(f"*/{delta_bundles.FOLDER}/*"))


def spoil(path: Path, damage: str) -> None:
    raw = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(raw[:-9] + bytes(9))


@pytest.mark.allow_warnings("app.sync")
def test_a_bundle_whose_content_is_wrong_gives_way_to_single_deltas(
    enrolled: Enrolled, region: RegionHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(region, 1)
    machine = enrolled(region)
    machine.run()
    publish(region, 2)

    def refuse(*_: object) -> list[object]:
        raise ShardDamagedError(shard_id="", reason="id: twice")

    monkeypatch.setattr(DeltaBundle, "sections", refuse)
    run = machine.run()
    assert run.exit_code == 0
    assert machine.titles() == titles(2)


@pytest.mark.allow_warnings("app.sync", "app.catalogue")
def test_a_lost_catalogue_is_made_anew_from_snapshots_and_bundles(
    follow: Follow, region: RegionHome
) -> None:
    follower = follow(lessons(1))
    machine = follower.machine
    for week in (2, 3):
        publish(region, week)
        machine.run()
    follower.stop_server()
    for path in machine.paths.catalogue_dir.glob("*.db*"):
        path.write_bytes(b"rot" * 5000)

    machine.run()

    assert machine.titles() == titles(3)


def test_bundles_that_no_snapshot_needs_go(enrolled: Enrolled, region: RegionHome) -> None:
    publish(region, 1)
    machine = enrolled(region)
    machine.run()
    publish(region, 2)
    machine.run()
    kept = kept_bundles(machine)
    assert len(kept) == 1
    for path in machine.paths.root.glob("catalogue/*"):
        path.unlink()  # and with it what the shards were at: snapshots are taken anew
    publish_snapshots(region)
    machine.run()
    assert not any(path.exists() for path in kept)


def publish_snapshots(region: RegionHome) -> None:
    """So much changes that every shard gets a new snapshot."""
    many = [
        entry(f"many-{number}-{n}", f"{subject} 新课 {n * n}", subject=subject)
        for number, subject in enumerate([*SUBJECTS, "数学", "科学"])
        for n in range(40)
    ]
    region.publish(many, LATER + timedelta(weeks=9))


def test_a_tree_of_an_older_program_still_serves(
    enrolled: Enrolled, region: RegionHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(
            Builder,
            "_index_contents",
            lambda self, index, _: {layout.INDEX_TARGET: index_to_bytes(index)},
        )
        publish(region, 1)
        machine = enrolled(region)
        machine.run()
        publish(region, 2)
        machine.run()
        assert machine.titles() == titles(2)
    publish(region, 3)
    machine.run()
    assert machine.titles() == titles(3)


def line(head: int, lessons: int, whole: int, shards: int) -> DeltaBundleLine:
    parts = (Prefix(length, "") for length in (head, lessons, whole))
    return DeltaBundleLine("b", "p", next(parts), next(parts), next(parts), shards)


def test_who_follows_few_shards_takes_the_head() -> None:
    region = line(20_000, 407_000, 520_000, 986)
    for shards, is_whole in ((1, False), (12, False), (600, True), (986, True)):
        assert is_bundle_cheaper(region, region.whole, shards) == is_whole
    tiny = line(400, 900, 900, 3)
    assert is_bundle_cheaper(tiny, tiny.lessons, 1)
    assert plan.AT_ONCE > 1
