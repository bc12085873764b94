# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pieces to ask whom for next: decisions only, no transfer.

Long runs of pieces a request keep a lossy line busy. When nothing is free any more, an idle stream
takes over pieces that another has not begun, and at last the end of a piece that is on its way, so
that no single stream is waited for.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

LONGEST_RUN = 16
# After this silence another carrier may also fetch what a run was to bring.
STALLED_AFTER_S = 6.0
# A request costs a round trip, 37 KB of a line of 1 Mbit/s and 300 ms: less is not worth one.
SMALLEST_TAIL_BYTES = 64 * 1024
# Ends of pieces wait in memory until their beginning has arrived.
LARGEST_TAIL_BYTES = 1 << 20
MOST_TAIL_BYTES = 16 << 20
# A stream that needs longer than that for the rest is helped; help costs a round trip.
WORTH_HELP_S = 2.0
WATCHED_S = 0.5

Bounds = Callable[[int], tuple[int, int]]


@dataclass(slots=True, eq=False)
class Run:
    """Consecutive pieces (`first` to `last`, inclusive) asked of one carrier in one request.

    `position` is where in the file its next byte will be, -1 before it has begun. With `tail` it
    brings only these bytes, from and up to, of piece `first`; `is_useless` when the carrier cannot.
    """

    carrier: str
    first: int
    last: int
    now_s: Callable[[], float] = time.monotonic
    is_abandoned: bool = False
    is_useless: bool = False
    position: int = -1
    tail: tuple[int, int] | None = None
    moved_at_s: float = field(init=False)
    _began: tuple[float, int] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.moved()

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and self.first <= number <= self.last

    def moved(self) -> None:
        """Bytes have arrived."""
        self.moved_at_s = self.now_s()

    def at(self, position: int) -> None:
        """All bytes up to this position have arrived."""
        self.position = position
        if self._began is None:
            self._began = (self.now_s(), position)

    def is_slow(self, end: int) -> bool:
        """Whether it will still take long to get there, as far as one can tell by now."""
        if self._began is None:
            return False
        seconds = self.now_s() - self._began[0]
        speed = (self.position - self._began[1]) / seconds if seconds > 0 else 0.0
        return seconds >= WATCHED_S and end - self.position > speed * WORTH_HELP_S

    @property
    def is_stalled(self) -> bool:
        """Whether nothing has arrived for long."""
        return self.now_s() - self.moved_at_s > STALLED_AFTER_S


