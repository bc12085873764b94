# SPDX-License-Identifier: GPL-3.0-or-later
"""What the streams of one transfer do: fetch runs, rests and ends, verify, write, report.

Everything here runs in workers; the transfer's main thread hears of it through `events`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from queue import SimpleQueue

from app.base.errors import KnownError
from app.cache.partial import PartialBlob
from app.region.layout import blob_path
from app.region.pieces import PieceList
from app.sync.carriers import Carrier
from app.sync.errors import MirrorBrokenError
from app.sync.piecework import Gate, PieceBuffer
from app.sync.runs import Run
from app.sync.tails import Tail, Tails

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ended:
    """A run is through, well or not."""

    run: Run
    error: KnownError | None


@dataclass(frozen=True, slots=True)
class Arrived:
    """A verified piece is on disk; `liars` had brought a wrong end of it."""

    run: Run
    number: int
    liars: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Misfit:
    """The parts of a piece did not fit together; nobody knows yet whose was wrong."""

    run: Run
    number: int


class _EnoughError(Exception):
    """The rest of a reply is no longer wanted."""


@dataclass(slots=True)
class Fetches:
    """The workers' side of one transfer."""

    carriers: Mapping[str, Carrier]
    gate: Gate = field(default_factory=Gate)
    tails: Tails = field(default_factory=Tails)
    events: SimpleQueue[Ended | Arrived | Misfit] = field(default_factory=SimpleQueue)

    def work(self, run: Run, fetch: Callable[[Run], None]) -> None:
        """Whatever happens, the main thread hears of the end."""
        error: KnownError | None = None
        try:
            fetch(run)
        except _EnoughError:
            pass
        except KnownError as known:
            error = known
        except Exception as bug:
            logger.exception("a stream failed in a way nobody foresaw")
            error = MirrorBrokenError(host=self.carriers[run.carrier].host, reason=repr(bug)[:99])
        self.events.put(Ended(run, error))

    def fetch_run(self, run: Run, pieces: PieceList, blob: PartialBlob) -> None:
        """One run of pieces in one request, or the end of one."""
        if run.tail is not None:
            self._fetch_tail(run, blob, sum(pieces.bounds(run.first)))
            return
        carrier = self.carriers[run.carrier]
        start, _ = pieces.bounds(run.first)
        end = sum(pieces.bounds(run.last))
        buffer = PieceBuffer(pieces, carrier.host, self.tails)

        is_full = False

        def sink(position: int, chunk: bytes) -> None:
            nonlocal is_full
            self.gate.check()
            run.moved()
            if buffer.position < 0 and position != start:
                is_full = True  # a server without ranges: all of it is used, ends of others are not
                buffer.use_alone()
            for number, content in buffer.add(position, chunk):
                # Where a server knows no ranges, pieces that were not asked for are good too.
                self.gate.write(blob, pieces.bounds(number)[0], content)
                self.events.put(Arrived(run, number, buffer.liars))
            if buffer.misfit is not None:
                self.events.put(Misfit(run, buffer.misfit))
                buffer.misfit = None
            run.at(buffer.position)
            if not is_full and run.position >= sum(pieces.bounds(run.last)):
                raise _EnoughError

        self._fetch(run, blob, start, end - start, sink)

    def fetch_rest(self, run: Run, blob: PartialBlob) -> None:
        """Append what is missing of a file without pieces, or bring the end of it."""
        if run.tail is not None:
            self._fetch_tail(run, blob, blob.size_bytes)
            return
        offset = end = blob.prefix_bytes

        def use_tail() -> None:
            nonlocal end
            tail = self.tails.get(0)
            if tail is not None and tail.start <= end < blob.size_bytes:
                self.gate.write(blob, end, tail.content[end - tail.start :])
                end = blob.size_bytes

        def sink(position: int, chunk: bytes) -> None:
            nonlocal end
            run.moved()
            fresh = chunk[max(0, end - position) : max(0, blob.size_bytes - position)]
            if fresh:
                self.gate.write(blob, end, fresh)
                end += len(fresh)
            use_tail()
            run.at(end)
            if end >= blob.size_bytes:
                self.events.put(Arrived(run, 0))
                raise _EnoughError

        use_tail()
        if end < blob.size_bytes:
            self._fetch(run, blob, offset, None, sink)
        self.events.put(Arrived(run, 0))

    def _fetch_tail(self, run: Run, blob: PartialBlob, end_of_piece: int) -> None:
        """The bytes of `run.tail`, kept in memory for the stream that brings what is before."""
        start, end = run.tail or (0, 0)
        content = bytearray()

        def sink(position: int, chunk: bytes) -> None:
            self.gate.check()
            run.moved()
            run.is_useless = position != start + len(content)  # a server without ranges
            if run.is_abandoned or run.is_useless:
                raise _EnoughError
            content.extend(chunk)
            run.at(start + len(content))
            if run.position >= (run.tail or (0, 0))[1]:  # another stream took over the rest
                raise _EnoughError

        try:
            self._fetch(run, blob, start, end - start, sink)
        except _EnoughError:
            if run.is_abandoned or run.is_useless:
                return
        wanted_bytes = (run.tail or (0, 0))[1] - start
        if len(content) >= wanted_bytes:
            tail = Tail(start, bytes(content[:wanted_bytes]), frozenset({run.carrier}))
            self.tails.put(run.first, tail, end_of_piece)

    def _fetch(
        self,
        run: Run,
        blob: PartialBlob,
        offset: int,
        length: int | None,
        sink: Callable[[int, bytes], None],
    ) -> None:
        self.carriers[run.carrier].fetch(
            blob_path(blob.sha256),
            sink,
            offset=offset,
            length=length,
            size_bytes=blob.size_bytes,
            max_bytes=blob.size_bytes,
        )
