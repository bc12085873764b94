# SPDX-License-Identifier: GPL-3.0-or-later
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.base.errors import BugError
from app.publish import commands
from app.publish.errors import IssuedInvalidError, KeyMissingError
from app.publish.home import RegionHome
from app.publish.keys import KeyFolder
from app.publish.metadata import MetadataWriter
from app.publish.plan import DELTA_LIFE, DatedDelta, ShardState, kept_deltas, wants_snapshot
from app.publish.prune import KEPT_RELEASES, paths_of
from app.publish.tree import PublicTree
from app.region import layout
from app.region.delta_bundle import DeltaBundle
from app.region.entry import Entry
from app.region.index import DeltaPart, Index, Part, ShardKey, parse_index
from app.region.region_document import parse_region_document
from app.region.shard import read_delta, read_snapshot
from app.region.short_index import parse_short_index
from tests.unit.region.samples import ISSUED, REGION_ID, Region, at, lesson, write_entries

MATHS = ShardKey("小学", "数学", "人教版")
MANY = [
    lesson(
        f"m-{number}",
        title=f"课 {number * 7919 % 1000}",
        files=[
            {
                "name": "课.mp4",
                "size_bytes": number,
                "sha256": hashlib.sha256(bytes([number % 256, number // 256])).hexdigest(),
            }
        ],
    )
    for number in range(300)
]


def index_of(region: Region) -> Index:
    metadata = MetadataWriter(PublicTree(region.public), KeyFolder(region.root / "keys"))
    raw = metadata.target_bytes(layout.INDEX_TARGET)
    assert raw is not None
    return parse_index(raw)


def short_index_of(region: Region) -> Index:
    metadata = MetadataWriter(PublicTree(region.public), KeyFolder(region.root / "keys"))
    raw = metadata.target_bytes(layout.SHORT_INDEX_TARGET)
    assert raw is not None
    return parse_short_index(raw)


def versions(region: Region) -> tuple[int, int, int]:
    metadata = MetadataWriter(PublicTree(region.public), KeyFolder(region.root / "keys"))
    signed = (metadata.timestamp(), metadata.snapshot(), metadata.targets())
    timestamp, snapshot, targets = (part.version if part else 0 for part in signed)
    return timestamp, snapshot, targets


def entries_of(region: Region) -> dict[str, Entry]:
    """What a new client ends up with: snapshots, then the deltas that lead on from them."""
    held: dict[str, Entry] = {}
    for line in index_of(region).shards:
        of_shard = {e.id: e for e in read_snapshot(read(region, line.snapshot.path))}
        for part in line.deltas_from(line.snapshot.serial) or ():
            delta = read_delta(read(region, part.path))
            for entry_id in delta.deleted_ids:
                of_shard.pop(entry_id, None)
            of_shard |= {entry.id: entry for entry in delta.upserts}
        assert len(of_shard) == line.entries
        held |= of_shard
    return held


def read(region: Region, name: str) -> bytes:
    return region.public.joinpath(name).read_bytes()


def tree_of(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


def test_the_first_build_publishes_snapshots_only(region: Region) -> None:
    region.publish(2, lesson("a"), lesson("b", resource_type="练习"), lesson("c", subject="语文"))
    index = index_of(region)
    assert len(index.shards) == 3
    assert all(line.serial == 1 and line.deltas == () for line in index.shards)
    assert index.bundles == ()
    assert set(entries_of(region)) == {"a", "b", "c"}
    assert versions(region) == (1, 1, 1)


def test_a_second_build_publishes_a_delta_and_bumps_only_what_changed(region: Region) -> None:
    region.publish(2, *MANY, lesson("y", subject="语文"))
    before = {line.key: line for line in index_of(region).shards}
    region.publish(3, lesson("m-5", title="改过"), lesson("neu"))
    after = {line.key: line for line in index_of(region).shards}
    assert after[ShardKey("小学", "语文", "人教版")] == before[ShardKey("小学", "语文", "人教版")]
    line = after[MATHS]
    assert (line.serial, line.entries) == (2, 301)
    assert line.snapshot == before[MATHS].snapshot
    (part,) = line.deltas
    delta = read_delta(read(region, part.path))
    assert [entry.id for entry in delta.upserts] == ["m-5", "neu"]
    assert delta.deleted_ids == ()
    assert part.length < line.snapshot.length / 4
    assert entries_of(region)["m-5"].title == "改过"
    assert versions(region) == (2, 2, 2)


def test_deletions_travel_in_deltas(region: Region) -> None:
    region.publish(2, *MANY)
    commands.remove(region.root, ["m-1", "m-2"])
    report = commands.build(region.root, at(3))
    assert (report.shards, report.upserts, report.deletions) == (1, 0, 2)
    (part,) = index_of(region).shards[0].deltas
    assert read_delta(read(region, part.path)).deleted_ids == ("m-1", "m-2")
    assert len(entries_of(region)) == len(MANY) - 2
    region.publish(4, lesson("m-1", title="回来了"))
    assert entries_of(region)["m-1"].title == "回来了"


def test_an_entry_that_moves_leaves_its_old_shard(region: Region) -> None:
    region.publish(2, *MANY)
    region.publish(3, lesson("m-1", subject="语文"))
    lines = {line.key.subject: line for line in index_of(region).shards}
    (part,) = lines["数学"].deltas
    assert read_delta(read(region, part.path)).deleted_ids == ("m-1",)
    assert lines["语文"].entries == 1
    assert len(entries_of(region)) == len(MANY)


def test_adding_the_same_again_publishes_nothing(region: Region) -> None:
    region.publish(2, *MANY)
    before = tree_of(region.public)
    region.add(*MANY)
    report = commands.build(region.root, at(2))
    assert not report.was_published
    assert tree_of(region.public) == before


def test_a_build_without_changes_only_renews_the_date(region: Region) -> None:
    region.publish(2, *MANY)
    before = tree_of(region.public)
    report = commands.build(region.root, at(9))
    after = tree_of(region.public)
    assert report.was_published
    assert {name for name in after if after[name] != before.get(name)} == {
        "metadata/timestamp.json"
    }
    assert versions(region) == (2, 1, 1)


def test_roles_are_signed_anew_before_they_expire(region: Region) -> None:
    region.publish(2, *MANY)
    commands.build(region.root, at(2) + timedelta(days=201))
    assert versions(region) == (2, 2, 1)
    commands.build(region.root, at(2) + timedelta(days=402))
    assert versions(region) == (3, 3, 2)


def test_a_shard_that_changed_much_gets_a_new_snapshot(region: Region) -> None:
    region.publish(2, *MANY)
    region.publish(3, *(raw | {"title": f"新 {raw['id']}"} for raw in MANY[:200]))
    line = index_of(region).shards[0]
    assert line.snapshot.serial == line.serial == 2
    assert len(line.deltas) == 1
    assert len(entries_of(region)) == len(MANY)


def test_deltas_of_one_build_lie_in_one_bundle(region: Region) -> None:
    region.publish(2, *MANY, lesson("y", subject="语文"), lesson("drill", resource_type="练习"))
    commands.remove(region.root, ["m-7"])
    region.publish(
        3, lesson("neu"), lesson("z", subject="语文"), lesson("drill", "改", resource_type="练习")
    )
    short = short_index_of(region)
    (line,) = short.delta_bundles
    raw = read(region, line.path)
    assert [len(raw), line.shards] == [line.whole.length, 3]
    bundle = DeltaBundle(raw)
    lessons, exercises = bundle.sections()
    assert [entry.id for entry in lessons.rows] == ["neu", "z"]
    assert sorted(lessons.deleted_ids) == [(), ("m-7",)]
    assert [entry.title for entry in exercises.rows] == ["改"]
    for length, sections in ((line.head.length, []), (line.lessons.length, [lessons.deltas])):
        part = DeltaBundle(raw[:length])
        assert [section.deltas for section in part.sections()] == sections
        assert part.deltas == bundle.deltas


def test_the_short_index_says_what_the_long_one_says(region: Region) -> None:
    region.publish(2, *MANY, lesson("y", subject="语文"))
    for day in (3, 4, 5):
        region.publish(
            day, lesson("neu", title=f"{day}"), lesson("y", subject="语文", title=f"{day}")
        )
    whole, short = index_of(region), short_index_of(region)
    assert (short.region_id, short.issued) == (whole.region_id, whole.issued)
    assert short.shards == tuple(replace(line, deltas=()) for line in whole.shards)
    bundled = {
        (delta.shard_id, delta.from_serial, delta.to_serial, delta.length, delta.sha256)
        for line in short.delta_bundles
        for delta in DeltaBundle(read(region, line.path)[: line.head.length]).deltas
    }
    assert bundled == {
        (line.shard_id, part.from_serial, part.to_serial, part.length, part.sha256[:32])
        for line in whole.shards
        for part in line.deltas
    }


def test_deltas_that_a_lost_bundle_held_are_named_one_by_one(region: Region) -> None:
    region.publish(2, *MANY)
    region.publish(3, lesson("neu"))
    (line,) = short_index_of(region).delta_bundles
    region.public.joinpath(line.path).unlink()
    region.publish(4, lesson("neu", title="二"))
    short, whole = short_index_of(region), index_of(region)
    assert line not in short.delta_bundles
    assert short.shards[0].deltas == whole.shards[0].deltas[:1]
    assert commands.check(region.root, at(5)).problems == ()


def test_a_shard_that_rests_gets_a_snapshot_before_its_bundle_is_too_old(region: Region) -> None:
    region.publish(2, *MANY, lesson("y", subject="语文"))
    region.publish(3, lesson("neu"), lesson("y", subject="语文", title="二"))
    (old,) = short_index_of(region).delta_bundles
    region.add(lesson("neu", title="半年后"))
    commands.build(region.root, at(4) + DELTA_LIFE)
    after = short_index_of(region)
    assert old.bundle_id not in {line.bundle_id for line in after.delta_bundles}
    assert all(line.snapshot.serial == line.serial or line.key == MATHS for line in after.shards)
    assert len(entries_of(region)) == len(MANY) + 2


def test_deltas_are_kept_26_weeks_and_bundles_with_them(region: Region) -> None:
    region.publish(2, *MANY, lesson("y", subject="语文"))
    first = at(3)
    region.publish(3, lesson("neu"), lesson("y", subject="语文", title="二"))
    for week in (1, 25, 27):
        region.add(lesson("neu", title=f"第{week}周"))
        commands.build(region.root, first + timedelta(weeks=week))
    index = index_of(region)
    line = next(line for line in index.shards if line.key == MATHS)
    serials = [part.from_serial for part in line.deltas]
    assert line.deltas_from(line.snapshot.serial) is not None
    assert serials == sorted(serials)
    assert line.serial == 5
    assert 1 not in serials or line.snapshot.serial == 1
    assert len(entries_of(region)) == len(MANY) + 2


def test_the_index_names_only_what_is_there(region: Region) -> None:
    region.publish(2, *MANY)
    for day in range(3, 3 + KEPT_RELEASES + 3):
        region.publish(day, *(raw | {"title": f"{day} {raw['id']}"} for raw in MANY))
    on_disk = {name for name in tree_of(region.public) if name.startswith("catalogue/")}
    assert paths_of(index_of(region)) <= on_disk
    timestamp, _, targets = versions(region)
    kept = {name for name in tree_of(region.public) if name.endswith(".targets.json")}
    assert kept == {
        f"metadata/{version}.targets.json"
        for version in range(targets - KEPT_RELEASES + 1, targets + 1)
    }
    assert timestamp == targets
    assert (region.public / "metadata" / "1.root.json").is_file()


def test_time_does_not_run_backwards(region: Region) -> None:
    region.publish(5, lesson("a"))
    before = tree_of(region.public)
    region.add(lesson("b"))
    with pytest.raises(IssuedInvalidError):
        commands.build(region.root, at(4))
    assert tree_of(region.public) == before
    commands.rotate(region.root, "timestamp", at(7))
    with pytest.raises(IssuedInvalidError):
        commands.build(region.root, at(6))


def test_root_keys_are_not_needed_to_build(region: Region) -> None:
    for number in (1, 2, 3):
        (region.root / "keys" / f"root-{number}.pem").unlink()
    region.publish(2, lesson("a"))
    assert versions(region) == (1, 1, 1)


@pytest.mark.parametrize("role", ["timestamp", "snapshot", "targets"])
def test_a_missing_or_foreign_key_publishes_nothing(region: Region, role: str) -> None:
    region.add(lesson("a"))
    path = region.root / "keys" / f"{role}.pem"
    good = path.read_bytes()
    path.unlink()
    with pytest.raises(KeyMissingError):
        region.build()
    KeyFolder(region.root / "keys").make(role)
    with pytest.raises(KeyMissingError):
        region.build()
    path.write_bytes(b"not a key")
    with pytest.raises(KeyMissingError):
        region.build()
    assert not (region.public / "metadata" / "timestamp.json").exists()
    path.write_bytes(good)
    region.build()
    assert versions(region) == (1, 1, 1)


def test_edited_settings_are_published_by_the_next_build(region: Region) -> None:
    region.publish(2, lesson("a"))
    home = RegionHome(region.root)
    home.save_settings(replace(home.load_settings(), mirrors=("https://镜像.example.cn/",)))
    region.build(3)
    metadata = MetadataWriter(PublicTree(region.public), KeyFolder(region.root / "keys"))
    raw = metadata.target_bytes(layout.REGION_TARGET)
    assert raw is not None
    assert parse_region_document(raw).mirrors == ("https://镜像.example.cn/",)
    enrolment = json.loads((region.public / "enrolment.json").read_bytes())
    assert enrolment["mirrors"] == ["https://镜像.example.cn/"]


def test_equal_input_and_time_give_equal_bytes(tmp_path: Path) -> None:
    trees: list[dict[str, bytes]] = []
    for name in ("one", "two"):
        root = tmp_path / name / "区 域"
        keys = tmp_path / "one" / "区 域" / "keys" if name == "two" else None
        commands.init(root, name="区", issued=ISSUED, region_id=REGION_ID, keys_dir=keys)
        (tmp_path / "a.mp4").write_bytes(b"v" * 5_000_000)
        first = [*MANY, lesson("v", files=[{"path": "a.mp4"}]), lesson("y", subject="语文")]
        second = [lesson("m-3", title="改"), lesson("y", subject="语文", title="改")]
        for day, raw in ((2, first), (3, second if name == "one" else list(reversed(second)))):
            commands.add(root, write_entries(tmp_path / "t.ndjson", raw), tmp_path)
            commands.build(root, at(day))
        trees.append(tree_of(root / "public"))
    assert trees[0] == trees[1]


# --- decisions


def state(*issued: datetime, snapshot_serial: int = 1, snapshot_length: int = 10_000) -> ShardState:
    deltas = tuple(
        DatedDelta(DeltaPart(n, n + 1, "", 100, "", None), when.strftime("%Y-%m-%dT%H:%M:%SZ"))
        for n, when in enumerate(issued, 1)
    )
    snapshot = Part("", snapshot_length, "", snapshot_serial)
    return ShardState(MATHS, 1, 0, len(issued) + 1, snapshot, deltas)


NOW = datetime(2027, 6, 1, tzinfo=UTC)
OLD = NOW - DELTA_LIFE - timedelta(days=1)


def test_old_deltas_go_unless_the_snapshot_needs_them() -> None:
    deltas = state(OLD, OLD, NOW).deltas
    assert kept_deltas(deltas, 3, NOW) == deltas[2:]
    assert kept_deltas(deltas, 1, NOW) == deltas


def test_a_snapshot_is_due_when_deltas_grow_or_age() -> None:
    assert not wants_snapshot(state(NOW), 100, NOW)
    assert wants_snapshot(state(NOW), 2500, NOW)
    assert wants_snapshot(state(OLD, NOW), 100, NOW)
    assert not wants_snapshot(state(OLD, NOW, snapshot_serial=2), 100, NOW)


def test_unknown_roles_are_our_own_mistake(region: Region) -> None:
    role: Any = "mirror"
    with pytest.raises(BugError):
        commands.rotate(region.root, role, at(3))
