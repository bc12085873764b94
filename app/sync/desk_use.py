# SPDX-License-Identifier: GPL-3.0-or-later
"""What the window's own database says about blobs: used just now, on the screen, in a lesson list.

From this eviction knows what was not used for longest and what to spare, and a file that somebody
touched is hashed again once a lesson has used it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.base.db import Database, DatabaseError, open_reader
from app.base.errors import KnownError
from app.sync.context import Context
from app.sync.downloads import Downloads
from app.sync.lease import LONGEST_LEASE_S
from app.usage.events import Kind
from app.usage.store import UsageStore

logger = logging.getLogger(__name__)
_META = "used_until"
_AT_ONCE = 500

Key = tuple[str, str]


class DeskUse:
    """Reads desk.db, writes what follows from it; main thread only."""

    def __init__(self, context: Context, downloads: Downloads) -> None:
        self._context = context
        self._downloads = downloads
        self._suspects: set[str] = set()
        context.blobs.keys_in_use = self.keys_in_use

    @property
    def has_suspects(self) -> bool:
        """Whether something that was used has changed since it was verified."""
        return bool(self._suspects)

    def look(self) -> None:
        """Take note of what was opened since the last look."""
        opened: set[str] = set()
        with self._desk() as desk:
            if desk is not None:
                try:
                    opened = self._opened(UsageStore(desk))
                except DatabaseError as error:  # no events yet, or busy: the next look sees them
                    logger.info("the event log cannot be read now: %s", error)
        if opened:
            self._suspects.update(self._context.blobs.touch(sorted(opened)))

    def recheck(self) -> None:
        """Hash suspects again; the rotten are fetched anew, whoever wanted them.

        Raises:
            CancelledError, TransferPausedError: it begins again later.
        """
        context = self._context
        while self._suspects:
            sha256 = min(self._suspects)
            if not context.blobs.recheck(sha256, lambda _: context.between()):
                logger.warning("a blob that was used had changed: %s", sha256)
                self._downloads.bring_back(sha256)
            self._suspects.discard(sha256)

    def keys_in_use(self) -> frozenset[Key]:
        """Entries on the screen now, and those in lesson lists."""
        with self._desk() as desk:
            if desk is None:
                return frozenset()
            return self._on_screen(desk) | _in_lists(desk)

    def _on_screen(self, desk: Database) -> frozenset[Key]:
        clock = self._context.clock
        since_s = clock.boot_s() - LONGEST_LEASE_S
        return _read(lambda: UsageStore(desk).on_screen(clock.boot_id(), since_s))

    def _opened(self, usage: UsageStore) -> set[str]:
        """The blobs opened since the last look; a log that was set back is begun at its end."""
        store = self._context.store
        known = store.meta(_META)
        position, event_id = known if isinstance(known, list) else (0, "")
        if not known or usage.event_id_at(position) != event_id:
            newest = usage.recent(1)
            if newest:
                store.set_meta(_META, [newest[0].position, newest[0].event.event_id])
                return {newest[0].event.sha256}
            return set()
        opened: set[str] = set()
        while found := usage.after(position, _AT_ONCE):
            opened.update(one.event.sha256 for one in found if one.event.kind is Kind.OPENED)
            position, event_id = found[-1].position, found[-1].event.event_id
            store.set_meta(_META, [position, event_id])
        return opened

    @contextmanager
    def _desk(self) -> Iterator[Database | None]:
        """desk.db for reading; None while there is none, or none that can be read."""
        try:
            desk = open_reader(self._context.paths.desk_db)
        except KnownError:
            yield None
            return
        try:
            yield desk
        finally:
            desk.conn.close()


def _in_lists(desk: Database) -> frozenset[Key]:
    def read() -> frozenset[Key]:
        rows = desk.execute("SELECT DISTINCT region_id, entry_id FROM lesson_item")
        return frozenset((str(row[0]), str(row[1])) for row in rows.fetchall())

    return _read(read)


def _read(work: Callable[[], frozenset[Key]]) -> frozenset[Key]:
    """A table that the window has not made yet holds nothing."""
    try:
        return work()
    except DatabaseError:
        return frozenset()
