# SPDX-License-Identifier: GPL-3.0-or-later
"""Who must wait for the end of a lesson or a pause waits asleep: the loop's rounds are counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from app.sync import agent as agent_module
from app.sync.agent import AgentConfig, run_agent
from app.sync.inbox import Kind
from app.sync.pipe import Commands
from app.sync.scheduler import Situation, Step, next_step
from tests.servers.fixtures import StartNginx
from tests.sync.machine import QUICK, Machine
from tests.sync.region_home import RegionHome
from tests.sync.test_lesson import put_lease

QUIET_WAITS = 20
MOST_ROUNDS = 500

Quiet = Callable[[Commands, bool], None]


def by_wish(commands: Commands, is_quiet: bool) -> None:
    line = b'{"do":"pause"}' if is_quiet else b'{"do":"resume"}'
    commands.take_line(line, ends_with_input=False)


class Watcher:
    """Counts rounds; in the first wait the quiet begins and wishes come, in a later one it ends."""

    def __init__(self, machine: Machine, source: str, quiet: Quiet) -> None:
        self._machine, self._source, self._quiet = machine, source, quiet
        self.waits = self.rounds = 0
        self.steps_in_quiet: list[Step] = []
        self.enrol = self.other = ""
        self.events: list[Mapping[str, Any]] = []
        self._commands: Commands | None = None

    def wait(self, commands: Commands, _: float | None) -> None:
        """In place of sleeping."""
        self._commands = commands
        self.waits += 1
        if self.waits == 1:
            self._quiet(commands, True)
            self.enrol = self._machine.enrol(self._source)
            self.other = self._machine.leave(Kind.STICK_STOP, request_id="none")
        elif self.waits == QUIET_WAITS:
            self._quiet(commands, False)

    def next_step(self, situation: Situation) -> tuple[Step | None, float | None]:
        self.rounds += 1
        assert self.rounds < MOST_ROUNDS, "the loop spins"
        found = next_step(situation)
        if found[0] is not None and 0 < self.waits < QUIET_WAITS:
            self.steps_in_quiet.append(found[0])
        return found

    def out(self, event: Mapping[str, Any]) -> None:
        self.events.append(event)
        is_end = event["event"] == "request" and event["id"] == self.enrol
        if is_end and event["state"] in ("done", "failed") and self._commands is not None:
            self._commands.stop()

    def states_of(self, wish: str) -> list[str]:
        return [e["state"] for e in self.events if e["event"] == "request" and e["id"] == wish]


@pytest.mark.parametrize("reason", ["lesson", "pause"])
def test_a_wish_that_needs_the_line_waits_asleep_and_holds_no_other(
    machine: Machine,
    region: RegionHome,
    nginx: StartNginx,
    monkeypatch: pytest.MonkeyPatch,
    reason: str,
) -> None:
    def lesson(_: Commands, is_quiet: bool) -> None:
        put_lease(machine, for_s=600 if is_quiet else -1)

    source = str(region.enrolment(nginx(region.public).url))
    watcher = Watcher(machine, source, lesson if reason == "lesson" else by_wish)
    monkeypatch.setattr(agent_module, "next_step", watcher.next_step)
    monkeypatch.setattr(Commands, "wait", lambda commands, s: watcher.wait(commands, s))  # noqa: PLW0108 - binds
    machine.paths.ensure()

    run_agent(AgentConfig(machine.paths, shelves=(), timeouts=QUICK), None, watcher.out)

    assert watcher.states_of(watcher.enrol) == ["waiting", "done"]
    assert watcher.states_of(watcher.other) == ["done"]
    # Both wishes are begun in one step; after that there is nothing to do but wait.
    assert watcher.steps_in_quiet == [Step.REQUESTS]
