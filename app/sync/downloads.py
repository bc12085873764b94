# SPDX-License-Identifier: GPL-3.0-or-later
"""Works through the queue of downloads, one blob at a time, several streams each."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence, Set

from app.base.errors import DiskFullError, KnownError, OfflineError
from app.catalogue.query import EntryKey
from app.catalogue.writer import CatalogueWriter
from app.region.entry import Entry, ResourceFile
from app.sync.carriers import Carrier
from app.sync.context import Context, stops_run
from app.sync.jobs import COVER, REPAIR, Job
from app.sync.scheduler import job_wait_s, stream_count
from app.sync.speed import SpeedWatch
from app.sync.transfer import BlobTransfer

logger = logging.getLogger(__name__)
_ROWS_EVERY_S = 1.0
# Covers come by themselves only when they cost next to nothing.
MAX_COVER_BYTES = 64 * 1024
MAX_COVERS_BYTES = 4 << 20

EntryOf = Callable[[tuple[str, str]], Entry | None]


def files_of(entry: Entry) -> list[ResourceFile]:
    """What makes an entry usable without a network: main file first, cover last."""
    main = entry.main_file
    rest = [file for file in entry.files if file is not main]
    found = [*([main] if main is not None else []), *rest]
    if entry.cover is not None and entry.cover.size_bytes <= MAX_COVER_BYTES:
        found.append(entry.cover)
    return list({file.sha256: file for file in found}.values())


def is_complete(entry: Entry, held: Callable[[str], bool]) -> bool:
    """Whether every main file is here (the first file, where none is called main)."""
    mains = [file for file in entry.files if file.role == "main"] or list(entry.files[:1])
    return bool(mains) and all(held(file.sha256) for file in mains)


class Downloads:
    """The queue and who may be asked; a job that fails waits longer each time."""

    def __init__(self, context: Context, entry_of: EntryOf) -> None:
        self._context = context
        self._entry_of = entry_of
        self._not_before_s: dict[str, float] = {}

    def queue(self, entry: Entry, region_id: str, *, priority: int, request_id: str = "") -> int:
        """Queue what is missing of an entry; returns how many files."""
        context = self._context
        missing = [file for file in files_of(entry) if not context.blobs.held(file.sha256)]
        context.jobs.add(
            missing,
            key=(region_id, entry.id),
            title=entry.title,
            priority=priority,
            request_id=request_id,
            now=context.now(),
        )
        if priority < COVER:
            self.forgive({file.sha256 for file in missing})
        return len(missing)

    def queue_covers(self, entries: Iterable[tuple[str, Entry]]) -> None:
        """Queue the missing covers of these entries while they stay cheap together."""
        context = self._context
        left_bytes = MAX_COVERS_BYTES
        for region_id, entry in entries:
            cover = entry.cover
            if cover is None or cover.size_bytes > MAX_COVER_BYTES:
                continue
            if context.blobs.held(cover.sha256):
                continue
            left_bytes -= cover.size_bytes
            if left_bytes < 0:
                return
            context.jobs.add(
                [cover],
                key=(region_id, entry.id),
                title=entry.title,
                priority=COVER,
                now=context.now(),
            )

    def due_s(self, only_of: frozenset[str] = frozenset()) -> float | None:
        """When the next job may be tried; None without jobs (`only_of`: of these requests)."""
        waits = [self._wait_s(job) for job in self._jobs(only_of)]
        return min(waits, default=None)

    def forgive(self, hashes: Iterable[str] | None = None) -> None:
        """Try again now."""
        if hashes is None:
            self._not_before_s.clear()
        else:
            for sha256 in hashes:
                self._not_before_s.pop(sha256, None)

    def step(self, only_of: frozenset[str] = frozenset()) -> KnownError | None:
        """Bring the most urgent blob that may be tried now; returns why it could not be brought.

        Raises:
            CancelledError, TransferPausedError: it goes on later where it stopped.
            DiskFullError, ReadOnlyError: nothing can be brought now.
        """
        job = next((job for job in self._jobs(only_of) if self._wait_s(job) <= 0), None)
        if job is None:
            return None
        sha256 = job.blob.sha256
        try:
            if not self._context.blobs.held(sha256):
                self._bring_into_room(job)
        except KnownError as error:
            if error.code in ("cancelled", "transfer_paused"):
                raise
            self._context.jobs.failed(sha256, error)
            self._not_before_s[sha256] = time.monotonic() + job_wait_s(job.tries + 1)
            if stops_run(error):
                raise
            return error
        self.arrived(sha256)
        return None

    def arrived(self, sha256: str, keys: Sequence[tuple[str, str]] = ()) -> None:
        """A blob is whole: the entries that want it, and `keys`, may be complete now."""
        context = self._context
        keys = list({*context.jobs.entries_of(sha256), *keys})
        context.blobs.link(sha256, keys)
        context.jobs.finished(sha256)
        self._not_before_s.pop(sha256, None)
        complete = [
            EntryKey(*key)
            for key in keys
            if (entry := self._entry_of(key)) is not None and is_complete(entry, context.blobs.held)
        ]
        if complete:
            with CatalogueWriter.open(context.paths, context.blobs.held) as writer:
                writer.set_offline(complete, is_offline=True)
        context.events.changed("blobs")

    def left(self, hashes: Iterable[str]) -> None:
        """Blobs are gone: their entries no longer play here, and pinned ones are fetched again."""
        context = self._context
        pinned = set(context.blobs.pinned())
        keys = {key for sha256 in hashes for key in context.blobs.holders(sha256)}
        incomplete: list[EntryKey] = []
        for key in sorted(keys):
            entry = self._entry_of(key)
            if entry is None or is_complete(entry, context.blobs.held):
                continue
            incomplete.append(EntryKey(*key))
            if key in pinned:
                self.queue(entry, key[0], priority=REPAIR)
        if incomplete:
            with CatalogueWriter.open(context.paths, context.blobs.held) as writer:
                writer.set_offline(incomplete, is_offline=False)
        context.events.changed("blobs")

    def bring_back(self, sha256: str) -> None:
        """A blob turned out rotten: it comes again, pinned or not, from whoever has it."""
        context = self._context
        self.left([sha256])
        for key in context.blobs.holders(sha256):
            entry = self._entry_of(key)
            if entry is not None:
                self.queue(entry, key[0], priority=REPAIR)

    def _jobs(self, only_of: frozenset[str]) -> list[Job]:
        jobs = self._context.jobs.waiting()
        if not only_of:
            return jobs
        blobs = set().union(*(self._context.jobs.blobs_of(item) for item in only_of))
        return [job for job in jobs if job.blob.sha256 in blobs]

    def _wait_s(self, job: Job) -> float:
        return self._not_before_s.get(job.blob.sha256, 0.0) - time.monotonic()

    def _bring_into_room(self, job: Job) -> None:
        """Bring a blob; a full disk first gives up what nobody has pinned."""
        try:
            self._bring(job)
        except DiskFullError as error:
            needed_bytes = error.data.get("needed_bytes")
            wanted = needed_bytes if isinstance(needed_bytes, int) else job.blob.size_bytes
            gone = self._context.blobs.evict(wanted, in_use={job.blob.sha256})
            if not gone:
                raise
            logger.info("%d blobs made room", len(gone))
            self.left(gone)
            self._bring(job)

    def _bring(self, job: Job) -> None:
        context = self._context
        carriers = self._carriers_for(job)
        if not carriers:
            raise OfflineError(host="")
        throttle = context.session.throttle
        is_local = all(carrier.is_local for carrier in carriers)
        names = frozenset(carrier.name for carrier in carriers if not carrier.is_local)
        watch = SpeedWatch(context.speeds, names, lambda: throttle.rate_bytes_s, time.monotonic)
        written_s = 0.0

        def on_busy(busy: Set[str], is_full: bool) -> None:
            if not is_local:
                watch.look(busy, throttle.passed_bytes)
                is_free = throttle.rate_bytes_s is None
                context.governor.passed(throttle.passed_bytes, is_full=is_full and is_free)

        def on_progress(done_bytes: int, total_bytes: int) -> None:
            nonlocal written_s
            left_s = None if is_local else watch.left_s(total_bytes - done_bytes)
            context.events.progress(
                job.blob.sha256, "download", job.title, done_bytes, total_bytes, left_s=left_s
            )
            if time.monotonic() - written_s > _ROWS_EVERY_S:
                written_s = time.monotonic()
                context.jobs.progressed(job.blob.sha256, done_bytes)

        BlobTransfer(
            context.blobs,
            context.streams,
            carriers,
            context.health,
            between=context.between,
            stream_count=lambda: stream_count(
                throttle.rate_bytes_s, context.governor.count, is_local=is_local
            ),
            on_progress=on_progress,
            on_busy=on_busy,
            on_too_many=context.governor.too_many,
        ).run(job.blob)
        context.speeds.keep()
        context.brought.files += 1
        context.brought.bytes += job.blob.size_bytes

    def _carriers_for(self, job: Job) -> list[Carrier]:
        """The carriers of every region that wants the blob, those that cost no line first."""
        context = self._context
        regions = {region_id for region_id, _ in context.jobs.entries_of(job.blob.sha256)}
        found: dict[str, Carrier] = {}
        for region in context.store.regions():
            if region.region_id in regions or region.region_id == job.region_id:
                found.update({carrier.name: carrier for carrier in context.carriers(region)})
        return context.nearest_first(found.values())
