# SPDX-License-Identifier: GPL-3.0-or-later
"""Statements to the real learning record store, exactly once whatever is repeated."""

from __future__ import annotations

import json
import random
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest

from app.base.clock import Anchor
from app.base.errors import CancelledError
from app.base.paths import DataPaths
from app.sync.headers import basic_auth
from app.sync.statements.courier import statements_address
from app.sync.statements.store import FrozenStatement
from app.usage.vocabulary import CLOCK
from tests.servers.lrs import LearningRecordStore
from tests.servers.portal import Portal
from tests.sync.statements.rig import Rig, rig_for, stored_ids
from tests.unit.usage.samples import REGION

FaultKind = Literal["status", "hang", "portal", "lost_reply"]


def posts(lrs: LearningRecordStore) -> list[object]:
    return [one["status"] for one in lrs.requests() if one["method"] == "POST"]


def test_a_viewing_arrives_as_statements(lrs: LearningRecordStore, rig: Rig) -> None:
    rig.view()
    assert rig.collect() == 7
    assert rig.run() == 7
    assert stored_ids(lrs) == sorted(rig.event_ids)
    assert rig.store.count_by_state() == {"delivered": 7}
    assert rig.step().is_idle
    assert posts(lrs) == [200]


def test_who_taught_is_an_account_that_means_nothing_elsewhere(
    lrs: LearningRecordStore, rig: Rig
) -> None:
    rig.view(2)
    rig.collect()
    rig.run()
    accounts = {json.dumps(one["actor"]["account"], sort_keys=True) for one in lrs.statements()}
    (account,) = map(json.loads, accounts)
    assert account["homePage"] == "urn:x-kezhan:school:3301020017"
    assert len(account["name"]) == 32
    assert "teacher" not in account["name"]


def test_sending_everything_again_stores_nothing_twice(lrs: LearningRecordStore, rig: Rig) -> None:
    rig.view(3)
    rig.collect()
    for _ in range(3):
        lrs.fault("POST", "lost_reply")
        rig.step()
        rig.waited_s += 1000
        rig.connect()
    assert len(stored_ids(lrs)) == 21
    assert rig.run() == 21
    assert posts(lrs) == [200, 204, 204, 204]
    assert stored_ids(lrs) == sorted(rig.event_ids)


@pytest.mark.parametrize(
    ("kind", "status", "count"),
    [
        ("status", 500, 1),
        ("status", 503, 4),
        ("status", 429, 1),
        ("status", 408, 1),
        ("portal", 0, 1),
        ("lost_reply", 0, 1),
        ("lost_reply", 0, 3),
    ],
)
def test_a_fault_costs_nothing_but_a_repeat(
    lrs: LearningRecordStore, rig: Rig, kind: FaultKind, status: int, count: int
) -> None:
    rig.view()
    rig.collect()
    lrs.fault("POST", kind, count=count, status=status)
    rig.run()
    assert stored_ids(lrs) == sorted(rig.event_ids)
    assert rig.store.count_by_state() == {"delivered": 7}
    assert len(posts(lrs)) == count + 1


def test_the_bytes_of_a_statement_never_change_after_the_first_sending(
    lrs: LearningRecordStore, rig: Rig
) -> None:
    rig.view()
    rig.collect()
    lrs.fault("POST", "lost_reply")
    rig.step()
    frozen = rig.store.frozen(REGION, 99)
    # A better clock arrives afterwards; what was sent must not be told anew.
    rig.anchors.append(
        Anchor(
            rig.clock.at - timedelta(days=9), rig.clock.boot, rig.clock.boot_s(), "authenticated"
        )
    )
    rig.connect()
    assert rig.store.frozen(REGION, 99) == frozen
    rig.run()
    assert posts(lrs)[-1] == 204
    assert len(stored_ids(lrs)) == 7


def test_the_time_is_corrected_at_the_first_sending(lrs: LearningRecordStore, rig: Rig) -> None:
    true_time = rig.clock.at
    rig.clock.skew = datetime(1980, 1, 1, tzinfo=UTC) - true_time
    rig.view()
    rig.anchors.append(Anchor(rig.clock.at, rig.clock.boot, rig.clock.boot_s(), "authenticated"))
    rig.collect()
    rig.run()
    statements = lrs.statements()
    times = sorted(datetime.fromisoformat(str(one["timestamp"])) for one in statements)
    assert times[0] == true_time
    assert times[-1] == rig.clock.at
    for statement in statements:
        clock = statement["context"]["extensions"][CLOCK]
        assert clock["quality"] == "exact"
        assert clock["raw"].startswith("1980-01-01")


