# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies files from a stick into the cache: each is read once and hashed while it is written.

Small files are published in batches, large ones resume where a pulled stick ended them. Copying
runs in a worker; the main thread keeps the books and stays free for other things.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from app.base.errors import CancelledError, DiskFullError, KnownError, known_os_error
from app.base.files import BATCH_BYTES, BATCH_FILES
from app.cache.partial import PartialBlob
from app.cache.store import BlobStore
from app.region.layout import blob_path
from app.sync.courier.pace import Stop
from app.sync.courier.worker import call_all, shares
from app.sync.directory import DirectoryCarrier
from app.sync.errors import MirrorBrokenError
from app.sync.streams import Streams

# Below this a file is not worth a row to resume it by.
SMALL_BYTES = 8 << 20
_READ_BYTES = 1 << 20
# Read in one go. Of such there may be a hundred thousand, and each costs its calls.
_SHORT_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to copy."""

    sha256: str
    size_bytes: int
    title: str = ""


@dataclass(slots=True)
class Batch:
    """What a batch came to: what is here now, and why the others are not."""

    brought: list[Wanted] = field(default_factory=list)
    errors: dict[str, KnownError] = field(default_factory=dict)


def batches(wanted: Sequence[Wanted]) -> list[list[Wanted]]:
    """Cut the list into batches; a large file is one of its own."""
    made: list[list[Wanted]] = []
    open_batch: list[Wanted] = []
    open_bytes = 0
    for one in wanted:
        if one.size_bytes > SMALL_BYTES:
            made.append([one])
            continue
        open_batch.append(one)
        open_bytes += one.size_bytes
        if len(open_batch) >= BATCH_FILES or open_bytes >= BATCH_BYTES:
            made.append(open_batch)
            open_batch, open_bytes = [], 0
    if open_batch:
        made.append(open_batch)
    return made


class Intake:
    """Copies batches from one carrier; used from the agent's main thread."""

    def __init__(self, blobs: BlobStore, streams: Streams, between: Callable[[Stop], None]) -> None:
        """`between` is called several times a second while a worker copies."""
        self._blobs = blobs
        self._streams = streams
        self._between = between
        self._folders: set[str] = set()  # of the carrier: looked at, and plain

    def bring(self, carrier: DirectoryCarrier, wanted: Sequence[Wanted], stop: Stop) -> Batch:
        """Copy one batch; what could not be copied is told, not raised.

        Raises:
            CancelledError and whatever `between` raises: large files keep what was copied.
        """
        batch = Batch()
        parts = self._parts(wanted, batch)
        copied = self._copy_all(carrier, parts, batch, stop)
        if copied:
            self._blobs.commit_verified([part for _, part in copied])
            batch.brought = [one for one, _ in copied]
        return batch

    def _parts(self, wanted: Sequence[Wanted], batch: Batch) -> list[tuple[Wanted, PartialBlob]]:
        """Where each is collected; for what has no room the batch has an error."""
        if all(one.size_bytes <= SMALL_BYTES for one in wanted):
            with contextlib.suppress(DiskFullError):  # then perhaps some fit
                found = self._blobs.parts_of([(one.sha256, one.size_bytes) for one in wanted])
                return list(zip(wanted, found, strict=True))
        parts: list[tuple[Wanted, PartialBlob]] = []
        planned_bytes = 0
        for one in wanted:
            try:
                parts.append((one, self._part(one, planned_bytes)))
                planned_bytes += one.size_bytes
            except DiskFullError as error:
                batch.errors[one.sha256] = error
        return parts

    def _part(self, one: Wanted, planned_bytes: int) -> PartialBlob:
        if one.size_bytes <= SMALL_BYTES:
            part = self._blobs.part_of(one.sha256, one.size_bytes + planned_bytes)
            return PartialBlob(part.path, one.sha256, one.size_bytes, 0)
        return self._blobs.begin(one.sha256, one.size_bytes)

    def _copy_all(
        self,
        carrier: DirectoryCarrier,
        parts: Sequence[tuple[Wanted, PartialBlob]],
        batch: Batch,
        stop: Stop,
    ) -> list[tuple[Wanted, PartialBlob]]:
        copied: list[tuple[Wanted, PartialBlob]] = []

        def work(share: Sequence[tuple[Wanted, PartialBlob]]) -> None:
            for one, part in share:
                try:
                    copy_blob(carrier, part, stop, self._folders)
                except CancelledError:
                    raise
                except KnownError as error:
                    batch.errors[one.sha256] = error
                else:
                    copied.append((one, part))

        works = [partial(work, share) for share in shares(parts)]
        call_all(self._streams, works, self._between, stop)
        return copied


