# SPDX-License-Identifier: GPL-3.0-or-later
"""The journey that every packed program is taken on, whatever the system: join, find, play."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from installer.toolbox import BuildError, say

Call = Callable[..., str]
Lines = list[dict[str, Any]]
_LEAST_COLOURS = 60  # a blank window has a handful
LEAST_IN_A_FILM = 500  # a page that says what is wrong has some two hundred
VIDEO, PDF = "starter-fraction-video", "starter-poem-slides"


def records(said: str) -> Lines:
    """The JSON objects of a command's output; other lines (Wine's) are passed over."""
    lines = (line.strip() for line in said.splitlines())
    return [json.loads(line) for line in lines if line.startswith("{")]


def expect(is_true: bool, what: str) -> None:
    """Stop the check with one sentence."""
    if not is_true:
        raise BuildError(f"the packed program: {what}")


def walk_commands(cli: Call, enrolment: str) -> None:
    """status, enrol, sync, search and doctor of a program with an empty data directory."""
    expect(not records(cli("status", "--json"))[-1]["regions"], "starts without a region")
    cli("enrol", enrolment, "--json")
    done = records(cli("sync", "--once", "--json"))[-1]
    expect(done.get("event") == "done" and not done["problems"], f"sync ended with {done}")
    found = records(cli("search", "分数", "--json"))
    expect(found[-1]["total"] > 0, "finds nothing for 分数")
    expect(any(each.get("id") == VIDEO for each in found), "does not find the starter video")
    status = records(cli("status", "--json"))[-1]
    expect(len(status["regions"]) == 1, "does not know its region afterwards")
    say(f"status, enrol, sync, search: {found[-1]['total']} found for 分数")


def colours(picture: Path) -> int:
    """How many colours a picture has, on a grid: text on one ground has few, a lesson has many."""
    from PySide6.QtGui import QImage

    image = QImage(str(picture))
    expect(not image.isNull(), f"left no picture at {picture}")
    across, down = range(0, image.width(), 4), range(0, image.height(), 4)
    return len({image.pixel(x, y) for x in across for y in down})


def look_at(picture: Path, least: int = _LEAST_COLOURS) -> None:
    """Refuse a blank picture, or one with fewer colours than what it should show."""
    count = colours(picture)
    expect(count >= least, f"{picture.name} shows only {count} colours")
    say(f"{picture} shows {count} colours")
