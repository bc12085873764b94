# SPDX-License-Identifier: GPL-3.0-or-later
"""Fulfils what other processes asked for: enrol, get, release, upload, forget, stick, subscribe."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from app.base.errors import BugError, DamagedDocumentError, KnownError
from app.catalogue.query import EntryKey, Order, Query
from app.catalogue.reader import Catalogue
from app.region.entry import Entry
from app.region.errors import EnrolmentInvalidError
from app.region.fields import Fields, Reason
from app.region.index import parse_key
from app.sync.context import Context, stops_run
from app.sync.downloads import Downloads, files_of
from app.sync.errors import (
    EntryUnknownError,
    EntryWithoutFilesError,
    NotEnrolledError,
    TransferPausedError,
)
from app.sync.inbox import Inbox, Kind
from app.sync.jobs import TEACHER_WAITS
from app.sync.membership import fetch_offer, join
from app.sync.regions import RegionKeeper
from app.sync.stick_wishes import StickWishes
from app.sync.uploads.outbox import add_staged, forget_upload
from app.sync.uploads.store import UploadStore

logger = logging.getLogger(__name__)
Body = Mapping[str, Any]
Result = Mapping[str, object]


class LocalEntries:
    """Entries of the local catalogue; opened when asked and followed when it changes."""

    def __init__(self, context: Context) -> None:
        self._paths = context.paths
        self._catalogue: Catalogue | None = None

    def __call__(self, key: tuple[str, str]) -> Entry | None:
        """One entry, or None."""
        return self._open().entry(EntryKey(*key))

    def complete(
        self, keys: Iterable[tuple[str, str]], held: Callable[[str], bool]
    ) -> set[tuple[str, str]]:
        """Those of these entries that play here, with the files that are held."""
        hits = self._open().hits(EntryKey(*key) for key in keys)
        return {
            (hit.key.region_id, hit.key.entry_id)
            for hit in hits
            if (mains := hit.main_files) and all(map(held, mains))
        }

    def find(self, entry_id: str, region_id: str | None) -> list[EntryKey]:
        """The regions that have an entry of that id."""
        keys = self._open().find(entry_id)
        return [key for key in keys if region_id is None or key.region_id == region_id]

    def most_popular(self, limit: int) -> list[tuple[str, Entry]]:
        """The entries that teachers look at most, with their regions."""
        page = self._open().search(Query(order=Order.POPULARITY, limit=limit))
        return [(hit.key.region_id, hit.entry) for hit in page.hits]

    def close(self) -> None:
        """Let go of the catalogue."""
        if self._catalogue is not None:
            self._catalogue.close()
            self._catalogue = None

    def _open(self) -> Catalogue:
        if self._catalogue is None:
            self._catalogue = Catalogue.open(self._paths, frozenset())
        self._catalogue.reopen_if_changed()
        return self._catalogue


class Wishes:
    """Takes requests from the inbox into rows and works on them."""

    def __init__(
        self,
        context: Context,
        keeper: RegionKeeper,
        downloads: Downloads,
        entries: LocalEntries,
    ) -> None:
        self._context = context
        self._keeper = keeper
        self._downloads = downloads
        self._entries = entries
        self._inbox = Inbox(context.paths)
        self._handlers: dict[str, Callable[[str, Body], Result | None]] = {
            Kind.ENROL: self._enrol,
            Kind.GET: self._get,
            Kind.RELEASE: self._release,
            Kind.UPLOAD: self._upload,
            Kind.FORGET_UPLOAD: self._forget_upload,
            Kind.SUBSCRIBE: self._subscribe,
            **StickWishes(context, keeper, entries.complete).handlers(),
        }
        self._begun: set[str] = set()
        self._held: set[str] = set()

    def take(self) -> int:
        """Write down what lies in the inbox; returns how many requests are new."""
        count = 0
        for path in self._inbox.waiting():
            try:
                request = Inbox.read(path)
            except KnownError as error:
                logger.warning("request %s cannot be read: %s", path.name, error)
                self._context.problem(error, path.name)
                self._context.events.request(path.stem, "failed", error)
                path.unlink(missing_ok=True)
                continue
            count += self._context.requests.take(request, self._context.now())
            Inbox.remove(path)
        return count

    def has_new(self) -> bool:
        """Whether something waits that nobody has begun and that can be begun now."""
        working = {item[0] for item in self._context.requests.working()} - self._begun
        # What needs the line is asked again once the pause or the lesson is over, not before.
        is_quiet = self._context.session.throttle.is_paused
        return bool(working - self._held if is_quiet else working)

    def begin_all(self) -> bool:
        """Begin what is new; what cannot be done is said at once.

        Returns whether the catalogue has to be looked at now. A pause or a lesson holds those that
        need the line, and only those.

        Raises:
            CancelledError, TransferPausedError: it is begun again later.
        """
        is_catalogue_due = False
        self._held.clear()
        for request_id, kind, body in self._context.requests.working():
            if request_id in self._begun:
                continue
            try:
                self._begin(request_id, kind, body)
            except TransferPausedError as error:
                if not self._context.session.throttle.is_paused:
                    raise  # over already: the loop comes back in a moment
                self._held.add(request_id)
                self._context.requests.waits(request_id, error)
                self._context.events.request(request_id, "waiting", error)
            else:
                is_catalogue_due |= kind in (Kind.ENROL, Kind.SUBSCRIBE)
        return is_catalogue_due

    def settle(self) -> None:
        """Mark what is complete: a `get` is, when its last blob is here."""
        for working_id, kind, body in self._context.requests.working():
            is_complete = kind == Kind.GET and not self._context.jobs.left_of(working_id)
            if is_complete and working_id in self._begun:
                self._done(
                    working_id, {"entries": len(body.get("entry_ids", body.get("keys", ())))}
                )

    def waits(self, error: KnownError) -> None:
        """Say why what requests wait for cannot go on now."""
        for working_id, kind, _ in self._context.requests.working():
            is_new = working_id not in self._begun
            if is_new or (kind == Kind.GET and self._context.jobs.left_of(working_id)):
                self._context.requests.waits(working_id, error)
                self._context.events.request(working_id, "waiting", error)

    def _begin(self, request_id: str, kind: str, body: Body) -> None:
        handler = self._handlers.get(kind)
        try:
            if handler is None:
                raise DamagedDocumentError(what="request", reason="kind")
            result = handler(request_id, body)
        except (KeyError, TypeError, ValueError, BugError) as error:
            logger.warning("request %s is not what it should be: %r", request_id, error)
            self._failed(request_id, DamagedDocumentError(what="request", reason="body"))
        except KnownError as error:
            if error.code in ("cancelled", "transfer_paused"):
                raise
            self._failed(request_id, error)
            if stops_run(error):
                raise
        else:
            self._begun.add(request_id)
            if result is not None:
                self._done(request_id, result)

    def _done(self, request_id: str, result: Result) -> None:
        self._context.requests.done(request_id, result, self._context.now())
        self._context.events.request(request_id, "done")

    def _failed(self, request_id: str, error: KnownError) -> None:
        self._begun.add(request_id)
        self._context.requests.failed(request_id, error, self._context.now())
        self._context.events.problem(error)
        self._context.events.request(request_id, "failed", error)

    # -- the kinds --------------------------------------------------------------------------

    def _enrol(self, _: str, body: Body) -> Result:
        context = self._context
        work = partial(fetch_offer, str(body["source"]), context.session)
        offer = context.streams.call(work, context.between)
        row = join(context.paths, context.store, offer, context.now())
        context.health.forgive()
        context.events.changed("regions")
        outcome = self._keeper.refresh.run(
            row, offer.enrolment, context.carriers(row), context.anchor
        )
        verdict = outcome.verdict.value if outcome.verdict is not None else ""
        return {"region_id": row.region_id, "name": row.name, "verdict": verdict}

    def _get(self, request_id: str, body: Body) -> Result | None:
        wanted = self._of_list(body) if "for_list" in body else self._of_teacher(body)
        for key, entry in wanted:
            self._downloads.queue(
                entry, key.region_id, priority=TEACHER_WAITS, request_id=request_id
            )
        if self._context.jobs.left_of(request_id):
            return None
        return {"entries": len(wanted)}

    def _of_teacher(self, body: Body) -> list[tuple[EntryKey, Entry]]:
        region_id = body.get("region_id")
        wanted = [self._with_files(str(entry_id), region_id) for entry_id in body["entry_ids"]]
        self._context.blobs.pin([(key.region_id, key.entry_id) for key, _ in wanted])
        return wanted

    def _of_list(self, body: Body) -> list[tuple[EntryKey, Entry]]:
        """From now on the list holds these; what cannot be brought keeps back none of the rest."""
        wanted: list[tuple[EntryKey, Entry]] = []
        for region_id, entry_id in body["keys"]:
            try:
                wanted.append(self._with_files(str(entry_id), str(region_id)))
            except (EntryUnknownError, EntryWithoutFilesError) as error:
                logger.info("a lesson list names what cannot be brought: %s", error)
        blobs, reason = self._context.blobs, _reason(str(body["for_list"]))
        blobs.unpin(blobs.pinned(), reason)
        blobs.pin([(key.region_id, key.entry_id) for key, _ in wanted], reason)
        return wanted

    def _with_files(self, entry_id: str, region_id: str | None) -> tuple[EntryKey, Entry]:
        keys = self._entries.find(entry_id, region_id)
        if not keys:
            raise EntryUnknownError(entry_id=entry_id)
        entry = self._entries((keys[0].region_id, keys[0].entry_id))
        if entry is None or not files_of(entry):
            raise EntryWithoutFilesError(entry_id=entry_id)
        return keys[0], entry

    def _release(self, _: str, body: Body) -> Result:
        """A lesson list lets go: its pins are taken back, and what only it still waits for."""
        context, list_id = self._context, str(body["list_id"])
        context.blobs.unpin(context.blobs.pinned(), _reason(list_id))
        for_it = {
            working_id
            for working_id, kind, asked in context.requests.working()
            if kind == Kind.GET and asked.get("for_list") == list_id
        }
        wants = [
            want
            for row in context.store.regions()
            for want in context.jobs.wants_of(row.region_id)
            if want.request_id in for_it
        ]
        for sha256 in context.jobs.unwant(wants):
            context.blobs.abandon(sha256)
        for working_id in for_it:
            self._begun.add(working_id)
            self._done(working_id, {"entries": 0})  # nobody waits for it any more
        context.events.changed("blobs")
        return {"files": len(wants)}

    def _upload(self, request_id: str, body: Body) -> Result:
        region = self._keeper.taker_of_uploads(body.get("region_id"))
        if region is None:
            raise NotEnrolledError()
        upload_id = add_staged(
            UploadStore(self._context.store.database),
            self._context.paths,
            request_id,
            region.region_id,
            sha256=str(body["sha256"]),
            size_bytes=int(body["size_bytes"]),
            name=str(body["name"]),
            details=dict(body["metadata"]),
        )
        self._context.events.changed("outbox")
        return {"upload_id": upload_id}

    def _forget_upload(self, _: str, body: Body) -> Result:
        uploads = UploadStore(self._context.store.database)
        forget_upload(uploads, self._context.paths, str(body["upload_id"]))
        self._context.events.changed("outbox")
        return {}

    def _subscribe(self, _: str, body: Body) -> Result:
        def fail(name: str, reason: Reason) -> KnownError:
            return EnrolmentInvalidError(field=name, reason=reason.value)

        keys = [parse_key(Fields(item, fail)) for item in body["keys"]]
        self._context.store.subscribe(str(body["region_id"]), keys, is_on=bool(body["is_on"]))
        return {"shards": len(keys)}


def _reason(list_id: str) -> str:
    """Each list pins for itself: an entry stays as long as one of them holds it."""
    return f"list:{list_id}"