def spoil(rig: Rig, statement_id: str, body: bytes) -> None:
    """What a fault of ours would leave in a row."""
    rig.store.freeze(
        REGION, lambda account: [FrozenStatement(statement_id, body)], rig.clock.wall()
    )


def test_one_bad_statement_is_set_aside_and_the_others_arrive(
    lrs: LearningRecordStore, rig: Rig
) -> None:
    rig.view(4)
    rig.collect()
    bad = rig.event_ids[10]
    lrs.fault("POST", "status", status=503)
    rig.step()
    spoil(rig, bad, b'{"id":"%s","actor":{},"verb":{"id":"x"}}' % bad.encode())
    rig.run()
    assert stored_ids(lrs) == sorted(set(rig.event_ids) - {bad})
    assert rig.store.count_by_state() == {"delivered": 27, "quarantined": 1}
    assert rig.codes == ["mirror_busy", "statement_refused"]
    assert rig.problems[-1].data["statement_id"] == bad


@pytest.mark.allow_warnings("app.sync.statements")
def test_an_event_that_is_none_does_not_stop_the_others(lrs: LearningRecordStore, rig: Rig) -> None:
    rig.view()
    odd = rig.event_ids[2]
    rig.log._database.conn.execute(
        "UPDATE usage_event SET viewing_id = 'edited by hand' WHERE event_id = ?", [odd]
    )
    rig.collect()
    rig.run()
    assert stored_ids(lrs) == sorted(set(rig.event_ids) - {odd})
    assert rig.codes == ["statement_refused"]


def test_a_conflict_is_set_aside_visibly(lrs: LearningRecordStore, rig: Rig) -> None:
    rig.view(2)
    rig.collect()
    taken = rig.event_ids[3]
    actor = {"account": {"homePage": "urn:x:y", "name": "somebody else"}}
    thing = {"id": "urn:x:z"}
    answer = lrs.post([{"id": taken, "actor": actor, "verb": {"id": "urn:x:v"}, "object": thing}])
    assert answer.status_code == 200
    rig.run()
    assert rig.store.count_by_state() == {"delivered": 13, "quarantined": 1}
    assert rig.problems[-1].data["status"] == 409
    assert len(stored_ids(lrs)) == 14


def test_a_disk_that_was_set_back_makes_the_region_count_nothing_twice(
    lrs: LearningRecordStore, rig: Rig, data_dir: Path
) -> None:
    rig.view(2)
    rig.collect()
    rig.run()
    # After the reboot the agent knows of nothing, and the clock is told differently.
    after_reboot = rig_for(DataPaths(data_dir / "after reboot"), lrs)
    after_reboot.log.append([logged.event for logged in rig.log.after(0, 99)])
    early = rig.clock.at - timedelta(days=3)
    after_reboot.anchors.append(Anchor(early, rig.clock.boot, rig.clock.boot_s(), "authenticated"))
    after_reboot.collect()
    after_reboot.run()
    after_reboot.session.close()
    assert stored_ids(lrs) == sorted(rig.event_ids)
    assert after_reboot.store.count_by_state() == {"delivered": 14}
    assert after_reboot.codes == []


def test_what_was_set_aside_can_be_sent_again(lrs: LearningRecordStore, rig: Rig) -> None:
    rig.view()
    rig.collect()
    lrs.fault("POST", "status", status=400, count=4)
    rig.step()
    rig.run()
    assert rig.store.count_by_state()["quarantined"] == 1
    assert rig.store.release_quarantined(REGION) == 1
    rig.run()
    assert stored_ids(lrs) == sorted(rig.event_ids)


def test_a_store_that_refuses_everything_is_asked_ever_more_slowly(
    lrs: LearningRecordStore, rig: Rig
) -> None:
    rig.view(6)
    rig.collect()
    lrs.fault("POST", "status", status=400, count=1000)
    waited = []
    for _ in range(40):
        result = rig.step()
        if result.wait_s is not None:
            waited.append(result.wait_s)
            rig.waited_s += result.wait_s
    assert waited
    assert rig.store.count_by_state()["quarantined"] <= 3 * len(waited) + 3
    assert waited[-1] > waited[0]


def test_a_batch_too_large_is_halved_for_good(lrs: LearningRecordStore, rig: Rig) -> None:
    rig.view(8)
    rig.collect()
    lrs.fault("POST", "status", status=413)
    rig.run()
    assert stored_ids(lrs) == sorted(rig.event_ids)
    sizes = [int(str(one["body_bytes"])) for one in lrs.requests()]
    assert max(sizes[1:]) < 0.6 * sizes[0]


