# SPDX-License-Identifier: GPL-3.0-or-later
"""A courseware package: read from its zip without unpacking, refused when it is not harmless."""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from app.base.errors import known_os_error
from app.player.errors import WebPackageRefusedError

INDEX: Final = "index.html"
# The largest packages of the national platform that we know have 1,200 entries and 300 MB.
MAX_ENTRIES = 5000
MAX_ENTRY_BYTES = 128 << 20
MAX_TOTAL_BYTES = 1 << 30
# Deflate reaches 1000:1 on nothing but zeros; text and pictures stay below 30:1.
MAX_RATIO = 200
_RATIO_FROM_BYTES = 1 << 20
_MAX_NAME = 240

_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\\:*?\"<>|]")
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_IS_ENCRYPTED = 0x1

# Explicit, because the system's own table can be changed by any installed program.
MEDIA_TYPES: Final = {
    "html": "text/html",
    "htm": "text/html",
    "xhtml": "application/xhtml+xml",
    "js": "text/javascript",
    "mjs": "text/javascript",
    "css": "text/css",
    "json": "application/json",
    "map": "application/json",
    "webmanifest": "application/manifest+json",
    "xml": "text/xml",
    "txt": "text/plain",
    "csv": "text/csv",
    "vtt": "text/vtt",
    "wasm": "application/wasm",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "bmp": "image/bmp",
    "ico": "image/x-icon",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "ttf": "font/ttf",
    "otf": "font/otf",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "oga": "audio/ogg",
    "opus": "audio/ogg",
    "wav": "audio/wav",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
    "weba": "audio/webm",
    "webm": "video/webm",
    "ogv": "video/ogg",
    "mp4": "video/mp4",
    "m4v": "video/mp4",
}
_UNKNOWN_TYPE = "application/octet-stream"
WITHOUT_CODEC = ("mp4", "m4v", "m4a", "aac")


class WebPackage:
    """An open package. Every read is checked again, so a file that changes gains nothing.

    Raises:
        WebPackageRefusedError: damaged, or beyond the limits above.
        MissingFileError, UnreadableFileError: it cannot be read.
    """

    def __init__(self, path: Path, name: str, needed: str = INDEX) -> None:
        self._path, self._name, self._needed = path, name, needed
        self._entries: dict[str, zipfile.ZipInfo] = {}
        try:
            self._zip = zipfile.ZipFile(path)
        except OSError as error:
            raise known_os_error(error, path) from error
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise self._refused("damaged") from error
        try:
            self._check_all(self._zip.infolist())
        except WebPackageRefusedError:
            self._zip.close()
            raise

    @property
    def names(self) -> frozenset[str]:
        """All files of the package."""
        return frozenset(self._entries)

    @property
    def has_mp4(self) -> bool:
        """Holds sound or video in codecs that Qt WebEngine was built without."""
        return has_mp4_in(self._entries)

    def read(self, name: str) -> bytes | None:
        """The bytes of a file, None when the package has none of that name.

        Raises:
            WebPackageRefusedError: it is damaged, or larger than it says.
        """
        info = self._entries.get(name)
        if info is None:
            return None
        try:
            with self._zip.open(info) as file:
                content = file.read(info.file_size + 1)
        except (OSError, zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
            raise self._refused("damaged") from error
        if len(content) != info.file_size:
            raise self._refused("damaged")
        return content

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()

    def _check_all(self, infos: list[zipfile.ZipInfo]) -> None:
        if len(infos) > MAX_ENTRIES:
            raise self._refused("too_many_files")
        if sum(info.file_size for info in infos) > MAX_TOTAL_BYTES:
            raise self._refused("too_large")
        seen: set[str] = set()
        for info in infos:
            reason = refusal_of(info)
            if reason:
                raise self._refused(reason)
            if info.filename.casefold() in seen:
                raise self._refused("double_name")
            seen.add(info.filename.casefold())
            if not info.is_dir():
                self._entries[info.filename] = info
        self._entries = _unwrapped(self._entries, self._needed)
        if self._needed not in self._entries:
            raise self._refused("no_index")

    def _refused(self, reason: str) -> WebPackageRefusedError:
        return WebPackageRefusedError(name=self._name, reason=reason)


def _unwrapped(entries: dict[str, zipfile.ZipInfo], needed: str) -> dict[str, zipfile.ZipInfo]:
    """Without the one folder that many tools put around a package."""
    tops = {name.partition("/")[0] for name in entries}
    if needed in entries or len(tops) != 1:
        return entries
    return {name.partition("/")[2]: info for name, info in entries.items()}


def refusal_of(info: zipfile.ZipInfo) -> str:
    """Why an entry is not harmless, "" when it is."""
    name = info.filename
    parts = name.rstrip("/").split("/")
    is_link = stat.S_ISLNK(info.external_attr >> 16)
    if len(name) > _MAX_NAME or _FORBIDDEN.search(info.orig_filename):
        return "bad_name"
    if name.startswith("/") or any(part in ("", ".", "..") for part in parts):
        return "bad_name"
    if is_link or info.flag_bits & _IS_ENCRYPTED or info.compress_type not in _METHODS:
        return "bad_entry"
    if info.file_size > MAX_ENTRY_BYTES:
        return "too_large"
    is_bomb = info.file_size > MAX_RATIO * max(1, info.compress_size)
    return "too_large" if is_bomb and info.file_size > _RATIO_FROM_BYTES else ""


def has_mp4_in(names: Iterable[str]) -> bool:
    """Whether any of the files is sound or video that Qt WebEngine cannot play."""
    return any(suffix_of(name) in WITHOUT_CODEC for name in names)


def suffix_of(name: str) -> str:
    """The lower-case suffix without its dot."""
    return name.rpartition("/")[2].rpartition(".")[2].lower()


def media_type_of(name: str) -> str:
    """What a file of a package is served as."""
    return MEDIA_TYPES.get(suffix_of(name), _UNKNOWN_TYPE)
