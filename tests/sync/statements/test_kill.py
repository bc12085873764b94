# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 between any two steps of collecting and sending statements."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.servers.lrs import LearningRecordStore
from tests.servers.process import REPOSITORY
from tests.sync.statements.rig import Rig

STEPS = [
    f"{moment} {step}"
    for step in ("collect", "freeze", "request", "delivered")
    for moment in ("before", "after")
]


def send_until(rig: Rig, lrs: LearningRecordStore, step: str) -> bool:
    """Run the sender and kill it at a step; says whether it got to its end first."""
    program = Path(__file__).with_name("sender.py")
    command = [sys.executable, str(program), str(rig.paths.root), lrs.url, *lrs.auth]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as sender:
        assert sender.stdout is not None
        try:
            for line in sender.stdout:
                if line.strip() in (step, "done"):
                    return line.strip() == "done"
        finally:
            sender.kill()
    raise AssertionError(f"the sender ended before {step}")


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_neither_loses_nor_doubles_a_statement(
    lrs: LearningRecordStore, rig: Rig, step: str
) -> None:
    rig.view(2)
    assert not send_until(rig, lrs, step)
    rig.view(1)
    assert send_until(rig, lrs, "never")
    found = Counter(str(one["id"]) for one in lrs.statements())
    assert found == Counter(rig.event_ids)
    assert rig.store.count_by_state() == {"delivered": 21}
