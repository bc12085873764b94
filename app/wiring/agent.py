# SPDX-License-Identifier: GPL-3.0-or-later
"""`kezhan sync`: the agent as a process of its own. Nothing here loads Qt."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Mapping
from typing import Any

from app.base.log import configure_logging
from app.base.messages import message
from app.base.paths import DataPaths, second_place
from app.base.settings import load_settings
from app.sync.agent import PARTS, AgentConfig, run_agent
from app.sync.priority import lower_priority
from app.wiring.console import Console
from app.wiring.move import finish
from app.wiring.move_follow import run_again, settled

_MEGABYTE = 1_000_000


def sync(options: argparse.Namespace, paths: DataPaths, console: Console) -> int:
    """Run the agent until it is stopped, or with `--once` until nothing is left to do.

    An agent that had to make way for a move of the data goes on in the other place.
    """
    if not options.once:
        paths = settled(paths)
    paths.ensure()
    finish(paths)
    configure_logging(paths, "agent")
    lower_priority()
    config = AgentConfig(
        paths=paths,
        is_once=options.once,
        only=options.only or PARTS,
        settings=load_settings(paths),
        is_process=True,
        rests_after_s=options.rest,
        second_place=second_place(paths),
    )
    printer = EventPrinter(console)
    gc.freeze()  # what a start has made stays until the end
    code = run_agent(config, sys.stdin.fileno() if sys.stdin else None, printer)
    if printer.has_made_way and not options.once:
        return run_again(paths, options)
    return code


class EventPrinter:
    """Prints the agent's events: as they are for programs, as sentences for people."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.has_made_way = False

    def __call__(self, event: Mapping[str, Any]) -> None:
        """Take one event."""
        self._console.record(event)
        kind = event.get("event")
        if kind == "making_way":
            self.has_made_way = True
        elif kind == "progress":
            self._console.progress(_progress_line(event))
        elif kind == "problem":
            words = message(event["code"], event["data"], self._console.language)
            self._console.progress("")
            self._console.problem_text(words.line)
        elif kind == "done":
            self._console.progress("")
            self._console.say("cli_done", **_done_data(event))


def _progress_line(event: Mapping[str, Any]) -> str:
    done_bytes, total_bytes = event["done_bytes"], event["total_bytes"]
    share = f"{100 * done_bytes // total_bytes:3d} %" if total_bytes else "  … "
    return f"{share}  {event.get('title') or event['kind']}"


def _done_data(event: Mapping[str, Any]) -> dict[str, object]:
    brought, sent, left = event["brought"], event["sent"], event["left"]
    return {
        "files": brought["files"],
        "entries": brought["entries"],
        "megabytes": round(brought["bytes"] / _MEGABYTE, 1),
        "statements": sent["statements"],
        "uploads": sent["uploads"],
        "left": sum(left.values()),
    }
