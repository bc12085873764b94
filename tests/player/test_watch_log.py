# SPDX-License-Identifier: GPL-3.0-or-later
"""What was really shown, as the xAPI Video Profile counts it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.player.item import PlayerEvent
from app.player.segments import PlayedSegments
from app.player.watch_log import WatchLog


def test_spans_overlap_only_once_in_progress() -> None:
    seen = PlayedSegments()
    for start, end in ((0, 4), (2, 6), (8, 9)):
        seen.begin(start)
        seen.end(end)
    assert seen.text() == "0.000[.]4.000[,]2.000[.]6.000[,]8.000[.]9.000"
    assert seen.progress(10) == 0.7
    assert seen.progress(0) == 0.0


def test_an_open_span_counts() -> None:
    seen = PlayedSegments()
    seen.begin(1)
    seen.reach(3)
    seen.reach(2.5)
    assert seen.spans() == [(1, 3)]
    assert seen.progress(4) == 0.5


spans = st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), max_size=20)


@given(spans)
def test_progress_is_the_share_of_seconds_seen(pairs: list[tuple[int, int]]) -> None:
    seen = PlayedSegments()
    shown: set[int] = set()
    for start, end in pairs:
        seen.begin(start)
        seen.end(end)
        shown |= set(range(start, max(start, end)))
    assert seen.progress(100) == pytest.approx(len(shown) / 100, abs=0.001)


def test_one_viewing() -> None:
    said: list[PlayerEvent] = []
    log = WatchLog(said.append)
    log.play(0)  # before it is open nothing is logged
    log.begin(10)
    log.play(0)
    log.reach(4)
    log.seek(4, 8)
    log.seek(8, 6)
    log.reach(9)
    log.pause(9)
    log.play(9)
    log.end(10)
    log.terminate(10)
    log.terminate(10)
    kinds = [event.kind for event in said]
    assert kinds == "initialized played seeked paused played paused terminated".split()
    assert said[2].numbers == {"from_s": 4, "to_s": 6}
    last = said[-1].numbers
    # a move back counts as played again; what lay between 4 and 6 was never shown
    assert last["progress"] == 0.8
    assert last["length_s"] == 10


def test_completed_comes_once_and_only_when_nearly_all_was_shown() -> None:
    said: list[PlayerEvent] = []
    log = WatchLog(said.append)
    log.begin(100)
    log.play(0)
    log.reach(94)
    assert "completed" not in [event.kind for event in said]
    log.reach(95.5)
    log.reach(97)
    log.end(100)
    log.terminate(100)
    assert [event.kind for event in said].count("completed") == 1
