# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings one region's uploads to its tus server, a chunk at a time, resuming after anything.

After any doubt the server is asked where it is (HEAD); what it has is not sent again. A row is
written before and after whatever must not be forgotten, so a kill at any moment loses nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from app.base.errors import CancelledError, KnownError
from app.base.files import sha256_file
from app.base.paths import DataPaths
from app.sync.errors import (
    ConnectionLostError,
    MirrorBusyError,
    MirrorSilentError,
    TransferPausedError,
)
from app.sync.headers import host_of
from app.sync.http import HttpSession
from app.sync.statements.step import Emit, Endpoint, Patience, StepResult
from app.sync.uploads.chunk import ChunkSize, Look, chunk_body, look_at
from app.sync.uploads.details import upload_metadata
from app.sync.uploads.errors import CopyDamagedError, TooLargeError
from app.sync.uploads.outbox import release_copies
from app.sync.uploads.staging import staged_path
from app.sync.uploads.store import State, Upload, UploadStore
from app.sync.uploads.tus import SILENCE_S, TusClient, Verdict

_PROGRESS_EVERY_S = 0.25
# Doubts in a row without a new byte; then the server gets time (a lock drains in about 3 s).
_DOUBTS_AT_ONCE = 3
# A server that forgets an upload again and again gets time too, not the same bytes for ever.
_RESTARTS_AT_ONCE = 2


