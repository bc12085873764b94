# SPDX-License-Identifier: GPL-3.0-or-later
"""One region's share of an export: frozen, chosen, sealed, written, remembered.

Bundles that are whole on the stick are not written again; one that was cut is made anew.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Protocol, TypeVar

import app
from app.base.errors import KnownError
from app.region.bundle import BundleHeader
from app.region.bundle_writer import remove_unfinished
from app.region.errors import BundleKeyMissingError
from app.sync.context import Context, stops_run
from app.sync.courier.aboard import (
    copy_parts,
    free_bytes,
    out_dir,
    read_back,
    remove_bundle,
    size_of_bundle,
    stick_error,
    write_point,
)
from app.sync.courier.cargo import (
    OVERHEAD_BYTES,
    Cargo,
    Span,
    WaitingUpload,
    fill_statements,
    fill_uploads,
    missing_spans,
)
from app.sync.courier.depot import Depot
from app.sync.courier.exported import Exported
from app.sync.courier.label import device_id_of, point_of
from app.sync.courier.loading import Loader, Seal
from app.sync.courier.pace import Stop
from app.sync.courier.store import Bundle, BundleStore
from app.sync.membership import load_enrolment
from app.sync.regions import RegionKeeper
from app.sync.statements.freezing import Times, freeze_oldest
from app.sync.statements.store import FrozenStatement, StatementStore
from app.sync.store import RegionRow
from app.sync.uploads.errors import CopyDamagedError
from app.sync.uploads.store import UploadStore

_PAGE = 400
_TRIP = "bundle_trip"
_T = TypeVar("_T")
Parts = tuple[Context, BundleStore, StatementStore, UploadStore, Exported]


class Export(Protocol):
    """The export that this is a share of."""

    @property
    def parts(self) -> Parts:
        """The tools of one region's share."""
        ...

    @property
    def keeper(self) -> RegionKeeper:
        """Knows what each region has signed."""
        ...

    def expect(self, size_bytes: int) -> None:
        """So many bytes more are to be written."""
        ...

    def work(self, job: Callable[[Stop], _T], title: str) -> _T:
        """Run a job of a worker with progress, pace and stop."""
        ...


