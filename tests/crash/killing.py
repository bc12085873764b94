# SPDX-License-Identifier: GPL-3.0-or-later
"""A school day in which the agent is killed again and again, with new work all the time."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.agents import Agents
from tests.crash.school import School

# From the first moment (opening databases) to well into transfers; a fork starts in milliseconds.
EARLIEST_S, LATEST_S = 0.01, 0.5
MOST_EVENTS = 14
NEW_LESSONS = 3
LONGEST_END_RUNS = 12


@dataclass
class Tally:
    """How often the agent was killed, and during what."""

    kills: int = 0
    during: Counter[str] = field(default_factory=Counter)


def keep_killing(
    agents: Agents,
    school: School,
    scratch: Path,
    chance: random.Random,
    kills: int,
    on_round: Callable[[Tally], None] = lambda _: None,
) -> Tally:
    """Kill so many agents at work, checking after each; then let one finish, without any help."""
    tally = Tally()
    done: set[str] = set()
    while tally.kills < kills:
        give_work(school, scratch, chance)
        root = school.machine.paths.root
        tally.kills += agents.kill_after(root, *a_moment(chance))
        last = "start"
        for event in agents.said():
            last = kind_of(event) or last
            if event["event"] == "request" and event["state"] == "done":
                done.add(str(event["id"]))
        tally.during[last] += 1
        school.check_blobs()
        school.check_promised(done)
        on_round(tally)
    finish(agents, school)
    return tally


def a_moment(chance: random.Random) -> tuple[int, float]:
    """After so many words of the agent, and so long after them; one in three is by time alone."""
    events = chance.randrange(1, MOST_EVENTS) if chance.randrange(3) else 0
    return events, chance.uniform(EARLIEST_S, LATEST_S) / (3 if events else 1)


def give_work(school: School, scratch: Path, chance: random.Random) -> None:
    """Something new to do now and then, of every kind."""
    dice = chance.randrange(8)
    if dice == 0:
        school.want(2)
    elif dice == 1:
        school.give(scratch)
    elif dice == 2:
        school.plug()
    elif dice == 3:
        school.county.publish(NEW_LESSONS)
    if dice % 2:
        school.teach()


def finish(agents: Agents, school: School) -> None:
    """Run agents as the window would until nothing is left; nobody lends a hand."""
    for _ in range(LONGEST_END_RUNS):
        agents.run(school.machine.paths.root)
        if not school.is_waiting:
            return
    raise AssertionError("something never arrived")


def kind_of(event: dict[str, object]) -> str | None:
    """What the agent was at, as far as its words tell."""
    if event["event"] == "progress":
        return "import" if event["job"] == "stick" else str(event["kind"])
    return str(event["what"]) if event["event"] == "changed" else None
