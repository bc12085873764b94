# SPDX-License-Identifier: GPL-3.0-or-later
"""Decisions without doing: bandwidth, schedule, plans, runs, blame."""

import datetime as dt
import random

from app.base.errors import OfflineError
from app.region.index import BundleLine, BundleRef, DeltaPart, Index, Part, ShardKey, ShardLine
from app.sync.bandwidth import BandwidthPolicy, TokenBucket, rate_now
from app.sync.errors import MirrorBrokenError, MirrorBusyError, MirrorMissingError, PortalError
from app.sync.health import CarrierHealth, truest
from app.sync.plan import plan_catalogue, plan_shard, wanted_shards
from app.sync.runs import RunPlan
from app.sync.scheduler import (
    LONGEST_REST_S,
    Due,
    Situation,
    Step,
    job_wait_s,
    next_step,
    resting_s,
    stream_count,
)

ALL = frozenset({"catalogue", "downloads", "statements", "uploads"})
MATHS = ShardKey("小学", "数学", "人教版")
DRILL = ShardKey("小学", "数学", "人教版", is_exercise=True)


def shard(key: ShardKey, serial: int, *, snapshot: int = 1, delta_bytes: int = 1000) -> ShardLine:
    def delta(number: int) -> DeltaPart:
        ref = BundleRef("week", number * delta_bytes)
        return DeltaPart(number, number + 1, f"d{number}", delta_bytes, "0" * 64, ref)

    return ShardLine(
        shard_id=key.shard_id,
        key=key,
        entries=10,
        files_bytes=0,
        serial=serial,
        snapshot=Part("s", 500_000, "0" * 64, snapshot),
        deltas=tuple(delta(number) for number in range(1, serial)),
    )


def index(*shards: ShardLine, bundle_bytes: int = 10**9) -> Index:
    bundle = BundleLine("week", "b", bundle_bytes, "0" * 64)
    return Index("r", "2026-11-01T00:00:00Z", tuple(shards), (bundle,))


def test_the_bucket_keeps_its_rate_over_any_ten_seconds() -> None:
    bucket = TokenBucket(32_000, 0.0)
    now_s, passed = 0.0, []
    while now_s < 60:
        bucket.take(16_384, now_s)
        passed.append((now_s, 16_384))
        now_s += bucket.wait_s(now_s) or 0.001
    for start in range(10, 50):
        inside = sum(size for at, size in passed if start <= at < start + 10)
        assert 0.9 * 320_000 <= inside <= 1.1 * 320_000


def test_a_new_rate_counts_at_once() -> None:
    bucket = TokenBucket(1_000, 0.0)
    bucket.take(1_000_000, 0.0)

    bucket.set_rate(100_000, 0.1)

    assert bucket.wait_s(0.1) <= 2.0


def test_no_limit_never_waits() -> None:
    bucket = TokenBucket(None, 0.0)
    bucket.take(10**9, 0.0)
    assert bucket.wait_s(0.0) == 0.0


def test_lesson_hours_get_a_quarter_and_the_night_is_free() -> None:
    policy = BandwidthPolicy(limit_bytes_s=100_000)

    assert rate_now(policy, dt.time(10), is_school_day=True) == 25_000
    assert rate_now(policy, dt.time(19), is_school_day=True) == 100_000
    assert rate_now(policy, dt.time(10), is_school_day=False) == 100_000
    assert rate_now(policy, dt.time(23), is_school_day=True) is None
    assert rate_now(policy, dt.time(3), is_school_day=True) is None


def test_wishes_come_first_and_uploads_last() -> None:
    due = Due(requests=0.0, catalogue=0.0, statements=0.0, downloads=0.0, uploads=0.0)
    seen = []
    for _ in range(5):
        step, _ = next_step(Situation(due, ALL))
        assert step is not None
        seen.append(step)
        due = Due(
            **{item.value: None if item in seen else getattr(due, item.value) for item in Step}
        )
    assert seen == [
        Step.REQUESTS,
        Step.CATALOGUE,
        Step.STATEMENTS,
        Step.DOWNLOADS,
        Step.UPLOADS,
    ]


def test_in_a_lesson_only_wishes_are_noted() -> None:
    due = Due(requests=None, catalogue=0.0, statements=0.0, downloads=0.0, uploads=0.0)
    assert next_step(Situation(due, ALL, is_lesson=True)) == (None, None)
    assert next_step(Situation(due, ALL, is_paused=True)) == (None, None)


def test_it_sleeps_until_the_next_thing_is_due() -> None:
    due = Due(catalogue=300.0, downloads=30.0)
    assert next_step(Situation(due, ALL)) == (None, 30.0)
    assert next_step(Situation(due, frozenset({"catalogue"}))) == (None, 300.0)


def test_waits_grow_and_end() -> None:
    waits = [job_wait_s(tries) for tries in range(1, 12)]
    assert waits == sorted(waits)
    assert waits[0] == 30
    assert waits[-1] == 1800


