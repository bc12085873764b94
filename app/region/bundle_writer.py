# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a sealed bundle into a folder of a stick, in bounded memory, whole or not at all.

It grows under another name and gets its own when everything is durable, so what is found under
that name was finished. What was cut is simply made again: ids inside make repeats harmless.
"""

import contextlib
import hashlib
import os
import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from nacl.bindings import (
    crypto_box_seal,
    crypto_secretstream_xchacha20poly1305_init_push,
    crypto_secretstream_xchacha20poly1305_keygen,
    crypto_secretstream_xchacha20poly1305_push,
    crypto_secretstream_xchacha20poly1305_state,
    crypto_secretstream_xchacha20poly1305_TAG_FINAL,
    crypto_secretstream_xchacha20poly1305_TAG_MESSAGE,
)

from app.base.errors import BugError, known_os_error
from app.base.files import sync_dir
from app.region import bundle as form
from app.region.bundle import BundledUpload, BundleHeader, Kind
from app.region.enrolment import Credentials

_WRITING: Final = re.compile(r"\.([0-9a-f-]{36})\.writing")


@dataclass(frozen=True, slots=True)
class WrittenPart:
    """A finished part, so that it can be compared with what the stick gives back."""

    name: str
    size_bytes: int
    sha256: str


def remove_unfinished(folder: Path) -> int:
    """Delete what cut writers left in `kezhan/out/<region_id>`; how many there were.

    On FAT a rename that was cut may leave one folder under both its names: deleting it under the
    old one would take the bundle from the new one.
    """
    found = {path.name for path in folder.iterdir()}
    left = [
        folder / name
        for name in sorted(found)
        if (match := _WRITING.fullmatch(name)) and match[1] not in found
    ]
    for path in left:
        shutil.rmtree(path, ignore_errors=True)
    return len(left)


class BundleWriter:
    """Writes one bundle to `folder`, which is `kezhan/out/<region_id>/<bundle_id>` on a stick.

    Use as a context manager: leaving it without an error finishes the bundle, with one removes it.
    `account` is the school's; with it the region can tell the bundle from a stranger's.

    Raises (all methods):
        DiskFullError, ReadOnlyError, UnreadableFileError, MissingFileError: the stick is full,
            write-protected, failing or gone.
    """

    def __init__(
        self,
        folder: Path,
        header: BundleHeader,
        region_key: bytes,
        *,
        account: Credentials | None = None,
        part_bytes: int = form.PART_BYTES,
    ) -> None:
        if folder.name != header.bundle_id:
            raise BugError("a bundle lies in a folder of its own name")
        self.parts: list[WrittenPart] = []
        self.plain_bytes = 0
        self._folder = folder
        self._working = folder.with_name(f".{folder.name}.writing")
        self._parts = _PartFiles(self._working, part_bytes, self.parts)
        self._chunk = bytearray()
        self._chunks = 0
        self._is_in_upload = False
        key = crypto_secretstream_xchacha20poly1305_keygen()
        if account is not None:
            proof = form.prove(account.password, header.bundle_id, key)
            header = replace(header, user=account.user, proof=proof)
        self._state = crypto_secretstream_xchacha20poly1305_state()
        stream_header = crypto_secretstream_xchacha20poly1305_init_push(self._state, key)
        self._prelude = form.prelude_bytes(region_key)
        self._start = self._prelude + crypto_box_seal(key, region_key) + stream_header
        self._header = form.header_to_bytes(header)

    def __enter__(self) -> Self:
        try:
            self._working.parent.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(self._working, ignore_errors=True)
            self._working.mkdir()
        except OSError as error:
            raise known_os_error(error, self._working) from error
        try:
            self._parts.write(self._start)
            self._record(Kind.HEADER, self._header)
        except BaseException:
            self.abort()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self.abort()
            return
        try:
            self.close()
        except BaseException:
            self.abort()
            raise

    def add_statement(self, statement_id: str, raw: bytes) -> None:
        self._outside_upload()
        if len(raw) > form.MAX_STATEMENT_BYTES:
            raise BugError("a statement is never that long")
        self._record(Kind.STATEMENT, form.statement_to_bytes(statement_id, raw))

    def add_upload_start(self, upload: BundledUpload) -> None:
        """Begin an upload, or that part of it that starts at `upload.offset_bytes`."""
        self._outside_upload()
        self._is_in_upload = True
        self._record(Kind.UPLOAD, form.upload_to_bytes(upload))

    def add_upload_bytes(self, chunk: bytes) -> None:
        for start in range(0, len(chunk), form.MAX_DATA_BYTES):
            self._record(Kind.DATA, chunk[start : start + form.MAX_DATA_BYTES])

    def add_upload_end(self) -> None:
        """No more bytes of this upload in this bundle; what is missing may come in another."""
        self._record(Kind.UPLOAD_END, b"")
        self._is_in_upload = False

    def close(self) -> None:
        """Finish: end mark, padding, everything durable, then the folder gets its name."""
        self._outside_upload()
        self._record(Kind.END, b"{}")
        filled = self._chunks + (1 if self._chunk else 0)
        while self._chunks < form.padded_chunks(filled) - 1:
            self._chunk += bytes(form.CHUNK_BYTES - len(self._chunk))
            self._push(crypto_secretstream_xchacha20poly1305_TAG_MESSAGE)
        self._chunk += bytes(form.CHUNK_BYTES - len(self._chunk))
        self._push(crypto_secretstream_xchacha20poly1305_TAG_FINAL)
        self._parts.close()
        try:
            sync_dir(self._working)
            self._working.rename(self._folder)
            sync_dir(self._folder.parent)
        except OSError as error:
            raise known_os_error(error, self._folder) from error

    def abort(self) -> None:
        """Leave nothing behind, as far as the stick still lets us."""
        self._parts.drop()
        shutil.rmtree(self._working, ignore_errors=True)

    def _outside_upload(self) -> None:
        if self._is_in_upload:
            raise BugError("the upload before has no end")

    def _record(self, kind: Kind, payload: bytes) -> None:
        self.plain_bytes += form.RECORD_HEAD_BYTES + len(payload)
        self._plain(bytes([kind]) + len(payload).to_bytes(4, "big"))
        self._plain(payload)

    def _plain(self, data: bytes) -> None:
        """Fill chunks; one goes out only when there is more to come, so the last one can be it."""
        view = memoryview(data)
        while view:
            if len(self._chunk) == form.CHUNK_BYTES:
                self._push(crypto_secretstream_xchacha20poly1305_TAG_MESSAGE)
            taken = view[: form.CHUNK_BYTES - len(self._chunk)]
            self._chunk += taken
            view = view[len(taken) :]

    def _push(self, tag: int) -> None:
        sealed = crypto_secretstream_xchacha20poly1305_push(
            self._state, bytes(self._chunk), self._prelude, tag
        )
        self._parts.write(sealed)
        self._chunk.clear()
        self._chunks += 1


class _PartFiles:
    """One stream of bytes over files of limited size, each durable before the next begins."""

    def __init__(self, folder: Path, part_bytes: int, written: list[WrittenPart]) -> None:
        self._folder = folder
        self._part_bytes = part_bytes
        self._written = written
        self._file: BinaryIO | None = None
        self._name = ""
        self._size_bytes = 0
        self._digest = hashlib.sha256()

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        try:
            while view:
                if self._file is None:
                    self._open()
                taken = view[: self._part_bytes - self._size_bytes]
                self._put(taken)
                view = view[len(taken) :]
                if self._size_bytes >= self._part_bytes:
                    self.close()
        except OSError as error:
            raise known_os_error(error, self._folder) from error

    def _open(self) -> None:
        self._name = f"{len(self._written) + 1:04d}.part"
        # Without a buffer: one that is full of a failed write fails once more when it is closed.
        self._file = (self._folder / self._name).open("xb", buffering=0)
        self._size_bytes = 0
        self._digest = hashlib.sha256()

    def _put(self, data: memoryview) -> None:
        if self._file is None:
            raise BugError("no part is open")
        self._digest.update(data)
        self._size_bytes += len(data)
        while data:
            data = data[self._file.write(data) :]

    def close(self) -> None:
        """Make the open part durable."""
        if self._file is None:
            return
        try:
            os.fsync(self._file.fileno())
            self._file.close()
        except OSError as error:
            raise known_os_error(error, self._folder) from error
        self._file = None
        part = WrittenPart(self._name, self._size_bytes, self._digest.hexdigest())
        self._written.append(part)

    def drop(self) -> None:
        """Let go of the open part."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None
