# SPDX-License-Identifier: GPL-3.0-or-later
"""What an installed Windows program goes through beside its setup: crash, move, update package."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from installer import journey
from installer.journey import expect
from installer.toolbox import BuildError, run, say
from installer.wine import windows_path

if TYPE_CHECKING:
    from installer.check_windows import WindowsCheck

_DEADLINE_S = 180.0
_ELSEWHERE = "D:\\搬到 这里"
_COUNTY_ISSUED = "2026-11-01T00:00:00Z"


def wait_for(is_so: Callable[[], bool], what: str) -> float:
    """Look until it is so; the seconds it took."""
    began = time.monotonic()
    pause = threading.Event()
    while not is_so():
        if time.monotonic() - began > _DEADLINE_S:
            raise BuildError(f"the packed program: {what} did not happen")
        pause.wait(0.2)
    return time.monotonic() - began


def move_away_and_back(check: WindowsCheck, records_of: Callable[[WindowsCheck], int]) -> None:
    """The data goes to another folder and back; the installation finds it all the same."""
    before = records_of(check)
    check.cli("move", _ELSEWHERE)
    there = check.prefix.drive_d / "搬到 这里"
    expect((there / "state.db").is_file(), "moved its data somewhere else")
    expect(not (check.data / "state.db").exists(), "left its data behind")
    expect(records_of(check) == before, "does not find its data after the move")
    check.cli("move", "D:\\课堂数据")
    expect((check.data / "state.db").is_file(), "does not move back")
    expect(records_of(check) == before, "does not find its data after moving back")
    say("moved the data to another folder and back")


def crash_and_return(check: WindowsCheck) -> None:
    """A window that is killed comes back by itself, once; killed as the guard's child it stays."""
    note = check.data / "window.lock.pid"

    def pid() -> str:
        try:
            return note.read_text("utf-8").split()[0]
        except (OSError, IndexError):
            return ""

    note.unlink(missing_ok=True)  # of a window that was killed before
    folder = check.data / "logs/crash"
    before = set(folder.glob("*.txt"))
    launcher = subprocess.Popen(
        ["wine", str(check.program / "Kezhan.exe")],
        env=check.prefix.environment(check.display),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(lambda: bool(pid()), "a window")
    first = pid()
    wait_for(lambda: "guard" in _commands(check), "a guard")
    _kill(check, first)
    took = wait_for(lambda: pid() not in ("", first), "the window's return")
    # Windows that earlier checks have killed get theirs when some window finds time for it.
    reports = set(folder.glob(f"*-{first}.txt")) - before
    expect(len(reports) == 1, f"left {len(reports)} crash reports of its window")
    _kill(check, pid())
    launcher.wait(_DEADLINE_S)
    check.prefix.wait()
    say(f"a killed window came back after {took:.1f} s and left a report")


def _commands(check: WindowsCheck) -> str:
    """The command lines of the prefix's processes, as the host sees them."""
    listed = run(["ps", "-eo", "args"])
    return "\n".join(line for line in listed.splitlines() if "kezhan-cli" in line)


def _kill(check: WindowsCheck, pid: str) -> None:
    check.prefix.call("taskkill", "/F", "/PID", pid, display=check.display)


def publish_update(check: WindowsCheck, setup: Path, version: str) -> Path:
    """A county's region on D: that offers the setup to every school; its tree."""
    county = check.prefix.drive_d / "县 资源库"
    publish = [sys.executable, "-m", "app.publish"]
    issued = ["--issued", _COUNTY_ISSUED]
    run([*publish, "init", county, "--name", "测试县", "--mirror", ".", *issued])
    run([*publish, "update", county, setup, "--version", version])
    run([*publish, "build", county, *issued])
    return county / "public"


def install_from_region(check: WindowsCheck, setup: Path, version: str) -> None:
    """A version that the region offers is brought by the agent, verified and installed."""
    tree = publish_update(check, setup, version)
    enrolment = windows_path(tree / "enrolment.json")
    check.cli("enrol", enrolment, "--json")
    check.cli("sync", "--once", "--json")
    status = journey.records(check.cli("status", "--json"))[-1]
    codes = {problem["code"] for problem in status["problems"]}
    expect(bool(codes & {"update_ready", "update_needs_administrator"}), f"says nothing: {codes}")
    try:
        check.cli("update")
    except BuildError:
        say("an update without an administrator's trust is refused")
    else:
        raise BuildError("the packed program: ran what no administrator has trusted")
    check.cli("update", "--trust", enrolment)
    done = journey.records(check.cli("update", "--json"))[-1]
    check.prefix.wait()
    expect(done.get("version") == version, f"did not install the update: {done}")
    expect((check.program / "current").read_text() == version, "did not switch to the update")
    left = list((check.program / "updates").glob("*.exe"))
    expect(not left, f"left {left}")
    say(f"installed {version} as an update package of its region")
