# SPDX-License-Identifier: GPL-3.0-or-later
"""A check that is cut off takes its Wine processes with it: else they would disturb the next one.

`python -m installer.check_stop PREFIX HOW` is a check that is to be cut off.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from installer.build import end_in_order
from installer.check_life import wait_for
from installer.journey import expect
from installer.toolbox import ROOT, BuildError, say
from installer.wine import Prefix

if TYPE_CHECKING:
    from installer.check_windows import WindowsCheck

_ENDLESS = "notepad.exe"
_TIMEOUT_S = 5
_DEADLINE_S = 120
_WAYS = {"timeout": None, "Ctrl-C": signal.SIGINT, "end": signal.SIGTERM}


def check_stop(check: WindowsCheck) -> None:
    """Cut a check off in each way while a Windows program runs in its prefix."""
    for way, number in _WAYS.items():
        command = [sys.executable, "-m", "installer.check_stop", str(check.prefix.root), way]
        variables = {**os.environ, "DISPLAY": check.display}
        with subprocess.Popen(command, cwd=ROOT, env=variables) as cut:
            if number is not None:
                wait_for(lambda: _runs(check.prefix), f"{_ENDLESS} of a check")
                cut.send_signal(number)
            try:
                code = cut.wait(_DEADLINE_S)
            except subprocess.TimeoutExpired as error:
                cut.kill()
                raise BuildError(f"a check that is cut off by {way} does not end") from error
        expect(code == (128 + number if number is not None else 1), f"{way}: exit code {code}")
        left = check.prefix.processes()
        expect(not left, f"{way}: left {len(left)} processes of Wine")
    say("a check that is cut off leaves no process of Wine: " + ", ".join(_WAYS))


def _runs(prefix: Prefix) -> bool:
    for pid in prefix.processes():
        try:
            if _ENDLESS in Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace"):
                return True
        except OSError:
            continue
    return False


def _hang(prefix: Prefix, way: str) -> int:
    """Run what never ends, until it is cut off."""
    end_in_order()
    timeout_s = _TIMEOUT_S if way == "timeout" else _DEADLINE_S
    try:
        with prefix.in_use(os.environ["DISPLAY"]):
            prefix.call(_ENDLESS, display=os.environ["DISPLAY"], timeout_s=timeout_s)
    except BuildError:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_hang(Prefix(Path(sys.argv[1])), sys.argv[2]))
