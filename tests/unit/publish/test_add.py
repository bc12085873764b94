# SPDX-License-Identifier: GPL-3.0-or-later
import hashlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.base import files
from app.base.errors import DiskFullError, MissingFileError
from app.publish import commands
from app.publish.errors import (
    LineInvalidError,
    RegionEntryUnknownError,
    RegionHomeExistsError,
    RegionHomeMissingError,
    SettingInvalidError,
)
from app.publish.home import RegionHome
from app.publish.store import PublishStore
from app.region.entry import Entry
from app.region.layout import blob_path, piece_list_path
from app.region.pieces import parse_piece_list
from tests.unit.region.samples import ISSUED, Region, at, lesson, write_entries

LAST_YEAR_S = 1_750_000_000


def stored(region: Region) -> dict[str, Entry]:
    store = PublishStore(RegionHome(region.root).entries_db)
    try:
        keys = store.changed_shards()
        return {entry.id: entry for key in keys for entry in store.entries(key.shard_id)}
    finally:
        store.close()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_files_are_copied_by_content_and_described(region: Region) -> None:
    video, text = b"v" * 5_000_000, "读我".encode()
    raw = lesson(
        "a",
        files=[{"path": "片.mp4", "duration_s": 3}, {"path": "读我", "role": "notes"}],
        cover={"path": "封面.png"},
        competence="数感",
    )
    region.add(raw, files={"片.mp4": video, "读我": text, "封面.png": b"png"})
    entry = stored(region)["a"]
    first, second = entry.files
    assert (first.name, first.media_type, first.size_bytes) == ("片.mp4", "video/mp4", len(video))
    assert (first.role, first.duration_s, second.role) == ("main", 3, "notes")
    assert second.media_type == "application/octet-stream"
    assert entry.cover is not None
    assert (entry.cover.role, entry.cover.media_type) == ("cover", "image/png")
    assert entry.extra == {"competence": "数感"}
    for file, content in ((first, video), (second, text), (entry.cover, b"png")):
        assert file.sha256 == sha256(content)
        assert region.public.joinpath(blob_path(file.sha256)).read_bytes() == content
    assert first.pieces_sha256 is not None
    assert second.pieces_sha256 is None
    raw_list = region.public.joinpath(piece_list_path(first.pieces_sha256)).read_bytes()
    assert sha256(raw_list) == first.pieces_sha256
    assert parse_piece_list(raw_list).sha256 == first.sha256
    assert not list(region.public.rglob("*.part"))


def test_files_named_by_hash_alone_need_no_bytes(region: Region) -> None:
    region.add(lesson("a", files=[{"name": "a.mp4", "sha256": "a" * 64, "size_bytes": 10**12}]))
    assert stored(region)["a"].files[0].size_bytes == 10**12
    assert not (region.public / "blobs").exists()


def test_the_files_folder_can_be_given(region: Region, tmp_path: Path) -> None:
    (tmp_path / "files" / "sub").mkdir(parents=True)
    (tmp_path / "files" / "sub" / "a.txt").write_text("x")
    table = write_entries(tmp_path / "t.ndjson", [lesson("a", files=[{"path": "sub/a.txt"}])])
    commands.add(region.root, table, tmp_path / "files")
    assert stored(region)["a"].files[0].name == "a.txt"


def test_unchanged_files_are_read_once(region: Region) -> None:
    raw = lesson("a", files=[{"path": "a.txt"}])
    region.add(raw, files={"a.txt": b"one"})
    table = region.root.with_name("region-input") / "entries.ndjson"
    os.utime(table.with_name("a.txt"), (LAST_YEAR_S, LAST_YEAR_S))
    assert commands.add(region.root, table, None).file_bytes == 3  # its time has changed
    report = commands.add(region.root, table, None)
    assert (report.entries, report.changed, report.file_bytes) == (1, 0, 0)
    region.add(raw, files={"a.txt": b"another"})
    assert stored(region)["a"].files[0].sha256 == sha256(b"another")


def test_a_change_within_the_two_seconds_of_a_fat_time_is_seen(region: Region) -> None:
    raw = lesson("a", files=[{"path": "a.txt"}])
    file = region.root.with_name("region-input") / "a.txt"
    even_s = int(time.time()) // 2 * 2
    for content in (b"one", b"two"):
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
        os.utime(file, (even_s, even_s))  # as FAT gives it back, both times the same
        region.add(raw)
        assert stored(region)["a"].files[0].sha256 == sha256(content)


