# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 of the agent at random moments of downloads, imports, uploads and statements."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.crash.agents import Agents
from tests.crash.killing import keep_killing
from tests.crash.school import School

KILLS = 20


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [1])
def test_killed_agents_lose_nothing_and_double_nothing(
    agents: Agents, school: School, tmp_path: Path, seed: int
) -> None:
    tally = keep_killing(agents, school, tmp_path, random.Random(seed), KILLS)

    assert tally.kills == KILLS
    school.check_end()
