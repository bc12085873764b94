# SPDX-License-Identifier: GPL-3.0-or-later
"""The check finds every kind of damage, at the publisher's and on a bare tree."""

import hashlib
import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from app.publish import commands
from app.publish.checker import CheckReport
from app.region.layout import blob_path, shard_id_of
from tests.unit.region.samples import Region, at, lesson

VIDEO = b"v" * 5_000_000
SHARD = shard_id_of("小学", "数学", "人教版", is_exercise=False)


@pytest.fixture
def built(region: Region) -> Region:
    video = lesson("a", files=[{"path": "a.mp4"}], cover={"path": "a.png"})
    elsewhere = {"name": "b.mp4", "sha256": "b" * 64, "size_bytes": 7}
    exercise = lesson("c", resource_type="练习")
    many = [lesson(f"m-{n}", title=hashlib.sha256(bytes([n])).hexdigest()) for n in range(60)]
    region.publish(
        2,
        video,
        lesson("b", files=[elsewhere]),
        exercise,
        *many,
        files={"a.mp4": VIDEO, "a.png": b"png"},
    )
    region.publish(3, lesson("b", title="新", files=[elsewhere]), exercise | {"title": "新"})
    return region


def check(root: Path) -> CheckReport:
    return commands.check(root, at(4))


def test_a_good_tree_is_in_order(built: Region, tmp_path: Path) -> None:
    report = check(built.root)
    assert report.problems == ()
    assert (report.shards, report.entries, report.blobs, report.blobs_elsewhere) == (2, 63, 2, 1)
    assert report.blob_bytes == len(VIDEO) + 3
    assert check(built.copy_public(tmp_path / "stick")) == report


def one(root: Path, pattern: str) -> Path:
    return max(root.rglob(pattern))


def flip(path: Path) -> None:
    raw = path.read_bytes()
    middle = len(raw) // 2
    path.write_bytes(raw[:middle] + bytes([raw[middle] ^ 1]) + raw[middle + 1 :])


def video(root: Path) -> Path:
    return root / blob_path(hashlib.sha256(VIDEO).hexdigest())


def remove(root: Path, pattern: str) -> None:
    for path in root.rglob(pattern):
        path.unlink()


DAMAGES: list[tuple[str, Callable[[Path], object], str]] = [
    ("no enrolment", lambda tree: (tree / "enrolment.json").unlink(), "enrolment.json"),
    ("bad enrolment", lambda tree: (tree / "enrolment.json").write_text("<html>"), "enrolment"),
    ("no timestamp", lambda tree: one(tree, "timestamp.json").unlink(), "metadata"),
    ("bad timestamp", lambda tree: flip(one(tree, "timestamp.json")), "metadata"),
    ("no snapshot", lambda tree: one(tree, "2.snapshot.json").unlink(), "metadata"),
    ("no targets", lambda tree: one(tree, "2.targets.json").unlink(), "metadata"),
    ("no region", lambda tree: one(tree, "*.region.json").unlink(), "metadata"),
    ("no index", lambda tree: shutil.rmtree(tree / "targets" / "catalogue"), "metadata"),
    ("no shard", lambda tree: one(tree, f"{SHARD}/1-*.snapshot").unlink(), SHARD),
    ("bad shard", lambda tree: flip(one(tree, f"{SHARD}/1-*.snapshot")), SHARD),
    ("cut shard", lambda tree: one(tree, f"{SHARD}/1-*.snapshot").write_bytes(b"{"), SHARD),
    ("no delta", lambda tree: one(tree, f"{SHARD}/*.delta").unlink(), SHARD),
    ("bad delta", lambda tree: flip(one(tree, f"{SHARD}/*.delta")), SHARD),
    ("no long index", lambda tree: remove(tree, "catalogue/*.index.ndjson"), "targets"),
    ("no bundle", lambda tree: one(tree, "*.deltas").unlink(), "bundles"),
    ("bad bundle", lambda tree: flip(one(tree, "*.deltas")), "bundles"),
    ("bad blob", lambda tree: flip(video(tree)), "blobs"),
    ("cut blob", lambda tree: video(tree).write_bytes(VIDEO[:-1]), "blobs"),
    ("no pieces", lambda tree: shutil.rmtree(tree / "pieces"), "pieces"),
    ("bad pieces", lambda tree: flip(one(tree / "pieces", "*/*")), "pieces"),
]


@pytest.mark.parametrize(
    ("damage", "place"), [case[1:] for case in DAMAGES], ids=[case[0] for case in DAMAGES]
)
def test_damage_is_found_and_named(
    built: Region, tmp_path: Path, damage: Callable[[Path], object], place: str
) -> None:
    stick = built.copy_public(tmp_path / "stick")
    damage(stick)
    damage(built.public)
    for root in (built.root, stick):
        problems = check(root).problems
        assert problems
        assert any(place in problem.path for problem in problems)


def test_the_publisher_misses_a_blob_that_a_mirror_need_not_hold(
    built: Region, tmp_path: Path
) -> None:
    stick = built.copy_public(tmp_path / "stick")
    for tree in (stick, built.public):
        video(tree).unlink()
    report = check(stick)
    assert (report.problems, report.blobs_elsewhere) == ((), 2)
    assert [problem.reason for problem in check(built.root).problems] == ["missing"]


def test_an_expired_tree_is_found(built: Region) -> None:
    report = commands.check(built.root, at(3) + timedelta(days=401))
    assert [problem.reason for problem in report.problems] == ["expired: expired"]


def test_an_enrolment_of_another_region_is_found(built: Region) -> None:
    path = built.public / "enrolment.json"
    document = json.loads(path.read_bytes())
    document["region_id"] = "00000000-0000-4000-8000-000000000000"
    path.write_text(json.dumps(document))
    assert [problem.reason for problem in check(built.root).problems] == ["other_region"]
