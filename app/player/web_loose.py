# SPDX-License-Identifier: GPL-3.0-or-later
"""Courseware that is no archive: a lone page, or a folder with a page in it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from app.base.errors import known_os_error
from app.player.errors import WebPackageRefusedError
from app.player.web_package import INDEX, MAX_ENTRIES, MAX_ENTRY_BYTES, has_mp4_in

_HEAD_BYTES: Final = 4096


class SinglePage:
    """A lone HTML file, shown with the same rules as a package."""

    def __init__(self, path: Path, name: str) -> None:
        try:
            size = path.stat().st_size
            if size > MAX_ENTRY_BYTES:
                raise WebPackageRefusedError(name=name, reason="too_large")
            self._content = path.read_bytes()
        except OSError as error:
            raise known_os_error(error, path) from error
        is_wide = self._content.startswith((b"\xff\xfe", b"\xfe\xff"))
        is_text = is_wide or b"\0" not in self._content[:_HEAD_BYTES]
        if not is_text or not self._content.strip():
            raise WebPackageRefusedError(name=name, reason="damaged")

    @property
    def has_mp4(self) -> bool:
        """Has no files of its own."""
        return False

    def read(self, name: str) -> bytes | None:
        """The page, under the name that packages use."""
        return self._content if name == INDEX else None

    def close(self) -> None:
        """Nothing is held."""


class FolderPackage:
    """A folder with index.html, read where it lies; nothing outside it is ever served.

    Raises:
        WebPackageRefusedError: it has no index.html, or too many files.
        UnreadableFileError: it cannot be read.
    """

    def __init__(self, path: Path, name: str) -> None:
        self._name = name
        self._files: dict[str, Path] = {}
        try:
            for found in path.rglob("*"):
                if found.is_file() and not found.is_symlink():
                    self._files[found.relative_to(path).as_posix()] = found
                if len(self._files) > MAX_ENTRIES:
                    raise WebPackageRefusedError(name=name, reason="too_many_files")
            self._root = path.resolve()
        except OSError as error:
            raise known_os_error(error, path) from error
        if INDEX not in self._files:
            raise WebPackageRefusedError(name=name, reason="no_index")

    @property
    def has_mp4(self) -> bool:
        """See `WebPackage.has_mp4`."""
        return has_mp4_in(self._files)

    def read(self, name: str) -> bytes | None:
        """The bytes of a file, None when the folder has none of that name.

        Raises:
            WebPackageRefusedError: it is too large, cannot be read, or now lies elsewhere.
        """
        path = self._files.get(name)
        if path is None:
            return None
        try:
            # A folder above it may have become a link since it was listed.
            is_inside = path.resolve().is_relative_to(self._root) and not path.is_symlink()
            if not is_inside or path.stat().st_size > MAX_ENTRY_BYTES:
                raise WebPackageRefusedError(name=self._name, reason="bad_entry")
            return path.read_bytes()
        except OSError as error:
            raise WebPackageRefusedError(name=self._name, reason="damaged") from error

    def close(self) -> None:
        """Nothing is held."""
