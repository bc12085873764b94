# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks the carriers of a region for news until one is good; verdicts become notices, never harm."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from app.base.clock import Anchor
from app.base.errors import DamagedDocumentError, KnownError, OfflineError, Scope
from app.base.paths import DataPaths
from app.region import generation
from app.region.enrolment import Enrolment
from app.region.errors import TrustRefusedError
from app.region.index import Index
from app.region.layout import RECEIPTS_TARGET, REGION_TARGET
from app.region.region_document import RegionDocument, parse_region_document
from app.region.short_index import index_in, parse_either_index
from app.region.trust import Refreshed, Verdict, refresh
from app.sync.carriers import Carrier
from app.sync.errors import (
    CarrierIncompleteError,
    ConnectionLostError,
    PortalError,
    RegionExpiredError,
    RegionOlderError,
)
from app.sync.fetcher import CarrierFetcher
from app.sync.floors import Floors, state_dir
from app.sync.health import CarrierHealth, truest
from app.sync.store import RegionRow, SyncStore, stamp
from app.sync.streams import Streams

logger = logging.getLogger(__name__)
# A carrier whose "nothing new" is older than this may itself be forgotten: ask the next one too.
FORGOTTEN_AFTER = timedelta(days=8)
_GOOD = (Verdict.UPDATED, Verdict.SAME)


@dataclass(frozen=True, slots=True)
class Trusted:
    """What is believed of a region now, whoever brought it."""

    region: RegionDocument
    index: Index
    receipts: bytes | None
    issued: datetime | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a refresh went: the best verdict, and what each carrier that was asked came to."""

    verdict: Verdict | None
    errors: dict[str, KnownError] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        """Whether some carrier vouched for the newest state."""
        return self.verdict in _GOOD

    @property
    def error(self) -> KnownError | None:
        """What to tell the user when no carrier was good."""
        return None if self.is_good else truest(self.errors.values())


class RegionRefresh:
    """Refreshes one region; only the main thread calls it, carriers are read in a worker."""

    def __init__(
        self,
        paths: DataPaths,
        store: SyncStore,
        floors: Floors,
        streams: Streams,
        health: CarrierHealth,
        *,
        between: Callable[[], None],
        now: Callable[[], datetime],
        reference_time: Callable[[], datetime],
    ) -> None:
        self._paths = paths
        self._store = store
        self._floors = floors
        self._streams = streams
        self._health = health
        self._between = between
        self._now = now
        self._reference_time = reference_time

    def run(
        self,
        region: RegionRow,
        enrolment: Enrolment,
        carriers: Sequence[Carrier],
        anchor: Callable[[datetime], Anchor],
    ) -> Outcome:
        """Ask carriers in turn until one has the newest state.

        Raises:
            CancelledError, TransferPausedError, DiskFullError, ReadOnlyError.
        """
        best: Verdict | None = None
        errors: dict[str, KnownError] = {}
        for carrier in carriers:
            if self._health.wait_s(carrier.name) > 0:
                error = self._health.error(carrier.name)
                errors[carrier.name] = error or OfflineError(host=carrier.host)
                continue
            result = self._ask(region, enrolment, carrier, errors)
            if result is None:
                continue
            problem = _problem_of(result, carrier.host) or self._keep(region, result, anchor)
            if problem is not None:
                errors[carrier.name] = problem
                best = result.verdict if best is None else best
                continue
            self._health.succeeded(carrier.name)
            best = result.verdict
            if result.verdict is Verdict.UPDATED or not self._is_forgotten(result.issued):
                break
        self._store.note_check(
            region.region_id,
            best.value if best is not None else "",
            None,
            self._now(),
        )
        return Outcome(best, errors)

    def _ask(
        self,
        region: RegionRow,
        enrolment: Enrolment,
        carrier: Carrier,
        errors: dict[str, KnownError],
    ) -> Refreshed | None:
        work = partial(
            refresh,
            self.state_dir(region.region_id),
            enrolment.root,
            self._floors.of(region.region_id),
            CarrierFetcher(carrier),
            self._reference_time(),
        )
        try:
            result = self._streams.call(work, self._between)
        except KnownError as error:
            is_offline = isinstance(error, OfflineError)
            if error.code == "cancelled" or (
                error.scope in (Scope.RUN, Scope.PROGRAM) and not is_offline
            ):
                raise
            logger.info("refresh from %s: %s", carrier.host, error)
            self._health.failed(carrier.name, error)
            errors[carrier.name] = error
            return None
        logger.info("refresh from %s: %s %s", carrier.host, result.verdict, result.reason)
        return result

    def _keep(
        self, region: RegionRow, result: Refreshed, anchor: Callable[[datetime], Anchor]
    ) -> KnownError | None:
        """Commit the floor; only then may the old generation go."""
        if result.verdict is Verdict.UPDATED and result.floor is not None:
            if not _is_about(region.region_id, result):
                return TrustRefusedError(reason="other_region")
            self._floors.raise_to(region.region_id, result.floor)
            generation.remove_others(self.state_dir(region.region_id), result.floor.generation)
        if result.issued is not None:
            self._store.save_anchor(anchor(result.issued))
            self._store.note_check(
                region.region_id, result.verdict.value, stamp(result.issued), self._now()
            )
        return None

    def _is_forgotten(self, issued: datetime | None) -> bool:
        return issued is None or self._reference_time() - issued > FORGOTTEN_AFTER

    def state_dir(self, region_id: str) -> Path:
        """Where the trusted generations of a region lie."""
        return state_dir(self._paths, region_id)

    def trusted(self, region: RegionRow) -> Trusted | None:
        """What is believed now, from disk; None before the first good refresh.

        Raises:
            DamagedDocumentError, UnknownMajorError, RegionInvalidError: what the region signed
                cannot be read by this program.
        """
        floor = self._floors.of(region.region_id)
        if floor is None:
            return None
        folder = generation.targets_dir(
            generation.directory(self.state_dir(region.region_id), floor.generation)
        )
        try:
            document = parse_region_document((folder / REGION_TARGET).read_bytes())
            index = parse_either_index(index_in(folder).read_bytes())
            receipts = folder / RECEIPTS_TARGET
            issued = datetime.fromisoformat(region.issued) if region.issued else None
            return Trusted(
                document, index, receipts.read_bytes() if receipts.is_file() else None, issued
            )
        except FileNotFoundError:
            logger.warning(
                "trusted state of %s is not whole; it is fetched again", region.region_id
            )
            return None
        except OSError as error:
            raise DamagedDocumentError(what=str(folder), reason="unreadable") from error


def _is_about(region_id: str, result: Refreshed) -> bool:
    """Whether the signed region document names the region that was joined."""
    found = result.target_file(REGION_TARGET)
    try:
        return found is not None and (
            parse_region_document(found.read_bytes()).region_id == region_id
        )
    except KnownError:
        return False


def _problem_of(result: Refreshed, host: str) -> KnownError | None:
    """A verdict that is not good, as the error to show."""
    issued = stamp(result.issued)[:10] if result.issued is not None else ""
    problems: dict[Verdict, KnownError] = {
        Verdict.OLDER: RegionOlderError(host=host, issued=issued),
        Verdict.EXPIRED: RegionExpiredError(host=host),
        Verdict.INCOMPLETE: CarrierIncompleteError(host=host, reason=result.reason),
        Verdict.PORTAL: PortalError(host=host),
        Verdict.REFUSED: TrustRefusedError(host=host, reason=result.reason),
        Verdict.RETRY_LATER: ConnectionLostError(host=host),
    }
    return problems.get(result.verdict)
