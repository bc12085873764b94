# SPDX-License-Identifier: GPL-3.0-or-later
"""The learning record store keeps statements once, over repeats, faults and a kill."""

from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.servers.lrs import XAPI_VERSION, LearningRecordStore


def statement() -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "actor": {"account": {"homePage": "https://region.example", "name": "a1"}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"id": "https://region.example/entry/1"},
        "timestamp": "2026-11-20T08:00:00.000Z",
    }


def ids(statements: list[dict[str, Any]]) -> set[str]:
    return {each["id"] for each in statements}


def test_statements_posted_twice_are_read_back_once(lrs: LearningRecordStore) -> None:
    sent = [statement() for _ in range(3)]
    assert lrs.post(sent).status_code == 200
    assert lrs.post(sent).status_code == 204
    stored = lrs.statements()
    assert len(stored) == 3
    assert ids(stored) == ids(sent)


def test_a_changed_statement_is_a_conflict(lrs: LearningRecordStore) -> None:
    first = statement()
    lrs.post([first])
    changed = first | {"object": {"id": "https://region.example/entry/2"}}
    assert lrs.post([changed]).status_code == 409
    assert lrs.statements()[0]["object"] == first["object"]


def test_all_pages_are_read_back(lrs: LearningRecordStore) -> None:
    sent = [statement() for _ in range(1_100)]
    assert lrs.post(sent).status_code == 200
    stored = lrs.statements()
    assert len(stored) == 1_100
    assert ids(stored) == ids(sent)


def test_wrong_password_is_refused(lrs: LearningRecordStore) -> None:
    answer = requests.get(
        f"{lrs.url}statements", auth=(lrs.user, "wrong"), headers=XAPI_VERSION, timeout=10
    )
    assert answer.status_code == 401


def test_statements_survive_a_kill(lrs: LearningRecordStore) -> None:
    sent = [statement()]
    lrs.post(sent)
    lrs.kill()
    lrs.start()
    assert ids(lrs.statements()) == ids(sent)


def test_a_lost_reply_leaves_the_statements_stored(lrs: LearningRecordStore) -> None:
    sent = [statement()]
    lrs.fault("POST", "lost_reply")
    with pytest.raises(requests.ConnectionError):
        lrs.post(sent)
    assert ids(lrs.statements()) == ids(sent)
    assert lrs.post(sent).status_code == 204


def test_faults_run_out(lrs: LearningRecordStore) -> None:
    lrs.fault("POST", "status", status=503)
    lrs.fault("POST", "portal")
    answers = [lrs.post([statement()]) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503, 200, 200]
    assert "text/html" in answers[1].headers["Content-Type"]
    assert len(lrs.statements()) == 1
    assert [note["method"] for note in lrs.requests()] == ["POST"] * 3 + ["GET"]
