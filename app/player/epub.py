# SPDX-License-Identifier: GPL-3.0-or-later
"""EPUB books: the order of reading from the package, chapters served to the closed room."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import unquote

from PySide6.QtCore import QBuffer, QIODevice, QXmlStreamReader

from app.player.errors import WebPackageRefusedError
from app.player.web_package import WebPackage

_CONTAINER: Final = "META-INF/container.xml"
_PAGES: Final = ("application/xhtml+xml", "text/html", "image/svg+xml")
_MAX_CHAPTERS: Final = 5000


class EpubBook:
    """An open book; `chapters` are names of files, in the order of reading.

    Raises:
        WebPackageRefusedError: it is damaged, locked, not safe, or without chapters.
        MissingFileError, UnreadableFileError: it cannot be read.
    """

    def __init__(self, path: Path, name: str) -> None:
        self._name = name
        self._package = WebPackage(path, name, _CONTAINER)
        try:
            self.chapters = self._read_chapters()
        except WebPackageRefusedError:
            self._package.close()
            raise

    @property
    def has_mp4(self) -> bool:
        """See `WebPackage.has_mp4`."""
        return self._package.has_mp4

    def read(self, name: str) -> bytes | None:
        """The bytes of a file, None when there is none of that name."""
        return self._package.read(name)

    def close(self) -> None:
        """Let go of the file."""
        self._package.close()

    def _read_chapters(self) -> tuple[str, ...]:
        if "META-INF/rights.xml" in self._package.names:
            raise self._refused("locked")
        roots = [found["full-path"] for kind, found in self._elements(_CONTAINER)
                 if kind == "rootfile" and "full-path" in found]  # fmt: skip
        if not roots:
            raise self._refused("damaged")
        folder, slash, _ = roots[0].rpartition("/")
        files: dict[str, str] = {}
        order: list[str] = []
        for kind, found in self._elements(roots[0]):
            if kind == "item" and found.get("media-type") in _PAGES:
                files[found.get("id", "")] = _joined(folder + slash, found.get("href", ""))
            elif kind == "itemref" and found.get("linear") != "no":
                order.append(found.get("idref", ""))
        names = self._package.names
        chapters = [files[one] for one in order if files.get(one) in names]
        if not chapters or len(chapters) > _MAX_CHAPTERS:
            raise self._refused("no_index" if not chapters else "too_many_files")
        return tuple(chapters)

    def _elements(self, name: str) -> list[tuple[str, dict[str, str]]]:
        """Every element with its attributes, names without their prefixes."""
        raw = self._package.read(name)
        if raw is None:
            raise self._refused("damaged")
        buffer = QBuffer()
        buffer.setData(raw)
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        reader = QXmlStreamReader(buffer)
        found: list[tuple[str, dict[str, str]]] = []
        while not reader.atEnd():
            reader.readNext()
            if reader.isStartElement():
                given = reader.attributes()
                each = [given.at(index) for index in range(given.size())]
                found.append((reader.name(), {one.name(): one.value() for one in each}))
        if reader.hasError():
            raise self._refused("damaged")
        return found

    def _refused(self, reason: str) -> WebPackageRefusedError:
        return WebPackageRefusedError(name=self._name, reason=reason)


def _joined(folder: str, reference: str) -> str:
    """The name inside the archive that a reference of the package stands for."""
    parts: list[str] = []
    for part in (folder + unquote(reference).partition("#")[0]).split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part not in ("", ".", ".."):
            parts.append(part)
    return "/".join(parts)