FILE = {"name": "a.mp4", "sha256": "a" * 64, "size_bytes": 1}
BAD: list[tuple[object, str, str]] = [
    (lesson("b", title=""), "title", "missing"),
    (lesson("../b"), "id", "not_an_id"),
    (lesson("b", title="x" * 10_000_000), "title", "too_long"),
    (lesson("b", title="a\u0007b"), "title", "control_characters"),
    (lesson("a"), "id", "twice"),
    (lesson("b", files=[{"path": "none.mp4"}]), "files[0].path", "file_missing"),
    (lesson("b", files=[{"path": "../region.json"}]), "files[0].path", "file_missing"),
    (lesson("b", files=[{"path": "/etc/passwd"}]), "files[0].path", "file_missing"),
    (lesson("b", files=[{"path": 5}]), "files[0].path", "wrong_type"),
    (lesson("b", files=[FILE, {}]), "files[1].size_bytes", "missing"),
    (lesson("b", files=[{"path": "a.txt", "sha256": "b" * 64}]), "files[0].sha256", "not_the_file"),
    (
        lesson("b", files=[{"path": "a.txt", "size_bytes": 9}]),
        "files[0].size_bytes",
        "not_the_file",
    ),
    (lesson("b", cover={"path": "none.png"}), "cover.path", "file_missing"),
    (["not an entry"], "", "wrong_type"),
]


@pytest.mark.parametrize(("bad", "field", "reason"), BAD, ids=range(len(BAD)))
def test_one_bad_line_refuses_the_file_and_names_the_line(
    region: Region, bad: object, field: str, reason: str
) -> None:
    with pytest.raises(LineInvalidError) as caught:
        region.add(lesson("a"), lesson("c"), bad, files={"a.txt": b"x"})
    data = caught.value.data
    assert (data["line"], data["field"], data["reason"]) == (3, field, reason)
    assert stored(region) == {}


@pytest.mark.parametrize(
    "line", [b"{", b"\xff\xfe", b"[" * 100_000, b'{"id": "a", "id"'], ids=range(4)
)
def test_a_line_that_is_no_json_is_named(region: Region, tmp_path: Path, line: bytes) -> None:
    table = tmp_path / "t.ndjson"
    table.write_bytes(json.dumps(lesson("a")).encode() + b"\n\n" + line + b"\n")
    with pytest.raises(LineInvalidError) as caught:
        commands.add(region.root, table, None)
    assert (caught.value.data["line"], caught.value.data["reason"]) == (3, "not_json")
    assert stored(region) == {}


def test_a_byte_order_mark_and_blank_lines_are_no_mistake(region: Region, tmp_path: Path) -> None:
    table = tmp_path / "t.ndjson"
    table.write_bytes(b"\xef\xbb\xbf" + json.dumps(lesson("a")).encode() + b"\r\n\r\n")
    assert commands.add(region.root, table, None).entries == 1


def test_entries_of_the_same_id_are_replaced(region: Region) -> None:
    region.add(lesson("a", title="旧"))
    region.add(lesson("a", title="新"))
    assert stored(region)["a"].title == "新"


def test_a_full_disk_is_said_before_copying(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage:
        free = 1000

    monkeypatch.setattr("app.publish.blobs.shutil.disk_usage", lambda _: Usage)
    with pytest.raises(DiskFullError):
        region.add(lesson("a", files=[{"path": "a.txt"}]), files={"a.txt": b"x"})
    assert stored(region) == {}
    assert not list(region.public.rglob("*.part"))


def test_a_copy_that_fails_leaves_nothing_half_made(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(temporary: Path, final: Path) -> None:
        raise DiskFullError(path=str(final))

    monkeypatch.setattr(files, "publish_file", refuse)
    with pytest.raises(DiskFullError):
        region.add(lesson("a", files=[{"path": "a.txt"}]), files={"a.txt": b"x"})
    assert stored(region) == {}
    assert not list(region.public.rglob("*.part"))


def test_removing_an_unknown_entry_removes_nothing(region: Region) -> None:
    region.publish(2, lesson("a"), lesson("b"))
    with pytest.raises(RegionEntryUnknownError) as caught:
        commands.remove(region.root, ["a", "zz"])
    assert caught.value.data["entry_id"] == "zz"
    assert commands.build(region.root, at(3)).deletions == 0


CALLS: list[Callable[[Path], Any]] = [
    lambda root: commands.build(root, ISSUED),
    lambda root: commands.add(root, root, None),
    lambda root: commands.remove(root, ["a"]),
    lambda root: commands.check(root, ISSUED),
    lambda root: commands.rotate(root, "root", ISSUED),
]


@pytest.mark.parametrize("call", CALLS, ids=range(len(CALLS)))
def test_a_folder_without_a_region_is_left_alone(
    tmp_path: Path, call: Callable[[Path], Any]
) -> None:
    with pytest.raises(RegionHomeMissingError):
        call(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_table_is_said(region: Region, tmp_path: Path) -> None:
    with pytest.raises(MissingFileError):
        commands.add(region.root, tmp_path / "none.ndjson", None)


def test_init_never_overwrites(region: Region) -> None:
    before = {path: path.read_bytes() for path in region.root.rglob("*") if path.is_file()}
    with pytest.raises(RegionHomeExistsError):
        commands.init(region.root, name="另一个", issued=ISSUED)
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "a\nb"},
        {"mirrors": ["htp://x"]},
        {"uploads_url": "javascript:alert(1)"},
        {"statements_url": "not an address"},
        {"region_id": "1"},
    ],
    ids=range(6),
)
def test_init_with_a_wrong_setting_makes_nothing(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingInvalidError):
        commands.init(tmp_path / "r", issued=ISSUED, **({"name": "区"} | wrong))
    assert not (tmp_path / "r").exists()
