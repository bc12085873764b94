# SPDX-License-Identifier: GPL-3.0-or-later
"""What nobody waits for: quota, scrubbing, copies of state.db, covers of what is here."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from app.base.db import keep_generation
from app.base.files import previous_of
from app.base.settings import Settings
from app.sync.canary import Canary
from app.sync.context import Context
from app.sync.downloads import Downloads
from app.sync.update_packages import install_when_quiet
from app.sync.uploads.staging import sweep_abandoned
from app.sync.uploads.store import UploadStore

logger = logging.getLogger(__name__)
# Half a minute of reading on a slow disk.
_SCRUB_BYTES = 512 << 20


class Housekeeping:
    """Runs about once an hour."""

    def __init__(
        self,
        context: Context,
        downloads: Downloads,
        canary: Canary,
        settings: Callable[[], Settings],
    ) -> None:
        self._context = context
        self._downloads = downloads
        self._canary = canary
        self._settings = settings

    def run(self) -> None:
        """Do a bounded amount of each.

        Raises:
            CancelledError, TransferPausedError: a lesson or a wish has come; the rest waits.
        """
        context = self._context
        self.keep_state()
        context.between()
        self.keep_to_quota()
        context.between()
        for sha256 in context.blobs.scrub(_SCRUB_BYTES, lambda _: context.between()):
            logger.warning("a rotten blob left the cache: %s", sha256)
            self._downloads.bring_back(sha256)
        wanted = {job.blob.sha256 for job in context.jobs.waiting()}
        if freed_bytes := context.blobs.sweep_partials(wanted):
            logger.info("%d bytes of half files that nobody wants are gone", freed_bytes)
        sweep_abandoned(context.paths, UploadStore(context.store.database).contents())
        install_when_quiet(context)

    def keep_to_quota(self) -> None:
        """Give up what was not used for longest, when the cache holds more than it may."""
        blobs = self._context.blobs
        excess_bytes = blobs.used_bytes() - blobs.quota_bytes(self._settings().quota_bytes)
        gone = blobs.evict(excess_bytes) if excess_bytes > 0 else []
        if gone:
            logger.info("%d blobs left the cache", len(gone))
            self._downloads.left(gone)

    def keep_state(self, at_most_every_s: float = 0.0) -> None:
        """Copy state.db beside itself, unless a copy is younger than that."""
        paths = self._context.paths
        try:
            age_s = time.time() - previous_of(paths.state_db).stat().st_mtime
        except OSError:
            age_s = at_most_every_s
        if not 0 <= age_s < at_most_every_s:
            keep_generation(self._context.store.database, paths.state_db)
            self._canary.count_up()  # so that the copy is known to be the older one
