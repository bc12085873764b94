# SPDX-License-Identifier: GPL-3.0-or-later
"""A test ends what it started: child processes that outlive it are ended and fail it."""

import os
from collections.abc import Iterator

import psutil
import pytest

from tests.servers.process import RUNNING

GRACE_S = 3.0
# Chromium keeps its helper processes for as long as the test process lives.
LASTING = ("QtWebEngineProc",)


def _living_children() -> dict[int, psutil.Process]:
    children: dict[int, psutil.Process] = {}
    for child in psutil.Process(os.getpid()).children():
        try:
            is_lasting = child.name().startswith(LASTING)
            if not is_lasting and child.status() != psutil.STATUS_ZOMBIE:
                children[child.pid] = child
        except psutil.NoSuchProcess:
            continue
    return children


@pytest.fixture(autouse=True)
def _no_orphans() -> Iterator[None]:
    """Compare the child processes before and after; servers of the session may stay."""
    before = set(_living_children())
    yield
    servers = {server.process_id for server in RUNNING}
    left = [child for pid, child in _living_children().items() if pid not in before | servers]
    _, stubborn = psutil.wait_procs(left, timeout=GRACE_S)
    names = [" ".join(child.cmdline()) for child in stubborn if child.is_running()]
    for child in stubborn:
        child.kill()
    if names:
        pytest.fail("left child processes behind: " + "; ".join(names))
