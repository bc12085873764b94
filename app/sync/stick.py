# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings catalogue and files from a stick or a shared folder that holds all or a part of a tree.

Everything is checked before it counts, only what is wanted and missing is copied, and pulling the
stick ends the import with what was brought so far.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.base.errors import KnownError
from app.region.entry import Entry, ResourceFile
from app.region.layout import BLOBS_DIR, METADATA_DIR, blob_path
from app.sync.carriers import Carrier
from app.sync.context import Context, stops_run
from app.sync.directory import DirectoryCarrier
from app.sync.downloads import Downloads, files_of
from app.sync.errors import CarrierGoneError, NothingToImportError
from app.sync.transfer import BlobTransfer, WantedBlob

logger = logging.getLogger(__name__)
_PREFIX = re.compile(r"[0-9a-f]{2}\Z")
_HASH = re.compile(r"[0-9a-f]{64}\Z")
# Where the tree may lie on a stick: at its root, or as `publish` makes it.
_PLACES = ("", "public", "kezhan", "kezhan/public")


@dataclass(slots=True)
class Imported:
    """What a stick brought; `errors` are what went wrong on the way, the truest shown first."""

    files: int = 0
    bytes: int = 0
    known: int = 0
    errors: list[KnownError] = field(default_factory=list)


def find_trees(folder: Path) -> list[DirectoryCarrier]:
    """The trees in a folder that a user pointed at.

    Raises:
        NothingToImportError: there is none; CarrierGoneError: there is no such folder.
    """
    if not folder.is_dir():
        raise CarrierGoneError(host=str(folder))
    trees = []
    for place in _PLACES:
        base = folder / place
        if (base / METADATA_DIR).is_dir() or (base / BLOBS_DIR).is_dir():
            trees.append(DirectoryCarrier(base))
    if not trees:
        raise NothingToImportError(path=str(folder))
    return trees


def blobs_on(carrier: DirectoryCarrier) -> Iterator[str]:
    """The names of all blobs that a carrier says it has."""
    for prefix in carrier.names(BLOBS_DIR):
        if _PREFIX.match(prefix):
            for name in carrier.names(f"{BLOBS_DIR}/{prefix}"):
                if _HASH.match(name) and name.startswith(prefix):
                    yield name


class StickFiles:
    """Copies wanted blobs from one carrier."""

    def __init__(
        self,
        context: Context,
        downloads: Downloads,
        entries: Callable[[], Iterable[tuple[str, Entry]]],
    ) -> None:
        self._context = context
        self._downloads = downloads
        self._entries = entries

    def bring(self, carrier: DirectoryCarrier, imported: Imported) -> None:
        """Copy everything on the carrier that an entry of ours names and that is missing."""
        on_stick = set(blobs_on(carrier))
        held = self._context.blobs.held
        missing = {name for name in on_stick if not held(name)}
        imported.known += len(on_stick) - len(missing)
        wanted = self._wanted(missing)
        total_bytes = sum(file.size_bytes for _, _, file in wanted.values())
        done_bytes = 0
        for region_id, entry, file in wanted.values():
            self._context.between()
            if self._copy(carrier, (region_id, entry.id), file, imported):
                imported.files += 1
                imported.bytes += file.size_bytes
            done_bytes += file.size_bytes
            self._context.events.progress("stick", "download", entry.title, done_bytes, total_bytes)

    def _wanted(self, missing: set[str]) -> dict[str, tuple[str, Entry, ResourceFile]]:
        """Which of the missing blobs belong to an entry here, and to which."""
        wanted: dict[str, tuple[str, Entry, ResourceFile]] = {}
        if not missing:
            return wanted
        for region_id, entry in self._entries():
            for file in files_of(entry):
                if file.sha256 in missing:
                    wanted.setdefault(file.sha256, (region_id, entry, file))
        return wanted

    def _copy(
        self, carrier: Carrier, key: tuple[str, str], file: ResourceFile, imported: Imported
    ) -> bool:
        context = self._context
        if not carrier.exists(blob_path(file.sha256)):
            imported.errors.append(CarrierGoneError(host=carrier.host))
            raise imported.errors[-1]
        transfer = BlobTransfer(
            context.blobs,
            context.streams,
            [carrier],
            context.health,
            between=context.between,
            stream_count=lambda: 1,
        )
        try:
            transfer.run(WantedBlob(file.sha256, file.size_bytes, file.pieces_sha256))
        except KnownError as error:
            if stops_run(error) or isinstance(error, CarrierGoneError):
                raise
            logger.info("%s on %s: %s", file.sha256, carrier.host, error)
            imported.errors.append(error)
            return False
        self._downloads.arrived(file.sha256, [key])
        return True
