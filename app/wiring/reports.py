# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that report: status, register."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import datetime
from typing import Any

import app
from app.base.clock import Anchor, SystemClock, TrustedClock
from app.base.db import Database, DatabaseError, open_reader
from app.base.errors import MissingFileError
from app.base.messages import message
from app.base.paths import DataPaths
from app.lesson.store import LessonStore
from app.sync.status import Status, read_status
from app.sync.store import SyncStore
from app.usage.lessons import parse_month
from app.usage.register import make_register
from app.usage.store import UsageStore
from app.wiring.cli import Command
from app.wiring.console import Console

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
    if now.disk.import_bytes:
        console.say("cli_status_import", needed=now.disk.import_bytes // _MEGABYTE + 1)
    console.say(
        "cli_status_waiting",
        transfers=len(now.transfers),
        statements=_waiting(now.statements, "delivered", "quarantined"),
        uploads=_waiting(now.uploads, "delivered", "accepted", "rejected", "cancelled"),
    )
    for problem in now.problems:
        console.text(f"! {message(problem.code, problem.data, console.language).line}")
    return 0


class _Names:
    """What this machine calls teachers; a class is its own name, a period a number of the day."""

    def __init__(self, desk: Database, language: str) -> None:
        self._language = language
        try:
            teachers = LessonStore(desk).teachers()
        except DatabaseError:
            teachers = ()  # events were written here, but never a window opened
        self._teachers = {teacher.teacher_id: teacher.name for teacher in teachers}

    def teacher(self, teacher_id: str) -> str:
        return self._teachers.get(teacher_id, "")

    def class_name(self, class_id: str) -> str:
        return class_id

    def period(self, period_id: str) -> str:
        if not period_id.isdigit():
            return period_id
        return message("period_name", {"number": period_id}, self._language).sentence


def register(options: argparse.Namespace, paths: DataPaths, console: Console) -> int:
    """Write the lesson register (使用登记表) of a month as a workbook."""
    month = parse_month(options.month)
    desk = open_reader(paths.desk_db)
    try:
        anchors = _anchors(paths)
        report = make_register(
            UsageStore(desk),
            _Names(desk, console.language),
            month,
            options.out,
            anchors=anchors,
            not_before=datetime.fromisoformat(app.__released__),
            now=TrustedClock(SystemClock(), anchors).estimate(),
            language=console.language,
        )
    finally:
        desk.conn.close()
    words = {"month": str(month), "lessons": report.lessons, "path": str(options.out)}
    console.say("cli_register_written", **words)
    return 0


def _anchors(paths: DataPaths) -> list[Anchor]:
    """What vouches for the time; a machine that never synced has nothing."""
    try:
        state = open_reader(paths.state_db)
    except MissingFileError:
        return []
    try:
        return list(SyncStore(state).anchors())
    finally:
        state.conn.close()


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


COMMANDS: dict[str, Command] = {"register": register, "status": status}
