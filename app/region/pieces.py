# SPDX-License-Identifier: GPL-3.0-or-later
"""Piece lists: hashes of equal parts of a large file, so that a bad mirror costs one part."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from app.base.documents import document_header, parse_document
from app.base.errors import KnownError
from app.region.entry import MAX_FILE_BYTES
from app.region.errors import PieceListDamagedError
from app.region.fields import SHA256, Fields, Reason

PIECES_FORMAT: Final = "kezhan-pieces"
PIECES_MAJOR: Final = 1
PIECES_MINOR: Final = 0
SMALLEST_LISTED_BYTES: Final = 4 * 1024 * 1024  # larger files have a list
SMALLEST_PIECE_BYTES: Final = 1024 * 1024
MAX_PIECES: Final = 4096
HASH_BYTES: Final = 32
MAX_PIECE_LIST_BYTES: Final = MAX_PIECES * HASH_BYTES + 4096


@dataclass(frozen=True, slots=True)
class PieceList:
    """The sha256 (32 raw bytes each) of every piece of one file, in order."""

    sha256: str
    size_bytes: int
    piece_bytes: int
    hashes: tuple[bytes, ...]

    def bounds(self, number: int) -> tuple[int, int]:
        """Offset and length of a piece; the last may be shorter."""
        offset = number * self.piece_bytes
        return offset, min(self.piece_bytes, self.size_bytes - offset)

    def to_bytes(self) -> bytes:
        header = document_header(PIECES_FORMAT, PIECES_MAJOR, PIECES_MINOR) | {
            "sha256": self.sha256,
            "size_bytes": self.size_bytes,
            "piece_bytes": self.piece_bytes,
        }
        line = json.dumps(header, separators=(",", ":")).encode("ascii")
        return line + b"\n" + b"".join(self.hashes)


def needs_pieces(size_bytes: int) -> bool:
    return size_bytes > SMALLEST_LISTED_BYTES


def piece_bytes_for(size_bytes: int) -> int:
    """1 MiB, doubled until at most 4096 pieces are needed."""
    piece_bytes = SMALLEST_PIECE_BYTES
    while size_bytes > piece_bytes * MAX_PIECES:
        piece_bytes *= 2
    return piece_bytes


def piece_count(size_bytes: int, piece_bytes: int) -> int:
    return -(-size_bytes // piece_bytes)


class PieceHasher:
    """Hashes a file and its pieces in one reading, chunk by chunk."""

    def __init__(self, size_bytes: int) -> None:
        self._piece_bytes = piece_bytes_for(size_bytes)
        self._whole = hashlib.sha256()
        self._piece = hashlib.sha256()
        self._in_piece = 0
        self._hashes: list[bytes] = []
        self.size_bytes = 0

    def update(self, chunk: bytes) -> None:
        self._whole.update(chunk)
        self.size_bytes += len(chunk)
        view = memoryview(chunk)
        while view:
            part = view[: self._piece_bytes - self._in_piece]
            self._piece.update(part)
            self._in_piece += len(part)
            view = view[len(part) :]
            if self._in_piece == self._piece_bytes:
                self._close_piece()

    def _close_piece(self) -> None:
        self._hashes.append(self._piece.digest())
        self._piece = hashlib.sha256()
        self._in_piece = 0

    def finish(self) -> PieceList:
        if self._in_piece:
            self._close_piece()
        return PieceList(
            self._whole.hexdigest(), self.size_bytes, self._piece_bytes, tuple(self._hashes)
        )


def pieces_of(chunks: Iterable[bytes], size_bytes: int) -> PieceList:
    hasher = PieceHasher(size_bytes)
    for chunk in chunks:
        hasher.update(chunk)
    return hasher.finish()


def parse_piece_list(raw: bytes) -> PieceList:
    """Check and read a piece list whose own hash is already verified.

    Raises:
        DamagedDocumentError, UnknownMajorError: not a piece list, or of another major version.
        PieceListDamagedError: its numbers do not fit together.
    """

    def fail(name: str, reason: Reason) -> KnownError:
        return PieceListDamagedError(reason=f"{name}: {reason.value}")

    if len(raw) > MAX_PIECE_LIST_BYTES:
        raise fail("length", Reason.TOO_LONG)
    line, _, hashes = raw.partition(b"\n")
    header = parse_document(line, PIECES_FORMAT, PIECES_MAJOR, max_bytes=4096)
    fields = Fields(header, fail)
    size_bytes = fields.required_count("size_bytes", minimum=1, maximum=MAX_FILE_BYTES)
    piece_bytes = fields.required_count("piece_bytes", minimum=64 * 1024, maximum=2**32)
    count = piece_count(size_bytes, piece_bytes)
    if count > MAX_PIECES:
        raise fail("piece_bytes", Reason.OUT_OF_RANGE)
    if len(hashes) != count * HASH_BYTES:
        raise fail("hashes", Reason.OUT_OF_RANGE)
    return PieceList(
        sha256=fields.matching("sha256", SHA256, Reason.NOT_A_HASH),
        size_bytes=size_bytes,
        piece_bytes=piece_bytes,
        hashes=tuple(
            hashes[start : start + HASH_BYTES] for start in range(0, len(hashes), HASH_BYTES)
        ),
    )
