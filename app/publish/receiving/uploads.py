# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts a teacher's file together, from one piece or from pieces of many trips, and shelves it.

A file counts only when every byte is durable and hashes to what was announced. Pieces wait as
files `<upload>.<start>-<end>.piece`; they may come twice, overlap, or come in any order.
"""

import hashlib
import json
import re
import shutil
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final

from app.base import files
from app.base.documents import document_header
from app.base.errors import DiskFullError, KnownError, known_os_error
from app.publish import times
from app.publish.errors import UploadDamagedError, UploadTooLargeError
from app.publish.home import RegionHome, make_dir
from app.publish.receiving.names import safe_file_name
from app.publish.receiving.store import ARRIVED, ReceivedStore, ReceivedUpload, Sender, State
from app.publish.receiving.unsettled import Incomplete
from app.region.bundle import BundledUpload

_CHUNK_BYTES: Final = 1 << 20
_SPARE_BYTES: Final = 256 << 20  # the databases and the next build must still find room
# A point that is visited once a year may have left the rest for its next visit.
_PIECES_KEPT: Final = timedelta(days=400)
# What strangers can lay here: room for a few films, not for the disk.
_MOST_UNVOUCHED_BYTES: Final = 4 << 30
_PIECE: Final = re.compile(r"([0-9a-f]{32})\.(\d+)-(\d+)\.piece")
ABOUT_NAME: Final = "upload.json"


@dataclass(frozen=True, slots=True)
class _Piece:
    path: Path
    start: int
    end: int


class UploadShelf:
    """The folders `received/arriving` and `review` of a region."""

    def __init__(
        self,
        home: RegionHome,
        store: ReceivedStore,
        most_unvouched_bytes: int = _MOST_UNVOUCHED_BYTES,
    ) -> None:
        self._store = store
        self._most_unvouched_bytes = most_unvouched_bytes
        self._arriving = home.arriving_dir
        self._review = home.review_dir
        make_dir(self._arriving)
        for left in self._arriving.glob(".*.part"):
            left.unlink()  # an earlier run was killed; the lock says nobody else is writing

    def begin(self, upload: BundledUpload, sender: Sender, now: str) -> "Arrival | None":
        """Where to put the bytes of an upload; None when all of it is here already.

        Raises:
            UploadTooLargeError: there is no room for it now; the sender keeps it.
        """
        known = self._store.find(upload.upload_id, upload.sha256)
        if known is not None and known.state in ARRIVED:
            return None
        free_bytes = shutil.disk_usage(self._arriving).free
        if upload.size_bytes + _SPARE_BYTES > free_bytes:
            raise UploadTooLargeError(
                name=safe_file_name(upload.name), size_bytes=upload.size_bytes
            )
        row = self._store.announce(upload, safe_file_name(upload.name), sender, now)
        if row.size_bytes != upload.size_bytes:
            raise UploadDamagedError(name=row.name)
        return Arrival(self, row, upload.offset_bytes, self._arriving)

    def take(self, row: ReceivedUpload, piece: Path, start: int, end: int, now: str) -> bool:
        """Keep a durable piece; whether the upload is whole with it.

        Raises:
            UploadDamagedError: all bytes are here, and they are others than announced.
        """
        final = self._arriving / f"{_key(row)}.{start}-{end}.piece"
        files.publish_file(piece, final)
        pieces = self._pieces(row)
        chain = _chain(pieces, row.size_bytes)
        if chain is None:
            for needless in _needless(pieces):
                needless.path.unlink(missing_ok=True)
            self._store.set_state(row.number, State.ARRIVING, now)
            return False
        whole = self._join(row, chain)
        if whole is None:
            self._store.set_state(row.number, State.DAMAGED, now)
            self._drop_pieces(row)
            raise UploadDamagedError(name=row.name)
        self._shelve(row, whole)
        self._store.set_state(row.number, State.WAITING, now)
        self._drop_pieces(row)
        return True

    def incomplete(self) -> list[Incomplete]:
        """Uploads of which pieces are missing, the oldest first."""
        return [
            Incomplete(row, _union_bytes(self._pieces(row)))
            for row in self._store.uploads([State.ARRIVING])
        ]

    def give_up(self, now: datetime) -> int:
        """Let go of what will not be whole any more; how many uploads that were.

        Their teachers are told to send them again; should the rest come all the same, it counts.
        """
        oldest = times.show(now - _PIECES_KEPT)
        gone = [row for row in self._store.uploads([State.ARRIVING]) if row.changed_at < oldest]
        gone += self._too_much_unvouched()
        for row in gone:
            self._store.set_state(row.number, State.DAMAGED, times.show(now))
            self._drop_pieces(row)
        return len(gone)

    def _too_much_unvouched(self) -> list[ReceivedUpload]:
        """Strangers' uploads, the oldest first, until what is left of them is no burden."""
        arriving = self._store.by_last_change([State.ARRIVING])
        rows = [row for row in arriving if not row.is_vouched]
        held = {row.number: sum(one.end - one.start for one in self._pieces(row)) for row in rows}
        excess_bytes = sum(held.values()) - self._most_unvouched_bytes
        gone = []
        for row in rows:
            if excess_bytes <= 0:
                break
            excess_bytes -= held[row.number]
            gone.append(row)
        return gone

    def folder_of(self, row: ReceivedUpload) -> Path:
        return self._review / f"{row.number:06d}"

    def file_of(self, row: ReceivedUpload) -> Path:
        """The upload itself, for who reviews it."""
        return self.folder_of(row) / row.name

    def release(self, row: ReceivedUpload) -> None:
        """The upload lives in the catalogue now; its place in the review folder is given back."""
        shutil.rmtree(self.folder_of(row), ignore_errors=True)

    def _pieces(self, row: ReceivedUpload) -> list[_Piece]:
        found = []
        for path in self._arriving.glob(f"{_key(row)}.*.piece"):
            match = _PIECE.fullmatch(path.name)
            if match:
                found.append(_Piece(path, int(match[2]), int(match[3])))
        return found

    def _drop_pieces(self, row: ReceivedUpload) -> None:
        for piece in self._pieces(row):
            piece.path.unlink(missing_ok=True)

    def _join(self, row: ReceivedUpload, chain: list[_Piece]) -> Path | None:
        """One file of the pieces; None when it is not what was announced."""
        if len(chain) == 1 and chain[0].end == row.size_bytes:
            path = chain[0].path
            return path if files.sha256_file(path) == row.sha256 else None
        temporary = self._arriving / f".{uuid.uuid4().hex}.part"
        digest, position = hashlib.sha256(), 0
        try:
            with temporary.open("xb") as writer:
                for piece in chain:
                    with piece.path.open("rb") as reader:
                        reader.seek(position - piece.start)
                        while chunk := reader.read(_CHUNK_BYTES):
                            digest.update(chunk)
                            writer.write(chunk)
                            position += len(chunk)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise known_os_error(error, temporary) from error
        if digest.hexdigest() == row.sha256 and position == row.size_bytes:
            return temporary
        temporary.unlink()
        return None

    def _shelve(self, row: ReceivedUpload, whole: Path) -> None:
        folder = self.folder_of(row)
        make_dir(folder)
        about = document_header("kezhan-upload", 1, 0) | {
            "number": row.number,
            "id": row.upload_id,
            "sha256": row.sha256,
            "size_bytes": row.size_bytes,
            "name": row.name,
            "school": row.school_code,
            "device_id": row.device_id,
            "is_vouched": row.is_vouched,
            "details": dict(row.details),
        }
        text = json.dumps(about, ensure_ascii=False, indent=1)
        files.replace_bytes(folder / ABOUT_NAME, text.encode("utf-8") + b"\n")
        files.publish_file(whole, self.file_of(row))


