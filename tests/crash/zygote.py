# SPDX-License-Identifier: GPL-3.0-or-later
"""Forks agents that are to be killed: everything is imported once, so hundreds cost little.

A line in: `{"root", "events", "after_events", "after_s", "how"}` with `how` one of `kill`, `stop`,
`run`: once the agent has said so many things, and so long after that. A line out: how it ended. A
stopped agent stays stopped until the next line, which kills it.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.base.paths import DataPaths
from app.sync.agent import AgentConfig, run_agent
from app.sync.http import Timeouts

# An agent that raised what it must not; its traceback is on the error output.
CRASHED = 9
QUICK = Timeouts(connect_s=2.0, silence_s=3.0, total_s=20.0)


def be_the_agent(order: Mapping[str, Any], heard: int) -> None:
    """Run in the child; every event is told before the agent goes on, in a file of another disk."""
    descriptor = os.open(order["events"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def out(event: Mapping[str, object]) -> None:
        line = json.dumps(event).encode() + b"\n"
        os.write(descriptor, line)
        if order["after_events"]:
            os.write(heard, line)

    config = AgentConfig(
        DataPaths(Path(order["root"])), is_once=True, shelves=(), timeouts=QUICK, machine="school"
    )
    code = CRASHED
    try:
        code = run_agent(config, None, out)
    except BaseException:  # noqa: BLE001 - nothing may leave a forked child but through here
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def wait_for(child: int, order: Mapping[str, Any], hearing: int) -> int | None:
    """The exit status of the child if it ends before its moment has come."""
    handle = os.pidfd_open(child)
    left = order["after_events"]
    try:
        while left > 0 and handle not in (ready := select.select([handle, hearing], [], [])[0]):
            left -= os.read(hearing, 65536).count(b"\n") if ready else 0
        is_run = order["how"] == "run"
        ended = select.select([handle], [], [], None if is_run else order["after_s"])[0]
    finally:
        os.close(handle)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) if ended else None


def carry_out(order: Mapping[str, Any]) -> dict[str, Any]:
    hearing, heard = os.pipe()
    child = os.fork()
    if child == 0:
        be_the_agent(order, heard)
    os.close(heard)
    try:
        return end_of(child, order, wait_for(child, order, hearing))
    finally:
        os.close(hearing)


def end_of(child: int, order: Mapping[str, Any], code: int | None) -> dict[str, Any]:
    """Its moment has come, unless it had ended before."""
    if code is not None:
        return {"ended": code}
    if order["how"] == "stop":
        code = end_or_stop(child)
        if code is not None:
            return {"ended": code}
        print(json.dumps({"stopped": child}), flush=True)
        sys.stdin.readline()
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return {"killed": child}


def end_or_stop(child: int) -> int | None:
    """Let a child stand still; its exit status where it was quicker and has ended meanwhile."""
    os.kill(child, signal.SIGSTOP)
    # Asked for stops alone, the system knows no such child once it has ended.
    became = os.waitid(os.P_PID, child, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
    if became is None or became.si_code == os.CLD_STOPPED:
        return None
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    gc.freeze()
    print(json.dumps({"ready": os.getpid()}), flush=True)
    for line in iter(sys.stdin.readline, ""):
        print(json.dumps(carry_out(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
