# SPDX-License-Identifier: GPL-3.0-or-later
"""A directory that holds the tree or a part of it: a stick, a shared folder, the first shelf.

Nothing on it is trusted: names are confined to the root, links are refused, only regular files are
opened, and no handle stays open between calls, so that the stick can be pulled at any moment.
A file too long for FAT32 may lie in pieces, `<name>.split/0001` and so on; it reads as one.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from app.base.errors import KnownError, MissingFileError, known_os_error
from app.sync.errors import CarrierGoneError, MirrorBrokenError, MirrorMissingError

_CHUNK_BYTES = 1 << 20
_MAX_NAME_CHARS = 255
# A folder of blobs holds a few thousand; whoever made more than this did not mean well.
_MAX_NAMES = 200_000
SPLIT_SUFFIX = ".split"
_MAX_SPLITS = 9999
# FAT, exFAT and NTFS refuse these; on the others they would only disguise a name.
_BAD_IN_NAME = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\/]')
# Never wait for the other end of what was a file a moment ago and now is a pipe.
_OPEN_FLAGS = os.O_RDONLY | sum(
    getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_BINARY", "O_NONBLOCK")
)
_DEVICE_NAMES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A plain file that holds all or a part of what a name of the tree stands for."""

    real: Path
    size_bytes: int


