# SPDX-License-Identifier: GPL-3.0-or-later
"""One lesson all the way: published, signed, synced, found, downloaded, taught, told, uploaded.

Everything is a real process: the publishing tool, the agent, nginx, the tus server and the
learning record store.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from app.base.clock import SystemClock
from app.base.db import open_writer
from app.base.identity import device
from app.base.paths import DataPaths
from app.region.layout import blob_path
from app.usage.events import UsedResource
from app.usage.recorder import Recorder
from app.usage.store import MIGRATIONS, UsageStore
from tests.journey.conftest import Classroom, County

VIDEO_BYTES = 9_000_000  # large enough to come in pieces


def entry(entry_id: str, title: str, **fields: Any) -> dict[str, Any]:
    """An entry of the catalogue with the fields a county fills in."""
    return {
        "id": entry_id,
        "title": title,
        "stage": "小学",
        "subject": "数学",
        "edition": "人教版",
        "grade": "三年级",
        "volume": "上册",
        "unit": "第八单元 分数的初步认识",
        "lesson": "几分之一",
        "resource_type": "微课",
        "files": [],
        **fields,
    }


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """What the county's staff have on their office machine."""
    folder = tmp_path / "办公室"
    folder.mkdir()
    (folder / "分数.mp4").write_bytes(os.urandom(VIDEO_BYTES))
    (folder / "教案.md").write_text("# 几分之一\n", encoding="utf-8")
    return folder


@pytest.fixture
def published(county: County, files: Path) -> County:
    """The county has published three resources."""
    county.add(
        [
            entry(
                "math-3-1-video",
                "分数的初步认识",
                popularity=90,
                files=[{"role": "main", "path": "分数.mp4", "media_type": "video/mp4"}],
            ),
            entry(
                "math-3-1-plan",
                "《几分之一》教案",
                resource_type="教案",
                files=[{"role": "main", "path": "教案.md", "media_type": "text/markdown"}],
            ),
            entry("math-3-book", "义务教育教科书 数学 三年级上册", resource_type="电子教材"),
            *(
                entry(f"material-{number}", f"口算卡片 第{number}组", resource_type="素材")
                for number in range(1, 201)
            ),
        ],
        files,
    )
    return county


@pytest.fixture
def enrolled(published: County, classroom: Classroom) -> Classroom:
    """The school's machine has joined and synced once."""
    classroom.done("enrol", published.school_enrolment(), "--json")
    classroom.done("sync", "--once", "--json")
    return classroom


def teach(paths: DataPaths, resource: UsedResource) -> None:
    """What the window records while a video is shown and closed before its end."""
    database = open_writer(paths.desk_db, [MIGRATIONS])
    store = UsageStore(database)
    device_id = device(paths).device_id
    recorder = Recorder(device_id, SystemClock(), store.last_seq(device_id))
    viewing = recorder.open(resource, sha256="ab" * 32, media="video")
    recorder.record(viewing, "initialized", {"length_s": 12.0})
    recorder.record(viewing, "played", {"time_s": 0.0})
    seen: dict[str, float | str] = {
        "time_s": 10.0,
        "progress": 0.83,
        "length_s": 12.0,
        "played_segments": "0[.]10",
    }
    recorder.record(viewing, "paused", seen)
    recorder.record(viewing, "terminated", seen)
    recorder.flush(store)
    database.conn.close()


def search(classroom: Classroom, *words: str) -> list[str]:
    lines = classroom.done("search", *words, "--json").lines
    return [line["id"] for line in lines if "id" in line]


def test_publish_check_walks_the_tree_as_a_client_would(published: County) -> None:
    published.publish("check", published.folder)


def test_sync_brings_the_catalogue_and_says_so(published: County, classroom: Classroom) -> None:
    classroom.done("enrol", published.school_enrolment(), "--json")
    outcome = classroom.done("sync", "--once", "--json")
    assert outcome.last["event"] == "done"
    assert outcome.last["problems"] == []
    assert search(classroom, "分数")


