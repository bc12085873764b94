# SPDX-License-Identifier: GPL-3.0-or-later
"""The hostile package once more, as an ordinary user with Chromium's own sandbox on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

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


def test_a_hostile_package_meets_chromiums_sandbox_too(
    tmp_path: Path, repository: Path, listener: Listener
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(0o777)
    page = HOSTILE.read_text("utf-8").replace("TCP_PORT", str(listener.tcp_port))
    page = page.replace("UDP_PORT", str(listener.udp_port))
    package = make_zip(tmp_path / "evil", {"index.html": page.encode()})
    environment = {
        **os.environ,
        "HOME": str(home),
        "TMPDIR": str(home),
        "XDG_RUNTIME_DIR": str(home),
    }
    environment.pop("QTWEBENGINE_DISABLE_SANDBOX", None)
    answer = subprocess.run(
        [
            *(_BECOME_NOBODY if os.geteuid() == 0 else []),
            sys.executable, "-m", "tests.player.hostile_run", str(package),
        ],
        cwd=repository, env=environment, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr[-2000:]
    told = json.loads(answer.stdout.splitlines()[-1])
    assert told["user"] != 0
    assert told["seccomp"] == "2"
    assert told["is_in_own_namespace"]
    assert {name: got for name, got in told["page"].items() if got != "no"} == {}
    assert len(told["page"]) == 19
    assert listener.visitors() == 0
