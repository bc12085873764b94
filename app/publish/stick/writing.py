# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes files to a stick and reads them back: small ones in batches, long ones where they ended.

Nothing has its name before it is durable and reads back the same. A stick pays for every single
fsync, so small files become durable together; a long file grows under a name of its own, and what
of it is there and the same is not written again.
"""

import contextlib
import errno
import hashlib
import os
import re
import sys
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from app.base import files
from app.base.errors import DiskFullError, KnownError, known_os_error
from app.base.flush import flush_files
from app.publish.errors import CheckFailedError, LinkRefusedError, StickDamagedError
from app.publish.stick.selection import Item
from app.publish.stick.target import SPLIT_SUFFIX, StickTarget, forget, growing, plain_size

_CHUNK_BYTES: Final = 1 << 20
# Longer files are gone on with; a cut costs no more than a batch of shorter ones.
_LONG_BYTES: Final = 32 << 20
# Read back side by side: so many files are open at once.
_OPEN_FILES: Final = 100
_READING: Final = os.O_RDONLY | getattr(os, "O_BINARY", 0)
_WRITING: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_FLUSH_BYTES: Final = 64 << 20  # of a long file, so that a pulled stick keeps what was written
_HASH: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A short file that is written and not durable yet."""

    item: Item
    temporary: str
    final: str
    sha256: str


class StickWriter:
    """Writes to one stick; `on_written` hears of each file that is durable and reads back."""

    def __init__(
        self,
        target: StickTarget,
        split_bytes: int,
        on_written: Callable[[Item], None],
        long_bytes: int = _LONG_BYTES,
    ) -> None:
        self._target = target
        self._split_bytes = split_bytes
        self._on_written = on_written
        self._long_bytes = min(long_bytes, split_bytes)
        self._waiting: list[_Waiting] = []
        self._waiting_bytes = 0
        self._token = uuid.uuid4().hex[:12]  # of what others have left there, nothing is touched
        self._count = 0

    def write(self, item: Item, source: str) -> None:
        """Copy a file of the publisher's tree; a short one counts after `flush`.

        Raises:
            DiskFullError, ReadOnlyError, MissingFileError, UnreadableFileError: of the stick.
            LinkRefusedError: a folder on it is a link.
            StickDamagedError: the stick gives back other bytes than it was given.
            CheckFailedError: the publisher's own file is damaged.
        """
        self._target.make_folder_of(item.name)
        if item.size_bytes <= self._long_bytes:
            self._write_short(item, source)
            return
        path = self._target.place(item.name)
        try:
            reader = os.fdopen(os.open(source, _READING), "rb")
        except OSError as error:
            raise known_os_error(error, Path(source)) from error
        with reader:
            if item.size_bytes <= self._split_bytes:
                digest = self._write_long(path, reader, item.size_bytes, hashlib.sha256())
                self._long_written(item, path, digest)
            else:
                self._long_written(item, path, self._write_split(path, reader, item.size_bytes))

    def flush(self) -> None:
        """Make durable, read back and name what waits. Raises as `write`."""
        waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
        left = waiting
        try:
            worn = _those_that_do_not_read_back(waiting)
            good = [one for one in waiting if one.final not in worn]
            files.publish_files([(one.temporary, one.final) for one in good])
            left = [one for one in waiting if one.final in worn]
        finally:
            for one in left:
                forget(one.temporary)
        for one in good:
            self._on_written(one.item)
        if worn:
            raise StickDamagedError(path=min(worn))

    def drop(self) -> None:
        """Let go of what waits: it has no name yet."""
        waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
        for one in waiting:
            forget(one.temporary)

    # --- short files

    def _write_short(self, item: Item, source: str) -> None:
        path = f"{self._target.tree}/{item.name}"
        self._count += 1
        temporary = f"{path[: path.rindex('/')]}/.{self._token}{self._count:x}.part"
        try:
            sha256 = _copy(source, temporary)
            _require_genuine(item, sha256)
        except OSError as error:
            forget(temporary)
            raise known_os_error(error, Path(path)) from error
        except KnownError:
            forget(temporary)
            raise
        self._waiting.append(_Waiting(item, temporary, path, sha256))
        self._waiting_bytes += item.size_bytes
        if len(self._waiting) >= files.BATCH_FILES or self._waiting_bytes >= files.BATCH_BYTES:
            self.flush()

    # --- long files

    def _long_written(self, item: Item, path: Path, sha256: str) -> None:
        try:
            _require_genuine(item, sha256)
        except KnownError:
            self._target.remove(item.name)
            raise
        self._on_written(item)

    def _write_split(self, path: Path, reader: BinaryIO, size_bytes: int) -> str:
        """FAT32 ends at 4 GiB: pieces `<name>.split/0001`, … that a machine reads as one file."""
        folder = path.with_name(path.name + SPLIT_SUFFIX)
        self._target.make_folder(folder)
        starts = range(0, size_bytes, self._split_bytes)
        for extra in self._target.pieces(path)[len(starts) :]:
            forget(extra)
        digest = hashlib.sha256()
        sha256 = ""
        for number, start in enumerate(starts, 1):
            piece, piece_bytes = (
                folder / f"{number:04d}",
                min(self._split_bytes, size_bytes - start),
            )
            before = digest.copy()
            if _is_same(piece, reader, piece_bytes, digest):
                sha256 = digest.hexdigest()
                continue
            digest = before
            reader.seek(start)
            sha256 = self._write_long(piece, reader, piece_bytes, digest)
        return sha256

    def _write_long(
        self, path: Path, reader: BinaryIO, size_bytes: int, digest: "hashlib._Hash"
    ) -> str:
        """Write what is not there yet; the digest of everything read from `reader` so far."""
        temporary = growing(path)
        written = hashlib.sha256()
        try:
            with _open_growing(temporary) as writer:
                _go_on(writer, reader, size_bytes, (digest, written))
        except OSError as error:
            known = known_os_error(error, path)
            if isinstance(known, DiskFullError):
                forget(temporary)  # smaller lessons may still find room
            raise known from error
        if _read_back(temporary) != written.digest():
            forget(temporary)
            raise StickDamagedError(path=str(path))
        files.publish_file(temporary, path)
        return digest.hexdigest()


