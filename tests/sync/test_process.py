# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent as a process: its lines, its end when it is told to, and kill -9 at any moment."""

import json
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import IO, Any

import pytest

from app.base.paths import agent_command
from app.sync import agent as agent_module
from app.sync.agent import AgentConfig, run_agent
from tests.servers.fixtures import StartFaulty, StartNginx
from tests.sync.machine import QUICK, Machine
from tests.sync.region_home import COVER, LARGE, SMALL, SUBTITLE, RegionHome

Enrolled = Callable[..., Machine]
KILLS = 8
END_WITHIN_S = 2.0
# Far more than the promise, for a machine that is busy with other things.
PATIENCE_S = 60


class AgentProcess:
    """`kezhan sync --json` with its pipes."""

    def __init__(self, machine: Machine, *arguments: str) -> None:
        command = agent_command(machine.paths.root, "sync", "--json", *arguments)
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def __enter__(self) -> "AgentProcess":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait(30)
        for pipe in (self._stdin, self._stdout):
            pipe.close()

    @property
    def _stdin(self) -> IO[bytes]:
        assert self.process.stdin is not None
        return self.process.stdin

    @property
    def _stdout(self) -> IO[bytes]:
        assert self.process.stdout is not None
        return self.process.stdout

    def say(self, **command: Any) -> None:
        self._stdin.write(json.dumps(command).encode() + b"\n")
        self._stdin.flush()

    def hang_up(self) -> None:
        self._stdin.close()

    def next(self) -> dict[str, Any] | None:
        line = self._stdout.readline()
        assert line.isascii()
        assert len(line) <= 64 * 1024
        return json.loads(line) if line else None

    def until(self, event: str) -> dict[str, Any]:
        while (found := self.next()) is not None:
            if found["event"] == event:
                return found
        raise AssertionError(f"the agent ended without {event!r}")

    def ends(self) -> bool:
        self._stdout.read()
        return self.process.wait(PATIENCE_S) is not None


def test_hello_comes_first_and_done_last(enrolled: Enrolled, region: RegionHome) -> None:
    machine = enrolled(region)
    with AgentProcess(machine, "--once") as agent:
        hello = agent.next()
        assert hello is not None
        assert (hello["event"], hello["protocol"], hello["format"]) == ("hello", 1, "kezhan-pipe")
        assert hello["pid"] == agent.process.pid
        done = agent.until("done")
        assert agent.next() is None
        assert agent.process.wait(30) == 0
    assert done["brought"]["entries"] == 3


def test_an_agent_with_nothing_to_do_rests(enrolled: Enrolled, region: RegionHome) -> None:
    with AgentProcess(enrolled(region), "--rest", "1") as agent:
        done = agent.until("done")
        assert agent.process.wait(30) == 0
    assert done["brought"]["entries"] == 3
    assert 300 <= done["rests_s"] <= 3600


@pytest.mark.parametrize("way", ["stop", "end of input"])
def test_ends_while_a_mirror_hangs_for_ever(
    enrolled: Enrolled, region: RegionHome, faulty: StartFaulty, way: str
) -> None:
    server = faulty(region.public)
    machine = enrolled(region, server.url)
    server.fault("/catalogue/*", "hang")
    with AgentProcess(machine) as agent:
        agent.say(do="hello", protocol=1)
        agent.until("hello")
        while not any("catalogue/" in str(seen["path"]) for seen in server.requests()):
            assert agent.process.poll() is None
        if way == "stop":
            agent.say(do="stop")
        else:
            agent.hang_up()
        assert agent.ends()


