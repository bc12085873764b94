# SPDX-License-Identifier: GPL-3.0-or-later
"""What the agent does next: decisions only, the agent acts.

Order: wishes, then trust and catalogue, statements, what a teacher waits for, other downloads,
uploads, and last the housekeeping that nobody waits for.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

CATALOGUE_EVERY_S = 6 * 3600.0
CATALOGUE_AGAIN_S = 300.0
STATEMENTS_EVERY_S = 60.0
UPLOADS_EVERY_S = 60.0
HOUSEKEEPING_EVERY_S = 3600.0
JOB_AGAIN_S = 30.0
# Starting again costs a second of processor time: not worth it for a shorter rest.
SHORTEST_REST_S = 300.0
LONGEST_REST_S = 3600.0
LONGEST_JOB_WAIT_S = 1800.0
# Below this limit several streams would only share the little there is.
ONE_STREAM_BELOW_BYTES_S = 64 * 1024


class Step(StrEnum):
    """One thing to do; each is resumable and gives way to a more urgent one."""

    REQUESTS = "requests"
    CATALOGUE = "catalogue"
    STATEMENTS = "statements"
    DOWNLOADS = "downloads"
    UPLOADS = "uploads"
    HOUSEKEEPING = "housekeeping"


@dataclass(frozen=True, slots=True)
class Due:
    """When each step wants to run next, in seconds from now; None: nothing there to do."""

    requests: float | None = None
    catalogue: float | None = None
    statements: float | None = None
    downloads: float | None = None
    uploads: float | None = None
    housekeeping: float | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """What the decision depends on."""

    due: Due
    only: frozenset[str]
    is_paused: bool = False
    is_lesson: bool = False


# Paused and during a lesson nothing uses the line or the disk; wishes are still noted.
_QUIET = (Step.REQUESTS,)
_ALWAYS = (Step.REQUESTS, Step.HOUSEKEEPING)


def next_step(situation: Situation) -> tuple[Step | None, float | None]:
    """The step to do now, or None and how long to wait for the next (None: for an event)."""
    waits: list[float] = []
    for step in Step:
        if not _is_allowed(step, situation):
            continue
        due_s: float | None = getattr(situation.due, step.value)
        if due_s is None:
            continue
        if due_s <= 0:
            return step, 0.0
        waits.append(due_s)
    return None, min(waits, default=None)


def _is_allowed(step: Step, situation: Situation) -> bool:
    if step not in _ALWAYS and step.value not in situation.only:
        return False
    return step in _QUIET or not (situation.is_paused or situation.is_lesson)


def job_wait_s(tries: int) -> float:
    """How long a download that failed `tries` times is left alone."""
    return float(min(LONGEST_JOB_WAIT_S, JOB_AGAIN_S * 2.0 ** max(0, tries - 1)))


def stream_count(limit_bytes_s: float | None, governed: int, *, is_local: bool) -> int:
    """How many streams a download may use; `governed` is what the line has shown to be worth."""
    if is_local or (limit_bytes_s is not None and limit_bytes_s < ONE_STREAM_BELOW_BYTES_S):
        return 1
    return governed


def resting_s(wait_s: float | None, quiet_s: float, rests_after_s: float | None) -> float | None:
    """How long the agent's process may end for; None when it has to stay.

    `wait_s` is the time until the next thing is due (None: nothing is), `quiet_s` the time since
    the last work, `rests_after_s` the quiet that is asked for (None: never rest).
    """
    if rests_after_s is None or quiet_s < rests_after_s:
        return None
    rests_s = min(LONGEST_REST_S, wait_s if wait_s is not None else LONGEST_REST_S)
    return rests_s if rests_s >= SHORTEST_REST_S else None
