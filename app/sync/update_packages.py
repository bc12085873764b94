# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings newer versions of the program that a joined region offers; another process installs them.

A package is a blob like any other: it comes over the line as the last of all downloads, or at once
from a stick. Nothing is believed here: whoever installs it verifies everything again.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import app
from app.base.errors import KnownError
from app.base.paths import agent_command, is_frozen, program_dir
from app.base.rights import is_administrator
from app.region import generation
from app.region.enrolment import Enrolment
from app.region.entry import ResourceFile
from app.region.layout import UPDATES_TARGET
from app.region.update import DEBIAN, WINDOWS, Package, Updates, parse_updates
from app.sync.bandwidth import BandwidthPolicy
from app.sync.carriers import Carrier
from app.sync.context import Context
from app.sync.store import RegionRow
from app.sync.transfer import BlobTransfer, WantedBlob
from app.sync.update_errors import UpdateNeedsAdministratorError, UpdateReadyError

logger = logging.getLogger(__name__)
SUBJECT = "update"
_ENTRY_PREFIX = "kezhan-update-"
_LAST_OF_ALL = 50  # after everything a lesson may need (`app.sync.jobs`)
_FIRST_DAY_OF_WEEKEND = 5
_NO_WINDOW = 0x08000000  # CREATE_NO_WINDOW


@dataclass(frozen=True, slots=True)
class Installed:
    """What runs here and how it is packed; programs that nobody installed are not updated."""

    version: str
    platform: str


def installed_here() -> Installed | None:
    """This program, if a setup or a package installed it."""
    folder = program_dir()
    if not is_frozen():
        return None
    if sys.platform == "win32":
        is_set_up = folder.parent.name == "versions"  # the portable folder is replaced by hand
        return Installed(app.__version__, WINDOWS) if is_set_up else None
    return Installed(app.__version__, DEBIAN) if folder == Path("/opt/kezhan") else None


def entry_id_of(package: Package) -> str:
    """Under this name a package is wanted and pinned; no catalogue has such an entry."""
    return f"{_ENTRY_PREFIX}{package.platform}-{package.version}"


def is_update(entry_id: str) -> bool:
    """Whether an id that is wanted is one of a package."""
    return entry_id.startswith(_ENTRY_PREFIX)


class UpdatePackages:
    """Looks at what a region offers, each time its catalogue was looked at."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._installed = installed_here()

    def look(
        self,
        region: RegionRow,
        enrolment: Enrolment,
        state_dir: Path,
        carriers: Sequence[Carrier],
    ) -> None:
        """Want the newest package for this machine, and say when it is here.

        Raises:
            CancelledError, TransferPausedError, DiskFullError, ReadOnlyError.
        """
        context, here = self._context, self._installed
        subject = f"{SUBJECT}/{region.region_id}"
        offer = self._offer(region, state_dir)
        school = enrolment.school.code if enrolment.school is not None else None
        package = offer.choose(here.platform, here.version, school) if offer and here else None
        self._withdraw_others(region, package)
        if package is None:
            context.store.close_problems(subject)
            return
        if not context.blobs.held(package.sha256):
            self._want(region, package)
            self._bring_at_once(region, package, carriers)
        if context.blobs.held(package.sha256):
            kind = UpdateReadyError if is_administrator() else UpdateNeedsAdministratorError
            context.store.open_problem(kind(version=package.version), subject, context.now())

    def _offer(self, region: RegionRow, state_dir: Path) -> Updates | None:
        floor = self._context.floors.of(region.region_id)
        if floor is None:
            return None
        folder = generation.targets_dir(generation.directory(state_dir, floor.generation))
        try:
            offer = parse_updates((folder / UPDATES_TARGET).read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, KnownError) as error:
            logger.warning("what %s offers cannot be read: %s", region.region_id, error)
            return None
        return offer if offer.region_id == region.region_id else None

    def _withdraw_others(self, region: RegionRow, package: Package | None) -> None:
        """Paused, for other schools now, or replaced: neither kept nor brought any longer."""
        context = self._context
        wanted = entry_id_of(package) if package is not None else ""

        def is_old(key: tuple[str, str]) -> bool:
            return key[0] == region.region_id and is_update(key[1]) and key[1] != wanted

        if old := [key for key in context.blobs.pinned() if is_old(key)]:
            context.blobs.unpin(old, reason=SUBJECT)
        for job in context.jobs.waiting():
            keys = context.jobs.entries_of(job.blob.sha256)
            # The same bytes may be wanted by another region, or be a resource of a catalogue.
            if keys and all(is_old(key) for key in keys):
                context.jobs.finished(job.blob.sha256)
                context.blobs.abandon(job.blob.sha256)
                logger.info("%s is not brought any more", job.title)

    def _want(self, region: RegionRow, package: Package) -> None:
        key = (region.region_id, entry_id_of(package))
        self._context.blobs.pin([key], reason=SUBJECT)
        file = ResourceFile(
            role="update",
            name=package.version,
            media_type="application/octet-stream",
            size_bytes=package.size_bytes,
            sha256=package.sha256,
            pieces_sha256=package.pieces_sha256,
        )
        self._context.jobs.add(
            [file],
            key=key,
            title=f"Kezhan {package.version}",
            priority=_LAST_OF_ALL,
            now=self._context.now(),
        )

    def _bring_at_once(
        self, region: RegionRow, package: Package, carriers: Sequence[Carrier]
    ) -> None:
        """A stick may be pulled out: what lies on it comes now."""
        context = self._context
        local = [carrier for carrier in carriers if carrier.is_local]
        if not local:
            return
        wanted = WantedBlob(package.sha256, package.size_bytes, package.pieces_sha256)
        try:
            BlobTransfer(
                context.blobs,
                context.streams,
                local,
                context.health,
                between=context.between,
                stream_count=lambda: 1,
            ).run(wanted)
        except KnownError as error:
            if error.code in ("cancelled", "transfer_paused", "disk_full", "read_only"):
                raise
            logger.info("the package is not there: %s", error)
            return
        context.blobs.link(package.sha256, [(region.region_id, entry_id_of(package))])
        context.jobs.finished(package.sha256)


def is_lesson_time(local: datetime, policy: BandwidthPolicy | None = None) -> bool:
    """Whether a local time lies in the hours of lessons of a school day."""
    hours = policy or BandwidthPolicy()
    is_school_day = local.weekday() < _FIRST_DAY_OF_WEEKEND
    return is_school_day and hours.lessons_from <= local.time() < hours.lessons_to


def install_when_quiet(context: Context) -> bool:
    """Start the installer's process where this account may and no lesson is near.

    Called by the housekeeping, which does not run during a lesson; the process itself asks whether
    somebody is at the machine, and verifies everything. Returns whether it was started.
    """
    is_ready = any(problem.code == UpdateReadyError.code for problem in context.store.problems())
    if not is_ready or not is_administrator():
        return False
    if is_lesson_time(context.clock.wall().astimezone()):
        return False
    try:
        subprocess.Popen(
            agent_command(context.paths.root, "update", "--when-idle"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            creationflags=_NO_WINDOW if sys.platform == "win32" else 0,
            start_new_session=sys.platform != "win32",
        )
    except OSError as error:
        logger.warning("the update cannot be started: %s", error)
        return False
    return True
