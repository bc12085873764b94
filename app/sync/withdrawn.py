# SPDX-License-Identifier: GPL-3.0-or-later
"""What a region no longer announces is neither brought any further nor kept half.

An entry that is gone takes its downloads along, and whoever asked for it hears so; one whose files
are others now is brought with these instead.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from app.region.entry import Entry
from app.sync.context import Context
from app.sync.downloads import Downloads, EntryOf
from app.sync.errors import EntryUnknownError
from app.sync.jobs import COVER, Want

logger = logging.getLogger(__name__)


class Withdrawals:
    """Looks through the queue each time a region's catalogue is as the region says."""

    def __init__(
        self,
        context: Context,
        downloads: Downloads,
        entry_of: EntryOf,
        is_foreign: Callable[[str], bool],
    ) -> None:
        """`is_foreign` knows the ids that are wanted and stand in no catalogue."""
        self._context = context
        self._downloads = downloads
        self._entry_of = entry_of
        self._is_foreign = is_foreign

    def look(self, region_id: str) -> None:
        """Take back what the region's catalogue, which must be whole, no longer names."""
        wants = [
            one
            for one in self._context.jobs.wants_of(region_id)
            if not self._is_foreign(one.entry_id)
        ]
        entries = {key: self._entry_of(key) for key in {_key_of(one) for one in wants}}
        old = [one for one in wants if not _names(entries[_key_of(one)], one.sha256)]
        if not old:
            return
        self._want_instead(old, entries)
        for sha256 in self._context.jobs.unwant(old):
            logger.info("%s is not announced any more", sha256)
            self._context.blobs.abandon(sha256)
        self._tell(one for one in old if entries[_key_of(one)] is None)
        self._context.events.changed("blobs")

    def _want_instead(
        self, old: Iterable[Want], entries: dict[tuple[str, str], Entry | None]
    ) -> None:
        urgency = {job.blob.sha256: job.priority for job in self._context.jobs.waiting()}
        for one in old:
            entry, priority = entries[_key_of(one)], urgency.get(one.sha256, COVER)
            if entry is not None and priority < COVER:  # covers come by themselves
                self._downloads.queue(
                    entry, one.region_id, priority=priority, request_id=one.request_id
                )

    def _tell(self, gone: Iterable[Want]) -> None:
        """Whoever waits for it waits for nothing."""
        context = self._context
        for request_id, entry_id in {one.request_id: one.entry_id for one in gone}.items():
            if request_id:
                error = EntryUnknownError(entry_id=entry_id)
                context.requests.failed(request_id, error, context.now())
                context.events.problem(error)
                context.events.request(request_id, "failed", error)


def _key_of(want: Want) -> tuple[str, str]:
    return want.region_id, want.entry_id


def _names(entry: Entry | None, sha256: str) -> bool:
    if entry is None:
        return False
    files = [*entry.files, *([entry.cover] if entry.cover is not None else [])]
    return any(file.sha256 == sha256 for file in files)
