# SPDX-License-Identifier: GPL-3.0-or-later
"""A `.kezhan` file comes in as it went out; a damaged or hostile one is refused."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.base import db
from app.base.errors import CancelledError, MissingFileError, UnknownMajorError
from app.base.paths import DataPaths
from app.lesson import store as lesson_store
from app.lesson.errors import ListPackageInvalidError
from app.lesson.lists import Extract, ItemKind, OwnFile
from app.lesson.own_files import OwnFiles
from app.lesson.package import ListPackage, read_package, write_package
from app.lesson.store import LessonStore

REGION = "0b6f2f43-2b70-4b8e-9c85-6d1f0b1d2a11"
CONTENT = b"slides of a teacher " * 5000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def nothing(_size: int) -> None:
    """Nobody counts."""


def never() -> bool:
    """Nobody stops it."""
    return False


@pytest.fixture
def own(data_dir: Path) -> OwnFiles:
    return OwnFiles(DataPaths(data_dir))


@pytest.fixture
def store(data_dir: Path) -> Iterator[LessonStore]:
    database = db.open_writer(data_dir / "desk.db", [lesson_store.MIGRATIONS])
    yield LessonStore(database)
    database.conn.close()


@pytest.fixture
def exported(store: LessonStore, own: OwnFiles, tmp_path: Path) -> Path:
    """A list of one resource, one own file and one blank page, as a file."""
    file = own.adopt_bytes(CONTENT, "我的课件.pptx")
    list_id = store.create("分数 第一课时")
    first = store.add(list_id, REGION, "fraction-video", "几分之一")
    store.set_extract(first, Extract(12.5, 90.0))
    store.add_file(list_id, file)
    store.add_board(list_id, "板书")
    out = tmp_path / "分数.kezhan"
    locate: Callable[[OwnFile], Path | None] = lambda one: own.path_of(one.sha256)  # noqa: E731
    write_package(out, "分数 第一课时", store.items(list_id), locate, nothing, never)
    return out


@pytest.fixture
def elsewhere(tmp_path: Path) -> OwnFiles:
    """The own store of another machine."""
    return OwnFiles(DataPaths(tmp_path / "elsewhere"))


def read(path: Path, own: OwnFiles) -> ListPackage:
    return read_package(path, own, nothing, never)


def test_a_list_comes_in_as_it_went_out(
    exported: Path, elsewhere: OwnFiles, store: LessonStore
) -> None:
    package = read(exported, elsewhere)
    list_id = store.bring(package.name, package.items)
    resource, file, board = store.items(list_id)
    assert store.lists()[0].name == "分数 第一课时 (2)"
    assert (resource.region_id, resource.entry_id) == (REGION, "fraction-video")
    assert resource.extract == Extract(12.5, 90.0)
    assert file.kind is ItemKind.FILE
    assert elsewhere.path_of(SHA256).read_bytes() == CONTENT
    assert board.kind is ItemKind.BOARD


def test_a_file_that_is_gone_leaves_no_package(
    exported: Path, own: OwnFiles, store: LessonStore, tmp_path: Path
) -> None:
    (made,) = store.lists()
    out = tmp_path / "out" / "a.kezhan"
    out.parent.mkdir()
    with pytest.raises(MissingFileError):
        write_package(out, "a", store.items(made.list_id), lambda _file: None, nothing, never)
    assert list(out.parent.iterdir()) == []


def test_a_cancelled_import_leaves_nothing(exported: Path, elsewhere: OwnFiles) -> None:
    with pytest.raises(CancelledError):
        read_package(exported, elsewhere, nothing, lambda: True)
    kept = DataPaths(exported.parent / "elsewhere").own_dir
    assert [path for path in kept.rglob("*") if path.is_file()] == []


def rewritten(exported: Path, change: Callable[[dict[str, object]], None], **more: bytes) -> Path:
    """The package with another manifest, and perhaps other members."""
    bad = exported.with_name("bad.kezhan")
    with zipfile.ZipFile(exported) as source, zipfile.ZipFile(bad, "w") as target:
        document = json.loads(source.read("manifest.json"))
        change(document)
        target.writestr("manifest.json", json.dumps(document))
        for name in source.namelist()[1:]:
            target.writestr(name, source.read(name))
        for name, content in more.items():
            target.writestr(name, content)
    return bad


def unchanged(_document: dict[str, object]) -> None:
    """Leave the manifest as it is."""


def test_a_newer_major_is_refused(exported: Path, elsewhere: OwnFiles) -> None:
    with pytest.raises(UnknownMajorError):
        read(rewritten(exported, lambda document: document.update(major=2)), elsewhere)


def test_unknown_fields_and_members_are_let_be(exported: Path, elsewhere: OwnFiles) -> None:
    bad = rewritten(exported, lambda document: document.update(mood="good"), **{"notes.txt": b"x"})
    assert len(read(bad, elsewhere).items) == 3


@pytest.mark.parametrize(
    "name", ["../../evil.txt", "/etc/passwd", "..\\evil.txt", "C:evil.txt", "files/../../x"]
)
def test_names_that_climb_are_refused(exported: Path, elsewhere: OwnFiles, name: str) -> None:
    bad = rewritten(exported, unchanged, **{name: b"evil"})
    with pytest.raises(ListPackageInvalidError) as caught:
        read(bad, elsewhere)
    assert caught.value.data["reason"] == "hostile"
    assert not (exported.parent / "evil.txt").exists()


def test_a_bomb_is_refused_before_it_is_unpacked(exported: Path, elsewhere: OwnFiles) -> None:
    bad = exported.with_name("bomb.kezhan")
    zeros = bytes(64 << 20)
    with zipfile.ZipFile(bad, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", json.dumps({"format": "kezhan-list", "major": 1}))
        archive.writestr(f"files/{hashlib.sha256(zeros).hexdigest()}", zeros)
    with pytest.raises(ListPackageInvalidError) as caught:
        read(bad, elsewhere)
    assert caught.value.data["reason"] == "hostile"


def test_other_bytes_than_promised_are_refused(exported: Path, elsewhere: OwnFiles) -> None:
    bad = exported.with_name("bad.kezhan")
    with zipfile.ZipFile(exported) as source, zipfile.ZipFile(bad, "w") as target:
        target.writestr("manifest.json", source.read("manifest.json"))
        target.writestr(f"files/{SHA256}", b"x" * len(CONTENT))
    with pytest.raises(ListPackageInvalidError) as caught:
        read(bad, elsewhere)
    assert caught.value.data["reason"] == "file_damaged"
    assert not elsewhere.path_of(SHA256).exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.update(items=[{"kind": "virus"}]),
        lambda document: document.update(items=[{"kind": "file", "sha256": "b" * 64}]),
        lambda document: document.update(files=[{"sha256": "../x", "size_bytes": 1, "name": "a"}]),
        lambda document: document.update(items="all"),
        lambda document: document.update(
            items=[{"kind": "resource", "region_id": REGION, "entry_id": "a/../b"}]
        ),
        lambda document: document.update(name="a" * 5000),
        lambda document: document.update(format="something"),
    ],
)
def test_a_manifest_that_lies_is_refused(
    exported: Path, elsewhere: OwnFiles, change: Callable[[dict[str, object]], None]
) -> None:
    from app.base.errors import DamagedDocumentError

    with pytest.raises((ListPackageInvalidError, DamagedDocumentError)):
        read(rewritten(exported, change), elsewhere)


@pytest.mark.parametrize("kept", [0.0, 0.02, 0.5, 0.999])
def test_a_file_cut_short_is_refused(exported: Path, elsewhere: OwnFiles, kept: float) -> None:
    raw = exported.read_bytes()
    exported.write_bytes(raw[: int(len(raw) * kept)])
    with pytest.raises(ListPackageInvalidError):
        read(exported, elsewhere)


def test_a_flipped_byte_is_noticed(exported: Path, elsewhere: OwnFiles) -> None:
    raw = bytearray(exported.read_bytes())
    at = raw.index(CONTENT[:40]) + 30
    raw[at] ^= 1
    exported.write_bytes(raw)
    with pytest.raises(ListPackageInvalidError):
        read(exported, elsewhere)
    assert not elsewhere.path_of(SHA256).exists()


def test_a_missing_file_is_said(elsewhere: OwnFiles, tmp_path: Path) -> None:
    with pytest.raises(MissingFileError):
        read(tmp_path / "none.kezhan", elsewhere)


def test_adopting_copies_and_lets_go(own: OwnFiles, tmp_path: Path) -> None:
    source = tmp_path / "课.mp4"
    source.write_bytes(CONTENT)
    seen: list[int] = []
    file = own.adopt(source, seen.append, never)
    source.unlink()
    assert own.path_of(file.sha256).read_bytes() == CONTENT
    assert (file.name, file.media_type, sum(seen)) == ("课.mp4", "video/mp4", len(CONTENT))
    with pytest.raises(MissingFileError):
        own.adopt(source, nothing, never)
    own.forget(file.sha256)
    assert not own.path_of(file.sha256).exists()
