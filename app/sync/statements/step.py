# SPDX-License-Identifier: GPL-3.0-or-later
"""What every courier is given and gives back, so that the agent's loop treats them alike."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.base.errors import KnownError
from app.sync.errors import AuthRefusedError, MirrorBusyError, MirrorMissingError

Emit = Callable[[Mapping[str, object]], None]

_FIRST_WAIT_S = 2.0
_LONGEST_WAIT_S = 600.0
_REFUSED_WAIT_S = 3600.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a region takes things, and as whom we bring them; headers hold the credentials."""

    region_id: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    school_code: str = ""


@dataclass(frozen=True, slots=True)
class StepResult:
    """What one step did.

    `is_idle` says that calling again now is of no use: nothing is left, or what is left waits.
    `wait_s` says when to call again; None is when something has changed. `known` counts what the
    region already had in a form that this machine does not remember.
    """

    sent: int = 0
    left: int = 0
    is_idle: bool = False
    wait_s: float | None = None
    problems: tuple[KnownError, ...] = ()
    known: int = 0


class Backoff:
    """Waits longer after each failure in a row, a little at random so that schools do not march."""

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        self._chance = chance
        self._failures = 0

    def failed(self, at_least_s: float | None = None) -> float:
        """Count a failure; returns the seconds to wait, never less than the server asked for."""
        wait_s = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2.0**self._failures)
        self._failures = min(self._failures + 1, 16)
        return max(at_least_s or 0.0, wait_s * (0.5 + 0.5 * self._chance()))

    def succeeded(self) -> None:
        """Start from the shortest wait again."""
        self._failures = 0


class Patience:
    """When one endpoint may be asked again; the couriers of statements and uploads share it."""

    def __init__(self, clock_s: Callable[[], float]) -> None:
        self._clock_s = clock_s
        self._backoff = Backoff()
        self._not_before_s = 0.0

    @property
    def left_s(self) -> float:
        """Seconds until it may be asked; 0 when that is now."""
        return max(0.0, self._not_before_s - self._clock_s())

    def after(self, error: KnownError) -> float:
        """How long it is left alone after that; who refuses us will not think better soon."""
        if isinstance(error, AuthRefusedError | MirrorMissingError):
            return self._wait(_REFUSED_WAIT_S)
        asked_s = error.retry_after_s if isinstance(error, MirrorBusyError) else None
        return self._wait(self._backoff.failed(asked_s))

    def after_refusals(self) -> float:
        """It answers, and takes nothing: it is asked more slowly."""
        return self._wait(self._backoff.failed())

    def succeeded(self) -> None:
        """It works: the next failure waits shortest again."""
        self._backoff.succeeded()

    def forget(self) -> None:
        """Ask again now."""
        self._not_before_s = 0.0

    def _wait(self, wait_s: float) -> float:
        self._not_before_s = self._clock_s() + wait_s
        return wait_s
