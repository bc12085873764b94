# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows on their way into the index: taken as they come, given back in order of popularity.

Only a few numbers of each row stay in memory; the rest lies in compressed frames on the disk, so
four million rows import in the memory of a small machine. A weekly delta never touches the disk.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import zstandard

from app.catalogue.records import FIXED_BYTES

ROW: Final = np.dtype(
    [
        ("popularity", "<u4"),
        ("ident", "<u8"),
        ("older", "<u8"),  # ident of the entry that this one supersedes, 0 for none
        ("shard", "<u2"),
        ("book", "<u4"),
        ("node", "<u4"),
        ("kind", "u1"),
        ("day", "<u2"),
        ("is_offline", "u1"),
    ]
)
Rows = npt.NDArray[np.void]
FRAME_ROWS: Final = 8192
PART_ROWS: Final = 1 << 15  # rows that are brought into order at once
_IN_MEMORY_ROWS: Final = 20_000
_HEADER: Final = struct.Struct("<4Q")
_MAX_FRAME_BYTES: Final = 1 << 31
_LEAST_SCATTERED: Final = 512  # rows: smaller frames cost more than they spare
_SUMMARY: Final = ("popularity", "ident", "shard")


@dataclass(frozen=True, slots=True)
class Frame:
    """Rows and, for each, its fixed bytes, its text and its record (no line breaks)."""

    rows: Rows
    fixed: npt.NDArray[np.uint8]
    texts: list[bytes]
    records: list[bytes]

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, places: npt.NDArray[np.int64]) -> "Frame":
        picked = places.tolist()
        return Frame(
            self.rows[places],
            self.fixed[places],
            [self.texts[place] for place in picked],
            [self.records[place] for place in picked],
        )

    def to_bytes(self) -> bytes:
        parts = [
            self.rows.tobytes(),
            self.fixed.tobytes(),
            b"\n".join(self.texts),
            b"\n".join(self.records),
        ]
        raw = _HEADER.pack(*map(len, parts)) + b"".join(parts)
        return zstandard.ZstdCompressor(level=1).compress(raw)

    @classmethod
    def from_bytes(cls, packed: bytes) -> "Frame":
        raw = zstandard.ZstdDecompressor().decompress(packed, max_output_size=_MAX_FRAME_BYTES)
        sizes = _HEADER.unpack_from(raw)
        ends = np.cumsum((_HEADER.size, *sizes)).tolist()
        rows, fixed, *parts = (raw[a:b] for a, b in pairwise(ends))
        texts, records = (part.split(b"\n") for part in parts)
        table = np.frombuffer(fixed, np.uint8).reshape(-1, FIXED_BYTES)
        return cls(np.frombuffer(rows, ROW), table, texts, records)


def join_frames(frames: Sequence[Frame]) -> Frame:
    if len(frames) == 1:
        return frames[0]
    return Frame(
        np.concatenate([frame.rows for frame in frames]) if frames else np.zeros(0, ROW),
        np.concatenate([frame.fixed for frame in frames])
        if frames
        else np.zeros((0, FIXED_BYTES), np.uint8),
        [item for frame in frames for item in frame.texts],
        [item for frame in frames for item in frame.records],
    )


