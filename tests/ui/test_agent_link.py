# SPDX-License-Identifier: GPL-3.0-or-later
"""The pipe to the agent: lines both ways, a dying agent, an agent of somebody else."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.ui.agent_link import MAX_LINE_BYTES, AgentLink, AgentState, parse_line

_SCRIPT = """
import json, sys
log = open(sys.argv[1], "a", encoding="utf-8")
def say(**event):
    sys.stdout.write(json.dumps(event) + "\\n"); sys.stdout.flush()
print("not json", flush=True)
say(event="hello", protocol=int(sys.argv[2]), pid=1)
for line in sys.stdin:
    log.write(line); log.flush()
    do = json.loads(line)["do"]
    if do == "stop":
        break
    if do == "nudge":
        say(event="progress", job="1", kind="download", title="t", done_bytes=5, total_bytes=10)
        say(event="changed", what="blobs")
        say(event="problem", code="disk_full", data={"path": "D:/"})
        say(event="request", id="r", state="failed", code="offline")
    if do == "pause":
        sys.exit(3)
    if do == "nudge" and sys.argv[3:] == ["rests"]:
        say(event="done", rests_s=600)
        break
"""


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., tuple[AgentLink, Path]]:
    script = tmp_path / "agent.py"
    script.write_text(_SCRIPT, encoding="utf-8")
    heard = tmp_path / "heard.txt"

    def build(
        protocol: int = 1, *, is_held: bool = False, rests: bool = False
    ) -> tuple[AgentLink, Path]:
        command = [sys.executable, str(script), str(heard), str(protocol), *["rests"][: int(rests)]]
        return AgentLink(command, lambda: is_held), heard

    return build


def test_hello_events_and_stop(qtbot: QtBot, make: Callable[..., tuple[AgentLink, Path]]) -> None:
    link, heard = make()
    with qtbot.waitSignals([link.progressed, link.problem_met, link.request_ended], timeout=30_000):
        link.start()
    assert link.state is AgentState.RUNNING
    assert link.transfers["1"].total_bytes == 10
    assert link.problems["disk_full"].data == {"path": "D:/"}
    link.stop()
    said = [json.loads(line)["do"] for line in heard.read_text("utf-8").splitlines()]
    assert said == ["hello", "nudge", "stop"]


@pytest.mark.allow_warnings("app.ui.agent_link")
def test_a_dying_agent_is_started_again_but_not_for_ever(
    qtbot: QtBot, make: Callable[..., tuple[AgentLink, Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.ui.agent_link._RESTART_MS", 10)
    link, heard = make()

    def die() -> None:
        if link.state is AgentState.RUNNING:
            link.pause()

    link.state_changed.connect(die)
    with qtbot.waitSignal(
        link.problem_met,
        timeout=30_000,
        check_params_cb=lambda problem: problem.code == "agent_stopped",
    ):
        link.start()
    assert link.state is AgentState.STOPPED
    starts = heard.read_text("utf-8").count('"hello"')
    assert starts == 3
    link.stop()


def test_an_agent_elsewhere_is_followed(
    qtbot: QtBot, make: Callable[..., tuple[AgentLink, Path]]
) -> None:
    link, heard = make(is_held=True)
    link.start()
    assert link.state is AgentState.FOLLOWING
    with qtbot.waitSignal(link.changed, timeout=30_000):
        pass
    assert not heard.exists()
    link.stop()


@pytest.mark.allow_warnings("app.ui.agent_link")
def test_another_protocol_is_not_spoken_to(
    qtbot: QtBot, make: Callable[..., tuple[AgentLink, Path]]
) -> None:
    link, heard = make(protocol=99)
    link.start()
    qtbot.waitUntil(lambda: heard.exists() and '"stop"' in heard.read_text("utf-8"), timeout=30_000)
    assert link.state is not AgentState.RUNNING
    link.stop()


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{}", b'{"event": 1}', b"\xff", b"[" * 5000, b" " * (MAX_LINE_BYTES + 1)]
)
def test_lines_that_are_no_events_are_dropped(raw: bytes) -> None:
    assert parse_line(raw) is None


def test_a_line_that_is_an_event() -> None:
    assert parse_line(b'{"event": "done"}') == {"event": "done"}


def test_a_resting_agent_wakes_when_wanted(
    qtbot: QtBot, make: Callable[..., tuple[AgentLink, Path]]
) -> None:
    link, heard = make(rests=True)
    problems: list[object] = []
    link.problem_met.connect(problems.append)
    for times in range(1, 6):  # more often than a crashing agent may start
        with qtbot.waitSignal(link.done, timeout=30_000):
            link.nudge() if times > 1 else link.start()
        qtbot.waitUntil(lambda: link.is_resting, timeout=30_000)
        assert link.state is AgentState.RUNNING
    assert heard.read_text("utf-8").count("hello") == 5
    link.pause()
    link.nudge()
    assert (link.state, link.is_resting) == (AgentState.PAUSED, True)
    with qtbot.waitSignal(link.done, timeout=30_000):
        link.resume()
    link.stop()
    assert not any(getattr(one, "code", "") == "agent_stopped" for one in problems)
