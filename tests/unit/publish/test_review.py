# SPDX-License-Identifier: GPL-3.0-or-later
"""Uploads pass the county's levels, become entries, or go back with a reason."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.publish import commands, inbound
from app.publish.__main__ import main
from app.publish.commands import opened_store
from app.publish.errors import (
    BuildPendingError,
    LevelInvalidError,
    ReasonMissingError,
    RunnableUploadError,
    UploadUnknownError,
)
from app.publish.home import RegionHome
from app.publish.keys import KeyFolder
from app.publish.metadata import MetadataWriter
from app.publish.receiving.store import State
from app.region.entry import Entry
from app.region.errors import EntryInvalidError
from app.region.layout import RECEIPTS_TARGET, blob_path
from tests.unit.publish.sent import described, statement, tus
from tests.unit.publish.test_build import entries_of
from tests.unit.region.samples import Region, at

CONTENT = b"%PDF-1.7 " + bytes(range(256)) * 20_000  # large enough for a piece list


@pytest.fixture
def waiting(region: Region, tmp_path: Path) -> Region:
    """A region with one upload, number 1, that has arrived over a line."""
    upload(region, tmp_path, "u-1", "分数.pdf", CONTENT)
    return region


def upload(region: Region, tmp_path: Path, upload_id: str, name: str, content: bytes) -> None:
    metadata = {
        "filename": name,
        "id": upload_id,
        "sha256": described(content).sha256,
        "school": "S1",
        "title": "分数的初步认识",
        "subject": "数学",
        "stage": "小学",
        "resource_type": "教案",
        "author": "王老师",
        "kind_of": "x",
    }
    tus(tmp_path / "tus", upload_id, content, metadata, is_tusd=False)
    inbound.receive(region.root, tmp_path / "tus", at(5))


def receipts(region: Region, day: int) -> list[dict[str, Any]]:
    commands.build(region.root, at(day))
    home = RegionHome(region.root)
    raw = MetadataWriter(home.tree, KeyFolder(home.keys_dir)).target_bytes(RECEIPTS_TARGET)
    return [json.loads(line) for line in (raw or b"").splitlines()[1:]]


def entry(region: Region, day: int) -> Entry:
    commands.build(region.root, at(day))
    return entries_of(region)["upload-u-1"]


def test_an_upload_passes_level_by_level_and_becomes_an_entry(
    waiting: Region, tmp_path: Path
) -> None:
    schools = tmp_path / "schools.csv"
    schools.write_text("学校代码,校名\nS1,城关一小\n", encoding="utf-8")
    commands.enrol(waiting.root, schools)
    first = inbound.accept(waiting.root, 1, at(6))
    assert (first.level, first.state) == ("教导主任", State.WAITING)
    assert receipts(waiting, 6)[0]["state"] == "received"
    (row,) = inbound.waiting(waiting.root)
    assert row.level == "县教研室"
    last = inbound.accept(waiting.root, 1, at(7))
    assert (last.level, last.state, last.entry_id) == ("县教研室", State.ACCEPTED, "upload-u-1")
    made = entry(waiting, 7)
    assert (made.title, made.subject, made.resource_type) == ("分数的初步认识", "数学", "教案")
    assert (made.provider, made.extra["author"]) == ("城关一小", "王老师")
    assert made.extra["origin"] == {"kind": "upload", "school": "S1", "upload_id": "u-1"}
    (file,) = made.files
    assert (file.name, file.media_type) == ("分数.pdf", "application/pdf")
    assert file.pieces_sha256
    assert (waiting.public / blob_path(file.sha256)).read_bytes() == CONTENT
    assert receipts(waiting, 7)[0]["state"] == "accepted"
    assert inbound.waiting(waiting.root) == []
    assert not list(RegionHome(waiting.root).review_dir.iterdir())


def test_a_higher_level_may_decide_at_once_and_correct_what_was_said(waiting: Region) -> None:
    done = inbound.accept(
        waiting.root, 1, at(6), "县教研室", {"subject": "语文", "author": "", "title": "新题目"}
    )
    assert done.state is State.ACCEPTED
    made = entry(waiting, 6)
    assert (made.subject, made.title) == ("语文", "新题目")
    assert "author" not in made.extra


def test_a_returned_upload_tells_its_teacher_why(waiting: Region) -> None:
    inbound.accept(waiting.root, 1, at(6))
    done = inbound.send_back(waiting.root, 1, " 请补充\n练习题\u202e ", at(6))
    assert (done.level, done.state) == ("县教研室", State.RETURNED)
    (receipt,) = receipts(waiting, 6)
    assert (receipt["state"], receipt["reason"]) == ("rejected", "请补充\n练习题")
    assert inbound.waiting(waiting.root) == []


def test_receipts_keep_their_date_until_they_change(waiting: Region) -> None:
    home = RegionHome(waiting.root)
    metadata = MetadataWriter(home.tree, KeyFolder(home.keys_dir))
    commands.build(waiting.root, at(6))
    first = metadata.target_bytes(RECEIPTS_TARGET)
    commands.build(waiting.root, at(7))
    assert metadata.target_bytes(RECEIPTS_TARGET) == first
    inbound.accept(waiting.root, 1, at(8), "县教研室")
    commands.build(waiting.root, at(8))
    assert metadata.target_bytes(RECEIPTS_TARGET) != first


@pytest.mark.parametrize("level", ["教师", "校长"])
def test_only_levels_that_lie_ahead_can_decide(waiting: Region, level: str) -> None:
    with pytest.raises(LevelInvalidError):
        inbound.accept(waiting.root, 1, at(6), level)
    with pytest.raises(LevelInvalidError):
        inbound.send_back(waiting.root, 1, "原因", at(6), level)


def test_the_countys_own_levels_count(waiting: Region) -> None:
    path = RegionHome(waiting.root).settings_file
    settings = json.loads(path.read_bytes())
    path.write_text(json.dumps(settings | {"review_levels": ["教师", "电教馆"]}))
    assert inbound.accept(waiting.root, 1, at(6)).state is State.ACCEPTED


def test_what_cannot_be_decided_is_said(waiting: Region, tmp_path: Path) -> None:
    with pytest.raises(UploadUnknownError):
        inbound.accept(waiting.root, 7, at(6))
    with pytest.raises(ReasonMissingError):
        inbound.send_back(waiting.root, 1, " \u202e ", at(6))
    upload(waiting, tmp_path, "u-2", "课件.pptx.exe", b"MZ")
    with pytest.raises(RunnableUploadError):
        inbound.accept(waiting.root, 2, at(6), "县教研室")
    with pytest.raises(EntryInvalidError):
        inbound.accept(waiting.root, 1, at(6), "县教研室", {"stage": "x" * 500})
    assert len(inbound.waiting(waiting.root)) == 2
    inbound.send_back(waiting.root, 1, "原因", at(6))
    with pytest.raises(UploadUnknownError):
        inbound.accept(waiting.root, 1, at(6))


def test_accepting_waits_for_a_cut_build(waiting: Region) -> None:
    with opened_store(RegionHome(waiting.root)) as store:
        store.begin("2026-11-06T00:00:00Z", 1)
    with pytest.raises(BuildPendingError):
        inbound.accept(waiting.root, 1, at(6), "县教研室")
    assert len(inbound.waiting(waiting.root)) == 1


def test_the_command_line(waiting: Region, capsys: pytest.CaptureFixture[str]) -> None:
    region = str(waiting.root)
    assert main(["review", region, "list"]) == 0
    said = capsys.readouterr().out
    assert "分数的初步认识" in said
    assert "待教导主任审核" in said
    assert main(["review", region, "return", "1"]) == 1
    assert "必须写明原因" in capsys.readouterr().err
    assert main(["review", region, "accept", "1", "--as", "县教研室", "--set", "grade=三年级"]) == 0
    assert "已入库" in capsys.readouterr().out
    assert main(["review", region, "accept", "1", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["code"] == "review_unknown"
    assert entry(waiting, 8).grade == "三年级"


def test_receive_on_the_command_line(
    region: Region, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "a.ndjson").write_bytes(statement(1)[1] + b"\nno json\n")
    assert main(["receive", str(region.root), str(folder)]) == 0
    said = capsys.readouterr()
    assert "使用记录 1 条" in said.out
    assert "不合格" in said.err
    assert main(["receive", str(region.root), str(folder), "--json"]) == 0
    *_, done = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (done["statements"], done["statements_known"], done["problems"]) == (0, 1, 1)
