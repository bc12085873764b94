# SPDX-License-Identifier: GPL-3.0-or-later
"""Double clicks on `.kezhan` files: what the system's registration of the ending really starts."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from app.base.db import DatabaseError, open_reader
from app.base.errors import KnownError
from app.base.paths import DataPaths
from app.lesson.lists import ListItem
from app.lesson.package import write_package
from app.wiring.guard import GUARDED_VARIABLE
from installer import journey
from installer.check_life import wait_for
from installer.journey import expect
from installer.toolbox import ROOT, run, say

if TYPE_CHECKING:
    from installer.check_windows import WindowsCheck

LIST_NAME = "第一课时 分数"
_COUNTY = "双击县"
_ISSUED = "2026-11-01T00:00:00Z"


def open_files_by_type(check: WindowsCheck) -> None:
    """A lesson list comes in and an enrolment is joined, each by `start FILE`, as Explorer does."""
    desk = check.prefix.drive_d / "老师的 文件"
    desk.mkdir()
    lesson = write_lesson_list(desk)
    _double_click(check, lesson, lambda: LIST_NAME in lists_of(check.data), "a list that came in")
    enrolment, region_id = write_enrolment(desk)
    joined = check.data / "regions" / region_id
    _double_click(check, enrolment, joined.is_dir, "a region that is joined")
    regions = journey.records(check.cli("status", "--json"))[-1]["regions"]
    expect(_COUNTY in {each["name"] for each in regions}, f"joined something else: {regions}")
    say("a double click on a lesson list brings it in, on an enrolment joins its region")


def _double_click(check: WindowsCheck, file: Path, is_done: Callable[[], bool], what: str) -> None:
    """Let the system start what it knows for this file; the window is ended when it has acted."""
    note = check.data / "window.lock.pid"
    place = file.relative_to(check.prefix.drive_d)
    name = "D:\\" + str(place).replace("/", "\\")
    unguarded = {GUARDED_VARIABLE: "0"}  # the window is killed below and shall stay so
    # Not through pipes: the window would hold them open.
    start = subprocess.Popen(
        ["wine", "start", name],
        env=check.prefix.environment(check.display) | unguarded,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(is_done, what)
    finally:
        wait_for(lambda: bool(_first_word(note)), "a window")
        check.prefix.call("taskkill", "/F", "/PID", _first_word(note), display=check.display)
        start.wait(60)
        check.prefix.wait()


def _first_word(note: Path) -> str:
    try:
        return note.read_text("utf-8").split()[0]
    except (OSError, IndexError):
        return ""


def write_lesson_list(folder: Path) -> Path:
    """A lesson list of another teacher's, with one starter lesson."""
    enrolment = json.loads((ROOT / "resources_cache/enrolment.json").read_bytes())
    item = ListItem("0" * 32, enrolment["region_id"], journey.VIDEO, "分数的初步认识")
    out = folder / f"{LIST_NAME}.kezhan"
    write_package(out, LIST_NAME, [item], lambda _: None, lambda _: None, lambda: False)
    return out


def write_enrolment(folder: Path) -> tuple[Path, str]:
    """A county's tree whose enrolment was given a name of its own; the file and the region's id."""
    county = folder / "县"
    publish = [sys.executable, "-m", "app.publish"]
    issued = ["--issued", _ISSUED]
    run([*publish, "init", county, "--name", _COUNTY, "--mirror", ".", *issued])
    run([*publish, "build", county, *issued])
    made = county / "public/enrolment.json"
    region_id = str(json.loads(made.read_bytes())["region_id"])
    return made.rename(made.with_name("县 平台.kezhan")), region_id


def lists_of(data: Path) -> set[str]:
    """The names of the lists in a data directory, read from a copy: a window works on it."""
    desk = DataPaths(data).desk_db
    with TemporaryDirectory() as folder:
        copy = Path(folder) / desk.name
        try:
            shutil.copy(desk, copy)
            if (log := desk.with_name(f"{desk.name}-wal")).is_file():
                shutil.copy(log, copy.with_name(log.name))
            database = open_reader(copy)
        except (OSError, KnownError, DatabaseError):
            return set()
        try:
            return {str(name) for (name,) in database.execute("SELECT name FROM lesson_list")}
        except DatabaseError:
            return set()
        finally:
            database.conn.close()
