# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pieces to ask whom for next: decisions only, no transfer.

Long runs of pieces a request keep a lossy line busy; runs get shorter towards the end so that the
streams finish together (guided self-scheduling).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

LONGEST_RUN = 16
# After this silence another carrier may also fetch what a run was to bring.
STALLED_AFTER_S = 6.0


@dataclass(slots=True, eq=False)
class Run:
    """Consecutive pieces (`first` to `last`, inclusive) asked of one carrier in one request."""

    carrier: str
    first: int
    last: int
    now_s: Callable[[], float] = time.monotonic
    is_abandoned: bool = False
    moved_at_s: float = field(init=False)

    def __post_init__(self) -> None:
        self.moved()

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and self.first <= number <= self.last

    def moved(self) -> None:
        """Bytes have arrived."""
        self.moved_at_s = self.now_s()

    @property
    def is_stalled(self) -> bool:
        """Whether nothing has arrived for long."""
        return self.now_s() - self.moved_at_s > STALLED_AFTER_S


class RunPlan:
    """What has arrived of a blob, what is on its way, and what nobody fetches yet."""

    def __init__(
        self, count: int, done: Iterable[int], now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._count = count
        self._done = set(done)
        self._active: list[Run] = []
        self._refused: dict[str, set[int]] = {}
        self._now_s = now_s
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

    def next_run(
        self, usable: Sequence[str], streams: int, *, may_overtake: bool = True
    ) -> Run | None:
        """The next run for the least busy usable carrier that can help, or None."""
        busy = Counter(run.carrier for run in self._active)
        for carrier in sorted(usable, key=lambda name: busy[name]):
            free = self._free(carrier, self._active)
            if not free and may_overtake:
                free = self._overtake(carrier)
            if free:
                return self._start(carrier, free, streams)
        return None

    def arrived(self, run: Run, number: int) -> None:
        """A verified piece is here."""
        self._done.add(number)
        self.has_any_arrived = True
        run.moved()

    def ended(self, run: Run) -> None:
        """A run is through; what it did not bring is free again."""
        if run in self._active:
            self._active.remove(run)

    def refuse(self, carrier: str, number: int) -> int:
        """Never ask this carrier for this piece again; returns how many it got wrong."""
        wrong = self._refused.setdefault(carrier, set())
        wrong.add(number)
        return len(wrong)

    def _free(self, carrier: str, taken_by: Sequence[Run]) -> list[int]:
        refused = self._refused.get(carrier, set())
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
        share = -(-len(free) // (2 * max(1, streams)))
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
