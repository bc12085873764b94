# SPDX-License-Identifier: GPL-3.0-or-later
"""When each step of the agent is due, and when its process may end or rest."""

from __future__ import annotations

import time
from collections.abc import Callable

from app.sync.config import AgentConfig
from app.sync.context import Context
from app.sync.couriers import Couriers
from app.sync.desk_use import DeskUse
from app.sync.downloads import Downloads
from app.sync.scheduler import (
    CATALOGUE_AGAIN_S,
    CATALOGUE_EVERY_S,
    HOUSEKEEPING_EVERY_S,
    Due,
    Step,
    resting_s,
)
from app.sync.wishes import Wishes

_AGAIN_S = 120.0
# Whoever gave way is not asked again at once: whatever is the reason, the loop never spins.
_AFTER_GIVING_WAY_S = 0.2
# With --once, something that must wait at most this long is still waited for.
_ONCE_PATIENCE_S = 3.0


class Agenda:
    """What is to be done, in seconds from now; it acts on nothing."""

    def __init__(
        self,
        config: AgentConfig,
        context: Context,
        wishes: Wishes,
        downloads: Downloads,
        couriers: Couriers,
        desk_use: DeskUse,
    ) -> None:
        self._config = config
        self._context = context
        self._wishes = wishes
        self._downloads = downloads
        self._couriers = couriers
        self._desk_use = desk_use
        self._worked_s = time.monotonic()
        self._catalogue_at_s = 0.0
        self._housekeeping_at_s = self._worked_s + (config.rests_after_s or 60.0)
        self._put_off: dict[Step, float] = {}
        self.rests_s: float | None = None

    def due(self) -> Due:
        """When each step wants to run next."""
        now_s = time.monotonic()
        config = self._config
        is_errand = bool(config.for_requests)
        has_region = bool(self._context.store.regions())
        due: dict[Step, float | None] = {
            Step.REQUESTS: 0.0 if self._wishes.has_new() else None,
            Step.CATALOGUE: self._catalogue_at_s - now_s if has_region and not is_errand else None,
            Step.STATEMENTS: None if is_errand else self._couriers.statements_due_s(),
            Step.DOWNLOADS: self._downloads.due_s(config.for_requests),
            Step.UPLOADS: self._couriers.uploads_due_s(),
            Step.HOUSEKEEPING: None if is_errand else self._housekeeping_due_s(now_s),
        }
        for step, until_s in self._put_off.items():
            wish_s = due[step]
            due[step] = None if wish_s is None else max(wish_s, until_s - now_s)
        return Due(**{step.value: wait_s for step, wait_s in due.items()})

    def _housekeeping_due_s(self, now_s: float) -> float | None:
        if self._desk_use.has_suspects:
            return 0.0
        return None if self._config.is_once else self._housekeeping_at_s - now_s

    # -- what changes it --------------------------------------------------------------------

    def catalogue_now(self) -> None:
        """Somebody waits for news."""
        self._catalogue_at_s = 0.0

    def catalogue_done(self, *, is_good: bool) -> None:
        """The regions were asked."""
        every_s = CATALOGUE_EVERY_S if is_good else CATALOGUE_AGAIN_S
        self._catalogue_at_s = time.monotonic() + every_s

    def housekeeping_begun(self) -> None:
        """Whatever becomes of it, it comes again in an hour."""
        self._housekeeping_at_s = time.monotonic() + HOUSEKEEPING_EVERY_S

    def failed(self, step: Step) -> None:
        """It did not work."""
        self._put_off[step] = time.monotonic() + _AGAIN_S

    def gave_way(self, step: Step) -> None:
        """Something more urgent, a lesson or a pause came in between."""
        self._put_off[step] = time.monotonic() + _AFTER_GIVING_WAY_S

    def worked(self) -> None:
        """A step is over; the quiet begins anew."""
        self._worked_s = time.monotonic()

    def forgive(self) -> None:
        """Whatever was put off is tried again now."""
        self._put_off.clear()

    # -- the end ----------------------------------------------------------------------------

    def is_through(self, wait_s: float | None) -> bool:
        """Whether a run of `--once` has done all that can be done now."""
        if not self._config.is_once:
            return False
        is_errand_over = self._config.for_requests and not self._working_errands()
        return bool(is_errand_over) or wait_s is None or wait_s > _ONCE_PATIENCE_S

    def may_rest(
        self, wait_s: float | None, at_most_s: Callable[[float | None], float | None]
    ) -> bool:
        """Whether this process has nothing to wait for."""
        quiet_s = time.monotonic() - self._worked_s
        self.rests_s = resting_s(at_most_s(wait_s), quiet_s, self._config.rests_after_s)
        return self.rests_s is not None

    def _working_errands(self) -> set[str]:
        working = {item[0] for item in self._context.requests.working()}
        return working & self._config.for_requests
