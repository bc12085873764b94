# SPDX-License-Identifier: GPL-3.0-or-later
"""A starter lesson on a real screen with each backend, and what of it reaches the record store."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QImage

from tests.journey.conftest import Classroom, County
from tests.journey.packed import packed_folder, teach_packed
from tests.servers.screen import virtual_screen

PLAYED_S = 10.0
VIDEO = "starter-fraction-video"


@pytest.fixture
def lesson(county: County, repository: Path, tmp_path: Path) -> dict[str, Any]:
    """The county publishes the starter video as its own entry."""
    shelf = repository / "resources_cache"
    blobs = {path.stat().st_size: path for path in (shelf / "blobs").glob("??/*")}
    video = max(blobs.items())[1]
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "水的三态变化.mp4").write_bytes(video.read_bytes())
    entry = {
        "id": "county-video",
        "title": "水的三态变化",
        "stage": "小学",
        "subject": "科学",
        "edition": "教科版",
        "resource_type": "微课",
        "files": [{"role": "main", "path": "水的三态变化.mp4", "media_type": "video/mp4"}],
    }
    county.add([entry], folder)
    return entry


def teach(classroom: Classroom, entry_id: str, picture: Path, **environment: str) -> dict[str, Any]:
    """Play ten seconds of a video in the real window."""
    if (folder := packed_folder()) is not None:
        words = (entry_id, str(PLAYED_S), str(picture))
        with virtual_screen() as screen:
            return teach_packed(folder, classroom.data_dir, words, {**screen, **environment})
    command = [sys.executable, "-X", "utf8", "-m", "tests.journey.teach"]
    arguments = [str(classroom.data_dir), entry_id, str(PLAYED_S), str(picture)]
    with virtual_screen() as screen:
        run = subprocess.run(
            [*command, *arguments],
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, **screen, **environment},
            timeout=110,
            check=False,
        )
    assert run.returncode == 0, run.stdout + run.stderr
    answer: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return answer


def colours(picture: Path) -> int:
    """How many colours a picture has: an empty page has a handful, a film thousands."""
    image = QImage(str(picture))
    assert not image.isNull()
    columns, rows = range(0, image.width(), 4), range(0, image.height(), 4)
    return len({image.pixel(x, y) for x in columns for y in rows})


@pytest.mark.parametrize(
    ("backend", "environment"),
    [("vlc", {}), ("qt", {"PYTHON_VLC_LIB_PATH": "/nonexistent/libvlc.so"})],
    ids=["vlc", "qt"],
)
def test_ten_seconds_of_video_are_shown_and_told(
    county: County,
    classroom: Classroom,
    lesson: dict[str, Any],
    tmp_path: Path,
    backend: str,
    environment: dict[str, str],
) -> None:
    classroom.done("enrol", county.school_enrolment(), "--json")
    classroom.done("sync", "--once", "--json")
    classroom.done("get", lesson["id"], "--json")

    picture = tmp_path / f"{backend}.png"
    answer = teach(classroom, lesson["id"], picture, **environment)
    assert answer["backend"] == backend
    assert answer["position_s"] >= PLAYED_S
    assert colours(picture) > 100

    classroom.done("sync", "--once", "--json")
    stored = county.lrs.statements()
    verbs = [statement["verb"]["id"].rpartition("/")[2] for statement in stored]
    assert {"initialized", "played", "terminated"} <= set(verbs)
    assert len({statement["id"] for statement in stored}) == len(stored)
    ended = stored[verbs.index("terminated")]
    extensions = ended["result"]["extensions"]
    assert extensions["https://w3id.org/xapi/video/extensions/time"] >= PLAYED_S - 1
