# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder that something else fills (satellite): imported by itself, once for each change."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from app.base.db import open_writer
from app.base.paths import DataPaths
from app.base.settings import Settings
from app.sync.inbox import Inbox
from app.sync.store import MIGRATIONS, SyncStore
from app.sync.watched import AGAIN_AFTER_S, LOOK_EVERY_S, WatchedFolder, signature
from tests.sync.machine import Machine
from tests.sync.region_home import LARGE, RegionHome

Enrolled = Callable[..., Machine]
NOWHERE = "http://127.0.0.1:9/"


class Watching:
    """A folder, a clock, and an inbox that is looked into."""

    def __init__(self, root: Path) -> None:
        self.paths = DataPaths(root / "data")
        self.paths.ensure()
        self.folder = root / "卫星 接收"
        (self.folder / "blobs").mkdir(parents=True)
        self.store = SyncStore(open_writer(self.paths.state_db, [MIGRATIONS]))
        self.s = 0.0
        self.watched = self.fresh()

    def fresh(self) -> WatchedFolder:
        """As after a restart of the agent."""
        return WatchedFolder(Inbox(self.paths), self.store, lambda: self.s)

    def look(self, times: int = 1) -> int:
        """Look so many times; how many imports were asked for."""
        count = 0
        for _ in range(times):
            count += self.watched.look(str(self.folder))
            self.s += LOOK_EVERY_S
        return count

    def put(self, name: str, content: bytes) -> None:
        (self.folder / "blobs" / name).write_bytes(content)


@pytest.fixture
def watching(tmp_path: Path) -> Watching:
    return Watching(tmp_path)


def test_it_is_imported_once_when_it_has_settled(watching: Watching) -> None:
    watching.put("a", b"1")
    assert watching.look() == 0
    watching.put("b", b"22")
    assert watching.look() == 0, "it is still being filled"
    assert watching.look(times=5) == 1
    watching.watched = watching.fresh()
    assert watching.look(times=5) == 0, "a restart forgets nothing"
    watching.put("b", b"333")
    assert watching.look(times=5) == 1


def test_it_is_not_looked_at_all_the_time(watching: Watching) -> None:
    watching.look(times=3)
    watching.put("a", b"1")
    assert not any(watching.watched.look(str(watching.folder)) for _ in range(50))


def test_an_import_that_failed_is_tried_again_later(watching: Watching) -> None:
    watching.put("a", b"1")
    assert watching.look(times=3) == 1
    request_id = watching.store.meta("watched_folder")["request_id"]
    watching.store.database.execute(
        "INSERT INTO request VALUES(?, 'stick_import', '{}', 'failed', 'disk_full', '{}', '{}',"
        " '', '')",
        [request_id],
    )
    watching.store.database.conn.commit()
    assert watching.look(times=5) == 0
    watching.s += AGAIN_AFTER_S
    assert watching.look(times=2) == 1


def test_a_folder_that_is_not_there_is_nothing(watching: Watching) -> None:
    shutil.rmtree(watching.folder)
    assert watching.look(times=5) == 0
    assert not watching.watched.look("")


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link").symlink_to(outside)
    before = signature(folder)
    (outside / "new").write_bytes(b"x")
    assert signature(folder) == before


def test_what_arrives_in_the_folder_is_brought_without_a_click(
    enrolled: Enrolled, region: RegionHome, tmp_path: Path
) -> None:
    machine = enrolled(region, NOWHERE)
    folder = tmp_path / "卫星 接收"
    shutil.copytree(region.public, folder)

    machine.run(settings=Settings(watched_folder=str(folder)))

    assert machine.blob(LARGE.sha256) == LARGE.content
    assert machine.is_offline("video-1")
