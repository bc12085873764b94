# SPDX-License-Identifier: GPL-3.0-or-later
"""A check under Wine ends what it started, however it is cut off, and nothing of another prefix.

Real processes under the prefix's name; Wine's own server is asked too, which `dev.py installer
--check` shows with Wine itself.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from installer.toolbox import BuildError
from installer.wine import Prefix

pytestmark = pytest.mark.linux
Start = Callable[[Prefix], "subprocess.Popen[bytes]"]
_DEADLINE_S = 60


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What Wine's server is asked to do; it does nothing here, as one that is not there."""
    said = tmp_path / "asked"
    server = tmp_path / "bin/wineserver"
    server.parent.mkdir()
    server.write_text(f'#!/bin/sh\necho "$WINEPREFIX $*" >> "{said}"\nexit 1\n')
    server.chmod(0o755)
    monkeypatch.setenv("PATH", f"{server.parent}:{os.environ['PATH']}")
    return said


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[subprocess.Popen[bytes]] = []

    def run(prefix: Prefix) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", "import sys; sys.stdin.read()"]
        environment = {**os.environ, "WINEPREFIX": str(prefix.root)}
        started.append(subprocess.Popen(command, env=environment, stdin=subprocess.PIPE))
        return started[-1]

    yield run
    for each in started:
        with each:
            each.kill()


def prefix_at(place: Path) -> Prefix:
    place.mkdir()
    (place / "ready").touch()
    return Prefix(place)


@pytest.mark.parametrize("reason", [BuildError("too long"), KeyboardInterrupt(), SystemExit(143)])
def test_whatever_cuts_a_check_off_its_programs_end(
    reason: BaseException, tmp_path: Path, asked: Path, start: Start
) -> None:
    prefix, other = prefix_at(tmp_path / "a"), prefix_at(tmp_path / "b")
    beside = start(other)
    started: list[subprocess.Popen[bytes]] = []

    def check() -> None:
        with prefix.in_use(":0"):
            started.append(start(prefix))
            assert prefix.processes() == [started[0].pid]
            raise reason

    with pytest.raises(type(reason)):
        check()
    assert started[0].wait(_DEADLINE_S) != 0
    assert other.processes() == [beside.pid]
    assert asked.read_text().splitlines() == [f"{prefix.root} -k"] * 2


def test_what_a_killed_check_has_left_is_ended_before_the_next(
    tmp_path: Path, asked: Path, start: Start
) -> None:
    prefix = prefix_at(tmp_path / "a")
    left = start(prefix)
    with prefix.in_use(":0"):
        assert left.wait(_DEADLINE_S) != 0
    assert asked.is_file()


def test_nobody_is_asked_about_a_prefix_that_is_not_there(tmp_path: Path, asked: Path) -> None:
    Prefix(tmp_path / "none").stop()
    assert not asked.exists()