class DirectoryCarrier:
    """One folder; see `app.sync.carriers.Carrier`."""

    is_local = True

    def __init__(self, root: Path, name: str = "") -> None:
        self.root = root
        self.name = name or root.absolute().as_uri()
        self.host = str(root)

    def fetch(
        self,
        path: str,
        sink: Callable[[int, bytes], None],
        *,
        offset: int = 0,
        length: int | None = None,
        size_bytes: int | None = None,
        max_bytes: int,
        total_s: float | None = None,
    ) -> None:
        """Deliver a file or a range of it."""
        wanted_bytes = length if length is not None else max_bytes
        for position, chunk in self._read(path, offset, wanted_bytes, size_bytes):
            if position + len(chunk) - offset > max_bytes:
                raise MirrorBrokenError(host=self.host, path=path, reason="too_long")
            sink(position, chunk)

    def read_whole(self, path: str, size_bytes: int, folders: set[str]) -> bytes:
        """A short file of that very length at once: for thousands of them every call counts.

        `folders` remembers, from file to file, those that were looked at and are plain. Raises as
        `fetch`.
        """
        real = self._locate_quickly(path, folders)
        try:
            found = os.lstat(real)
            if not stat.S_ISREG(_plain_mode(found)):
                raise FileNotFoundError(errno.ENOENT, "no plain file", real)
            content = _read_at_once(real, size_bytes) if found.st_size == size_bytes else b""
        except FileNotFoundError:  # or it lies there in pieces
            return b"".join(chunk for _, chunk in self._read(path, 0, size_bytes, size_bytes))
        except OSError as error:
            raise self._translated(error, path) from error
        if len(content) != size_bytes or found.st_size != size_bytes:
            raise MirrorBrokenError(host=self.host, path=path, reason="length")
        return content

    def exists(self, path: str) -> bool:
        """Whether a regular file of that name is there."""
        try:
            return bool(self._pieces(path))
        except (MirrorMissingError, MirrorBrokenError, CarrierGoneError):
            return False

    def size_bytes(self, path: str) -> int:
        """How long a file is.

        Raises:
            MirrorMissingError, MirrorBrokenError, CarrierGoneError.
        """
        return sum(piece.size_bytes for piece in self._pieces(path))

    def names(self, folder: str) -> list[str]:
        """The names in a folder of the tree; empty when it is no folder of ours.

        Raises:
            CarrierGoneError: the stick was pulled.
            MirrorBrokenError: the folder cannot be read.
        """
        try:
            real = self._locate(folder)
            if not self._is_plain_folder(real, folder):
                return []
            with os.scandir(real) as found:
                return sorted(item.name for item in islice(found, _MAX_NAMES))
        except MirrorMissingError:
            return []
        except OSError as error:
            raise self._translated(error, folder) from error

    def _read(
        self, path: str, offset: int, wanted_bytes: int, size_bytes: int | None
    ) -> Iterator[tuple[int, bytes]]:
        pieces = self._pieces(path)
        found_bytes = sum(piece.size_bytes for piece in pieces)
        if size_bytes is not None and found_bytes != size_bytes:
            raise MirrorBrokenError(host=self.host, path=path, reason="length")
        end = offset + max(0, min(wanted_bytes, found_bytes - offset))
        if size_bytes is None and end < found_bytes:
            raise MirrorBrokenError(host=self.host, path=path, reason="too_long")
        start, position = 0, offset
        for piece in pieces:
            stop = start + piece.size_bytes
            if start <= position < min(end, stop):
                for chunk in self._read_piece(
                    piece, path, position - start, min(end, stop) - start
                ):
                    yield position, chunk
                    position += len(chunk)
            start = stop
        if position < end:
            raise MirrorBrokenError(host=self.host, path=path, reason="length")

    def _read_piece(self, piece: _Piece, path: str, start: int, stop: int) -> Iterator[bytes]:
        left = stop - start
        try:
            with os.fdopen(os.open(piece.real, _OPEN_FLAGS), "rb", buffering=0) as file:
                file.seek(start)
                while left > 0 and (chunk := file.read(min(left, _CHUNK_BYTES))):
                    left -= len(chunk)
                    yield chunk
        except OSError as error:
            raise self._translated(error, path) from error

    def _pieces(self, path: str) -> list[_Piece]:
        """What has to be read one after the other for a name of the tree."""
        real = self._locate(path)
        try:
            return [_Piece(real, self._size_of(real, path))]
        except MirrorMissingError:
            folder = real.with_name(real.name + SPLIT_SUFFIX)
            if len(folder.name) > _MAX_NAME_CHARS or not self._is_folder(folder, path):
                raise
        return self._splits(folder, path)

    def _is_folder(self, folder: Path, path: str) -> bool:
        try:
            return self._is_plain_folder(folder, path)
        except MirrorMissingError:
            return False

    def _splits(self, folder: Path, path: str) -> list[_Piece]:
        """`0001`, `0002`, … up to the first that is not there; others mean that one is missing."""
        pieces: list[_Piece] = []
        while len(pieces) < _MAX_SPLITS:
            real = folder / f"{len(pieces) + 1:04d}"
            try:
                pieces.append(_Piece(real, self._size_of(real, path)))
            except MirrorMissingError:
                break
        if not pieces:
            raise MirrorMissingError(host=self.host, path=path)
        return pieces

    def _locate(self, path: str) -> Path:
        """The real path of a name of the tree; every step is a plain folder inside the root."""
        parts = path.split("/")
        if not all(is_safe_name(part) for part in parts):
            raise MirrorMissingError(host=self.host, path=path[:200])
        real = self.root
        for part in parts[:-1]:
            real /= part
            if not self._is_plain_folder(real, path):
                raise MirrorMissingError(host=self.host, path=path)
        return real / parts[-1]

    def _locate_quickly(self, path: str, folders: set[str]) -> str:
        folder, _, name = path.rpartition("/")
        if folder not in folders:
            self._locate(path)
            folders.add(folder)
        elif not is_safe_name(name):
            raise MirrorMissingError(host=self.host, path=path[:200])
        return f"{self.host}/{path}"

    def _size_of(self, real: Path, path: str) -> int:
        found = self._found(real, path)
        if not stat.S_ISREG(_plain_mode(found)):
            raise MirrorMissingError(host=self.host, path=path)
        return found.st_size

    def _is_plain_folder(self, real: Path, path: str) -> bool:
        return stat.S_ISDIR(_plain_mode(self._found(real, path)))

    def _found(self, real: Path, path: str) -> os.stat_result:
        try:
            return os.lstat(real)
        except OSError as error:
            raise self._translated(error, path) from error

    def _translated(self, error: OSError, path: str) -> KnownError:
        if not os.path.isdir(self.root):  # noqa: PTH112 - a dead stick answers with an error, not with no
            return CarrierGoneError(host=self.host)
        known = known_os_error(error, self.root / path)
        if isinstance(known, MissingFileError):
            return MirrorMissingError(host=self.host, path=path)
        reason = error.strerror or "unreadable"
        return MirrorBrokenError(host=self.host, path=path, reason=reason, is_unreadable=True)


def _plain_mode(found: os.stat_result) -> int:
    """The mode of what lies there; a link or a junction counts as nothing."""
    if sys.platform == "win32" and found.st_file_attributes & stat.FILE_ATTRIBUTE_REPARSE_POINT:
        return 0
    return found.st_mode


def _read_at_once(path: str, size_bytes: int) -> bytes:
    """At most so many bytes of a file. Raises OSError."""
    descriptor = os.open(path, _OPEN_FLAGS)
    try:
        content = os.read(descriptor, size_bytes)
        while len(content) < size_bytes and (more := os.read(descriptor, size_bytes)):
            content += more
    finally:
        os.close(descriptor)
    return content[:size_bytes]


def is_safe_name(name: str) -> bool:
    """Whether a name can stand on every file system and means the same file everywhere."""
    return (
        0 < len(name) <= _MAX_NAME_CHARS
        and name not in (".", "..")
        and not name.endswith((".", " "))
        and not _BAD_IN_NAME.search(name)
        and not _DEVICE_NAMES.match(name)
    )
