# SPDX-License-Identifier: GPL-3.0-or-later
"""Streams that help each other to the end, as many as the line is worth, at the learnt speed."""

import hashlib
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from app.base.db import open_writer
from app.region.pieces import PieceList
from app.sync.bandwidth import Throttle
from app.sync.errors import MirrorBrokenError
from app.sync.governor import BUSY_HOLD_S, HOLD_S, MOST, USUAL, WINDOW_S, StreamGovernor
from app.sync.piecework import PieceBuffer
from app.sync.runs import Run, RunPlan
from app.sync.scheduler import stream_count
from app.sync.speed import SAMPLE_S, LineSpeeds, SpeedWatch, read_speeds, remaining_s
from app.sync.store import MIGRATIONS, SyncStore
from app.sync.tails import Tail, Tails

PIECE = 1 << 20
KB = 1000
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


@dataclass
class Hand:
    """A clock that the test turns; waiting turns it too."""

    s: float = 100.0

    def now(self) -> float:
        return self.s

    def wait(self, seconds: float) -> None:
        self.s += max(seconds, 1e-6)  # as every real clock, it always moves


def plan_of(count: int, hand: Hand) -> RunPlan:
    return RunPlan(count, (), hand.now, bounds=lambda number: (number * PIECE, PIECE))


def go(run: Run, hand: Hand, position: int, seconds: float) -> None:
    """A stream has come this far in so many seconds."""
    run.at(run.first * PIECE if run.position < 0 else run.position)
    hand.wait(seconds)
    run.at(position)


# -- taking over --------------------------------------------------------------------------------


def test_an_idle_stream_takes_the_pieces_that_another_has_not_begun() -> None:
    hand = Hand()
    plan = plan_of(9, hand)
    first = plan.next_run(["a"], 1)
    assert first is not None
    assert (first.first, first.last) == (0, 8)
    assert plan.next_run(["a"], 2) is None, "nobody knows yet how quick the first one is"
    go(first, hand, PIECE + 10, seconds=20)

    helper = plan.next_run(["a"], 2)

    assert helper is not None
    assert (first.last, helper.first, helper.last) == (4, 5, 8)


def test_a_quick_stream_is_left_alone() -> None:
    hand = Hand()
    plan = plan_of(9, hand)
    first = plan.next_run(["a"], 1)
    assert first is not None
    go(first, hand, 8 * PIECE, seconds=1)

    assert plan.next_run(["a"], 2) is None


def test_the_end_of_the_last_piece_is_shared_and_shared_again() -> None:
    hand = Hand()
    plan = plan_of(1, hand)
    first = plan.next_run(["a"], 1)
    assert first is not None
    go(first, hand, 100 * KB, seconds=10)

    tails = [run for _ in range(3) if (run := plan.next_run(["a"], 4)) is not None]
    assert tails[0].tail is not None
    assert tails[0].tail[1] == PIECE
    tails[0].at(tails[0].tail[0])
    hand.wait(30)
    tails[0].at(tails[0].tail[0] + 10 * KB)
    tails.append(plan.next_run(["a"], 5) or first)

    spans = sorted(run.tail for run in tails if run.tail is not None)
    assert len(spans) == 4
    assert spans[0][0] > first.position
    assert spans[-1][1] == PIECE
    assert all(earlier[1] == later[0] for earlier, later in pairwise(spans)), "no gap, no overlap"


def test_what_waits_in_memory_is_not_fetched_again() -> None:
    hand = Hand()
    plan = plan_of(1, hand)
    first = plan.next_run(["a"], 1)
    assert first is not None
    go(first, hand, 100 * KB, seconds=10)

    helper = plan.next_run(["a"], 2, held_from=lambda _: 600 * KB)

    assert helper is not None
    assert helper.tail is not None
    assert helper.tail[1] == 600 * KB


def test_a_server_without_ranges_is_not_asked_for_ends_again() -> None:
    hand = Hand()
    plan = plan_of(1, hand)
    first = plan.next_run(["a"], 1)
    assert first is not None
    go(first, hand, 100 * KB, seconds=10)
    helper = plan.next_run(["a"], 2)
    assert helper is not None
    helper.is_useless = True
    plan.ended(helper)

    assert plan.next_run(["a"], 2) is None


# -- ends in memory -----------------------------------------------------------------------------


