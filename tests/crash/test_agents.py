# SPDX-License-Identifier: GPL-3.0-or-later
"""The forking process that kills agents: it outlives whatever its children do, and says why not."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.crash.agents import Agents
from tests.crash.zygote import end_or_stop


def ended_child(code: int) -> int:
    """A child that has ended and that nobody has waited for yet."""
    child = os.fork()
    if child == 0:
        os._exit(code)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    return child


def test_an_agent_that_ends_just_before_it_is_stopped_has_ended() -> None:
    assert end_or_stop(ended_child(3)) == 3


def test_an_agent_at_work_stands_still() -> None:
    child = os.fork()
    if child == 0:
        signal.pause()
    assert end_or_stop(child) is None
    os.kill(child, signal.SIGKILL)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL


def test_a_crashed_agent_is_told_with_its_traceback(tmp_path: Path) -> None:
    in_the_way = tmp_path / "a file where a folder should be"
    in_the_way.write_bytes(b"")
    with Agents(tmp_path) as agents, pytest.raises(AssertionError, match="Traceback"):
        agents.run(in_the_way)


def test_the_end_of_the_forking_process_is_told(tmp_path: Path) -> None:
    with Agents(tmp_path) as agents:
        agents._process.kill()
        agents._process.wait(30)
        with pytest.raises(AssertionError, match="ended with -9"):
            agents.run(tmp_path)
