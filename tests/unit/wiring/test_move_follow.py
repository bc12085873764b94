# SPDX-License-Identifier: GPL-3.0-or-later
"""An agent that works without a window makes way for a move, and goes on where the data went."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.base.handover import MOVING_LOCK_NAME, called_away, is_moving, patiently
from app.base.locks import ProcessLock, is_held
from app.base.paths import DataPaths, agent_command, find_data_root
from app.wiring.errors import MoveInsideError
from app.wiring.move import move_data

PATIENCE_S = 60.0  # a busy machine; it is over as soon as the agent has ended


@pytest.fixture
def paths(data_dir: Path) -> DataPaths:
    made = DataPaths(data_dir)
    made.ensure()
    return made


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "另一块 盘" / "KezhanData"


class Headless:
    """`kezhan sync` as a service runs it: nobody at its input."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.pid = process.pid
        self._process = process

    def hello(self) -> dict[str, Any]:
        """Wait until it has taken the data directory (again)."""
        assert self._process.stdout is not None
        for raw in self._process.stdout:
            line: dict[str, Any] = json.loads(raw)
            if line["event"] == "hello":
                return line
        raise AssertionError("the agent ended")


@contextmanager
def headless(paths: DataPaths) -> Iterator[Headless]:
    command = agent_command(paths.root, "sync", "--json")
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield Headless(process)
        finally:
            process.kill()


def test_it_makes_way_and_goes_on_where_the_data_went(paths: DataPaths, target: Path) -> None:
    with headless(paths) as agent:
        agent.hello()
        move_data(paths, target, patience_s=PATIENCE_S)
        assert find_data_root(paths.root) == target
        assert agent.hello()["pid"] == agent.pid
        assert is_held(DataPaths(target).agent_lock)
        assert not (paths.root / "state.db").exists()
        assert not (paths.root / MOVING_LOCK_NAME).exists()


def test_it_goes_on_where_it_was_when_nothing_is_moved(paths: DataPaths) -> None:
    with headless(paths) as agent:
        agent.hello()
        with (
            called_away(paths.root, PATIENCE_S),
            patiently(ProcessLock(paths.agent_lock), PATIENCE_S),
        ):
            assert is_moving(paths.root)
        assert agent.hello()["pid"] == agent.pid
        assert is_held(paths.agent_lock)


def test_a_place_that_will_not_do_disturbs_nobody(paths: DataPaths) -> None:
    with headless(paths) as agent:
        agent.hello()
        with pytest.raises(MoveInsideError):
            move_data(paths, paths.root / "in", patience_s=PATIENCE_S)
        assert is_held(paths.agent_lock)
        assert not (paths.root / MOVING_LOCK_NAME).exists()


def test_what_a_killed_mover_left_calls_nobody_away(paths: DataPaths) -> None:
    lock = paths.root / MOVING_LOCK_NAME
    lock.touch()
    assert not is_moving(paths.root)
    assert not lock.exists()