def _copy(source: str, target: str) -> str:
    """Copy a short file; its sha256. Raises OSError of the stick, KnownError of ours."""
    try:
        reading = os.open(source, _READING)
    except OSError as error:
        raise known_os_error(error, Path(source)) from error
    try:
        writing = os.open(target, _WRITING, 0o666)
        try:
            sha256, _ = files.pour(reading, writing)
        finally:
            os.close(writing)
    finally:
        os.close(reading)
    return sha256


def _those_that_do_not_read_back(waiting: Sequence[_Waiting]) -> set[str]:
    """The names of those which the stick does not give back as they were, once durable."""
    if not waiting:
        return set()
    worn: set[str] = set()
    try:
        flush_files([one.temporary for one in waiting])
        for start in range(0, len(waiting), _OPEN_FILES):
            worn |= _worn(waiting[start : start + _OPEN_FILES])
    except OSError as error:
        raise known_os_error(error, Path(waiting[0].final)) from error
    return worn


def _worn(waiting: Sequence[_Waiting]) -> set[str]:
    """Reads some files back, asking the stick for all of them before waiting for the first."""
    with contextlib.ExitStack() as opened:
        descriptors = []
        for one in waiting:
            descriptors.append(os.open(one.temporary, _READING))
            opened.callback(os.close, descriptors[-1])
            _forget_cached(descriptors[-1])
        for descriptor in descriptors:
            _ask_for(descriptor)
        return {
            one.final
            for one, descriptor in zip(waiting, descriptors, strict=True)
            if _sha256_of(descriptor, one.item.size_bytes) != one.sha256
        }


def _sha256_of(descriptor: int, size_bytes: int) -> str:
    digest = hashlib.sha256()
    while chunk := os.read(descriptor, min(size_bytes + 1, _CHUNK_BYTES)):
        digest.update(chunk)
    return digest.hexdigest()


def _go_on(
    writer: BinaryIO, reader: BinaryIO, size_bytes: int, digests: "tuple[hashlib._Hash, ...]"
) -> None:
    """Compare with what is there; from the first difference on, write. Raises OSError."""
    done_bytes = unflushed_bytes = 0
    is_there = True
    while done_bytes < size_bytes:
        chunk = reader.read(min(size_bytes - done_bytes, _CHUNK_BYTES))
        if not chunk:
            break  # shorter than announced: its hash tells
        if is_there and writer.read(len(chunk)) != chunk:
            is_there = False
            writer.seek(done_bytes)
            writer.truncate()
        if not is_there:
            _put(writer, chunk)
            unflushed_bytes += len(chunk)
        for digest in digests:
            digest.update(chunk)
        done_bytes += len(chunk)
        if unflushed_bytes >= _FLUSH_BYTES:
            os.fsync(writer.fileno())
            unflushed_bytes = 0
    writer.truncate(done_bytes)
    os.fsync(writer.fileno())


def _open_growing(path: Path) -> BinaryIO:
    """A file that may be there from an earlier run; never one behind a link. Raises OSError."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    try:
        return os.fdopen(os.open(path, flags, 0o666), "rb+", buffering=0)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise LinkRefusedError(path=str(path)) from error
        raise


def _put(writer: BinaryIO, chunk: bytes) -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[writer.write(rest) :]


def _require_genuine(item: Item, sha256: str) -> None:
    """The publisher's own file must be what its name says."""
    name = item.name.rpartition("/")[2]
    if _HASH.fullmatch(name) and sha256 != name:
        raise CheckFailedError(problems=1, first=item.name)


def _is_same(path: Path, reader: BinaryIO, size_bytes: int, digest: "hashlib._Hash") -> bool:
    """Whether a finished piece holds the next bytes of `reader`, which go into `digest`."""
    if plain_size(path) != size_bytes:
        return False
    left_bytes = size_bytes
    try:
        with path.open("rb", buffering=0) as there:
            _forget_cached(there.fileno())
            while left_bytes and (chunk := reader.read(min(left_bytes, _CHUNK_BYTES))):
                if there.read(len(chunk)) != chunk:
                    return False
                digest.update(chunk)
                left_bytes -= len(chunk)
    except OSError as error:
        raise known_os_error(error, path) from error
    return not left_bytes


def _read_back(path: Path) -> bytes:
    """The digest of what the stick itself holds, not of what the system still remembers."""
    digest = hashlib.sha256()
    try:
        with path.open("rb", buffering=0) as reader:
            _forget_cached(reader.fileno())
            while chunk := reader.read(_CHUNK_BYTES):
                digest.update(chunk)
    except OSError as error:
        raise known_os_error(error, path) from error
    return digest.digest()


def _forget_cached(descriptor: int) -> None:
    if sys.platform == "linux":
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)


def _ask_for(descriptor: int) -> None:
    if sys.platform == "linux":
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_WILLNEED)
