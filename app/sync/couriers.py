# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the couriers of statements and uploads for every region that takes them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import app
from app.base.db import DatabaseError, open_reader
from app.base.errors import KnownError, MissingFileError
from app.region.enrolment import Enrolment
from app.region.layout import ENROLMENT_NAME
from app.sync.context import Context
from app.sync.courier.survey import LINE_META
from app.sync.membership import auth_headers, load_enrolment
from app.sync.statements.collect import collect
from app.sync.statements.courier import StatementCourier, Times
from app.sync.statements.step import Endpoint, StepResult
from app.sync.statements.store import StatementStore
from app.sync.store import RegionRow, stamp
from app.sync.uploads.courier import UploadCourier
from app.sync.uploads.store import UploadStore
from app.usage.store import UsageStore

logger = logging.getLogger(__name__)
_STATEMENTS_SLICE_S = 20.0
_UPLOADS_SLICE_S = 10.0


@dataclass(slots=True)
class _Lane:
    """When the courier of a kind and a region wants to be called again."""

    not_before_s: float = 0.0


class Couriers:
    """Everything that travels upwards; main thread only."""

    def __init__(
        self,
        context: Context,
        should_stop: Callable[[], bool],
        on_known: Callable[[], None] = lambda: None,
    ) -> None:
        """`on_known` hears that a region has statements in a form not remembered here."""
        self._context = context
        self._should_stop = should_stop
        self._on_known = on_known
        self._statements = StatementStore(context.store.database)
        self._uploads = UploadStore(context.store.database)
        self._statement_couriers: dict[tuple[object, ...], StatementCourier] = {}
        self._upload_couriers: dict[tuple[object, ...], UploadCourier] = {}
        self._enrolments: dict[str, tuple[int, Enrolment]] = {}
        self._lanes: dict[tuple[str, str], _Lane] = {}

    def collect(self) -> int:
        """Take new events from the window's log; returns how many became statements."""
        context = self._context
        try:
            reader = open_reader(context.paths.desk_db)
        except MissingFileError:
            return 0
        except KnownError as error:
            context.problem(error, "desk")
            return 0
        try:
            usage = UsageStore(reader)
            count = sum(
                collect(usage, self._statements, region.region_id)
                for region in context.store.regions()
            )
        except DatabaseError as error:
            logger.info("the event log cannot be read now: %s", error)
            return 0
        finally:
            reader.conn.close()
        if count:
            context.events.changed("outbox")
        return count

    def statements_due_s(self) -> float | None:
        """When statements may go next; None when none waits."""
        return self._due_s("statements", lambda region: self._statements.left(region.region_id))

    def uploads_due_s(self) -> float | None:
        """When uploads may go next; None when none waits."""
        return self._due_s("uploads", lambda region: self._uploads.left(region.region_id))

    def statements_left(self) -> int:
        """How many statements wait, of all regions."""
        regions = self._context.store.regions()
        return sum(self._statements.left(region.region_id) for region in regions)

    def uploads_left(self) -> int:
        """How many uploads wait, of all regions."""
        regions = self._context.store.regions()
        return sum(self._uploads.left(region.region_id) for region in regions)

    def step_statements(self) -> None:
        """Send statements for a while."""
        for region, endpoint in self._endpoints(lambda region: region.statements_url):
            lane = self._lane("statements", region)
            if lane.not_before_s <= time.monotonic() and self._statements.left(region.region_id):
                result = self._statement_courier(endpoint).step(
                    time.monotonic() + _STATEMENTS_SLICE_S
                )
                self._context.brought.statements += result.sent
                self._note(region, "statements", lane, result)

    def step_uploads(self) -> None:
        """Send uploads for a while."""
        for region, endpoint in self._endpoints(lambda region: region.uploads_url):
            lane = self._lane("uploads", region)
            if lane.not_before_s <= time.monotonic() and self._uploads.left(region.region_id):
                result = self._upload_courier(endpoint).step(time.monotonic() + _UPLOADS_SLICE_S)
                self._context.brought.uploads += result.sent
                self._note(region, "uploads", lane, result)

    def forgive(self) -> None:
        """Try again now what was put off."""
        self._statement_couriers.clear()
        self._upload_couriers.clear()
        self._lanes.clear()

    def _note(self, region: RegionRow, kind: str, lane: _Lane, result: StepResult) -> None:
        lane.not_before_s = time.monotonic() + (result.wait_s or 0.0)
        subject = f"{region.region_id}/{kind}"
        if result.known:
            self._on_known()
        if result.sent:
            self._context.store.set_meta(LINE_META, stamp(self._context.now()))
        if result.problems:
            for error in result.problems:
                self._context.problem(error, subject)
        elif result.sent or not result.left:
            self._context.store.close_problems(subject)

    def _due_s(self, kind: str, left: Callable[[RegionRow], int]) -> float | None:
        waits = [
            self._lane(kind, region).not_before_s - time.monotonic()
            for region, _ in self._endpoints(
                lambda region: region.statements_url if kind == "statements" else region.uploads_url
            )
            if left(region)
        ]
        return min(waits, default=None)

    def _lane(self, kind: str, region: RegionRow) -> _Lane:
        return self._lanes.setdefault((kind, region.region_id), _Lane())

    def _endpoints(
        self, url_of: Callable[[RegionRow], str | None]
    ) -> Iterator[tuple[RegionRow, Endpoint]]:
        for region in self._context.store.regions():
            url = url_of(region)
            enrolment = self._enrolment(region.region_id) if url is not None else None
            if url is not None and enrolment is not None:
                code = enrolment.school.code if enrolment.school is not None else ""
                yield region, Endpoint(region.region_id, url, auth_headers(enrolment), code)

    def _enrolment(self, region_id: str) -> Enrolment | None:
        """The enrolment, read again only when its file has changed."""
        try:
            changed_ns = (
                (self._context.paths.region_dir(region_id) / ENROLMENT_NAME).stat().st_mtime_ns
            )
            known = self._enrolments.get(region_id)
            if known is None or known[0] != changed_ns:
                known = (changed_ns, load_enrolment(self._context.paths, region_id))
                self._enrolments[region_id] = known
        except OSError as error:
            logger.warning("the enrolment of %s cannot be read: %s", region_id, error)
            return None
        except KnownError as error:
            self._context.problem(error, region_id)
            return None
        return known[1]

    def _statement_courier(self, endpoint: Endpoint) -> StatementCourier:
        courier = self._statement_couriers.get(_key(endpoint))
        if courier is None:
            context = self._context
            courier = StatementCourier(
                context.session,
                self._statements,
                endpoint,
                Times(
                    now=context.estimate,
                    anchors=context.store.anchors,
                    not_before=datetime.fromisoformat(app.__released__),
                ),
                emit=context.events.emit,
                should_stop=self._should_stop,
            )
            self._statement_couriers[_key(endpoint)] = courier
        return courier

    def _upload_courier(self, endpoint: Endpoint) -> UploadCourier:
        courier = self._upload_couriers.get(_key(endpoint))
        if courier is None:
            courier = UploadCourier(
                self._context.session,
                self._uploads,
                endpoint,
                self._context.paths,
                emit=self._context.events.emit,
                should_stop=self._should_stop,
            )
            self._upload_couriers[_key(endpoint)] = courier
        return courier


def _key(endpoint: Endpoint) -> tuple[object, ...]:
    """Other credentials make another courier."""
    account = tuple(sorted(endpoint.headers.items()))
    return endpoint.region_id, endpoint.url, endpoint.school_code, account