class RegionLoad:
    """One region's share of an export."""

    def __init__(
        self, export: Export, region: RegionRow, folder: Path, space_bytes: int | None
    ) -> None:
        self._export = export
        self._context, self._bundles, self._statements, self._uploads, self._exported = export.parts
        self._region = region
        self._region_id = region.region_id
        self._folder = folder
        self._space_bytes = space_bytes
        self._aboard: set[str] = set()

    def run(self) -> None:
        """Freeze, look at the stick, load."""
        seal = self._seal()
        self._freeze_all(seal.school_code)
        place = self._export.work(lambda _: out_dir(self._folder, self._region_id), "")
        self._export.work(lambda _: remove_unfinished(place), "")
        self._look_aboard(place)
        statements = self._pending_statements()
        self._export.expect(sum(one.missing_bytes for one in self._pending_uploads()))
        try:
            while True:
                cargo = self._next_cargo(statements)
                if not cargo:
                    break
                try:
                    self._ship(cargo, place, seal)
                except CopyDamagedError as error:
                    self._set_aside(error)
                    statements = chain(iter(cargo.statements), statements)
        finally:
            self._count_left(statements)
        self._pass_on(place)

    def _pass_on(self, place: Path) -> None:
        """Other machines' bundles that wait here for a line, as many as fit behind our own."""
        for relay, parts in Depot(self._context).to_pass_on(self._region_id):
            folder = place / relay.bundle_id
            room_bytes = free_bytes(self._folder, self._space_bytes, self._exported.bytes)
            needed_bytes = relay.size_bytes + OVERHEAD_BYTES
            is_there = self._export.work(lambda _, at=folder: size_of_bundle(at), "")  # type: ignore[misc]
            if is_there or needed_bytes > room_bytes:
                continue
            self._export.expect(relay.size_bytes)
            self._export.work(partial(self._copy_on, relay.point, parts, folder), "")
            self._exported.relayed += 1
            self._exported.bytes += relay.size_bytes

    def _copy_on(self, point: str, parts: list[tuple[Path, str]], folder: Path, stop: Stop) -> None:
        try:
            written = copy_parts(parts, folder, stop.passed)
            if point:
                write_point(folder, point)
            read_back(folder, written, stop.look)
        except KnownError as error:
            raise stick_error(error, self._folder) from error

    def _seal(self) -> Seal:
        enrolment = load_enrolment(self._context.paths, self._region_id)
        trusted = self._export.keeper.refresh.trusted(self._region)
        key = trusted.region.bundle_key if trusted is not None else None
        if key is None:
            raise BundleKeyMissingError(region=self._region.name)
        school = enrolment.school
        point = point_of(self._context.store, device_id_of(self._context.store))
        return Seal(key, school.code if school is not None else "", enrolment.credentials, point)

    def _freeze_all(self, school_code: str) -> None:
        context = self._context
        times = Times(
            now=context.estimate,
            anchors=context.store.anchors,
            not_before=datetime.fromisoformat(app.__released__),
        )
        while freeze_oldest(self._statements, self._region_id, school_code, times, _PAGE):
            self._export.work(lambda _: None, "")

    # -- what is there ----------------------------------------------------------------------

    def _look_aboard(self, place: Path) -> None:
        """Which of our bundles are whole on this stick; those that came home make room."""
        known = self._bundles.bundles(self._region_id)
        sizes = self._export.work(
            lambda _: {one.bundle_id: size_of_bundle(place / one.bundle_id) for one in known}, ""
        )
        for bundle in known:
            size_bytes = sizes[bundle.bundle_id]
            if not size_bytes:
                continue
            if not bundle.has_arrived and bundle.size_bytes == size_bytes:
                self._aboard.add(bundle.bundle_id)
                continue
            is_gone = remove_bundle(place / bundle.bundle_id)
            # Killed or pulled before it was read back: it is made anew.
            if is_gone and not (bundle.has_arrived or bundle.size_bytes):
                self._bundles.forget([bundle.bundle_id])
        self._exported.aboard += len(self._aboard)

    def _pending_statements(self) -> Iterator[FrozenStatement]:
        """Statements that are not on this stick: those that never left come first."""
        for is_again in (False, True):
            place = (0, "")
            while page := self._statements.frozen_after(self._region_id, place, _PAGE):
                place = page[-1][0]
                carried = self._bundles.carried_statements([one.statement_id for _, one in page])
                for _, one in page:
                    inside = carried.get(one.statement_id, set())
                    if bool(inside) == is_again and not inside & self._aboard:
                        yield one

    def _pending_uploads(self) -> list[WaitingUpload]:
        """Uploads of which something is not on this stick, those that never left first."""
        pieces = self._bundles.pieces_by_upload()
        waiting: list[WaitingUpload] = []
        for upload in self._uploads.for_stick(self._region_id):
            known = pieces.get(upload.upload_id, [])
            covered = [
                Span(piece.start_bytes, piece.end_bytes)
                for bundle, piece in known
                if bundle.has_arrived or bundle.bundle_id in self._aboard
            ]
            missing = missing_spans(upload.size_bytes, covered)
            if missing:
                was_carried = any(bundle.bundle_id not in self._aboard for bundle, _ in known)
                waiting.append(WaitingUpload(upload, missing, was_carried))
        return sorted(waiting, key=lambda one: one.was_carried)

    def _next_cargo(self, statements: Iterator[FrozenStatement]) -> Cargo:
        room_bytes = free_bytes(self._folder, self._space_bytes, self._exported.bytes)
        cargo = Cargo()
        fill_statements(cargo, statements, room_bytes)
        fill_uploads(cargo, self._pending_uploads(), room_bytes)
        return cargo

    # -- loading ----------------------------------------------------------------------------

    def _ship(self, cargo: Cargo, place: Path, seal: Seal) -> None:
        """One bundle: written, noted, finished. Noted before it can be on its way."""
        context = self._context
        trip = int(context.store.meta(_TRIP) or 0) + 1
        context.store.set_meta(_TRIP, trip)
        made_at = context.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        bundle = Bundle(str(uuid.uuid4()), self._region_id, trip, made_at, 0, False)
        header = BundleHeader(
            bundle_id=bundle.bundle_id,
            region_id=self._region_id,
            device_id=device_id_of(context.store),
            school_code=seal.school_code,
            trip=trip,
            made_at=made_at,
        )
        folder = place / bundle.bundle_id
        loader = Loader(context.paths, self._folder, folder, header, seal)
        title = cargo.pieces[0][0].title if cargo.pieces else ""
        self._export.work(partial(loader.load, cargo), title)
        ids = [one.statement_id for one in cargo.statements]
        try:
            self._bundles.begin(bundle, ids, cargo.rows())
            size_bytes = self._export.work(loader.finish, title)
        except BaseException as error:
            loader.abort()
            is_refused = isinstance(error, KnownError) and not stops_run(error)
            # On a stick that was pulled it may lie with its name: the next look there removes it.
            if is_refused and remove_bundle(folder):
                self._bundles.forget([bundle.bundle_id])
            raise
        self._bundles.finished(bundle.bundle_id, size_bytes)
        self._aboard.add(bundle.bundle_id)
        self._exported.bundles += 1
        self._exported.bytes += size_bytes
        self._exported.statements += len(ids)
        self._exported.uploads += self._completed(cargo)
        context.events.changed("outbox")

    def _completed(self, cargo: Cargo) -> int:
        """How many uploads are wholly on the stick now, of those in this bundle."""
        inside = {upload.upload_id for upload, _ in cargo.pieces}
        open_ones = {one.upload.upload_id for one in self._pending_uploads()}
        return len(inside - open_ones)

    def _set_aside(self, error: CopyDamagedError) -> None:
        """A teacher's file that is no longer what it was waits for its teacher."""
        self._uploads.pause(str(error.data["upload_id"]), error)
        self._exported.errors.append(error)
        self._context.events.changed("outbox")

    def _count_left(self, statements: Iterator[FrozenStatement]) -> None:
        self._exported.left_statements += sum(1 for _ in statements)
        self._exported.left_uploads += len(self._pending_uploads())