class UploadCourier:
    """One region's uploads. Used from the agent's main thread only."""

    def __init__(
        self,
        session: HttpSession,
        store: UploadStore,
        endpoint: Endpoint,
        paths: DataPaths,
        *,
        emit: Emit,
        should_stop: Callable[[], bool],
        clock_s: Callable[[], float] = time.monotonic,
        silence_s: float = SILENCE_S,
    ) -> None:
        self._tus = TusClient(session, endpoint, silence_s)
        self._store = store
        self._endpoint = endpoint
        self._paths = paths
        self._emit = emit
        self._should_stop = should_stop
        self._clock_s = clock_s
        self._chunk = ChunkSize()
        self.patience = Patience(clock_s)
        self._said_s = 0.0
        self._verified: dict[str, Look] = {}
        self._restarts = 0
        # The one upload whose place at the server is known without asking.
        self._known_offset: tuple[str, int] | None = None

    def step(self, deadline_s: float | None = None) -> StepResult:
        """Send one chunk, or chunks until `deadline_s` of the monotonic clock.

        Raises:
            CancelledError, TransferPausedError: the agent stops or pauses; nothing is lost.
        """
        wait_s = self.patience.left_s
        if wait_s > 0:
            return self._result(0, wait_s=wait_s)
        sent = 0
        problems: list[KnownError] = []
        while not self._should_stop():
            upload = self._store.next_due(self._endpoint.region_id)
            if upload is None:
                return self._result(sent, problems)
            try:
                sent += self._advance(upload)
            except (CancelledError, TransferPausedError):
                self._known_offset = None
                raise
            except (CopyDamagedError, TooLargeError) as error:
                self._set_aside(upload, error)
                problems.append(error)
            except KnownError as error:
                self._known_offset = None
                return self._result(sent, [*problems, error], wait_s=self.patience.after(error))
            if deadline_s is None or self._clock_s() >= deadline_s:
                break
        return self._result(sent, problems, is_idle=False)

    def _advance(self, upload: Upload) -> int:
        """Bring an upload one chunk further; returns 1 when its last byte has arrived."""
        if upload.state is State.CANCELLING:
            self._cancel(upload)
            return 0
        look = self._verify(upload)
        address, offset = self._place(upload)
        if offset < upload.size_bytes:
            offset = self._send_chunk(upload, address, offset, look)
        if offset < upload.size_bytes:
            return 0
        self._known_offset = None
        self._restarts = 0
        self._store.delivered(upload.upload_id)
        self._verified.pop(upload.upload_id, None)
        self._progress(upload, upload.size_bytes, is_final=True)
        self._emit({"event": "changed", "what": "outbox"})
        return 1

    def _verify(self, upload: Upload) -> Look:
        """The copy must be what was staged; it is hashed once, and again whenever it looks new."""
        path = staged_path(self._paths, upload.sha256)
        look = look_at(path, upload.name)
        known = self._verified.get(upload.upload_id)
        if known == look:
            return look
        if look.size_bytes != upload.size_bytes or self._hash(path) != upload.sha256:
            raise CopyDamagedError(name=upload.name)
        if known is not None:
            # It changed while it was sent and changed back: nobody knows which bytes went out.
            self._drop(upload)
        self._verified[upload.upload_id] = look
        return look

    def _hash(self, path: Path) -> str:
        def look_up(_: int) -> None:
            if self._should_stop():
                raise CancelledError()

        return sha256_file(path, look_up)

    def _place(self, upload: Upload) -> tuple[str, int]:
        """Where the server keeps the upload and how much it has; made there if need be."""
        upload = self._store.get(upload.upload_id)
        address = upload.address
        if address is not None and upload.endpoint == self._endpoint.url:
            if self._known_offset is not None and self._known_offset[0] == upload.upload_id:
                return address, self._known_offset[1]
            offset = self._tus.offset(address, upload.size_bytes)
            if offset is not None:
                self._know(upload, offset)
                return address, offset
        metadata = upload_metadata(
            upload_id=upload.upload_id,
            sha256=upload.sha256,
            name=upload.name,
            school_code=self._endpoint.school_code,
            details=upload.details,
        )
        if address is not None:
            self._count_restart(address)
        self._store.forget_address(upload.upload_id)
        address = self._tus.create(upload.size_bytes, metadata)
        if address is None:
            raise TooLargeError(
                name=upload.name, size_bytes=upload.size_bytes, host=host_of(self._endpoint.url)
            )
        self._store.created(upload.upload_id, self._endpoint.url, address)
        self._know(upload, 0)
        self._emit({"event": "changed", "what": "outbox"})
        return address, 0

    def _send_chunk(self, upload: Upload, address: str, offset: int, look: Look) -> int:
        """Send one chunk, asking again where we are for as long as that helps at once."""
        doubts = 0
        while doubts < _DOUBTS_AT_ONCE:
            size_bytes = min(self._chunk.size_bytes, upload.size_bytes - offset)
            verdict, reached = self._try_chunk(upload, address, offset, size_bytes, look)
            if verdict is Verdict.DONE:
                return reached
            if verdict is Verdict.TOO_LARGE:
                if self._chunk.was_too_large():
                    continue
                raise TooLargeError(
                    name=upload.name, size_bytes=upload.size_bytes, host=host_of(address)
                )
            found = self._tus.offset(address, upload.size_bytes)
            if found is None:
                self._count_restart(address)
                self._store.forget_address(upload.upload_id)
                return 0
            self._know(upload, found)
            if found > offset:
                self.patience.succeeded()
                return found
            offset = found
            doubts += 1
        raise MirrorBusyError(host=host_of(address), status=0, retry_after_s=None)

    def _count_restart(self, address: str) -> None:
        self._restarts += 1
        if self._restarts > _RESTARTS_AT_ONCE:
            self._restarts = 0
            raise MirrorBusyError(host=host_of(address), status=0, retry_after_s=None)

    def _try_chunk(
        self, upload: Upload, address: str, offset: int, size_bytes: int, look: Look
    ) -> tuple[Verdict, int]:
        path = staged_path(self._paths, upload.sha256)
        parts = chunk_body(path, upload.name, look, offset, size_bytes, self._should_stop)
        started_s = self._clock_s()
        self._known_offset = None
        try:
            verdict, reached = self._tus.send(
                address,
                offset,
                parts,
                lambda sent_bytes: self._progress(upload, offset + sent_bytes),
            )
        except (ConnectionLostError, MirrorSilentError):
            return Verdict.DOUBT, offset
        if verdict is Verdict.DONE:
            self._know(upload, reached)
            self.patience.succeeded()
            if size_bytes == self._chunk.size_bytes:
                self._chunk.took(self._clock_s() - started_s)
        return verdict, reached

    def _cancel(self, upload: Upload) -> None:
        self._known_offset = None
        if upload.address is not None and not self._tus.delete(upload.address):
            raise MirrorBusyError(host=host_of(upload.address), status=0, retry_after_s=None)
        self._store.cancelled(upload.upload_id)
        release_copies(self._store, self._paths, [upload.sha256])
        self._emit({"event": "changed", "what": "outbox"})

    def _set_aside(self, upload: Upload, error: KnownError) -> None:
        """Pause an upload that cannot go on by itself; nothing wrong stays at the server."""
        if isinstance(error, CopyDamagedError):
            self._drop(upload)
        self._known_offset = None
        self._verified.pop(upload.upload_id, None)
        self._store.pause(upload.upload_id, error)
        self._emit({"event": "changed", "what": "outbox"})

    def _drop(self, upload: Upload) -> None:
        """Start again from nothing, telling the server if it listens."""
        self._known_offset = None
        address = self._store.get(upload.upload_id).address
        self._store.forget_address(upload.upload_id)
        if address is not None:
            try:
                self._tus.delete(address)
            except (CancelledError, TransferPausedError):
                raise
            except KnownError:
                return  # it expires there by itself

    def _know(self, upload: Upload, offset: int) -> None:
        self._known_offset = (upload.upload_id, offset)
        self._store.reached(upload.upload_id, offset)

    def _progress(self, upload: Upload, done_bytes: int, *, is_final: bool = False) -> None:
        now_s = self._clock_s()
        if not is_final and now_s - self._said_s < _PROGRESS_EVERY_S:
            return
        self._said_s = now_s
        self._emit(
            {
                "event": "progress",
                "job": upload.upload_id,
                "kind": "upload",
                "title": upload.title,
                "done_bytes": done_bytes,
                "total_bytes": upload.size_bytes,
            }
        )

    def _result(
        self,
        sent: int,
        problems: Sequence[KnownError] = (),
        *,
        is_idle: bool = True,
        wait_s: float | None = None,
    ) -> StepResult:
        left = self._store.left(self._endpoint.region_id)
        return StepResult(sent, left, is_idle or not left, wait_s, tuple(problems))
