# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps every joined region up to date: refresh, region document, catalogue, receipts, notices."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Sequence

from app.base.errors import KnownError
from app.catalogue.writer import CatalogueWriter
from app.region.enrolment import Enrolment
from app.sync.carriers import Carrier
from app.sync.context import Context, stops_run
from app.sync.courier.homecoming import apply_all
from app.sync.courier.survey import TAKES_META
from app.sync.errors import RegionStaleError
from app.sync.kept import kept_bundles, kept_sources
from app.sync.membership import is_shelf, load_enrolment, region_row
from app.sync.refresh import Outcome, RegionRefresh, Trusted
from app.sync.store import RegionRow
from app.sync.update import CatalogueUpdate
from app.sync.update_packages import UpdatePackages

logger = logging.getLogger(__name__)
# Offline points get a stick a month; a site with a line should hear of news each week.
STALE_AFTER_DAYS = 40


class RegionKeeper:
    """All regions of this machine, one after the other."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.refresh = RegionRefresh(
            context.paths,
            context.store,
            context.floors,
            context.streams,
            context.health,
            between=context.between,
            now=context.now,
            reference_time=lambda: context.estimate().lower,
        )

        self._updates = UpdatePackages(context)
        self.on_whole: Callable[[str], None] = lambda _: None
        """Told the id of a region whose catalogue is as the region says now."""

    def open_writer(self) -> CatalogueWriter:
        """The catalogue's writer; a damaged catalogue is made anew from the kept shards."""
        context = self._context
        writer = CatalogueWriter.open(context.paths, context.blobs.held)
        if writer.damage is None:
            return writer
        context.problem(writer.damage, "catalogue")
        logger.warning("the catalogue is damaged and is made anew: %s", writer.damage)
        for error in writer.rebuild(kept_sources(context.paths), kept_bundles(context.paths)):
            logger.warning("left out of the new catalogue: %s", error)
        context.store.close_problems("catalogue")
        context.events.changed("catalogue")
        return writer

    def update_all(self) -> bool:
        """Refresh all regions and bring their catalogues; False when one did not get there.

        Raises:
            CancelledError, TransferPausedError, DiskFullError, ReadOnlyError.
        """
        is_good = True
        for region in self._context.store.regions():
            try:
                is_good &= self.update(region, self._context.carriers(region))
            except KnownError as error:
                if stops_run(error):
                    raise
                self._context.problem(error, region.region_id)
                is_good = False
        return is_good

    def update(self, region: RegionRow, carriers: Sequence[Carrier]) -> bool:
        """Refresh one region from these carriers and bring its catalogue."""
        context = self._context
        enrolment = load_enrolment(context.paths, region.region_id)
        outcome = self.refresh.run(region, enrolment, carriers, context.anchor)
        self._tell(region, outcome)
        current = context.store.region(region.region_id) or region
        trusted = self.refresh.trusted(current)
        if trusted is None:
            return False
        self._keep_addresses(current, enrolment, trusted)
        self._apply_receipts(trusted)
        self._note_taking(region.region_id, trusted)
        with self.open_writer() as writer:
            update = CatalogueUpdate(
                context, writer, current, enrolment, context.nearest_first(carriers)
            )
            error = update.run(trusted.index)
        state_dir = self.refresh.state_dir(current.region_id)
        self._updates.look(current, enrolment, state_dir, carriers)
        if error is not None:
            context.problem(error, f"{region.region_id}/catalogue")
            return False
        context.store.close_problems(f"{region.region_id}/catalogue")
        self.on_whole(region.region_id)
        self._tell_age(current, trusted)
        return outcome.is_good

    def _note_taking(self, region_id: str, trusted: Trusted) -> None:
        """Whether the region takes sealed bundles, for those who only read the database."""
        name, takes = f"{TAKES_META}/{region_id}", trusted.region.bundle_key is not None
        if self._context.store.meta(name) != takes:
            self._context.store.set_meta(name, takes)

    def taker_of_uploads(self, region_id: str | None) -> RegionRow | None:
        """The first region (or the one named) that takes teachers' files, by line or by stick."""
        regions = [
            one for one in self._context.store.regions() if region_id in (None, one.region_id)
        ]
        by_line = next((one for one in regions if one.uploads_url), None)
        return by_line or next(filter(self._takes_bundles, regions), None)

    def _takes_bundles(self, region: RegionRow) -> bool:
        trusted = self.refresh.trusted(region)
        return trusted is not None and trusted.region.bundle_key is not None

    def _tell(self, region: RegionRow, outcome: Outcome) -> None:
        """The last check's problems replace those of the one before."""
        context = self._context
        context.store.close_problems(region.region_id)
        error = outcome.error
        if error is not None:
            context.problem(error, region.region_id)

    def _keep_addresses(self, region: RegionRow, enrolment: Enrolment, trusted: Trusted) -> None:
        """Mirrors and endpoints may change with the signed region document."""
        row = region_row(enrolment, region.base, trusted.region)
        changed = dataclasses.replace(
            region,
            name=row.name,
            mirrors=row.mirrors,
            statements_url=row.statements_url,
            uploads_url=row.uploads_url,
        )
        if changed != region:
            self._context.store.save_region(changed, self._context.now())
            self._context.events.changed("regions")

    def _apply_receipts(self, trusted: Trusted) -> None:
        if trusted.receipts is None:
            return
        context = self._context
        if apply_all(context.store.database, context.paths, trusted.receipts):
            context.events.changed("outbox")

    def _tell_age(self, region: RegionRow, trusted: Trusted) -> None:
        """Freshness is a notice: a signed date says how old the newest catalogue is."""
        if trusted.issued is None or all(is_shelf(address) for address in region.mirrors):
            return
        days = (self._context.estimate().lower - trusted.issued).days
        if days > STALE_AFTER_DAYS:
            error = RegionStaleError(region=region.name, days=days)
            self._context.store.open_problem(error, region.region_id, self._context.now())
