# SPDX-License-Identifier: GPL-3.0-or-later
"""Event times on machines whose clocks lie."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as some

from app.base.clock import Anchor, Estimate, Quality
from app.usage.events import Event, Kind
from app.usage.times import EventTime, judge_times
from tests.unit.usage.samples import event

RELEASED = datetime(2026, 8, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
SURE = Estimate(lower=NOW, best=NOW, quality="exact")


def happened(boot: str, boot_s: float, wall: datetime) -> Event:
    return replace(event(Kind.OPENED), boot_id=boot, boot_s=boot_s, wall_raw=wall)


def judged(events: list[Event], *anchors: Anchor, now: Estimate = SURE) -> list[EventTime]:
    return list(judge_times(events, anchors, not_before=RELEASED, now=now))


def test_a_dead_battery_is_corrected_by_an_authenticated_time_of_the_same_boot() -> None:
    dead = datetime(1980, 1, 1, tzinfo=UTC)
    anchor = Anchor(datetime(2026, 9, 21, 10, tzinfo=UTC), "E", 5000.0, "authenticated")
    times = judged([happened("E", 60.0, dead), happened("E", 5060.0, dead)], anchor)
    assert times == [
        EventTime(datetime(2026, 9, 21, 8, 37, 40, tzinfo=UTC), "exact"),
        EventTime(datetime(2026, 9, 21, 10, 1, tzinfo=UTC), "exact"),
    ]


def test_a_good_raw_clock_without_any_anchor_is_believed() -> None:
    raw = datetime(2026, 9, 1, 8, tzinfo=UTC)
    assert judged([happened("A", 60.0, raw)]) == [EventTime(raw, "plausible")]


def test_a_signed_date_heard_today_says_nothing_about_last_week() -> None:
    raw = NOW - timedelta(days=7)
    anchor = Anchor(NOW, "today", 100.0, "signed")
    assert judged([happened("last-week", 60.0, raw)], anchor) == [EventTime(raw, "plausible")]


def test_a_signed_date_heard_before_in_the_same_boot_is_a_floor() -> None:
    issued = datetime(2026, 11, 1, tzinfo=UTC)
    anchor = Anchor(issued, "B", 100.0, "signed")
    stale = datetime(2026, 10, 1, tzinfo=UTC)
    times = judged([happened("B", 160.0, stale)], anchor)
    assert times == [EventTime(issued + timedelta(seconds=60), "lower_bound")]


def test_a_clock_that_ran_ahead_gives_no_time_in_the_future() -> None:
    ahead = datetime(2049, 1, 1, tzinfo=UTC)
    times = judged([happened("D", 10.0, ahead), happened("D", 500.0, ahead)])
    assert [one.at for one in times] == [RELEASED, RELEASED + timedelta(seconds=490)]
    assert {one.quality for one in times} == {"lower_bound"}


def test_a_boot_without_a_clock_lies_after_the_boot_before_it() -> None:
    first = datetime(2026, 9, 10, 8, tzinfo=UTC)
    dead = datetime(1980, 1, 1, tzinfo=UTC)
    times = judged([happened("A", 60.0, first), happened("B", 30.0, dead)])
    assert times[1] == EventTime(first, "lower_bound")


def test_a_clock_a_second_ahead_of_the_server_is_still_good() -> None:
    times = judged([happened("A", 60.0, NOW + timedelta(seconds=2))])
    assert times == [EventTime(NOW, "plausible")]


def test_a_clock_set_back_in_the_middle_does_not_set_events_back() -> None:
    raw = datetime(2026, 9, 10, 8, tzinfo=UTC)
    events = [happened("A", 60.0, raw), happened("A", 90.0, raw - timedelta(days=300))]
    assert judged(events)[1] == EventTime(raw + timedelta(seconds=30), "lower_bound")


QUALITIES: some.SearchStrategy[Quality] = some.sampled_from(["exact", "plausible", "lower_bound"])
MOMENTS = some.datetimes(
    min_value=datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None),
    max_value=datetime(2049, 1, 1, tzinfo=UTC).replace(tzinfo=None),
    timezones=some.just(UTC),
)
ANCHORS = some.builds(
    Anchor,
    at=some.datetimes(
        min_value=datetime(2026, 8, 2, tzinfo=UTC).replace(tzinfo=None),
        max_value=datetime(2026, 11, 20, tzinfo=UTC).replace(tzinfo=None),
        timezones=some.just(UTC),
    ),
    boot_id=some.sampled_from("ABC"),
    boot_s=some.floats(0, 1e5),
    source=some.sampled_from(["signed", "authenticated"]),
)


@given(
    raws=some.lists(
        some.tuples(some.sampled_from("ABC"), some.floats(0, 1e6), MOMENTS), max_size=8
    ),
    anchors=some.lists(ANCHORS, max_size=4),
    best=MOMENTS,
    quality=QUALITIES,
)
def test_no_time_is_in_the_future_or_without_its_zone(
    raws: list[tuple[str, float, datetime]],
    anchors: list[Anchor],
    best: datetime,
    quality: Quality,
) -> None:
    now = Estimate(lower=best, best=best, quality=quality)
    for one in judged([happened(*raw) for raw in raws], *anchors, now=now):
        assert one.at <= best
        assert one.at.tzinfo is not None