def test_ends_are_joined_in_whatever_order_they_come() -> None:
    tails = Tails()
    tails.put(0, Tail(40, b"middle", frozenset("a")), 52)
    assert tails.get(0) is None
    assert tails.held_from(0) == 40
    tails.put(0, Tail(46, b"ending", frozenset("b")), 52)

    whole = tails.get(0)

    assert whole == Tail(40, b"middleending", frozenset("ab"))
    tails.drop(0)
    assert tails.held_from(0) is None


@dataclass
class TwoPieces:
    """A file of two pieces and a buffer that receives it."""

    content: bytes = field(default_factory=lambda: random.Random(5).randbytes(2 * PIECE))
    tails: Tails = field(default_factory=Tails)

    def __post_init__(self) -> None:
        parts = [self.content[:PIECE], self.content[PIECE:]]
        hashes = tuple(hashlib.sha256(part).digest() for part in parts)
        name = hashlib.sha256(self.content).hexdigest()
        self.buffer = PieceBuffer(
            PieceList(name, len(self.content), PIECE, hashes), "host", self.tails
        )


def test_a_piece_is_whole_when_its_end_came_by_another_stream() -> None:
    two = TwoPieces()
    two.tails.put(0, Tail(700 * KB, two.content[700 * KB : PIECE], frozenset("b")), PIECE)

    assert list(two.buffer.add(0, two.content[: 699 * KB])) == []
    assert list(two.buffer.add(699 * KB, two.content[699 * KB : 710 * KB])) == [
        (0, two.content[:PIECE])
    ]
    assert two.buffer.position == PIECE


def test_a_wrong_end_costs_nothing_and_blames_who_brought_it() -> None:
    two = TwoPieces()
    two.tails.put(0, Tail(700 * KB, bytes(PIECE - 700 * KB), frozenset({"liar"})), PIECE)

    assert list(two.buffer.add(0, two.content[: 800 * KB])) == []
    assert two.buffer.misfit == 0
    found = list(two.buffer.add(800 * KB, two.content[800 * KB : PIECE]))

    assert found == [(0, two.content[:PIECE])]
    assert two.buffer.liars == frozenset({"liar"})


def test_a_wrong_beginning_is_blamed_on_its_own_stream() -> None:
    two = TwoPieces()
    two.tails.put(0, Tail(700 * KB, two.content[700 * KB : PIECE], frozenset({"honest"})), PIECE)
    wrong = bytes(800 * KB)
    assert list(two.buffer.add(0, wrong)) == []

    with pytest.raises(MirrorBrokenError) as caught:
        list(two.buffer.add(800 * KB, bytes(PIECE - 800 * KB)))

    assert caught.value.wrong_piece == 0
    assert two.buffer.liars == frozenset()


# -- as many streams as the line is worth -------------------------------------------------------


def run_line(governor: StreamGovernor, hand: Hand, windows: int, goodput: dict[int, float]) -> None:
    """Watch a line whose goodput depends on the number of streams."""
    total = 0.0
    for _ in range(windows * 10):
        governor.passed(int(total), is_full=True)
        hand.wait(WINDOW_S / 9)
        total += goodput[governor.count] * WINDOW_S / 9
    governor.passed(int(total), is_full=True)


def test_streams_are_added_while_each_brings_more() -> None:
    hand = Hand()
    governor = StreamGovernor(hand.now)
    run_line(governor, hand, 12, {count: count * 40.0 * KB for count in range(1, 7)})
    assert governor.count == MOST


def test_a_stream_that_brings_nothing_is_withdrawn_and_not_tried_again_at_once() -> None:
    hand = Hand()
    governor = StreamGovernor(hand.now)
    seen = set()
    for _ in range(int(HOLD_S / WINDOW_S)):
        run_line(governor, hand, 1, dict.fromkeys(range(1, 7), 100.0 * KB))
        seen.add(governor.count)
    assert governor.count == USUAL
    assert len(seen) > 1, "it was tried"


def test_a_busy_server_gets_half_as_many_for_long() -> None:
    hand = Hand()
    governor = StreamGovernor(hand.now)
    governor.too_many()
    assert governor.count == USUAL // 2
    run_line(governor, hand, 5, {count: count * 40.0 * KB for count in range(1, 7)})
    assert governor.count == USUAL // 2
    hand.wait(BUSY_HOLD_S)
    run_line(governor, hand, 8, {count: count * 40.0 * KB for count in range(1, 7)})
    assert governor.count > USUAL // 2


def test_a_line_that_is_not_full_teaches_nothing() -> None:
    hand = Hand()
    governor = StreamGovernor(hand.now)
    for step in range(100):
        governor.passed(step * 1000, is_full=step % 3 > 0)
        hand.wait(WINDOW_S / 4)
    assert governor.count == USUAL