class RunPlan:
    """What has arrived of a blob, what is on its way, and what nobody fetches yet.

    Args:
        bounds: offset and length of a piece; without it nothing is taken over from other streams.
    """

    def __init__(
        self,
        count: int,
        done: Iterable[int],
        now_s: Callable[[], float] = time.monotonic,
        bounds: Bounds | None = None,
    ) -> None:
        self._count = count
        self._done = set(done)
        self._active: list[Run] = []
        self._refused: dict[str, set[int]] = {}
        self._whole: set[int] = set()
        self._unhelpful: set[str] = set()
        self._now_s = now_s
        self._bounds = bounds
        self.has_any_arrived = False
        self.sources: set[str] = set()

    @property
    def is_complete(self) -> bool:
        """Whether every piece has arrived."""
        return len(self._done) >= self._count

    @property
    def active_count(self) -> int:
        """How many runs are on their way."""
        return len(self._active)

    @property
    def busy(self) -> set[str]:
        """The carriers that bring something now."""
        return {run.carrier for run in self._active}

    def next_run(
        self,
        usable: Sequence[str],
        streams: int,
        *,
        may_overtake: bool = True,
        held_from: Callable[[int], int | None] = lambda _: None,
    ) -> Run | None:
        """The next run for the least busy usable carrier that can help, or None.

        Args:
            held_from: from which byte on the end of a piece waits in memory already.
        """
        busy = Counter(run.carrier for run in self._active)
        carriers = sorted(usable, key=lambda name: busy[name])
        for carrier in carriers:
            free = self._free(carrier, self._active)
            if not free and may_overtake:
                free = self._overtake(carrier)
            if free:
                return self._start(carrier, free, streams)
        for carrier in carriers:
            run = self._take_over(carrier) or self._take_end(carrier, held_from)
            if run is not None:
                self._active.append(run)
                self.sources.add(carrier)
                return run
        return None

    def arrived(self, run: Run, number: int) -> None:
        """A verified piece is here."""
        self._done.add(number)
        self.has_any_arrived = True
        run.moved()
        for helper in self._active:
            if helper.tail is not None and number in helper:
                helper.is_abandoned = True

    def ended(self, run: Run) -> None:
        """A run is through; what it did not bring is free again."""
        if run in self._active:
            self._active.remove(run)
        if run.is_useless:
            self._unhelpful.add(run.carrier)

    def refuse(self, carrier: str, number: int) -> int:
        """Never ask this carrier for this piece again; returns how many it got wrong."""
        wrong = self._refused.setdefault(carrier, set())
        wrong.add(number)
        return len(wrong)

    def keep_whole(self, number: int) -> None:
        """Let one stream alone bring this piece: its parts did not fit together."""
        self._whole.add(number)

    def _free(self, carrier: str, taken_by: Sequence[Run]) -> list[int]:
        refused = self._refused.get(carrier, set())
        taken_by = [run for run in taken_by if run.tail is None]
        return [
            number
            for number in range(self._count)
            if number not in self._done
            and number not in refused
            and not any(number in run for run in taken_by)
        ]

    def _overtake(self, carrier: str) -> list[int]:
        """Pieces of runs that another carrier has let stall; those runs count as given up."""
        stalled = [run for run in self._active if run.is_stalled and run.carrier != carrier]
        going = [run for run in self._active if run not in stalled]
        free = self._free(carrier, going)
        if free:
            for run in stalled:
                run.is_abandoned = True
                self._active.remove(run)
        return free

    def _start(self, carrier: str, free: list[int], streams: int) -> Run:
        share = -(-len(free) // max(1, streams))
        longest = min(LONGEST_RUN, max(1, share))
        first = last = free[0]
        for number in free[1:longest]:
            if number != last + 1:
                break
            last = number
        run = Run(carrier, first, last, self._now_s)
        self._active.append(run)
        self.sources.add(carrier)
        return run

    # -- helping another stream ---------------------------------------------------------------

    def _begun(self) -> list[tuple[Run, int]]:
        """Runs that have begun, each with the piece that it is at."""
        found = []
        for run in self._active:
            if run.tail is not None or run.position < 0 or self._bounds is None:
                continue
            if run.is_slow(sum(self._bounds(run.last))):
                at = run.first
                while at < run.last and sum(self._bounds(at)) <= run.position:
                    at += 1
                found.append((run, at))
        return found

    def _take_over(self, carrier: str) -> Run | None:
        """The later half of the pieces that some run has not begun."""
        refused = self._refused.get(carrier, set())
        run, at = max(self._begun(), key=lambda item: item[0].last - item[1], default=(None, 0))
        count = 0 if run is None else -(-(run.last - at) // 2)
        if run is None or count <= 0:
            return None
        first, last = run.last - count + 1, run.last
        if any(number in refused for number in range(first, last + 1)):
            return None
        run.last = first - 1
        return Run(carrier, first, last, self._now_s)

    def _take_end(self, carrier: str, held_from: Callable[[int], int | None]) -> Run | None:
        """The later half of the largest stretch of one piece that a single stream still brings."""
        if carrier in self._unhelpful:
            return None
        refused = self._refused.get(carrier, set()) | self._whole | self._done
        stretches = [item for item in self._stretches(held_from) if item[0].last not in refused]
        run, position, end = max(
            stretches, key=lambda item: item[2] - item[1], default=(None, 0, 0)
        )
        if run is None or end - position < 2 * SMALLEST_TAIL_BYTES:
            return None
        start = max((position + end) // 2, end - LARGEST_TAIL_BYTES)
        if run.tail is not None:
            run.tail = (run.tail[0], start)
        return Run(carrier, run.last, run.last, self._now_s, tail=(start, end))

    def _stretches(self, held_from: Callable[[int], int | None]) -> Iterator[tuple[Run, int, int]]:
        """Slow runs inside one piece: where they are, and up to where nobody else brings it."""
        for run, at in self._begun():
            missing = self._missing(run, at, held_from) if at == run.last else None
            if missing is not None:
                yield run, missing[0], missing[1]
        for run in self._active:
            if run.tail is not None and not run.is_abandoned and run.is_slow(run.tail[1]):
                yield run, run.position, run.tail[1]

    def _missing(
        self, run: Run, number: int, held_from: Callable[[int], int | None]
    ) -> tuple[int, int] | None:
        """Where the stream of a piece is, and up to where nobody brings the rest."""
        if self._bounds is None:
            return None
        end_of_piece = end = sum(self._bounds(number))
        position = max(run.position, self._bounds(number)[0])
        taken = [one.tail[0] for one in self._active if one.tail is not None and number in one]
        held = held_from(number)
        end = min([end, *taken, *([held] if held is not None else [])])
        return (position, end) if end_of_piece - end < MOST_TAIL_BYTES else None