def test_lessons_are_found_by_characters_pinyin_and_initials(enrolled: Classroom) -> None:
    for words in ("分数", "初步", "fsdcbrs", "fenshu"):
        assert "math-3-1-video" in search(enrolled, words), words
    outcome = enrolled.done("search", "几分之一", "--json", "--facets")
    assert outcome.last["total"] >= 2
    assert outcome.last["facets"]["type"]["教案"] == 1
    assert enrolled.done("search", "没有这样的课", "--json").last["total"] == 0


def test_downloaded_bytes_are_the_published_ones(
    enrolled: Classroom, files: Path, published: County
) -> None:
    assert search(enrolled, "--offline") == []
    enrolled.done("get", "math-3-1-video", "--json")
    content = (files / "分数.mp4").read_bytes()
    blob = enrolled.data_dir / blob_path(hashlib.sha256(content).hexdigest())
    assert blob.read_bytes() == content
    assert search(enrolled, "--offline") == ["math-3-1-video"]
    before = len(published.web.requests())
    enrolled.done("get", "math-3-1-video", "--json")
    again = [request for request in published.web.requests()[before:] if "blobs" in request.path]
    assert again == []


def test_an_unknown_id_is_a_known_problem(enrolled: Classroom) -> None:
    outcome = enrolled.kezhan("get", "no-such-resource", "--json")
    assert outcome.code == 1
    assert outcome.last["error"] == "entry_unknown"
    assert outcome.stderr.strip()


def test_second_build_brings_only_what_changed(
    enrolled: Classroom, published: County, files: Path
) -> None:
    before = len(published.web.requests())
    published.add([entry("math-3-2-video", "比较分数的大小")], files, issued="2026-11-27T08:00:00Z")
    outcome = enrolled.done("sync", "--once", "--json")
    assert outcome.last["brought"]["entries"] == 1
    assert search(enrolled, "比较") == ["math-3-2-video"]
    assert search(enrolled, "fsdcbrs") == ["math-3-1-video"]
    asked = [request.path for request in published.web.requests()[before:]]
    assert not [path for path in asked if path.endswith(".snapshot")]
    nothing_new = enrolled.done("sync", "--once", "--json")
    assert nothing_new.last["brought"]["entries"] == 0


def test_usage_reaches_the_record_store_exactly_once(
    enrolled: Classroom, published: County
) -> None:
    paths = DataPaths(enrolled.data_dir)
    found = enrolled.done("search", "初步", "--json").lines[0]
    used = UsedResource(region_id=found["region_id"], entry_id=found["id"], title=found["title"])
    teach(paths, used)

    first = enrolled.done("sync", "--once", "--json")
    second = enrolled.done("sync", "--once", "--json")
    stored = published.lrs.statements()
    assert first.last["sent"]["statements"] == len(stored) > 0
    assert second.last["sent"]["statements"] == 0
    assert len({statement["id"] for statement in stored}) == len(stored)
    assert any(statement["verb"]["id"].endswith("/paused") for statement in stored)


def test_a_teachers_file_arrives_whole(
    enrolled: Classroom, published: County, tmp_path: Path
) -> None:
    own = tmp_path / "我的课件.pptx"
    own.write_bytes(os.urandom(3_000_000))
    enrolled.done(
        "upload",
        own,
        "--title",
        "几分之一 公开课",
        "--subject",
        "数学",
        "--grade",
        "三年级",
        "--json",
    )
    enrolled.done("sync", "--once", "--json")
    uploads = published.tus.uploads()
    assert [upload.stored_bytes for upload in uploads] == [3_000_000]
    digest = hashlib.sha256(uploads[0].path.read_bytes()).hexdigest()
    assert digest == hashlib.sha256(own.read_bytes()).hexdigest()
    assert uploads[0].metadata["sha256"] == digest
    status = enrolled.done("status", "--json").last
    assert status["uploads"]["delivered"] == 1


def test_status_tells_what_is_here_and_what_waits(enrolled: Classroom, published: County) -> None:
    published.web.stop()
    outcome = enrolled.kezhan("sync", "--once", "--json")
    assert outcome.code == 1
    assert outcome.last["event"] == "done"
    assert "offline" in outcome.last["problems"]
    status = enrolled.done("status", "--json").last
    assert status["regions"][0]["name"] == "石门县资源库"
    assert "offline" in [problem["code"] for problem in status["problems"]]
    assert search(enrolled, "分数")
