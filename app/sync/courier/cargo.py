# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes into the next bundle: decisions only. Statements first, then uploads as they fit.

A bundle ends at a size that a pulled stick may cost; a longer upload goes on in the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from app.region.bundle import RECORD_HEAD_BYTES, sealed_bytes
from app.sync.courier.store import UploadPiece
from app.sync.statements.store import FrozenStatement
from app.sync.uploads.store import Upload

BUNDLE_BYTES = 256 << 20
STATEMENT_BYTES = 8 << 20  # held in memory while a bundle is written
# Header, end, the label beside the parts, and what a file system rounds up for a few files.
OVERHEAD_BYTES = 512 * 1024
_SHORTEST_PIECE_BYTES = 1 << 20
_DATA_BYTES = 1 << 20
_DESCRIPTION_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes of an upload from `start` up to but not including `end`."""

    start: int
    end: int

    @property
    def size_bytes(self) -> int:
        """How many."""
        return self.end - self.start


@dataclass(slots=True)
class WaitingUpload:
    """An upload and what of it has still to be carried."""

    upload: Upload
    missing: list[Span]
    was_carried: bool = False

    @property
    def missing_bytes(self) -> int:
        """How many bytes that is."""
        return sum(span.size_bytes for span in self.missing)


@dataclass(slots=True)
class Cargo:
    """One bundle's content, in the order in which it is written."""

    statements: list[FrozenStatement] = field(default_factory=list)
    pieces: list[tuple[Upload, Span]] = field(default_factory=list)
    plain_bytes: int = 0

    def __bool__(self) -> bool:
        return bool(self.statements or self.pieces)

    def rows(self) -> list[UploadPiece]:
        """What is remembered of the pieces."""
        return [UploadPiece(one.upload_id, span.start, span.end) for one, span in self.pieces]


def missing_spans(size_bytes: int, covered: Iterable[Span]) -> list[Span]:
    """What of a file is in none of the covered spans, ascending."""
    missing: list[Span] = []
    reached = 0
    for span in sorted(covered, key=lambda one: one.start):
        if span.start > reached:
            missing.append(Span(reached, min(span.start, size_bytes)))
        reached = max(reached, span.end)
    if reached < size_bytes:
        missing.append(Span(reached, size_bytes))
    return missing


def is_carried(size_bytes: int, pieces: Iterable[UploadPiece]) -> bool:
    """Whether all of an upload has left on sticks."""
    spans = [Span(piece.start_bytes, piece.end_bytes) for piece in pieces]
    return bool(spans) and not missing_spans(size_bytes, spans)


def on_stick_bytes(plain_bytes: int) -> int:
    """The room that a bundle of so many bytes of records needs."""
    return sealed_bytes(plain_bytes) + OVERHEAD_BYTES


def statement_bytes_of(one: FrozenStatement) -> int:
    """What a statement takes inside a bundle."""
    return RECORD_HEAD_BYTES + 1 + len(one.statement_id) + len(one.body)


def piece_bytes_of(span: Span) -> int:
    """What a piece of an upload takes inside a bundle, its description estimated generously."""
    records = 2 + -(-span.size_bytes // _DATA_BYTES)
    return records * RECORD_HEAD_BYTES + _DESCRIPTION_BYTES + span.size_bytes


def fill_statements(cargo: Cargo, statements: Iterator[FrozenStatement], room_bytes: int) -> None:
    """Take statements while they fit; the rest of the iterator is for the next bundle."""
    taken_bytes = 0
    while taken_bytes < STATEMENT_BYTES and cargo.plain_bytes < BUNDLE_BYTES:
        if on_stick_bytes(cargo.plain_bytes + _DESCRIPTION_BYTES) > room_bytes:
            return
        one = next(statements, None)
        if one is None:
            return
        cargo.statements.append(one)
        cargo.plain_bytes += statement_bytes_of(one)
        taken_bytes += statement_bytes_of(one)


def fill_uploads(cargo: Cargo, uploads: Sequence[WaitingUpload], room_bytes: int) -> None:
    """Take uploads in order while they fit as a whole; what is taken leaves their `missing`.

    One that does not fit is passed over for those behind it. If then nothing was taken, the first
    of them goes in part, so that a file longer than any stick gets there in several trips.
    """
    for waiting in uploads:
        if not waiting.missing:
            continue
        if _bundles_bytes(cargo, waiting) <= room_bytes:
            _take(cargo, waiting, BUNDLE_BYTES - cargo.plain_bytes)
        if cargo.plain_bytes >= BUNDLE_BYTES - _SHORTEST_PIECE_BYTES:
            return
    rest = next((one for one in uploads if one.missing), None)
    if not cargo.pieces and rest is not None:
        _take(cargo, rest, _largest_piece(cargo, rest, room_bytes))


def _bundles_bytes(cargo: Cargo, waiting: WaitingUpload) -> int:
    """The room for this bundle with the upload in it, and for those in which it goes on."""
    total = cargo.plain_bytes + sum(piece_bytes_of(span) for span in waiting.missing)
    whole, rest = divmod(total, BUNDLE_BYTES)
    more = on_stick_bytes(rest + _DESCRIPTION_BYTES * (whole + 1))
    return whole * on_stick_bytes(BUNDLE_BYTES) + more


def _take(cargo: Cargo, waiting: WaitingUpload, most_bytes: int) -> None:
    """Put up to `most_bytes` of an upload into the bundle."""
    left_bytes = most_bytes
    while waiting.missing and left_bytes > 0:
        span = waiting.missing[0]
        if span.size_bytes > left_bytes and left_bytes < _SHORTEST_PIECE_BYTES:
            return
        taken = Span(span.start, min(span.end, span.start + left_bytes))
        waiting.missing[0] = Span(taken.end, span.end)
        if not waiting.missing[0].size_bytes:
            waiting.missing.pop(0)
        cargo.pieces.append((waiting.upload, taken))
        cargo.plain_bytes += piece_bytes_of(taken)
        left_bytes -= taken.size_bytes


def _largest_piece(cargo: Cargo, waiting: WaitingUpload, room_bytes: int) -> int:
    """How much of an upload fits; 0 when it is not worth beginning."""
    low, high = 0, min(waiting.missing_bytes, BUNDLE_BYTES - cargo.plain_bytes)
    while high - low > _SHORTEST_PIECE_BYTES // 4:
        middle = (low + high) // 2
        fits = on_stick_bytes(cargo.plain_bytes + piece_bytes_of(Span(0, middle))) <= room_bytes
        low, high = (middle, high) if fits else (low, middle)
    return low if low >= _SHORTEST_PIECE_BYTES else 0