def test_little_bandwidth_is_not_shared_between_streams() -> None:
    assert stream_count(60_000, 4, is_local=False) == 1
    assert stream_count(None, 4, is_local=False) == 4
    assert stream_count(None, 4, is_local=True) == 1


def test_exercises_must_be_asked_for() -> None:
    both = index(shard(MATHS, 1), shard(DRILL, 1))

    assert [line.key for line in wanted_shards(both, None, {})] == [MATHS]
    assert [line.key for line in wanted_shards(both, None, {DRILL: True, MATHS: False})] == [DRILL]
    assert [line.key for line in wanted_shards(both, [DRILL], {})] == [DRILL]


def test_the_cheapest_way_to_a_shard_is_taken() -> None:
    line = shard(MATHS, 4)

    assert plan_shard(line, 4) is None
    fresh = plan_shard(line, None)
    assert fresh is not None
    assert fresh.snapshot is line.snapshot
    assert len(fresh.deltas) == 3
    behind = plan_shard(line, 2)
    assert behind is not None
    assert behind.snapshot is None
    assert [delta.from_serial for delta in behind.deltas] == [2, 3]
    costly = plan_shard(shard(MATHS, 4, snapshot=4, delta_bytes=400_000), 1)
    assert costly is not None
    assert costly.snapshot is not None


def test_a_shard_that_went_back_is_taken_anew() -> None:
    plan = plan_shard(shard(MATHS, 3), 9)
    assert plan is not None
    assert plan.snapshot is not None


def test_a_bundle_is_taken_when_it_is_cheaper() -> None:
    keys = [ShardKey("小学", subject, "人教版") for subject in "语数英科音美体"]
    lines = [shard(key, 2) for key in keys]

    def plan(bundle_bytes: int) -> tuple[BundleLine, ...]:
        whole = index(*lines, bundle_bytes=bundle_bytes)
        held = {line.shard_id: 1 for line in lines}
        return plan_catalogue(whole, lines, held.get, held).bundles

    assert len(plan(7_000)) == 1
    assert plan(10**9) == ()


def test_what_is_no_longer_wanted_goes() -> None:
    line = shard(MATHS, 1)
    plan = plan_catalogue(index(line), [], {line.shard_id: 1}.get, [line.shard_id])
    assert plan.removed == (line.shard_id,)


def test_runs_are_long_first_and_short_at_the_end() -> None:
    plan = RunPlan(40, ())
    lengths = []
    while (run := plan.next_run(["a"], 4)) is not None:
        lengths.append(run.last - run.first + 1)
    assert sum(lengths) == 40
    assert lengths[0] == 10
    assert lengths[-1] == 1
    assert lengths == sorted(lengths, reverse=True)


def test_a_stalled_run_is_overtaken_by_another_carrier_only() -> None:
    now_s = 0.0
    plan = RunPlan(1, (), lambda: now_s)
    stalled = plan.next_run(["slow"], 1)
    assert stalled is not None
    now_s = 10.0

    assert plan.next_run(["slow"], 1) is None
    overtaking = plan.next_run(["slow", "quick"], 1)

    assert overtaking is not None
    assert overtaking.carrier == "quick"
    assert stalled.is_abandoned


def test_a_refused_piece_is_asked_of_another() -> None:
    plan = RunPlan(1, ())
    run = plan.next_run(["a"], 1)
    assert run is not None
    plan.ended(run)
    plan.refuse("a", 0)

    assert plan.next_run(["a"], 1) is None
    assert plan.next_run(["a", "b"], 1) is not None


def test_the_truest_error_explains_the_others() -> None:
    errors = [OfflineError(host="a"), MirrorMissingError(host="b"), PortalError(host="c")]
    found = truest(errors)
    assert found is not None
    assert found.code == "portal"
    assert truest([]) is None


def test_back_off_grows_obeys_the_server_and_is_forgiven() -> None:
    now_s = 100.0
    health = CarrierHealth(lambda: now_s, random.Random(1))
    for _ in range(3):
        health.failed("a", OfflineError(host="a"))
    assert 1.0 <= health.wait_s("a") <= 3.0
    health.failed("b", MirrorBusyError(host="b", retry_after_s=42))
    assert health.wait_s("b") == 42.0
    health.forgive()
    assert health.wait_s("a") == health.wait_s("b") == 0.0


def test_a_wrong_file_blames_the_mirror_without_silencing_it() -> None:
    health = CarrierHealth(lambda: 0.0)
    health.failed("liar", MirrorBrokenError(host="liar", reason="hash"))

    assert health.wait_s("liar") == 0.0
    assert health.order(["liar", "honest"]) == ["honest", "liar"]


def test_the_agent_rests_only_when_quiet_and_for_long_enough() -> None:
    assert resting_s(None, 30.0, 20.0) == LONGEST_REST_S
    assert resting_s(1000.0, 30.0, 20.0) == 1000.0
    assert resting_s(100.0, 30.0, 20.0) is None
    assert resting_s(None, 10.0, 20.0) is None
    assert resting_s(None, 30.0, None) is None