class Arrival:
    """Takes the bytes of one piece; `finish` or `drop` ends it."""

    def __init__(self, shelf: UploadShelf, row: ReceivedUpload, start: int, folder: Path) -> None:
        self._shelf = shelf
        self._row = row
        self._start = start
        self._end = start
        self._path = folder / f".{uuid.uuid4().hex}.part"
        self._file: BinaryIO | None = None
        try:
            self._file = self._path.open("xb")
        except OSError as error:
            raise known_os_error(error, self._path) from error

    def write(self, chunk: bytes) -> None:
        """Raises DiskFullError, UnreadableFileError, UploadDamagedError (more than announced)."""
        if self._file is None or self._end + len(chunk) > self._row.size_bytes:
            raise UploadDamagedError(name=self._row.name)
        try:
            self._file.write(chunk)
        except OSError as error:
            raise known_os_error(error, self._path) from error
        self._end += len(chunk)

    def finish(self, now: str) -> bool:
        """Keep what has come; whether the upload is whole with it. Raises UploadDamagedError."""
        try:
            self._close()
            if self._end == self._start:
                return False
            return self._shelf.take(self._row, self._path, self._start, self._end, now)
        finally:
            self.drop()

    def drop(self) -> None:
        try:
            self._close()
        except KnownError:
            self._file = None
        self._path.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._file is None:
            return
        file, self._file = self._file, None
        try:
            file.close()
        except OSError as error:
            raise DiskFullError(path=str(self._path)) from error


def _key(row: ReceivedUpload) -> str:
    return hashlib.sha256(f"{row.upload_id}\0{row.sha256}".encode()).hexdigest()[:32]


def _chain(pieces: list[_Piece], size_bytes: int) -> list[_Piece] | None:
    """Pieces that follow each other from the first byte to the last; None while one is missing."""
    chain: list[_Piece] = []
    position = 0
    while position < size_bytes:
        fitting = [piece for piece in pieces if piece.start <= position < piece.end]
        if not fitting:
            return None
        chain.append(max(fitting, key=lambda piece: piece.end))
        position = chain[-1].end
    return chain


def _needless(pieces: list[_Piece]) -> list[_Piece]:
    """Pieces whose bytes are all in others: what is kept takes at most twice the upload's room."""
    kept: list[_Piece] = []
    ordered = sorted(pieces, key=lambda piece: (piece.start, -piece.end))
    for piece in ordered:
        if kept and piece.end <= kept[-1].end:
            continue
        while len(kept) > 1 and piece.start <= kept[-2].end:
            kept.pop()  # its neighbours meet without it
        kept.append(piece)
    return [piece for piece in pieces if piece not in kept]


def _union_bytes(pieces: list[_Piece]) -> int:
    total = reached = 0
    for piece in sorted(pieces, key=lambda piece: piece.start):
        total += max(0, piece.end - max(piece.start, reached))
        reached = max(reached, piece.end)
    return total
