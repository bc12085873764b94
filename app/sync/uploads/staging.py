# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes a teacher's file into the outbox: a durable copy under its sha256, checked while read.

Runs in the window or in a command, before the request reaches the agent; the original may then be
edited, moved, or pulled out with its stick.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from app.base import files
from app.base.errors import CancelledError, DiskFullError, known_os_error
from app.base.paths import DataPaths
from app.sync.uploads.errors import EmptyFileError, NotAFileError, SourceChangedError

_CHUNK_BYTES = 1 << 20
# The databases must still be able to write when the outbox has taken its share.
_KEEP_FREE_BYTES = 64 << 20
_PART_PREFIX = ".staging-"
_ABANDONED_AFTER_S = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A copy in the outbox, named by its own content."""

    sha256: str
    size_bytes: int


def staged_path(paths: DataPaths, sha256: str) -> Path:
    """Where the copy with that content lies."""
    return paths.outbox_dir / sha256


def stage_file(
    paths: DataPaths,
    source: Path,
    on_bytes: Callable[[int], None],
    is_cancelled: Callable[[], bool],
) -> StagedFile:
    """Copy `source` into the outbox; `on_bytes` hears the size of each chunk.

    Raises:
        NotAFileError, EmptyFileError, SourceChangedError, CancelledError: nothing is left behind.
        MissingFileError, ReadOnlyError, UnreadableFileError: the source cannot be read, or the
            outbox cannot be written.
        DiskFullError: there is no room for the copy.
    """
    before = _look_at(source)
    _require_room(paths.outbox_dir, before.st_size)
    temporary = paths.outbox_dir / f"{_PART_PREFIX}{uuid.uuid4().hex}"
    try:
        digest = _copy(source, temporary, before, on_bytes, is_cancelled)
        final = staged_path(paths, digest)
        if not _is_staged(final, before.st_size, digest):
            files.publish_file(temporary, final)
    finally:
        temporary.unlink(missing_ok=True)
    return StagedFile(digest, before.st_size)


def sweep_abandoned(paths: DataPaths, needed: frozenset[str], now_s: float | None = None) -> int:
    """Delete copies that no row needs and that no dialog can still be about to ask for.

    `needed` holds the sha256 of every upload row and of every request still in the inbox.
    """
    deadline_s = (time.time() if now_s is None else now_s) - _ABANDONED_AFTER_S
    swept = 0
    for path in paths.outbox_dir.iterdir():
        try:
            if path.name not in needed and path.stat().st_mtime < deadline_s:
                path.unlink()
                swept += 1
        except OSError:
            continue  # in use, or gone meanwhile: the next sweep sees to it
    return swept


def _look_at(source: Path) -> os.stat_result:
    try:
        found = source.stat()
    except OSError as error:
        raise known_os_error(error, source) from error
    if not stat.S_ISREG(found.st_mode):
        raise NotAFileError(name=source.name)
    if found.st_size == 0:
        raise EmptyFileError(name=source.name)
    return found


def _require_room(folder: Path, size_bytes: int) -> None:
    try:
        free_bytes = shutil.disk_usage(folder).free
    except OSError as error:
        raise known_os_error(error, folder) from error
    if free_bytes < size_bytes + _KEEP_FREE_BYTES:
        raise DiskFullError(path=str(folder), needed_bytes=size_bytes + _KEEP_FREE_BYTES)


def _copy(
    source: Path,
    temporary: Path,
    before: os.stat_result,
    on_bytes: Callable[[int], None],
    is_cancelled: Callable[[], bool],
) -> str:
    """Copy and hash in one pass; the file must be the same thing before, during and after."""
    digest = hashlib.sha256()
    copied_bytes = 0
    with _opened(source, "rb") as reading, _opened(temporary, "xb") as writing:
        if not _is_same(before, os.fstat(reading.fileno())):
            raise SourceChangedError(name=source.name)
        while chunk := _read(reading, source):
            if is_cancelled():
                raise CancelledError()
            copied_bytes += len(chunk)
            if copied_bytes > before.st_size:
                raise SourceChangedError(name=source.name)
            digest.update(chunk)
            _write(writing, chunk, temporary)
            on_bytes(len(chunk))
        if copied_bytes != before.st_size or not _is_same(before, os.fstat(reading.fileno())):
            raise SourceChangedError(name=source.name)
    return digest.hexdigest()


def _is_same(before: os.stat_result, after: os.stat_result) -> bool:
    return (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)


def _is_staged(final: Path, size_bytes: int, sha256: str) -> bool:
    """Whether a good copy is there already; it may be in the middle of being sent."""
    try:
        if final.stat().st_size != size_bytes:
            return False
    except OSError:
        return False
    return files.sha256_file(final) == sha256


def _opened(path: Path, mode: str) -> BinaryIO:
    try:
        # Without a buffer: one that is full of a failed write fails once more when it is closed.
        return cast(BinaryIO, path.open(mode, buffering=0))
    except OSError as error:
        raise known_os_error(error, path) from error


def _read(file: BinaryIO, path: Path) -> bytes:
    try:
        return file.read(_CHUNK_BYTES)
    except OSError as error:
        raise known_os_error(error, path) from error


def _write(file: BinaryIO, chunk: bytes, path: Path) -> None:
    try:
        rest = memoryview(chunk)
        while rest:
            rest = rest[file.write(rest) :]
    except OSError as error:
        raise known_os_error(error, path) from error
