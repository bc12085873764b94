# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent gives way with processor and disk, so that lessons stay smooth."""

import psutil
import pytest

from app.sync.priority import NICE
from tests.sync.machine import Machine
from tests.sync.test_process import AgentProcess


@pytest.mark.linux
def test_the_agent_lowers_its_priority_before_it_says_hello(machine: Machine) -> None:
    with AgentProcess(machine) as agent:
        agent.until("hello")
        process = psutil.Process(agent.process.pid)
        assert process.nice() >= NICE
        assert process.ionice().ioclass == psutil.IOPRIO_CLASS_BE
        assert process.ionice().value == 7
