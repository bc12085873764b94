# SPDX-License-Identifier: GPL-3.0-or-later
"""How one run of the agent is set up."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from app.base.clock import Clock, SystemClock
from app.base.paths import DataPaths, shelf_dir
from app.base.settings import Settings
from app.sync.http import DEFAULT_TIMEOUTS, Timeouts

PARTS = frozenset({"catalogue", "downloads", "statements", "uploads"})


@dataclass(frozen=True, slots=True)
class AgentConfig:
    """How the agent runs.

    `for_requests` limits it to what these requests need (their downloads included), for a command
    that becomes the agent; `is_process` allows the hard end two seconds after a stop; with
    `rests_after_s` it ends when idle, and its last line says when it is wanted again.
    `second_place` is a folder on another disk than the data; `machine` overrides what this machine
    is called by its own hardware and system.
    """

    paths: DataPaths
    is_once: bool = False
    only: frozenset[str] = PARTS
    for_requests: frozenset[str] = frozenset()
    shelves: tuple[Path, ...] = field(default_factory=lambda: (shelf_dir(),))
    settings: Settings = field(default_factory=Settings)
    clock: Clock = field(default_factory=SystemClock)
    timeouts: Timeouts = DEFAULT_TIMEOUTS
    is_process: bool = False
    rests_after_s: float | None = None
    second_place: Path | None = None
    machine: str | None = None
