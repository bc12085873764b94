# SPDX-License-Identifier: GPL-3.0-or-later
"""A school whose power is cut again and again, each time while the agent is at work."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from tests.crash.agents import Agents
from tests.crash.disk import Disk
from tests.crash.killing import Tally, a_moment, finish, give_work, kind_of
from tests.crash.school import School


def keep_cutting(
    agents: Agents,
    school: School,
    disk: Disk,
    scratch: Path,
    *,
    chance: random.Random,
    cuts: int,
    on_round: Callable[[Tally], None] = lambda _: None,
) -> Tally:
    """Cut the power so often; after each cut what was promised must be there."""
    tally = Tally()
    done: set[str] = set()
    while tally.kills < cuts:
        give_work(school, scratch, chance)
        if not agents.stop_after(school.machine.paths.root, *a_moment(chance)):
            continue
        disk.freeze()
        last = "start"
        for event in agents.said():
            last = kind_of(event) or last
            if event["event"] == "request" and event["state"] == "done":
                done.add(str(event["id"]))
        agents.kill_stopped()
        disk.come_back()
        tally.kills += 1
        tally.during[last] += 1
        school.check_blobs()
        school.check_promised(done)
        on_round(tally)
    finish(agents, school)
    return tally
