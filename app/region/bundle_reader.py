# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens sealed bundles: every byte is authenticated before it is looked at, memory is bounded.

What stands before a cut or a damage is genuine and is given; then a typed error says what happened.
"""

import contextlib
import hmac
import os
import stat
import sys
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from nacl.bindings import (
    crypto_box_seal_open,
    crypto_scalarmult_base,
    crypto_secretstream_xchacha20poly1305_init_pull,
    crypto_secretstream_xchacha20poly1305_pull,
    crypto_secretstream_xchacha20poly1305_state,
    crypto_secretstream_xchacha20poly1305_TAG_FINAL,
)
from nacl.exceptions import CryptoError

from app.base.documents import parse_document
from app.base.errors import DamagedDocumentError, known_os_error
from app.region import bundle as form
from app.region.bundle import (
    BundleHeader,
    DataRecord,
    Kind,
    Record,
    RefusedRecord,
    UploadEndRecord,
    UploadRecord,
)
from app.region.errors import BundleDamagedError, BundleForeignError, BundleUnfinishedError


def part_paths(folder: Path) -> tuple[Path, ...]:
    """The parts in a bundle's folder, in order, up to the first that is missing or no plain file.

    Raises:
        ReadOnlyError, UnreadableFileError, MissingFileError: the folder cannot be read.
    """
    try:
        names = {path.name for path in folder.iterdir()}
        paths = []
        for number in range(1, form.MAX_PARTS + 1):
            name = f"{number:04d}.part"
            if name not in names or not _is_plain_file(folder / name):
                break
            paths.append(folder / name)
    except OSError as error:
        raise known_os_error(error, folder) from error
    return tuple(paths)


@contextlib.contextmanager
def open_bundle(
    parts: Sequence[Path], secret_keys: Sequence[bytes]
) -> "Generator[OpenBundle, None, None]":
    """Open a bundle with whichever of the region's keys (newest first) it was sealed for.

    Raises:
        BundleForeignError: sealed for none of these keys, or it says of another region.
        BundleDamagedError: its beginning is not what it should be.
        BundleUnfinishedError: it is shorter than its beginning.
        UnknownMajorError: made by a newer program.
        ReadOnlyError, UnreadableFileError, MissingFileError: a part cannot be read.
    """
    bundle_id = parts[0].parent.name if parts else ""
    source = _PartReader(parts, bundle_id)
    try:
        yield OpenBundle(source, bundle_id, secret_keys)
    finally:
        source.close()


class OpenBundle:
    """A bundle whose header has been read. Holds one part open at a time.

    Records (also raised while reading them):
        BundleDamagedError: a chunk was changed, cut or exchanged; what came before it is genuine.
        BundleUnfinishedError: it ends before its end mark.
    """

    def __init__(self, source: "_PartReader", bundle_id: str, secret_keys: Sequence[bytes]) -> None:
        self._source = source
        self._name = bundle_id
        self._prelude = self._read_prelude()
        self._key = self._open_key(secret_keys)
        self._state = crypto_secretstream_xchacha20poly1305_state()
        start = source.read(form.STREAM_HEADER_BYTES)
        crypto_secretstream_xchacha20poly1305_init_pull(self._state, start, self._key)
        self._plain = bytearray()
        self._is_last_chunk = False
        self.header = self._read_header()

    def is_vouched_by(self, password: str) -> bool:
        """Whether the maker of this bundle knew that password."""
        proof = form.prove(password, self.header.bundle_id, self._key)
        return hmac.compare_digest(proof, self.header.proof)

    def records(self) -> Iterator[Record]:
        """Everything in it, in order, to the end mark; reading it twice needs another opening."""
        upload: _UploadBounds | None = None
        while True:
            kind, payload = self._next_record()
            if kind == Kind.END:
                self._require_end()
                return
            if kind == Kind.STATEMENT:
                yield _statement(payload)
            elif kind == Kind.UPLOAD:
                upload, record = _upload(payload)
                yield record
            elif kind == Kind.DATA and upload is not None:
                if upload.takes(len(payload)):
                    yield DataRecord(payload)
                else:
                    upload = None
                    yield RefusedRecord("upload", "longer_than_said")
            elif kind == Kind.UPLOAD_END and upload is not None:
                upload = None
                yield UploadEndRecord()

    # --- the beginning

    def _read_prelude(self) -> bytes:
        line = self._source.read_line(form.MAX_PRELUDE_BYTES)
        try:
            document = parse_document(
                line, form.BUNDLE_FORMAT, form.BUNDLE_MAJOR, max_bytes=form.MAX_PRELUDE_BYTES
            )
        except DamagedDocumentError as error:
            raise self._damaged("prelude") from error
        self._key_name = str(document.get("key", ""))[:64]
        return line

    def _open_key(self, secret_keys: Sequence[bytes]) -> bytes:
        sealed = self._source.read(form.SEALED_KEY_BYTES)
        for secret_key in secret_keys:
            public_key = crypto_scalarmult_base(secret_key)
            if form.key_name(public_key) != self._key_name:
                continue
            try:
                return crypto_box_seal_open(sealed, public_key, secret_key)
            except CryptoError as error:
                raise self._damaged("seal") from error
        raise BundleForeignError(bundle_id=self._name, key=self._key_name)

    def _read_header(self) -> BundleHeader:
        kind, payload = self._next_record()
        if kind != Kind.HEADER or len(payload) > form.MAX_DOCUMENT_BYTES:
            raise self._damaged("header")
        try:
            return form.parse_header(payload)
        except (BundleDamagedError, DamagedDocumentError) as error:
            raise self._damaged(f"header {error.data.get('reason')}") from error

    # --- the stream

    def _next_record(self) -> tuple[int, bytes]:
        head = self._take(form.RECORD_HEAD_BYTES)
        kind, length = head[0], int.from_bytes(head[1:], "big")
        if kind == Kind.PADDING or length > form.MAX_RECORD_BYTES:
            raise self._damaged("record")
        return kind, self._take(length)

    def _take(self, count: int) -> bytes:
        while len(self._plain) < count:
            if self._is_last_chunk:
                raise self._damaged("record cut short")
            self._plain += self._next_chunk()
        taken = bytes(self._plain[:count])
        del self._plain[:count]
        return taken

    def _next_chunk(self) -> bytes:
        sealed = self._source.read(form.SEALED_CHUNK_BYTES)
        try:
            plain, tag = crypto_secretstream_xchacha20poly1305_pull(
                self._state, sealed, self._prelude
            )
        except CryptoError as error:
            raise self._damaged("chunk") from error
        self._is_last_chunk = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL
        return plain

    def _require_end(self) -> None:
        """After the end mark only padding follows, up to a chunk that says it is the last."""
        while not self._is_last_chunk:
            self._plain = bytearray(self._next_chunk())
        if self._source.has_more():
            raise self._damaged("bytes after the end")

    def _damaged(self, reason: str) -> BundleDamagedError:
        return BundleDamagedError(bundle_id=self._name, reason=reason)


class _UploadBounds:
    """Holds an upload to the size it announced."""

    def __init__(self, left_bytes: int) -> None:
        self._left_bytes = left_bytes

    def takes(self, count: int) -> bool:
        self._left_bytes -= count
        return self._left_bytes >= 0


def _statement(payload: bytes) -> Record:
    try:
        return form.parse_statement(payload)
    except BundleDamagedError as error:
        return RefusedRecord("statement", str(error.data["reason"]))


def _upload(payload: bytes) -> tuple[_UploadBounds | None, Record]:
    if len(payload) > form.MAX_DOCUMENT_BYTES:
        return None, RefusedRecord("upload", "too_long")
    try:
        upload = form.parse_upload(payload)
    except BundleDamagedError as error:
        return None, RefusedRecord("upload", str(error.data["reason"]))
    return _UploadBounds(upload.size_bytes - upload.offset_bytes), UploadRecord(upload)


class _PartReader:
    """The parts as one stream; never more than one of them is open."""

    def __init__(self, paths: Sequence[Path], bundle_id: str) -> None:
        self._paths = list(paths)
        self._bundle_id = bundle_id
        self._number = 0
        self._file: BinaryIO | None = None

    def read(self, count: int) -> bytes:
        """Exactly so many bytes, or BundleUnfinishedError."""
        found = self._up_to(count)
        if len(found) < count:
            raise BundleUnfinishedError(bundle_id=self._bundle_id)
        return found

    def read_line(self, max_bytes: int) -> bytes:
        line = bytearray()
        while not line.endswith(b"\n"):
            if len(line) >= max_bytes:
                raise BundleDamagedError(bundle_id=self._bundle_id, reason="prelude")
            line += self.read(1)
        return bytes(line)

    def has_more(self) -> bool:
        return bool(self._up_to(1))

    def _up_to(self, count: int) -> bytes:
        parts: list[bytes] = []
        while count > 0 and (self._file is not None or self._number < len(self._paths)):
            chunk = self._read_open(count)
            if not chunk:
                self.close()
                self._number += 1
            parts.append(chunk)
            count -= len(chunk)
        return b"".join(parts)

    def _read_open(self, count: int) -> bytes:
        path = self._paths[self._number]
        try:
            if self._file is None:
                if not _is_plain_file(path):
                    raise BundleDamagedError(bundle_id=self._bundle_id, reason="link")
                flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
                self._file = os.fdopen(os.open(path, flags), "rb")
            return self._file.read(count)
        except OSError as error:
            raise known_os_error(error, path) from error

    def close(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None


def _is_plain_file(path: Path) -> bool:
    """A link, a junction, a pipe or a device is none."""
    found = path.lstat()
    if sys.platform == "win32" and found.st_file_attributes & stat.FILE_ATTRIBUTE_REPARSE_POINT:
        return False
    return stat.S_ISREG(found.st_mode)
