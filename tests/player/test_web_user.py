# SPDX-License-Identifier: GPL-3.0-or-later
"""The hostile package once more, as an ordinary user with Chromium's own sandbox on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.player.web_chromium import has_sandbox
from tests.player.test_web import HOSTILE, Listener
from tests.player.test_web_package import make_zip

NOBODY = 65534
# Whoever is root here becomes nobody, with no right left but to read this checkout.
_BECOME_NOBODY = [
    "setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups",
    "--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search",
    "--bounding-set=-all,+dac_read_search", "--no-new-privs",
]  # fmt: skip

pytestmark = [pytest.mark.media, pytest.mark.linux]


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Open for one test."""
    listener = Listener()
    yield listener
    listener.close()


@pytest.fixture
def evil(tmp_path: Path, listener: Listener) -> Path:
    """The hostile package, knocking at this test's doors."""
    page = HOSTILE.read_text("utf-8").replace("TCP_PORT", str(listener.tcp_port))
    page = page.replace("UDP_PORT", str(listener.udp_port))
    return make_zip(tmp_path / "evil", {"index.html": page.encode()})


def run_hostile(repository: Path, package: Path, *become: str) -> dict[str, Any]:
    """What the package found, opened by this program with nothing arranged for Chromium."""
    home = package.parent / "home"
    home.mkdir()
    home.chmod(0o777)
    places = dict.fromkeys(("HOME", "TMPDIR", "XDG_RUNTIME_DIR"), str(home))
    answer = subprocess.run(
        [*become, sys.executable, "-m", "tests.player.hostile_run", str(package)],
        cwd=repository, env={**os.environ, **places}, capture_output=True, text=True, timeout=100,
        check=False,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr[-2000:]
    told: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    assert {name: got for name, got in told["page"].items() if got != "no"} == {}
    assert len(told["page"]) == 19
    return told


def test_a_hostile_package_meets_chromiums_sandbox_too(
    evil: Path, repository: Path, listener: Listener
) -> None:
    told = run_hostile(repository, evil, *(_BECOME_NOBODY if os.geteuid() == 0 else []))
    assert told["user"] != 0
    assert told["seccomp"] == "2"
    assert told["is_in_own_namespace"]
    assert listener.visitors() == 0


def test_root_too_sees_courseware_behind_all_other_walls(
    evil: Path, repository: Path, listener: Listener
) -> None:
    told = run_hostile(repository, evil)
    assert told["user"] == os.geteuid()
    assert told["is_in_own_namespace"] == has_sandbox() == (os.geteuid() != 0)
    assert listener.visitors() == 0
