# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings the local catalogue to what a region's index says, shard by shard."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Sequence

from app.base.errors import KnownError
from app.catalogue.errors import CatalogueRoomError
from app.catalogue.room import import_bytes
from app.catalogue.writer import CatalogueWriter
from app.region.enrolment import Enrolment
from app.region.errors import ShardDamagedError
from app.region.index import Index, ShardLine
from app.region.shard import read_delta, read_snapshot
from app.sync.carriers import Carrier
from app.sync.context import Context, stops_run
from app.sync.delta_bundles import BundleKeeper
from app.sync.health import truest
from app.sync.parts import PartFile, PartKeeper, parts_of
from app.sync.plan import CataloguePlan, ShardPlan, bundle_of, plan_catalogue, wanted_shards
from app.sync.store import IMPORT_META, RegionRow

logger = logging.getLogger(__name__)
# The second plan does without the bundles whose content was not what their head said.
_MOST_ROUNDS = 2


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
        self._bundles = BundleKeeper(context.paths, region.region_id, self._keeper)

    def plan(self, index: Index) -> CataloguePlan:
        """What has to be fetched and dropped; bundles that pay are fetched on the way."""
        held = self._writer.shards_of(self._region.region_id)
        lines = self._bundles.lines_with_deltas(index, self._wanted(index), held.get)
        return plan_catalogue(index, lines, held.get, held)

    def _wanted(self, index: Index) -> list[ShardLine]:
        switched = self._context.store.subscriptions(self._region.region_id)
        return wanted_shards(index, self._enrolment.subscriptions, switched)

    def run(self, index: Index) -> KnownError | None:
        """Fetch, verify, apply, and publish once; returns the truest error of shards that failed.

        Raises:
            CancelledError, TransferPausedError, DiskFullError, ReadOnlyError: what was fetched is
                kept, the last good catalogue stays.
        """
        applied: list[ShardPlan] = []
        removed: list[str] = []
        errors: list[KnownError] = []
        for _ in range(_MOST_ROUNDS):
            plan = self.plan(index)
            for shard_id in plan.removed:
                self._writer.remove_shard(self._region.region_id, shard_id)
            removed += plan.removed
            error = self._without_room(plan)
            if error is not None:
                errors.append(error)
                break
            refused = self._run_plan(plan, applied, errors)
            if not refused:
                break
        if applied or removed:
            self._publish(applied, removed)
            self._context.store.set_meta(IMPORT_META, 0)
        held = self._writer.shards_of(self._region.region_id)
        is_behind = any(held.get(line.shard_id) != line.serial for line in self._wanted(index))
        return truest(errors) or (truest(self._bundles.errors) if is_behind else None)

    def _without_room(self, plan: CataloguePlan) -> KnownError | None:
        """Say how much of the disk this takes; an error where there is not so much."""
        if not plan.shards:
            return None
        needed_bytes = import_bytes(
            sum(part.length for one in plan.shards for part in parts_of(one)),
            sum(one.line.entries for one in plan.shards if one.snapshot is not None),
            self._writer.size(),
        )
        self._context.store.set_meta(IMPORT_META, needed_bytes)
        root = self._context.paths.root
        free_bytes = shutil.disk_usage(root).free
        logger.info("the catalogue's update needs %d bytes, free: %d", needed_bytes, free_bytes)
        if needed_bytes <= free_bytes:
            return None
        return CatalogueRoomError(
            path=str(root),
            needed_bytes=needed_bytes,
            free_bytes=free_bytes,
            needed_mb=-(-needed_bytes // 10**6),
            free_mb=free_bytes // 10**6,
        )

    def _run_plan(
        self, plan: CataloguePlan, applied: list[ShardPlan], errors: list[KnownError]
    ) -> bool:
        """Stage what can be had; whether a bundle was refused, so that another plan may do more."""
        for bundle in plan.bundles:
            self._keeper.bring_bundle(bundle, plan.shards)
        total_bytes = sum(part.length for one in plan.shards for part in parts_of(one))
        done_bytes = 0
        ready: list[ShardPlan] = []
        for fetched in self._keeper.bring_all(plan.shards):
            error = fetched.error or self._try_to_apply(fetched.plan)
            if error is None:
                ready.append(fetched.plan)
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
        refused = self._apply_bundles(ready)
        applied += ready
        return refused

    def _apply_bundles(self, plans: Sequence[ShardPlan]) -> bool:
        """Stage what lies in bundles, oldest bundle first, and single deltas behind them.

        Returns whether one could not be used.
        """
        waiting = {one.line.shard_id: one for one in plans if any(map(bundle_of, one.deltas))}
        order = {bundle_of(delta): None for one in waiting.values() for delta in one.deltas}
        refused = False
        for bundle_id in self._bundles.in_order(filter(None, order)):
            self._context.between()
            try:
                for section in self._bundles.opened(bundle_id).sections():
                    self._changed_entries += self._writer.apply_section(
                        self._region.region_id, section, waiting.keys()
                    )
            except KnownError as error:
                if stops_run(error):
                    raise
                logger.warning("bundle %s: %s", bundle_id, error)
                self._bundles.refuse(bundle_id)
                refused = True
            for plan in waiting.values():
                self._apply_singles(plan)
        return refused

    def _publish(self, applied: Sequence[ShardPlan], removed: Sequence[str]) -> None:
        """Make the new catalogue the one that readers see; only then may old files go."""
        self._writer.finish()
        self._context.events.changed("catalogue")
        brought = self._context.brought
        brought.shards += len(applied)
        brought.entries += self._changed_entries
        brought.bytes += self._keeper.fetched_bytes
        keep: dict[str, set[str]] = {}
        for one in applied:
            keep.setdefault(one.line.shard_id, set()).update(part.name for part in parts_of(one))
        has_snapshot = {one.line.shard_id for one in applied if one.snapshot is not None}
        for shard_id in has_snapshot:
            self._keeper.forget_superseded(shard_id, keep[shard_id])
        for shard_id in removed:
            self._keeper.forget_superseded(shard_id, set())
        self._bundles.forget_unused(self._keeper.kept_serials())

    def _try_to_apply(self, plan: ShardPlan) -> KnownError | None:
        try:
            self._apply(plan)
        except KnownError as known:
            if stops_run(known):
                raise
            logger.warning("shard %s: %s", plan.line.shard_id, known)
            return known
        return None

    def _apply(self, plan: ShardPlan) -> None:
        """Stage one shard's own files, as far as they lead without a bundle.

        Raises:
            ShardDamagedError, DeltaGapError: what the region signed cannot be used.
        """
        self._context.between()
        for part in parts_of(plan):
            if part.name.endswith(".snapshot"):
                snapshot = read_snapshot(self._raw(plan, part))
                self._writer.apply_snapshot(self._region.region_id, snapshot)
                self._changed_entries += snapshot.count
        self._apply_singles(plan)

    def _apply_singles(self, plan: ShardPlan) -> None:
        """Stage the deltas that go on from where the shard is."""
        region_id, shard_id = self._region.region_id, plan.line.shard_id
        files = {part.path: part for part in parts_of(plan)}
        for delta in plan.deltas:
            if self._writer.serial_of(region_id, shard_id) != delta.from_serial:
                continue
            if bundle_of(delta) is not None:
                return
            found = read_delta(self._raw(plan, files[delta.path]))
            self._writer.apply_delta(region_id, found)
            self._changed_entries += found.count + len(found.deleted_ids)

    def _raw(self, plan: ShardPlan, part: PartFile) -> bytes:
        raw = self._keeper.read(part)
        if raw is None:
            raise ShardDamagedError(shard_id=plan.line.shard_id, reason="vanished")
        return raw