def copy_blob(carrier: DirectoryCarrier, part: PartialBlob, stop: Stop, folders: set[str]) -> None:
    """Copy a file into its partial file, going on where an earlier try ended.

    `folders` are those of the carrier that were looked at, from file to file.

    Raises:
        CarrierGoneError, MirrorMissingError, MirrorBrokenError, DiskFullError, CancelledError.
    """
    if part.size_bytes <= _SHORT_BYTES:
        _copy_short(carrier, part, stop, folders)
        return
    resumed_at_bytes = part.prefix_bytes if part.size_bytes > SMALL_BYTES else 0
    if _copy(carrier, part, resumed_at_bytes, stop):
        return
    if not resumed_at_bytes or not _copy(carrier, part, 0, stop):
        part.path.unlink(missing_ok=True)
        raise _wrong(carrier, part)


def _wrong(carrier: DirectoryCarrier, part: PartialBlob) -> MirrorBrokenError:
    return MirrorBrokenError(host=carrier.host, path=blob_path(part.sha256), reason="hash")


def _copy_short(
    carrier: DirectoryCarrier, part: PartialBlob, stop: Stop, folders: set[str]
) -> None:
    """Read it, and write it only if it is the right one."""
    content = carrier.read_whole(blob_path(part.sha256), part.size_bytes, folders)
    stop.passed(len(content))
    if hashlib.sha256(content).hexdigest() != part.sha256:
        raise _wrong(carrier, part)
    with _Writing(part.path, 0) as writing:
        writing.write(content)


def _copy(carrier: DirectoryCarrier, part: PartialBlob, offset: int, stop: Stop) -> bool:
    """Whether the file then has the right hash."""
    digest = hashlib.sha256()
    _hash_prefix(part.path, offset, digest.update, stop)
    with _Writing(part.path, offset) as writing:

        def sink(_: int, chunk: bytes) -> None:
            stop.passed(len(chunk))
            writing.write(chunk)
            digest.update(chunk)

        carrier.fetch(
            blob_path(part.sha256),
            sink,
            offset=offset,
            length=part.size_bytes - offset,
            size_bytes=part.size_bytes,
            max_bytes=part.size_bytes,
        )
    return digest.hexdigest() == part.sha256


def _hash_prefix(path: Path, length: int, update: Callable[[bytes], None], stop: Stop) -> None:
    if not length:
        return
    try:
        with path.open("rb", buffering=0) as file:
            left = length
            while left and (chunk := file.read(min(left, _READ_BYTES))):
                stop.passed(len(chunk))
                update(chunk)
                left -= len(chunk)
    except OSError as error:
        raise known_os_error(error, path) from error


class _Writing:
    """A partial file open for appending from `offset` on; errors are about our disk, not theirs."""

    def __init__(self, path: Path, offset: int) -> None:
        self._path = path
        try:
            flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0)
            self._descriptor = os.open(path, flags | (0 if offset else os.O_TRUNC), 0o666)
            if not offset:
                return
            try:
                os.ftruncate(self._descriptor, offset)
                os.lseek(self._descriptor, offset, os.SEEK_SET)
            except OSError:
                os.close(self._descriptor)
                raise
        except OSError as error:
            raise known_os_error(error, path) from error

    def __enter__(self) -> _Writing:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)

    def write(self, chunk: bytes) -> None:
        view = memoryview(chunk)
        try:
            while view:
                view = view[os.write(self._descriptor, view) :]
        except OSError as error:
            raise known_os_error(error, self._path) from error
