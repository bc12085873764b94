# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes one sealed bundle to a stick; everything here runs in a worker and touches no database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.base.errors import KnownError, known_os_error
from app.base.paths import DataPaths
from app.region.bundle import BundledUpload, BundleHeader
from app.region.bundle_writer import BundleWriter
from app.region.enrolment import Credentials
from app.sync.courier.aboard import read_back, stick_error, write_point
from app.sync.courier.cargo import Cargo, Span
from app.sync.courier.pace import Stop
from app.sync.uploads.errors import CopyDamagedError
from app.sync.uploads.staging import staged_path
from app.sync.uploads.store import Upload

# Each part is durable before the next begins, so what is shown as done is done.
PART_BYTES = 32 << 20
_READ_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Seal:
    """Whose bundle it is and for whom: the same for all bundles of a trip."""

    region_key: bytes
    school_code: str
    account: Credentials | None
    point: str


class Loader:
    """One bundle on its way onto a stick: `load`, then (when it is noted) `finish`."""

    def __init__(
        self, paths: DataPaths, root: Path, folder: Path, header: BundleHeader, seal: Seal
    ) -> None:
        self._paths = paths
        self._root = root
        self._folder = folder
        self._seal = seal
        self._writer = BundleWriter(
            folder, header, seal.region_key, account=seal.account, part_bytes=PART_BYTES
        )

    def load(self, cargo: Cargo, stop: Stop) -> None:
        """Write the content; after an error nothing is left behind.

        Raises:
            CopyDamagedError: a staged copy is not what it was.
            StickFullError, StickProtectedError, StickFailingError, CarrierGoneError,
            CancelledError.
        """
        try:
            self._writer.__enter__()
        except KnownError as error:
            raise stick_error(error, self._root) from error
        try:
            for one in cargo.statements:
                stop.passed(len(one.body))
                self._writer.add_statement(one.statement_id, one.body)
            for upload, span in cargo.pieces:
                self._add_piece(upload, span, stop)
        except CopyDamagedError:
            self._writer.abort()
            raise
        except KnownError as error:
            self._writer.abort()
            raise stick_error(error, self._root) from error
        except BaseException:
            self._writer.abort()
            raise

    def finish(self, stop: Stop) -> int:
        """Give the bundle its name, label it, and read it back; returns the bytes it takes."""
        try:
            self._writer.close()
            write_point(self._folder, self._seal.point)
            read_back(self._folder, self._writer.parts, stop.look)
        except KnownError as error:
            self._writer.abort()
            raise stick_error(error, self._root) from error
        return sum(part.size_bytes for part in self._writer.parts)

    def abort(self) -> None:
        """It shall not be finished."""
        self._writer.abort()

    def _add_piece(self, upload: Upload, span: Span, stop: Stop) -> None:
        path = staged_path(self._paths, upload.sha256)
        whole = span.start == 0 and span.end == upload.size_bytes
        if not whole and span.start == 0:
            self._require(upload, _hash(path, upload, stop))
        self._writer.add_upload_start(
            BundledUpload(
                upload_id=upload.upload_id,
                sha256=upload.sha256,
                size_bytes=upload.size_bytes,
                name=upload.name,
                school_code=self._seal.school_code,
                details=upload.details,
                offset_bytes=span.start,
            )
        )
        digest = hashlib.sha256()
        for chunk in _chunks(path, upload, span):
            stop.passed(len(chunk))
            digest.update(chunk)
            self._writer.add_upload_bytes(chunk)
        if whole:
            self._require(upload, digest.hexdigest())
        self._writer.add_upload_end()

    def _require(self, upload: Upload, sha256: str) -> None:
        if sha256 != upload.sha256:
            raise CopyDamagedError(name=upload.name, upload_id=upload.upload_id)


def _chunks(path: Path, upload: Upload, span: Span) -> Iterator[bytes]:
    left_bytes = span.size_bytes
    try:
        with path.open("rb", buffering=0) as file:
            file.seek(span.start)
            while left_bytes:
                chunk = file.read(min(left_bytes, _READ_BYTES))
                if not chunk:
                    raise CopyDamagedError(name=upload.name, upload_id=upload.upload_id)
                left_bytes -= len(chunk)
                yield chunk
    except OSError as error:
        known = known_os_error(error, path)
        raise CopyDamagedError(name=upload.name, upload_id=upload.upload_id) from known


def _hash(path: Path, upload: Upload, stop: Stop) -> str:
    digest = hashlib.sha256()
    for chunk in _chunks(path, upload, Span(0, upload.size_bytes)):
        stop.look(len(chunk))
        digest.update(chunk)
    return digest.hexdigest()
