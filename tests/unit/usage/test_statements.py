# SPDX-License-Identifier: GPL-3.0-or-later
"""Statements: what the models of a learning record store say about them, and their size."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.base.errors import BugError
from app.usage.events import Event, Kind
from app.usage.statements import (
    LEAN_BYTES,
    Actor,
    school_address,
    statement_bytes,
    to_statement,
)
from app.usage.times import EventTime
from app.usage.vocabulary import (
    CLOCK,
    LENGTH,
    PLAYED_SEGMENTS,
    PROGRESS,
    TIME,
    VIDEO,
)
from tests.servers.lrs import ENVIRONMENT
from tests.unit.usage.samples import NOON, REGION, WATCHED, event

PYTHON = "Scripts/python.exe" if sys.platform == "win32" else "bin/python"
MEDIA = ("video", "audio", "pdf", "slides", "document", "image", "text", "web", "flash", "other")
ACTOR = Actor(school_address(REGION, "3301020017"), "0e26c10ea27549859d63163178be051d")
TIME_OF_IT = EventTime(NOON, "exact")
NUMBERS_OF: dict[Kind, dict[str, float | str]] = {
    Kind.INITIALIZED: {"length_s": 307.4},
    Kind.PLAYED: {"time_s": 12.5},
    Kind.PAUSED: {**WATCHED},
    Kind.SEEKED: {"from_s": 12.5, "to_s": 100.0},
    Kind.COMPLETED: {**WATCHED},
    Kind.TERMINATED: {**WATCHED},
    Kind.PAGE_SHOWN: {"page": 3, "pages": 20},
    Kind.INTERACTED: {"what": "search"},
}


def complaints(statements: list[dict[str, Any]]) -> list[str]:
    """What Ralph's models say of each, in Ralph's own environment."""
    program = Path(__file__).with_name("oracle.py")
    answer = subprocess.run(
        [str(ENVIRONMENT / PYTHON), str(program)],
        input=b"\n".join(map(statement_bytes, statements)),
        capture_output=True,
        check=True,
        timeout=60,
    )
    return answer.stdout.decode().splitlines()


def made(one: Event) -> dict[str, Any]:
    return to_statement(one, ACTOR, TIME_OF_IT)


def every_event() -> list[Event]:
    whole = [event(kind, media, NUMBERS_OF.get(kind)) for kind in Kind for media in MEDIA]
    bare = [event(kind, media) for kind in Kind for media in MEDIA]
    alone = [replace(one, class_id="", lesson_id="", teacher_id="", period_id="") for one in whole]
    odd = [
        replace(
            one, entry_id="A" * 128, class_id='一（1）班 "重点" <b>', lesson_id="周三/第3节 数学"
        )
        for one in whole
    ]
    return whole + bare + alone + odd


def test_the_store_accepts_a_statement_of_every_event() -> None:
    events = every_event()
    found = complaints([made(one) for one in events])
    wrong = [(one.kind, one.media, said) for one, said in zip(events, found, strict=True)]
    assert [each for each in wrong if each[2] != "ok"] == []


def test_the_oracle_would_notice() -> None:
    good = made(event(Kind.PAUSED, "video", WATCHED))
    without_verb = {name: part for name, part in good.items() if name != "verb"}
    without_length = json.loads(statement_bytes(good))
    del without_length["context"]["extensions"][LENGTH]
    without_time = json.loads(statement_bytes(good))
    del without_time["result"]["extensions"][TIME]
    said = complaints([good, without_verb, without_length, without_time])
    assert said[0] == "ok"
    assert "ok" not in said[1:]


def test_statements_are_lean() -> None:
    sizes = {
        (kind, media): len(statement_bytes(made(event(kind, media, NUMBERS_OF.get(kind)))))
        for kind in Kind
        for media in MEDIA
    }
    documents = {key: size for key, size in sizes.items() if key[1] not in ("video", "audio")}
    assert max(documents.values()) <= 900
    assert max(sizes.values()) <= LEAN_BYTES


def test_many_segments_leave_the_newest_and_the_true_progress() -> None:
    segments = "[,]".join(f"{at}.000[.]{at}.500" for at in range(0, 3000, 3))
    statement = made(event(Kind.PAUSED, "video", {**WATCHED, "played_segments": segments}))
    extensions = statement["result"]["extensions"]
    assert len(statement_bytes(statement)) <= LEAN_BYTES
    assert segments.endswith("[,]" + extensions[PLAYED_SEGMENTS])
    assert extensions[PROGRESS] == 0.2


def test_ids_team_parent_and_registration_come_from_the_event() -> None:
    one = event(Kind.PAUSED, "video", WATCHED)
    statement = made(one)
    context = statement["context"]
    assert statement["id"] == one.event_id
    assert context["registration"] == one.viewing_id
    assert context["team"]["account"] == {"homePage": ACTOR.home_page, "name": "三年级2班"}
    assert context["contextActivities"]["parent"] == [{"id": f"urn:uuid:{one.lesson_id}"}]
    assert context["contextActivities"]["category"][0]["id"] == VIDEO
    assert context["extensions"][LENGTH] == 307.4


def test_no_name_and_no_local_id_leaves_the_machine() -> None:
    for one in every_event():
        text = statement_bytes(made(one)).decode()
        assert "teacher-7" not in text
        assert one.device_id not in text
        assert one.sha256 not in text
        assert one.boot_id not in text


def test_the_raw_clock_travels_beside_the_corrected_time() -> None:
    one = replace(event(Kind.OPENED), wall_raw=datetime(1980, 1, 1, tzinfo=UTC))
    statement = to_statement(one, ACTOR, EventTime(NOON, "lower_bound"))
    assert statement["timestamp"] == "2026-11-20T04:00:00.000Z"
    assert statement["context"]["extensions"][CLOCK] == {
        "raw": "1980-01-01T00:00:00.000Z",
        "quality": "lower_bound",
    }


def test_a_time_without_its_zone_is_a_bug() -> None:
    with pytest.raises(BugError):
        to_statement(event(Kind.OPENED), ACTOR, EventTime(NOON.replace(tzinfo=None), "exact"))


def test_equal_events_give_equal_bytes() -> None:
    one = event(Kind.TERMINATED, "video", WATCHED)
    assert statement_bytes(made(one)) == statement_bytes(made(one))


def test_a_segment_text_that_is_none_is_left_out() -> None:
    one = event(Kind.PAUSED, "video", {**WATCHED, "played_segments": "whatever"})
    assert PLAYED_SEGMENTS not in made(one)["result"]["extensions"]


def test_a_school_has_its_own_address() -> None:
    assert school_address(REGION, "3301 甲") == "urn:x-kezhan:school:3301%20%E7%94%B2"
    assert school_address(REGION, "") == f"urn:uuid:{REGION}"