def test_one_stream_below_64_kilobytes_a_second() -> None:
    assert stream_count(64 * 1024 - 1, 6, is_local=False) == 1
    assert stream_count(64 * 1024, 6, is_local=False) == 6


# -- the limit ----------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [4_000, 16_000, 64_000, 1_000_000])
@pytest.mark.parametrize("streams", [1, 6])
def test_a_limit_is_kept_within_a_tenth_over_any_ten_seconds(rate: int, streams: int) -> None:
    hand = Hand(0.0)
    throttle = Throttle(rate, hand.now, hand.wait)
    passed: list[tuple[float, int]] = []
    while hand.s < 60:
        for _ in range(streams):
            size = throttle.chunk_bytes
            throttle.pass_bytes(size)
            passed.append((hand.s, size))
    for start in range(10, 50):
        inside = sum(size for at, size in passed if start < at <= start + 10)
        assert 0.9 * rate * 10 <= inside <= 1.1 * rate * 10


@pytest.mark.parametrize(("before", "after"), [(1_000_000, 20_000), (20_000, 1_000_000)])
def test_a_new_limit_holds_within_two_seconds(before: int, after: int) -> None:
    hand = Hand(0.0)
    throttle = Throttle(before, hand.now, hand.wait)
    while hand.s < 20:
        throttle.pass_bytes(throttle.chunk_bytes)
    throttle.set_rate(after)
    changed_s = hand.s
    passed: list[tuple[float, int]] = []
    while hand.s < changed_s + 15:
        size = throttle.chunk_bytes
        throttle.pass_bytes(size)
        passed.append((hand.s, size))
    inside = sum(size for at, size in passed if changed_s + 2 < at <= changed_s + 12)
    assert 0.9 * after * 10 <= inside <= 1.1 * after * 10


# -- the learnt speed ---------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> SyncStore:
    return SyncStore(open_writer(tmp_path / "state.db", [MIGRATIONS]))


def test_what_was_learnt_survives_a_restart_and_fades(store: SyncStore) -> None:
    speeds = LineSpeeds(store, lambda: NOW)
    speeds.learn("mirror", 5_000_000, 50.0, None)
    speeds.keep()

    later = LineSpeeds(store, lambda: NOW + timedelta(days=1))
    assert later.of(["mirror"]) == 100_000
    assert LineSpeeds(store, lambda: NOW + timedelta(days=60)).of(["mirror"]) is None
    later.learn("mirror", 1_000_000, 50.0, None)
    assert 20_000 < (later.of(["mirror"]) or 0) < 65_000


def test_our_own_limit_is_not_taken_for_the_line(store: SyncStore) -> None:
    """A quarter of a quarter of a quarter would soon be nothing."""
    speeds = LineSpeeds(store, lambda: NOW)
    speeds.learn("mirror", 5_000_000, 50.0, None)
    for _ in range(20):
        speeds.learn("mirror", 250_000, 10.0, 25_000)
    assert speeds.line_bytes_s == 100_000
    speeds.learn("mirror", 100_000, 50.0, 25_000)
    assert (speeds.line_bytes_s or 0) < 60_000


def test_damaged_memory_is_no_memory() -> None:
    odd = {"a": 1, "b": ["x", 2, "2026-11-20"], "c": [5, 5, "never"], "d": [5, 5, NOW.isoformat()]}
    assert list(read_speeds(odd)) == ["d"]
    assert read_speeds([1]) == {}


def test_remaining_time_follows_what_really_comes(store: SyncStore) -> None:
    hand = Hand()
    speeds = LineSpeeds(store, lambda: NOW)
    watch = SpeedWatch(speeds, frozenset({"m"}), lambda: None, hand.now)
    assert watch.left_s(1_000_000) is None
    total = 0
    for _ in range(10):
        watch.look({"m"}, total)
        hand.wait(SAMPLE_S / 2)
        total += int(50_000 * SAMPLE_S / 2)
    assert watch.left_s(1_000_000) == 20
    assert speeds.of(["m"]) == 50_000


def test_a_limit_makes_the_remaining_time_longer() -> None:
    assert remaining_s(1_000_000, 100_000, None) == 10
    assert remaining_s(1_000_000, 100_000, 10_000) == 100
    assert remaining_s(1_000_000, None, 10_000) is None
    assert remaining_s(0, 100_000, None) == 0
