# SPDX-License-Identifier: GPL-3.0-or-later
"""Piece by piece: reading lists, cutting streams into pieces, writing only what is verified."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Iterator

from app.base.errors import CancelledError, KnownError
from app.cache.partial import PartialBlob
from app.region.layout import piece_list_path
from app.region.pieces import MAX_PIECE_LIST_BYTES, PieceList, parse_piece_list
from app.sync.carriers import Carrier, read_all
from app.sync.errors import MirrorBrokenError
from app.sync.tails import Tails

logger = logging.getLogger(__name__)


class Gate:
    """Workers write only while it is open, so that nothing lands after a transfer has ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_closed = False

    def write(self, partial: PartialBlob, offset: int, content: bytes) -> None:
        """Write, or raise `CancelledError` when the gate is closed."""
        with self._lock:
            self.check()
            partial.write_at(offset, content)

    def check(self) -> None:
        """Raise `CancelledError` when the gate is closed."""
        if self._is_closed:
            raise CancelledError()

    def close(self) -> None:
        """Returns when nobody writes any more."""
        with self._lock:
            self._is_closed = True


class PieceBuffer:
    """Cuts one stream into pieces and checks each; wrong bytes blame the carrier.

    The end of a piece may come from `tails`. When the parts do not fit, `misfit` is that piece and
    the stream goes on alone; when its own piece is right, `liars` brought the wrong end.
    """

    def __init__(self, pieces: PieceList, host: str, tails: Tails) -> None:
        self._pieces = pieces
        self._host = host
        self._tails = tails
        self._suspects: frozenset[str] = frozenset()
        self._buffer = bytearray()
        self._number = -1
        self.misfit: int | None = None
        self.liars: frozenset[str] = frozenset()

    def use_alone(self) -> None:
        """Take no ends from others: this stream goes on after them."""
        self._tails = Tails()

    @property
    def position(self) -> int:
        """Where in the file the next byte of this stream belongs."""
        if self._number < 0:
            return -1
        if self._number >= len(self._pieces.hashes):
            return self._pieces.size_bytes
        return self._pieces.bounds(self._number)[0] + len(self._buffer)

    def add(self, position: int, chunk: bytes) -> Iterator[tuple[int, bytes]]:
        """The pieces that this chunk completes.

        Raises:
            MirrorBrokenError: (with `piece`) after the pieces before the wrong one.
        """
        if self._number < 0:
            self._number = position // self._pieces.piece_bytes
        self._buffer += chunk
        while self._number < len(self._pieces.hashes):
            size_bytes = self._pieces.bounds(self._number)[1]
            if len(self._buffer) < size_bytes:
                content = self._with_tail()
                if content is None:
                    return
                self._buffer.clear()
            else:
                content = bytes(self._buffer[:size_bytes])
                del self._buffer[:size_bytes]
                if not self._is_right(content):
                    raise MirrorBrokenError(host=self._host, reason="hash", piece=self._number)
                self.liars, self._suspects = self._suspects, frozenset()
            self._tails.drop(self._number)
            yield self._number, content
            self._number += 1

    def _with_tail(self) -> bytes | None:
        """The piece, when the end that others brought completes it."""
        tail = self._tails.get(self._number)
        if tail is None:
            return None
        here = tail.start - self._pieces.bounds(self._number)[0]
        if here > len(self._buffer):
            return None
        content = bytes(self._buffer[:here]) + tail.content
        if self._is_right(content):
            return content
        self._tails.drop(self._number)
        self.misfit, self._suspects = self._number, tail.carriers
        return None

    def _is_right(self, content: bytes) -> bool:
        return hashlib.sha256(content).digest() == self._pieces.hashes[self._number]


def read_piece_list(carrier: Carrier, sha256: str) -> PieceList | None:
    """The list named by its own hash; None when the right bytes make no sense.

    Raises:
        MirrorBrokenError: the carrier has other bytes under that name.
    """
    path = piece_list_path(sha256)
    raw = read_all(carrier, path, max_bytes=MAX_PIECE_LIST_BYTES, total_s=60.0)
    if hashlib.sha256(raw).hexdigest() != sha256:
        raise MirrorBrokenError(host=carrier.host, path=path, reason="hash")
    try:
        return parse_piece_list(raw)
    except KnownError as error:
        logger.warning("piece list %s is unusable: %s", sha256, error)
        return None


def verify_pieces(partial: PartialBlob, pieces: PieceList, between: Callable[[], None]) -> None:
    """Hash what lies on disk: after a power cut only that says which pieces are there."""
    found_bytes = partial.prefix_bytes
    done: set[int] = set()
    for number, digest in enumerate(pieces.hashes):
        offset, length = pieces.bounds(number)
        if offset + length > found_bytes:
            break
        if hashlib.sha256(partial.read_at(offset, length)).digest() == digest:
            done.add(number)
        between()
    partial.done = done
