# SPDX-License-Identifier: GPL-3.0-or-later
"""What a region takes back while it is half here goes, and whoever waits for it hears so."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from app.base.db import open_reader
from app.base.paths import DataPaths
from app.publish import commands
from app.region.layout import blob_path
from app.sync import update_packages
from tests.servers.fixtures import StartNginx
from tests.sync.machine import Machine
from tests.sync.region_home import LARGE, LATER, KnownFile, RegionHome, entry
from tests.sync.test_update_packages import HERE, SETUP, offer

Enrolled = Callable[..., Machine]
NEWER = KnownFile(random.Random(7).randbytes(30_000))


def part_of(machine: Machine, sha256: str) -> Path:
    whole = machine.paths.root / blob_path(sha256)
    return whole.with_name(whole.name + ".part")


def rows_of_halves(paths: DataPaths) -> list[str]:
    database = open_reader(paths.state_db)
    try:
        return [row[0] for row in database.execute("SELECT sha256 FROM partial").fetchall()]
    finally:
        database.conn.close()


def spoil_end(region: RegionHome, path: str) -> None:
    """The mirror has the last bytes of a file wrong: what comes before them arrives."""
    with (region.public / path).open("r+b") as file:
        file.seek(-100, os.SEEK_END)
        file.write(bytes(100))


@pytest.fixture
def half(region: RegionHome, enrolled: Enrolled) -> tuple[Machine, str]:
    """A machine to which a video came half, and the wish of the teacher who waits for it."""
    machine = enrolled(region)
    machine.run()
    spoil_end(region, LARGE.path)
    wish = machine.get("video-1")
    machine.run_requests(wish)
    assert part_of(machine, LARGE.sha256).stat().st_size > 0
    return machine, wish


def state_of(machine: Machine, wish: str) -> tuple[str, str | None]:
    found = machine.request(wish)
    assert found is not None
    return found.state, found.code


@pytest.mark.allow_warnings("app.sync")
def test_an_entry_that_is_gone_takes_its_half_file_along(
    half: tuple[Machine, str], region: RegionHome
) -> None:
    machine, wish = half
    commands.remove(region.root, ["video-1"])
    commands.build(region.root, LATER)
    run = machine.run(only=frozenset({"catalogue"}))
    assert run.done["left"]["downloads"] == 0
    assert not part_of(machine, LARGE.sha256).exists()
    assert rows_of_halves(machine.paths) == []
    assert state_of(machine, wish) == ("failed", "entry_unknown")


@pytest.mark.allow_warnings("app.sync")
def test_an_entry_whose_file_is_another_now_is_brought_with_that(
    half: tuple[Machine, str], region: RegionHome, tmp_path: Path
) -> None:
    machine, wish = half
    files = tmp_path / "newer"
    files.mkdir()
    (files / "video.mp4").write_bytes(NEWER.content)
    newer = entry("video-1", "分数的初步认识", files=[{"role": "main", "path": "video.mp4"}])
    region.publish([newer], LATER, files)
    machine.run()
    assert machine.blob(NEWER.sha256) == NEWER.content
    assert not part_of(machine, LARGE.sha256).exists()
    assert state_of(machine, wish) == ("done", None)


@pytest.mark.allow_warnings("app.sync")
def test_what_is_still_announced_goes_on_where_it_stopped(
    half: tuple[Machine, str], region: RegionHome
) -> None:
    machine, wish = half
    before = part_of(machine, LARGE.sha256).stat()
    commands.remove(region.root, ["slides-1"])
    commands.build(region.root, LATER)
    machine.run(only=frozenset({"catalogue"}))
    assert part_of(machine, LARGE.sha256).stat().st_size == before.st_size
    assert state_of(machine, wish)[0] == "working"
    (region.public / LARGE.path).write_bytes(LARGE.content)
    machine.run()
    assert machine.blob(LARGE.sha256) == LARGE.content
    assert state_of(machine, wish) == ("done", None)


@pytest.mark.allow_warnings("app.sync")
def test_bytes_that_another_entry_wants_too_stay(
    half: tuple[Machine, str], region: RegionHome
) -> None:
    machine, _ = half
    twin = entry("video-2", "分数 复习", files=[{"role": "main", "path": "video.mp4"}])
    files = region.root.parent / "again"
    files.mkdir()
    (files / "video.mp4").write_bytes(LARGE.content)
    region.publish([twin], LATER, files)
    machine.run(only=frozenset({"catalogue"}))
    machine.run_requests(machine.get("video-2"), only=frozenset({"requests"}))
    commands.remove(region.root, ["video-1"])
    commands.build(region.root, LATER + timedelta(days=1))
    (region.public / LARGE.path).write_bytes(LARGE.content)
    machine.run()
    assert machine.blob(LARGE.sha256) == LARGE.content


@pytest.mark.allow_warnings("app.sync")
def test_an_update_package_that_is_paused_goes_with_its_half_file(
    region: RegionHome,
    enrolled: Enrolled,
    nginx: StartNginx,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(update_packages, "installed_here", lambda: HERE)
    machine = enrolled(region, nginx(region.public).url)
    offer(region)
    package = KnownFile(SETUP)
    spoil_end(region, package.path)
    machine.run()
    assert part_of(machine, package.sha256).stat().st_size > 0
    offer(region, LATER + timedelta(days=1), is_paused=True)
    machine.run()
    assert not part_of(machine, package.sha256).exists()
    assert rows_of_halves(machine.paths) == []
