# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that only read: search, status, register."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import datetime
from typing import Any

from app.base.messages import message
from app.base.paths import DataPaths
from app.sync.status import Status, read_status
from app.wiring.cli import Command
from app.wiring.console import Console
from app.wiring.finding import search

_MEGABYTE = 1_000_000


def status(_options: argparse.Namespace, paths: DataPaths, console: Console) -> int:
    """Print how things stand."""
    now = read_status(paths)
    console.record(status_document(now))
    for region in now.regions:
        issued = f"{region.issued:%Y-%m-%d}" if region.issued else "-"
        console.say("cli_status_region", name=region.name, issued=issued)
    last = f"{now.last_sync_at:%Y-%m-%d %H:%M}" if now.last_sync_at else "-"
    console.say("cli_status_last", moment=last)
    console.say("cli_status_disk", **_disk_words(now))
    console.say(
        "cli_status_waiting",
        transfers=len(now.transfers),
        statements=_waiting(now.statements, "sent", "quarantined"),
        uploads=_waiting(now.uploads, "delivered", "accepted", "rejected"),
    )
    for problem in now.problems:
        console.text(f"! {message(problem.code, problem.data, console.language).line}")
    return 0


def status_document(now: Status) -> dict[str, Any]:
    """The status as JSON values."""
    document: dict[str, Any] = _plain(asdict(now))
    document["event"] = "status"
    return document


def _disk_words(now: Status) -> dict[str, object]:
    return {
        "used": now.disk.used_bytes // _MEGABYTE,
        "quota": now.disk.quota_bytes // _MEGABYTE,
        "free": now.disk.free_bytes // _MEGABYTE,
    }


def _waiting(counts: Any, *over: str) -> int:
    return sum(count for state, count in counts.items() if state not in over)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


COMMANDS: dict[str, Command] = {"search": search, "status": status}
