# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings the local catalogue to what a region's index says, shard by shard."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from app.base.errors import KnownError
from app.catalogue.writer import CatalogueWriter
from app.region.enrolment import Enrolment
from app.region.errors import ShardDamagedError
from app.region.index import Index
from app.region.shard import read_delta, read_snapshot
from app.sync.carriers import Carrier
from app.sync.context import Context, stops_run
from app.sync.health import truest
from app.sync.parts import PartKeeper, parts_of
from app.sync.plan import CataloguePlan, ShardPlan, plan_catalogue, wanted_shards
from app.sync.store import RegionRow

logger = logging.getLogger(__name__)


class CatalogueUpdate:
    """One region's catalogue; the last good one stays until the new one is whole."""

    def __init__(
        self,
        context: Context,
        writer: CatalogueWriter,
        region: RegionRow,
        enrolment: Enrolment,
        carriers: Sequence[Carrier],
    ) -> None:
        self._context = context
        self._writer = writer
        self._region = region
        self._enrolment = enrolment
        self._changed_entries = 0
        self._keeper = PartKeeper(
            context.paths,
            region.region_id,
            carriers,
            context.health,
            context.streams,
            context.between,
        )

    def plan(self, index: Index) -> CataloguePlan:
        """What has to be fetched and dropped."""
        region_id = self._region.region_id
        switched = self._context.store.subscriptions(region_id)
        wanted = wanted_shards(index, self._enrolment.subscriptions, switched)
        held = self._writer.shards_of(region_id)
        return plan_catalogue(index, wanted, held.get, held)

    def run(self, index: Index) -> KnownError | None:
        """Fetch, verify, apply, and publish once; returns the truest error of shards that failed.

        Raises:
            CancelledError, TransferPausedError, DiskFullError, ReadOnlyError: what was fetched is
                kept, the last good catalogue stays.
        """
        plan = self.plan(index)
        if not plan.shards and not plan.removed:
            return None
        for bundle in plan.bundles:
            self._keeper.bring_bundle(bundle, plan.shards)
        errors: list[KnownError] = []
        applied: list[ShardPlan] = []
        total_bytes = sum(part.length for one in plan.shards for part in parts_of(one))
        done_bytes = 0
        for fetched in self._keeper.bring_all(plan.shards):
            error = fetched.error
            if error is None:
                try:
                    self._changed_entries += self._apply(fetched.plan)
                except KnownError as known:
                    if stops_run(known):
                        raise
                    logger.warning("shard %s: %s", fetched.plan.line.shard_id, known)
                    error = known
            if error is None:
                applied.append(fetched.plan)
            else:
                errors.append(error)
            done_bytes += sum(part.length for part in parts_of(fetched.plan))
            self._context.events.progress(
                f"catalogue-{self._region.region_id}",
                "catalogue",
                self._region.name,
                done_bytes,
                total_bytes,
            )
        for shard_id in plan.removed:
            self._writer.remove_shard(self._region.region_id, shard_id)
        if applied or plan.removed:
            self._publish(applied, plan.removed)
        return truest(errors)

    def _publish(self, applied: Sequence[ShardPlan], removed: Sequence[str]) -> None:
        """Make the new catalogue the one that readers see; only then may old files go."""
        self._writer.finish()
        self._context.events.changed("catalogue")
        brought = self._context.brought
        brought.shards += len(applied)
        brought.entries += self._changed_entries
        brought.bytes += self._keeper.fetched_bytes
        for one in applied:
            names = {part.name for part in parts_of(one)}
            if one.snapshot is None:
                names |= self._keeper.names(one.line.shard_id)
            self._keeper.forget_superseded(one.line.shard_id, names)
        for shard_id in removed:
            self._keeper.forget_superseded(shard_id, set())

    def _apply(self, plan: ShardPlan) -> int:
        """Stage one shard's files; returns how many entries are new, changed or gone.

        Raises:
            ShardDamagedError, DeltaGapError: what the region signed cannot be used.
        """
        self._context.between()
        region_id = self._region.region_id
        changed = 0
        for part in parts_of(plan):
            raw = self._keeper.read(part)
            if raw is None:
                raise ShardDamagedError(shard_id=plan.line.shard_id, reason="vanished")
            if part.name.endswith(".snapshot"):
                snapshot = read_snapshot(raw)
                self._writer.apply_snapshot(region_id, snapshot)
                changed += snapshot.count
            else:
                delta = read_delta(raw)
                self._writer.apply_delta(region_id, delta)
                changed += delta.count + len(delta.deleted_ids)
        return changed