def test_a_stop_promises_the_end_within_two_seconds(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    promised: list[float] = []

    class StopAtOnce:
        def __init__(self, _descriptor: int, on_line: Callable[[bytes | None], None]) -> None:
            self.start = lambda: on_line(b'{"do":"stop"}')

    # A real reader would outlive this test, and meet the real promise at the end of its input.
    monkeypatch.setattr(agent_module, "CommandReader", StopAtOnce)
    monkeypatch.setattr(agent_module, "end_process_within", lambda s, _code: promised.append(s))
    config = AgentConfig(machine.paths, shelves=(), timeouts=QUICK, is_process=True)

    run_agent(config, 0, lambda _: None)

    assert promised
    assert promised[0] <= END_WITHIN_S


def test_a_promised_end_comes_whatever_the_process_is_at() -> None:
    code = "from app.sync.streams import end_process_within as end; end(0.01, 7)\nwhile True: pass"
    assert (
        subprocess.run([sys.executable, "-c", code], timeout=PATIENCE_S, check=False).returncode
        == 7
    )


def test_an_idle_agent_ends_when_asked(enrolled: Enrolled, region: RegionHome) -> None:
    machine = enrolled(region)
    with AgentProcess(machine) as agent:
        agent.until("changed")
        agent.say(do="stop")
        assert agent.ends()


def test_another_protocol_ends_the_agent(enrolled: Enrolled, region: RegionHome) -> None:
    machine = enrolled(region)
    with AgentProcess(machine) as agent:
        agent.say(do="hello", protocol=99)
        agent.until("done")


def test_a_wish_that_comes_while_it_runs_is_fulfilled(
    enrolled: Enrolled, region: RegionHome
) -> None:
    machine = enrolled(region)
    with AgentProcess(machine) as agent:
        agent.until("changed")
        wish = machine.get("slides-1")
        agent.say(do="nudge")
        said = agent.until("request")
    assert (said["id"], said["state"]) == (wish, "done")
    assert machine.blob(SMALL.sha256) == SMALL.content


def test_pause_holds_downloads_and_resume_lets_them_go(
    enrolled: Enrolled, region: RegionHome, nginx: StartNginx
) -> None:
    machine = enrolled(region, nginx(region.public, rate_bytes_per_s=1_000_000).url)
    machine.run()
    machine.get("video-1")
    with AgentProcess(machine) as agent:
        while True:
            said = agent.until("progress")
            if said["total_bytes"] == len(LARGE.content):
                break
        agent.say(do="pause")
        agent.say(do="nudge")
        agent.say(do="resume")
        agent.until("request")
    assert machine.blob(LARGE.sha256) == LARGE.content


def test_a_second_agent_ends_with_its_code(enrolled: Enrolled, region: RegionHome) -> None:
    machine = enrolled(region)
    with AgentProcess(machine) as first:
        first.until("hello")
        with AgentProcess(machine, "--once") as second:
            said = second.next()
            assert second.process.wait(20) == 1
    assert said is not None
    assert said["error"] == "already_running"


def test_killed_at_random_moments_it_finishes_with_the_right_bytes(
    enrolled: Enrolled, region: RegionHome, nginx: StartNginx
) -> None:
    server = nginx(region.public, rate_bytes_per_s=400_000)
    machine = enrolled(region, server.url)
    machine.run(only=frozenset({"catalogue"}))
    wish = machine.get("video-1", "slides-1")
    chance = random.Random(4)
    for _ in range(KILLS):
        with AgentProcess(machine, "--once") as agent:
            for _ in range(chance.randrange(1, 14)):
                if agent.next() is None:
                    break
            agent.process.send_signal(signal.SIGKILL)
            agent.process.wait(30)

    run = machine.run()

    assert run.exit_code == 0
    for file in (LARGE, SUBTITLE, COVER, SMALL):
        assert machine.blob(file.sha256) == file.content
    state = machine.request(wish)
    assert state is not None
    assert state.state == "done"
    assert not list((machine.paths.root / "blobs").rglob("*.part"))


def test_the_agent_never_loads_qt() -> None:
    names = "[name for name in sys.modules if 'PySide' in name]"
    code = f"import sys, app.sync.agent, app.sync.status; print({names})"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
