# SPDX-License-Identifier: GPL-3.0-or-later
"""Loads what waits for the region onto a stick, sealed: statements first, then uploads.

Everything stays on this machine in the state it had, so a lost stick costs a trip and nothing else.
Bundles that are whole on the stick are not written again; one that was cut is made anew.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from app.region.errors import BundleKeyMissingError
from app.sync.context import Context
from app.sync.courier.depot import Depot
from app.sync.courier.errand import Errand, StoppedByUserError
from app.sync.courier.errors import StickFullError
from app.sync.courier.exported import Exported
from app.sync.courier.pace import Pace, Stop
from app.sync.courier.refill import Refill
from app.sync.courier.store import BundleStore
from app.sync.courier.worker import call_all
from app.sync.regions import RegionKeeper
from app.sync.statements.store import StatementStore
from app.sync.stick_load import Parts, RegionLoad
from app.sync.store import RegionRow
from app.sync.uploads.store import UploadStore

logger = logging.getLogger(__name__)
_T = TypeVar("_T")


class StickExport:
    """One export; the agent's main thread alone uses it."""

    def __init__(self, context: Context, keeper: RegionKeeper, errand: Errand) -> None:
        self._context = context
        self._keeper = keeper
        self._errand = errand
        self._bundles = BundleStore(context.store.database)
        self._statements = StatementStore(context.store.database)
        self._uploads = UploadStore(context.store.database)
        self._exported = Exported()
        self._done_bytes = self._total_bytes = 0

    def run(
        self, folder: Path, space_bytes: int | None = None, *, is_refill: bool = False
    ) -> Exported:
        """Load as much as fits into the free room, or into `space_bytes` if that is less.

        With `is_refill` also what a point needs: receipts, catalogue, lessons that are here.

        Raises:
            BundleKeyMissingError: the region takes nothing from sticks; nothing was written.
            StickProtectedError, StickFullError: nothing could be written.
            CarrierGoneError, StickFailingError, StickLinkError, StickAmbiguousError,
            StickLiesError: bundles written before stay good.
            CancelledError: the agent stops; the request is begun again.
        """
        exported = self._exported
        try:
            for region in self._context.store.regions():
                if self._waits(region):
                    self._try_region(region, folder, space_bytes)
                if is_refill:
                    refill = Refill(self._context, region, folder)
                    exported.refilled += refill.run(self._refill_step, space_bytes)
        except StoppedByUserError:
            exported.is_stopped = True
        has_any = exported.bundles or exported.aboard or exported.relayed or exported.refilled
        if exported.errors and not has_any:
            raise exported.errors[0]
        return exported

    def _refill_step(self, jobs: Sequence[Callable[[Callable[[int], None]], None]]) -> None:
        self._work_all([lambda stop, job=job: job(stop.passed) for job in jobs], "")  # type: ignore[misc]

    def _waits(self, region: RegionRow) -> bool:
        if Depot(self._context).to_pass_on(region.region_id):
            return True
        has_statements = self._statements.left(region.region_id) > 0
        return has_statements or bool(self._uploads.for_stick(region.region_id))

    def _try_region(self, region: RegionRow, folder: Path, space_bytes: int | None) -> None:
        """One region that cannot take part must not keep another from it."""
        exported = self._exported
        try:
            RegionLoad(self, region, folder, space_bytes).run()
        except (BundleKeyMissingError, StickFullError) as error:
            exported.errors.append(error)
        else:
            if exported.left_statements or exported.left_uploads:
                exported.errors.append(StickFullError(path=str(folder), written=exported.bundles))

    # -- what the regions share --------------------------------------------------------------

    @property
    def parts(self) -> Parts:
        """The tools of one region's share."""
        return self._context, self._bundles, self._statements, self._uploads, self._exported

    @property
    def keeper(self) -> RegionKeeper:
        """Knows what each region has signed."""
        return self._keeper

    def expect(self, size_bytes: int) -> None:
        """So many bytes more are to be written."""
        self._total_bytes += size_bytes

    def work(self, job: Callable[[Stop], _T], title: str) -> _T:
        """Run a job of a worker with progress, pace and stop."""
        results: list[_T] = []
        self._work_all([lambda stop: results.append(job(stop))], title)
        return results[0]

    def _work_all(self, jobs: Sequence[Callable[[Stop], None]], title: str) -> None:
        """`work` for jobs that go side by side."""
        stop = Stop(Pace(self._errand.rate, self._errand.wait))

        def between(_: Stop) -> None:
            done = self._done_bytes + stop.done_bytes
            self._errand.progress(title, done, max(done, self._total_bytes))
            self._errand.between()

        works = [partial(job, stop) for job in jobs]
        call_all(self._context.streams, works, between, stop)
        self._done_bytes += stop.done_bytes
