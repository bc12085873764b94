# SPDX-License-Identifier: GPL-3.0-or-later
"""What the agent was asked to bring, so that a grey card can say when it will be here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal, Slot

from app.catalogue.query import EntryKey
from app.region.entry import Entry
from app.ui.jobs import JobContext, JobRunner
from app.ui.models.card import Readiness

if TYPE_CHECKING:
    from app.sync.status import Status

# Who was up to date in these days has a way by which things come over night.
_LINE_AGE = timedelta(days=2)


class Asks(Protocol):
    """Leaves wishes for resources; `app.ui.services.Courier` leaves all others too."""

    def get(self, key: EntryKey) -> str:
        """Download a resource."""
        ...

    def keep(self, list_id: str, keys: Sequence[EntryKey]) -> str:
        """Download all of a lesson list and keep it as long as the list wants it."""
        ...

    def release(self, list_id: str) -> str:
        """A lesson list keeps nothing any more."""
        ...


@dataclass(frozen=True, slots=True)
class _Known:
    hashes: frozenset[str] = frozenset()
    has_line: bool = False


class Wanted(QObject):
    """Signals: changed() when a card may say something else."""

    changed = Signal()

    def __init__(
        self,
        runner: JobRunner,
        read_status: Callable[[], Status],
        courier: Asks,
    ) -> None:
        super().__init__()
        self._runner, self._read_status, self._courier = runner, read_status, courier
        self._known = _Known()
        self._asked: frozenset[EntryKey] = frozenset()  # since the window opened

    def readiness(self, region_id: str, entry: Entry) -> Readiness:
        """What to say of a resource that is not here; may be called on any thread."""
        known = self._known
        is_wanted = EntryKey(region_id, entry.id) in self._asked
        if not is_wanted:
            main = entry.main_file
            is_wanted = main is not None and main.sha256 in known.hashes
        if not is_wanted:
            return Readiness.DOWNLOADABLE
        return Readiness.TOMORROW if known.has_line else Readiness.WAITING

    def ask(self, keys: Iterable[EntryKey]) -> None:
        """Have the agent bring these and keep them."""
        wanted, get = tuple(keys), self._courier.get

        def work(_context: JobContext) -> object:
            for key in wanted:
                get(key)
            return None

        self._asked |= frozenset(wanted)
        self._runner.start(work).succeeded.connect(self._left)
        self.changed.emit()

    def keep(self, list_id: str, keys: Iterable[EntryKey]) -> None:
        """Have the agent bring all of a lesson list and keep it; what it kept before may go."""
        wanted, courier = tuple(keys), self._courier
        self._asked |= frozenset(wanted)
        self._runner.start(lambda _context: courier.keep(list_id, wanted)).succeeded.connect(
            self._left
        )
        self.changed.emit()

    def release(self, list_id: str, keys: Iterable[EntryKey]) -> None:
        """A lesson list needs nothing any more; others may still hold the same."""
        courier = self._courier
        self._asked -= frozenset(keys)
        self._runner.start(lambda _context: courier.release(list_id)).succeeded.connect(self._left)
        self.changed.emit()

    @Slot(object)
    def _left(self, _nothing: object) -> None:
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Look again what is under way."""
        read = self._read_status
        job = self._runner.start(lambda _context: _known(read()))
        job.succeeded.connect(self._take)

    @Slot(object)
    def _take(self, known: _Known) -> None:
        if known != self._known:
            self._known = known
            self.changed.emit()


def _known(status: Status) -> _Known:
    last = status.last_sync_at
    has_line = last is not None and datetime.now(UTC) - last < _LINE_AGE
    return _Known(frozenset(one.sha256 for one in status.transfers), has_line)
