# SPDX-License-Identifier: GPL-3.0-or-later
"""No test reaches another machine: an attempt is refused, and fails the test that made it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guards.network_hook import REPORT_VARIABLE

CHILD_FOLDER = Path(__file__).parent / "child_process"
REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _no_network(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Watch this process and, by their PYTHONPATH, the Python processes it starts."""
    report = tmp_path_factory.getbasetemp() / "network-attempts"
    report.unlink(missing_ok=True)
    monkeypatch.setenv(REPORT_VARIABLE, str(report))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(CHILD_FOLDER), str(REPOSITORY)]))
    yield
    if report.exists():
        attempts = sorted(set(report.read_text("utf-8").splitlines()))
        report.unlink()
        pytest.fail("tried to leave this machine: " + ", ".join(attempts))
