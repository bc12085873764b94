# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pages need from the rest of the program; `app.wiring.window` puts it together."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from app.base.errors import KnownError
from app.base.paths import DataPaths
from app.base.settings import Settings, save_settings
from app.catalogue.query import EntryKey, Hit, Node, NodePath, Page, Query
from app.region.entry import Entry
from app.ui.agent_link import AgentLink
from app.ui.classroom import Classroom
from app.ui.jobs import JobContext, JobRunner, SerialQueue
from app.ui.lesson_log import LessonLog
from app.ui.models.card import Card, readiness_of
from app.ui.own_shelf import OwnShelf
from app.ui.wanted import Asks, Wanted
from app.ui.widgets.cover import CoverStore, FileLocator

if TYPE_CHECKING:
    from app.sync.status import Status
    from app.ui.desk import Desk
    from app.ui.pages.settings_place import DataMover
    from app.ui.pages.settings_start import AutostartSwitch

_log = logging.getLogger(__name__)


class CatalogueReader(Protocol):
    """The catalogue as the window reads it (`app.catalogue.reader.Catalogue`)."""

    def search(self, query: Query) -> Page:
        """One page of results."""
        ...

    def entry(self, key: EntryKey) -> Entry | None:
        """One resource."""
        ...

    def find(self, entry_id: str) -> list[EntryKey]:
        """The regions' resources with that id."""
        ...

    def browse(self, prefix: NodePath) -> tuple[Node, ...]:
        """What lies below a place in the books."""
        ...

    def lesson_resources(self, key: EntryKey) -> tuple[Hit, ...]:
        """All resources of the same lesson."""
        ...

    def reopen_if_changed(self) -> bool:
        """Follow the agent to a newer generation."""
        ...

    def count(self) -> int:
        """How many resources."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


class Courier(Asks, Protocol):
    """Leaves durable requests for the agent."""

    def enrol(self, source: str) -> str:
        """Join a region."""
        ...

    def upload(self, path: Path, details: dict[str, str], context: JobContext) -> str:
        """Stage a file and leave the request to send it; for a worker thread."""
        ...

    def name_point(self, point: str, name: str) -> str:
        """Call a machine something that was heard of by stick."""
        ...


class SettingsBox(QObject):
    """The settings in force.

    Signals:
        changed(): any of them is another from now on.
        failed(KnownError): the disk did not take them; they hold until the program ends.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(self, paths: DataPaths, settings: Settings) -> None:
        super().__init__()
        self._paths = paths
        self.current = settings

    def put(self, settings: Settings) -> None:
        """Use other settings from now on, durably where the disk lets us."""
        if settings == self.current:
            return
        self.current = settings.checked()
        try:
            save_settings(self._paths, self.current)
        except KnownError as error:
            _log.warning("settings were not saved: %s", error)
            self.failed.emit(error)
        self.changed.emit()


@dataclass(frozen=True, slots=True)
class Services:
    """Handed to every page."""

    paths: DataPaths
    settings: SettingsBox
    runner: JobRunner
    catalogue: SerialQueue[CatalogueReader]
    desk: SerialQueue[Desk]
    covers: CoverStore
    locator: FileLocator
    agent: AgentLink
    courier: Courier
    lesson_log: LessonLog
    read_status: Callable[[], Status]
    playable: frozenset[str]
    classroom: Classroom
    own: OwnShelf
    wanted: Wanted
    autostart: AutostartSwitch | None = None
    mover: DataMover | None = None


def card_from_entry(services: Services, key: EntryKey, entry: Entry) -> Card:
    """The card of an entry that did not come from a search."""
    main = entry.main_file
    is_here = main is not None and services.locator.locate(main.sha256, main.size_bytes) is not None
    readiness = readiness_of(key, entry, services.playable, services.wanted, is_offline=is_here)
    return Card(key, entry, readiness)