@pytest.mark.parametrize("headers", [{}, basic_auth("school", "wrong")])
def test_refused_credentials_stop_and_tell(
    lrs: LearningRecordStore, rig: Rig, headers: dict[str, str]
) -> None:
    rig.headers = headers
    rig.connect()
    rig.view()
    rig.collect()
    result = rig.step()
    assert [problem.code for problem in result.problems] == ["auth_refused"]
    assert (result.left, result.is_idle) == (7, True)
    assert rig.step().wait_s is not None
    assert posts(lrs) == [401]


def test_a_store_that_forbids_stops_and_tells(lrs: LearningRecordStore, rig: Rig) -> None:
    rig.view()
    rig.collect()
    lrs.fault("POST", "status", status=403)
    assert rig.step().wait_s == 3600
    assert rig.codes == ["auth_refused"]
    rig.waited_s += 3601
    rig.run()
    assert stored_ids(lrs) == sorted(rig.event_ids)


def test_an_endpoint_that_is_not_there_stops_and_tells(lrs: LearningRecordStore, rig: Rig) -> None:
    rig.url = f"{lrs.address}/nothing/here"
    rig.connect()
    rig.view()
    rig.collect()
    assert [problem.code for problem in rig.step().problems] == ["mirror_missing"]
    assert rig.store.left(REGION) == 7


def test_a_portal_stores_nothing(portal: Portal, lrs: LearningRecordStore, rig: Rig) -> None:
    rig.url = f"{portal.address}/xAPI/"
    rig.connect()
    rig.view()
    rig.collect()
    assert [problem.code for problem in rig.step().problems] == ["portal"]
    assert rig.store.left(REGION) == 7
    rig.url = lrs.url
    rig.connect()
    rig.run()
    assert stored_ids(lrs) == sorted(rig.event_ids)


def test_a_store_that_is_down_is_offline_and_nothing_is_lost(
    lrs: LearningRecordStore, rig: Rig
) -> None:
    rig.view()
    rig.collect()
    lrs.kill()
    assert [problem.code for problem in rig.step().problems] == ["offline"]
    lrs.start()
    rig.waited_s += 1000
    rig.run()
    assert stored_ids(lrs) == sorted(rig.event_ids)


def test_batches_grow_on_a_quick_line(lrs: LearningRecordStore, rig: Rig) -> None:
    rig.view(60)
    rig.collect()
    assert rig.run() == 420
    assert len(posts(lrs)) == 4  # 50, 100, 200, 70
    assert stored_ids(lrs) == sorted(rig.event_ids)


def test_a_hanging_store_does_not_hold_up_the_end(lrs: LearningRecordStore, rig: Rig) -> None:
    rig.view()
    rig.collect()
    lrs.fault("POST", "hang")
    stop = threading.Timer(0.3, rig.session.abort)
    stop.start()
    with pytest.raises(CancelledError):
        rig.run()
    stop.join()
    assert rig.store.left(REGION) == 7


def test_stopping_sends_nothing_more(lrs: LearningRecordStore, rig: Rig) -> None:
    rig.view()
    rig.collect()
    rig.is_stopped = True
    assert rig.step().left == 7
    assert posts(lrs) == []


@pytest.mark.parametrize(
    ("endpoint", "address"),
    [
        ("http://r.example/xAPI", "http://r.example/xAPI/statements"),
        ("http://r.example/xAPI/", "http://r.example/xAPI/statements"),
        ("http://r.example/xAPI/statements", "http://r.example/xAPI/statements"),
        ("http://r.example/xAPI/statements/?a=b", "http://r.example/xAPI/statements?a=b"),
    ],
)
def test_the_region_may_name_the_endpoint_either_way(endpoint: str, address: str) -> None:
    assert statements_address(endpoint) == address


def test_two_couriers_of_one_school_use_the_same_account(
    lrs: LearningRecordStore, rig: Rig
) -> None:
    rig.view()
    rig.collect()
    rig.run()
    again = rig_for(rig.paths, lrs)
    again.view()
    again.collect()
    again.run()
    again.session.close()
    assert len({one["actor"]["account"]["name"] for one in lrs.statements()}) == 1


@pytest.mark.parametrize("seed", range(4))
def test_a_storm_of_faults_ends_with_each_statement_once(
    lrs: LearningRecordStore, rig: Rig, seed: int
) -> None:
    chance = random.Random(seed)
    kinds: list[FaultKind] = ["status", "portal", "lost_reply"]
    for _ in range(10):
        kind = chance.choice(kinds)
        lrs.fault("POST", kind, status=chance.choice([413, 429, 500, 503]))
    for _ in range(12):
        rig.view(chance.randrange(4))
        rig.collect()
        result = rig.step()
        if result.wait_s is not None:
            rig.waited_s += result.wait_s
        if chance.random() < 0.3:
            rig.connect()
    rig.run()
    assert stored_ids(lrs) == sorted(rig.event_ids)
    assert set(rig.store.count_by_state()) == {"delivered"}
