# SPDX-License-Identifier: GPL-3.0-or-later
"""`kezhan stick`: what a stick brings, what it takes along, and who was heard of by stick."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping
from typing import Any

from app.base.messages import message
from app.base.paths import DataPaths
from app.sync.courier.points import read_points
from app.sync.inbox import Kind
from app.wiring.console import Console
from app.wiring.errands import errand

_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_SIZE = re.compile(r"(\d{1,15})\s*([KMGT]?)B?", re.IGNORECASE)


def size_in_bytes(text: str) -> int | None:
    """4GB → 4000000000, as the makers of sticks count; None when it is no size."""
    found = _SIZE.fullmatch(text.strip())
    size_bytes = int(found[1]) * _UNITS[found[2].upper()] if found is not None else 0
    return size_bytes or None


def stick(options: argparse.Namespace, paths: DataPaths, console: Console) -> int:
    """Run one of the three."""
    if options.direction == "points":
        return _points(paths, console)
    if options.dir is None:
        return _wrong_usage(console, "cli_stick_dir", direction=options.direction)
    folder = str(options.dir.absolute())
    if options.direction == "import":
        body: dict[str, Any] = {"dir": folder, "relay": options.relay}
        _say_imported(errand(Kind.STICK_IMPORT, body, paths, console).result, console)
        return 0
    space_bytes = size_in_bytes(options.space) if options.space is not None else None
    if options.space is not None and space_bytes is None:
        return _wrong_usage(console, "cli_stick_size", size=options.space)
    body = {"dir": folder, "space_bytes": space_bytes, "refill": options.refill}
    result = errand(Kind.STICK_EXPORT, body, paths, console).result
    say_exported(result, console, is_refill=options.refill)
    return 0


def _wrong_usage(console: Console, code: str, **data: object) -> int:
    console.problem_text(message(code, data, console.language).line)
    return 2


def _say_imported(result: Mapping[str, Any], console: Console) -> None:
    if result.get("suspects"):
        names = "、".join(result.get("suspect_names", ()))
        console.say("cli_stick_suspects", count=result["suspects"], names=names)
    if result.get("left_files"):
        megabytes = round(result["left_bytes"] / 1e6)
        console.say("cli_stick_left", files=result["left_files"], megabytes=megabytes)
    if result.get("relayed"):
        console.say("cli_stick_relayed", bundles=result["relayed"])
    if result.get("news"):
        console.say("cli_stick_news")
    console.say("cli_stick_done", files=result.get("files"))


def say_exported(result: Mapping[str, Any], console: Console, *, is_refill: bool) -> None:
    """What went onto the stick, and that it can be pulled out."""
    if result.get("refilled"):
        console.say("cli_stick_refilled", files=result["refilled"])
    left = result.get("left_statements", 0) + result.get("left_uploads", 0)
    if left:
        console.say("cli_stick_not_all", left=left)
    if result.get("relayed"):
        console.say("cli_stick_passed_on", bundles=result["relayed"])
    if result.get("bundles"):
        told = {name: result.get(name) for name in ("statements", "uploads")}
        console.say("cli_stick_taken", **told)
    elif result.get("aboard"):
        console.say("cli_stick_aboard")
    elif is_refill or result.get("relayed"):
        console.say("cli_stick_ready")
    else:
        console.say("cli_stick_nothing")


def _points(paths: DataPaths, console: Console) -> int:
    for point in read_points(paths):
        console.record(
            {
                "point": point.point,
                "name": point.name,
                "first_at": point.first_at,
                "last_at": point.last_at,
                "bundles": point.bundles,
            }
        )
        console.text(f"{point.last_at[:10]}  {point.name or point.point[:8]}  {point.bundles}")
    return 0