class FrameFile:
    """Frames one after the other in a file of its own, which goes with `close`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("w+b")
        self._lengths: list[int] = []

    def append(self, frame: Frame) -> None:
        packed = frame.to_bytes()
        self._file.write(packed)
        self._lengths.append(len(packed))

    def __iter__(self) -> Iterator[Frame]:
        self._file.seek(0)
        for length in self._lengths:
            yield Frame.from_bytes(self._file.read(length))
        self._file.seek(0, 2)

    def close(self) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)


class Spool:
    """Rows in the order in which they were added, and again in another order."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting: list[Frame] = []
        self._waiting_rows = 0
        self._frames: FrameFile | None = None
        self._summaries: dict[str, list[npt.NDArray[Any]]] = {name: [] for name in _SUMMARY}
        self._has_summaries = True
        self.count = 0

    def append(self, frame: Frame) -> None:
        if not len(frame):
            return
        self._recall()
        for name, parts in self._summaries.items():
            parts.append(frame.rows[name].copy())
        self.count += len(frame)
        # Small shards share a frame: arrays of one row cost as much as arrays of a thousand.
        self._waiting.append(frame)
        self._waiting_rows += len(frame)
        limit = _IN_MEMORY_ROWS if self._frames is None else FRAME_ROWS
        if self._waiting_rows >= limit:
            self._frames = self._frames or FrameFile(self._folder / "rows")
            self._frames.append(join_frames(self._waiting))
            self._waiting, self._waiting_rows = [], 0

    def _all(self) -> Iterator[Frame]:
        if self._frames is not None:
            yield from self._frames
        yield from self._waiting

    def column(self, name: str) -> npt.NDArray[np.int64]:
        """popularity, ident or shard of all rows."""
        return self.packed_column(name).astype(np.int64)

    def packed_column(self, name: str) -> npt.NDArray[Any]:
        """The same as it is kept, in as few bytes as it takes; not to be changed."""
        self._recall()
        parts = self._summaries[name]
        if len(parts) != 1:  # joined for good: four million idents are 32 MB, twice is too much
            parts[:] = [np.concatenate(parts) if parts else np.zeros(0, ROW[name])]
        return parts[0]

    def forget(self) -> None:
        """Let go of the numbers in memory, 14 bytes a row; who asks for them reads all again."""
        self._summaries = {name: [] for name in _SUMMARY}
        self._has_summaries = False

    def _recall(self) -> None:
        if self._has_summaries:
            return
        for frame in self._all():
            for name, parts in self._summaries.items():
                parts.append(frame.rows[name].copy())
        self._has_summaries = True

    def in_order(self, order: npt.NDArray[np.integer], chunk_rows: int) -> Iterator[Frame]:
        """The rows numbered `order`, in that order, in frames of `chunk_rows` (the last smaller).

        Reads everything twice at most, and one chunk is in memory at a time.
        """
        rank = np.full(self.count, -1, np.int32)
        rank[order] = np.arange(len(order), dtype=np.int32)
        if len(order) <= chunk_rows:
            yield from self._arranged(self._all(), rank)
            return
        parts = [FrameFile(self._folder / f"part{n}") for n in range(-(-len(order) // chunk_rows))]
        try:
            self._scatter(rank, parts, chunk_rows)
            del rank
            popularity = self.packed_column("popularity")
            for part in parts:
                frame = join_frames(list(part))
                frame = frame.take(np.argsort(frame.rows["popularity"]))  # ranks, see _scatter
                frame.rows["popularity"] = popularity[order[frame.rows["popularity"]]]
                yield frame
                part.close()
        finally:
            for part in parts:
                part.close()

    def _arranged(self, frames: Iterator[Frame], rank: npt.NDArray[np.int32]) -> Iterator[Frame]:
        frame = join_frames(list(frames))
        places = np.flatnonzero(rank >= 0)
        if len(places):
            yield frame.take(places[np.argsort(rank[places])])

    def _scatter(
        self, rank: npt.NDArray[np.int32], parts: Sequence[FrameFile], chunk_rows: int
    ) -> None:
        """Bring each row into the part of its rank; its popularity is replaced by its rank."""
        waiting: list[list[Frame]] = [[] for _ in parts]
        sizes = [0] * len(parts)
        most = max(_LEAST_SCATTERED, chunk_rows // len(parts))  # of all parts as many as of one
        start = 0
        for frame in self._all():
            ranks = rank[start : start + len(frame)]
            start += len(frame)
            targets = np.where(ranks >= 0, ranks // chunk_rows, -1)
            for target in np.unique(targets[targets >= 0]).tolist():
                piece = frame.take(np.flatnonzero(targets == target))
                rows = piece.rows.copy()
                rows["popularity"] = ranks[targets == target]
                piece = Frame(rows, piece.fixed, piece.texts, piece.records)
                waiting[target].append(piece)
                sizes[target] += len(piece)
                if sizes[target] >= most:
                    parts[target].append(join_frames(waiting[target]))
                    waiting[target], sizes[target] = [], 0
        for part, pieces in zip(parts, waiting, strict=True):
            if pieces:
                part.append(join_frames(pieces))

    def close(self) -> None:
        self._waiting = []
        if self._frames is not None:
            self._frames.close()
