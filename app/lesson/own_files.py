# SPDX-License-Identifier: GPL-3.0-or-later
"""A teacher's own files on this machine, named by their content: `own/blobs/<aa>/<sha256>`.

The same layout as any shelf, so that whoever looks for bytes by hash finds them.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import IO

from app.base import files
from app.base.errors import CancelledError, DiskFullError, UnreadableFileError, known_os_error
from app.base.paths import DataPaths
from app.lesson.lists import OwnFile, clean_name
from app.region.layout import blob_path
from app.region.media import guess_media_type

_CHUNK_BYTES = 1 << 20
_MAX_NAME_CHARS = 200
BOARD_TYPE = "application/vnd.kezhan.board"

OnBytes = Callable[[int], None]
IsCancelled = Callable[[], bool]


class OwnFiles:
    """Writes into the own store; one writer at a time is enough, content names make repeats one."""

    def __init__(self, paths: DataPaths) -> None:
        self._root = paths.own_dir

    def path_of(self, sha256: str) -> Path:
        """Where an own file lies, or would lie."""
        return self._root / blob_path(sha256)

    def adopt(self, source: Path, on_bytes: OnBytes, is_cancelled: IsCancelled) -> OwnFile:
        """Copy a file in and let go of it at once (the stick may be pulled then).

        Raises:
            CancelledError, DiskFullError, ReadOnlyError, MissingFileError, UnreadableFileError:
                nothing was left behind.
        """
        try:
            if source.is_dir():
                raise UnreadableFileError(path=str(source), reason="not a file")
            with source.open("rb") as opened:
                return self.take(opened, source.name, on_bytes, is_cancelled)
        except OSError as error:
            raise known_os_error(error, source) from error

    def adopt_bytes(self, content: bytes, name: str) -> OwnFile:
        """Keep something made here (a picture of what was written on the board)."""
        sha256 = hashlib.sha256(content).hexdigest()
        final = self.path_of(sha256)
        if not final.is_file():
            self._make_folder(final.parent)
            files.replace_bytes(final, content)
        return _described(sha256, len(content), name)

    def take(
        self,
        opened: IO[bytes],
        name: str,
        on_bytes: OnBytes,
        is_cancelled: IsCancelled,
        *,
        expected: OwnFile | None = None,
    ) -> OwnFile:
        """Copy what an open file has left; with `expected` no byte more, and only that content.

        Raises:
            UnreadableFileError: not the content that was expected. As for `adopt` otherwise.
        """
        self._make_folder(self._root)
        temporary = self._root / f"{uuid.uuid4().hex}.part"
        try:
            sha256, size = _copy(opened, temporary, on_bytes, is_cancelled, expected)
            if expected is not None and (sha256, size) != (expected.sha256, expected.size_bytes):
                raise UnreadableFileError(path=name, reason="another content than promised")
            files.publish_file(temporary, self.path_of(sha256))
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        return expected or _described(sha256, size, name)

    def forget(self, sha256: str) -> None:
        """Delete an own file; one that is open (Windows) stays for another time."""
        try:
            self.path_of(sha256).unlink(missing_ok=True)
        except OSError as error:
            raise known_os_error(error, self.path_of(sha256)) from error

    def _make_folder(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise known_os_error(error, folder) from error


def _copy(
    opened: IO[bytes],
    target: Path,
    on_bytes: OnBytes,
    is_cancelled: IsCancelled,
    expected: OwnFile | None,
) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with target.open("xb") as copy:
        while chunk := opened.read(_CHUNK_BYTES):
            if is_cancelled():
                raise CancelledError
            size += len(chunk)
            if expected is not None and size > expected.size_bytes:
                raise UnreadableFileError(path=expected.name, reason="longer than promised")
            digest.update(chunk)
            try:
                copy.write(chunk)
            except OSError as error:
                known = known_os_error(error, target)
                raise known if isinstance(known, DiskFullError) else error from error
            on_bytes(len(chunk))
    return digest.hexdigest(), size


def _described(sha256: str, size_bytes: int, name: str) -> OwnFile:
    shown = clean_name(name, _MAX_NAME_CHARS) or sha256[:8]
    return OwnFile(sha256, size_bytes, shown, guess_media_type(shown))
