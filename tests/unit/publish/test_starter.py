# SPDX-License-Identifier: GPL-3.0-or-later
from datetime import timedelta
from pathlib import Path

import pytest

from app.base.errors import KnownError
from app.publish import commands
from app.publish.errors import LineInvalidError
from app.region.enrolment import parse_enrolment
from app.region.layout import blob_path
from tests.unit.region.samples import REGION_ID, at, lesson, write_entries


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "a.mp4").write_bytes(b"v" * 5_000_000)
    book = lesson("book", resource_type="电子教材")
    write_entries(folder / "entries.ndjson", [lesson("a", files=[{"path": "a.mp4"}]), book])
    return folder


def make(source: Path, out: Path) -> None:
    commands.starter(source, out, name="课栈起步资源", region_id=REGION_ID, issued=at(2))


def test_the_shelf_is_a_whole_region_without_keys(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "shelf"
    (out / "authoring").mkdir(parents=True)
    (out / "authoring" / "keep.txt").write_text("x")
    make(source, out)
    names = {path.name for path in out.iterdir()}
    parts = {"metadata", "targets", "catalogue", "blobs", "pieces"}
    assert names == parts | {"enrolment.json", "authoring"}
    assert (out / "authoring" / "keep.txt").is_file()
    everything = b"".join(path.read_bytes() for path in out.rglob("*") if path.is_file())
    assert b"PRIVATE KEY" not in everything
    enrolment = parse_enrolment((out / "enrolment.json").read_bytes())
    assert (enrolment.region_id, enrolment.mirrors) == (REGION_ID, ("shelf:/",))
    assert enrolment.credentials is None
    report = commands.check(out, at(3))
    assert (report.problems, report.entries, report.blobs) == ((), 2, 1)


def test_exercises_come_with_their_lessons(source: Path, tmp_path: Path) -> None:
    exercise = lesson("exercise", resource_type="练习")
    write_entries(source / "entries.ndjson", [lesson("plan"), exercise])
    make(source, tmp_path / "shelf")
    enrolment = parse_enrolment((tmp_path / "shelf" / "enrolment.json").read_bytes())
    assert enrolment.subscriptions is not None
    assert sorted(key.is_exercise for key in enrolment.subscriptions) == [False, True]


def test_the_shelf_does_not_expire_while_a_machine_lives(source: Path, tmp_path: Path) -> None:
    make(source, tmp_path / "shelf")
    assert commands.check(tmp_path / "shelf", at(3) + timedelta(days=15 * 365)).problems == ()


def test_a_new_shelf_replaces_the_old_one_whole(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "shelf"
    make(source, out)
    old = next((out / "blobs").rglob("*/*"))
    (source / "a.mp4").write_bytes(b"another")
    make(source, out)
    assert not old.exists()
    assert len([path for path in (out / "blobs").rglob("*") if path.is_file()]) == 1
    assert commands.check(out, at(3)).problems == ()
    assert blob_path(old.name) not in {p.as_posix() for p in out.rglob("*")}


def test_a_mistake_in_the_source_leaves_the_old_shelf(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "shelf"
    make(source, out)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    write_entries(source / "entries.ndjson", [lesson("a", title="")])
    with pytest.raises(LineInvalidError):
        make(source, out)
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_a_region_id_must_be_one(source: Path, tmp_path: Path) -> None:
    with pytest.raises(KnownError):
        commands.starter(source, tmp_path / "out", name="x", region_id="1", issued=at(2))
    assert not (tmp_path / "out").exists()
