# SPDX-License-Identifier: GPL-3.0-or-later
"""A teacher's own files as cards: kept in the own store, or lent by a stick while it is there."""

from __future__ import annotations

import hashlib
from pathlib import Path

from app.base.errors import known_os_error
from app.base.paths import DataPaths
from app.catalogue.query import EntryKey
from app.lesson.lists import ItemKind, ListItem, OwnFile, clean_name
from app.lesson.own_files import OwnFiles
from app.region.entry import Entry, ResourceFile
from app.region.media import format_of, guess_media_type
from app.ui.jobs import JobContext
from app.ui.models.card import Card, NoWishes, readiness_of
from app.ui.widgets.cover import FileLocator

BLANK_NAME = "board.png"
_BLANK_SIZE = (1920, 1080)
_MAX_TITLE_CHARS = 300


class OwnShelf:
    """Finds every file the window can show: lent ones first, then what `held` knows."""

    def __init__(self, paths: DataPaths, held: FileLocator, playable: frozenset[str]) -> None:
        self.store = OwnFiles(paths)
        self._held = held
        self._playable = playable
        self._lent: dict[str, Path] = {}
        self._blank: OwnFile | None = None

    def locate(self, sha256: str, size_bytes: int) -> Path | None:
        """The path of a file that is here, own or a region's."""
        lent = self._lent.get(sha256)
        return lent if lent is not None else self._held.locate(sha256, size_bytes)

    # -- cards -------------------------------------------------------------------------------

    def card(self, file: OwnFile, title: str = "", item: ListItem | None = None) -> Card:
        """The card of an own file."""
        return self._card(file, file.sha256, title or file.name, item)

    def card_of_item(self, item: ListItem) -> Card | None:
        """The card of something in a list that no region knows; None for a region's resource."""
        if item.kind is ItemKind.BOARD:
            return self._card(self._blank_file(), item.entry_id, item.title, item)
        if item.kind is ItemKind.FILE and item.file is not None:
            return self.card(item.file, item.title, item)
        return None

    def lend(self, path: Path) -> Card:
        """The card of a file that stays where it is (on a stick).

        Raises:
            MissingFileError, UnreadableFileError: it is not there any more.
        """
        try:
            facts = path.stat()
        except OSError as error:
            raise known_os_error(error, path) from error
        # No content hash: that would mean reading all of it before the lesson can begin.
        named = f"{path}\0{facts.st_size}\0{facts.st_mtime_ns}"
        sha256 = hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()
        self._lent[sha256] = path
        name = clean_name(path.name, _MAX_TITLE_CHARS)
        file = OwnFile(sha256, facts.st_size, name, guess_media_type(name))
        return self._card(file, sha256, name, None)

    def _card(self, file: OwnFile, entry_id: str, title: str, item: ListItem | None) -> Card:
        main = ResourceFile("main", file.name, file.media_type, file.size_bytes, file.sha256)
        entry = Entry(id=entry_id, title=title, resource_type="其他", files=(main,))
        key = EntryKey("", entry_id)
        is_here = self.locate(file.sha256, file.size_bytes) is not None
        readiness = readiness_of(key, entry, self._playable, NoWishes(), is_offline=is_here)
        if item is None:
            return Card(key, entry, readiness)
        return Card(key, entry, readiness, extract=item.extract, item_id=item.item_id)

    # -- bringing in -------------------------------------------------------------------------

    def adopt(self, path: Path, context: JobContext) -> OwnFile:
        """Copy a file in and let go of it at once; for a worker thread.

        Raises:
            CancelledError, DiskFullError, MissingFileError, UnreadableFileError.
        """
        try:
            total = path.stat().st_size
        except OSError as error:
            raise known_os_error(error, path) from error
        done = 0

        def count(size_bytes: int) -> None:
            nonlocal done
            done += size_bytes
            context.report(done, total)

        return self.store.adopt(path, count, context.is_cancelled)

    def _blank_file(self) -> OwnFile:
        """A white page, made once and kept like any other own file."""
        blank = self._blank
        if blank is None or not self.store.path_of(blank.sha256).is_file():
            blank = self.store.adopt_bytes(_blank_page(), BLANK_NAME)
            self._blank = blank
        return blank


def can_show(path: Path, playable: frozenset[str]) -> bool:
    """Whether a file's name promises something that plays here."""
    return format_of(guess_media_type(path.name), path.name).value in playable


def _blank_page() -> bytes:
    from PySide6.QtCore import QBuffer, QIODevice
    from PySide6.QtGui import QImage

    page = QImage(*_BLANK_SIZE, QImage.Format.Format_RGB32)
    page.fill(0xFFFFFFFF)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    page.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())
