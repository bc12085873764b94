# SPDX-License-Identifier: GPL-3.0-or-later
"""xAPI statements made of events; whatever the event, the statement is valid.

Lean on purpose: no names, no displays, nothing the region's catalogue already knows. Of a video
statement about 480 bytes are names that the Video Profile demands; documents stay under 900.
"""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from app.base.errors import BugError
from app.usage import vocabulary as words
from app.usage.events import Event, Kind
from app.usage.times import EventTime

# 100 statements of this size take a second of a 1 Mbit/s line.
LEAN_BYTES = 1250
_PROFILED = frozenset(Kind) - {Kind.OPENED, Kind.PAGE_SHOWN, Kind.INTERACTED}
_SEGMENT = r"\d+(?:\.\d+)?\[\.\]\d+(?:\.\d+)?"
_SEGMENTS = re.compile(rf"{_SEGMENT}(?:\[,\]{_SEGMENT})*")
_SAFE_IN_FRAGMENT = "-._~!$&'()*+,;=:@/?"


@dataclass(frozen=True, slots=True)
class Actor:
    """A random account that means something inside one school only.

    `home_page` is the school as an IRI; `name` is random and known to nobody else.
    """

    home_page: str
    name: str


def school_address(region_id: str, school_code: str) -> str:
    """The IRI of a school; where the enrolment names none, that of the region."""
    if not school_code:
        return f"urn:uuid:{uuid.UUID(region_id)}"
    return f"urn:x-kezhan:school:{quote(school_code, safe='')}"


def to_statement(event: Event, actor: Actor, time: EventTime) -> dict[str, Any]:
    """The statement of one event; its id is the event's."""
    if time.at.tzinfo is None:
        raise BugError("a statement's time needs its zone")
    is_timed = event.media in words.TIMED_MEDIA
    verbs = words.TIMED_VERBS if is_timed else words.DOCUMENT_VERBS
    statement: dict[str, Any] = {
        "id": str(uuid.UUID(event.event_id)),
        "actor": {"account": {"homePage": actor.home_page, "name": actor.name}},
        "verb": {"id": verbs[event.kind]},
        "object": {
            "id": _address(event.region_id, event.entry_id),
            "definition": {"type": words.ACTIVITY_TYPES.get(event.media, words.OTHER_ACTIVITY)},
        },
        "context": _context(event, actor, time, is_timed=is_timed),
        "timestamp": _timestamp(time.at),
    }
    result = _timed_result(event) if is_timed else _document_result(event)
    if result:
        statement["result"] = result
    return _made_lean(statement)


def statement_bytes(statement: dict[str, Any]) -> bytes:
    """The bytes that travel; once sent they are never made anew."""
    return json.dumps(statement, ensure_ascii=False, separators=(",", ":")).encode()


def _context(event: Event, actor: Actor, time: EventTime, *, is_timed: bool) -> dict[str, Any]:
    context: dict[str, Any] = {"registration": str(uuid.UUID(event.viewing_id))}
    if event.class_id:
        account = {"homePage": actor.home_page, "name": event.class_id}
        context["team"] = {"objectType": "Group", "account": account}
    activities: dict[str, Any] = {}
    is_profiled = is_timed and event.kind in _PROFILED
    if is_profiled:
        profile = {"id": words.VIDEO, "definition": {"type": words.PROFILE_ACTIVITY}}
        activities["category"] = [profile]
    if event.lesson_id:
        activities["parent"] = [{"id": _lesson_address(event)}]
    if activities:
        context["contextActivities"] = activities
    extensions: dict[str, Any] = {
        words.CLOCK: {"raw": _timestamp(event.wall_raw), "quality": time.quality},
    }
    if is_profiled:
        extensions[words.SESSION_ID] = event.viewing_id
        if event.kind in (Kind.INITIALIZED, Kind.PAUSED, Kind.COMPLETED, Kind.TERMINATED):
            extensions[words.LENGTH] = _number(event, "length_s")
    context["extensions"] = extensions
    return context


def _timed_result(event: Event) -> dict[str, Any]:
    """What the Video Profile requires of each verb, and what it recommends where we know it."""
    if event.kind is Kind.PLAYED:
        return {"extensions": {words.TIME: _number(event, "time_s")}}
    if event.kind is Kind.SEEKED:
        begin, end = _number(event, "from_s"), _number(event, "to_s")
        return {"extensions": {words.TIME_FROM: begin, words.TIME_TO: end}}
    if event.kind in (Kind.PAUSED, Kind.COMPLETED, Kind.TERMINATED):
        extensions: dict[str, Any] = {
            words.TIME: _number(event, "time_s"),
            words.PROGRESS: min(1.0, _number(event, "progress")),
        }
        segments = event.numbers.get("played_segments")
        if isinstance(segments, str) and _SEGMENTS.fullmatch(segments):
            extensions[words.PLAYED_SEGMENTS] = segments
        completed = {"completion": True} if event.kind is Kind.COMPLETED else {}
        return {**completed, "extensions": extensions}
    return _document_result(event)


def _document_result(event: Event) -> dict[str, Any]:
    result: dict[str, Any] = {}
    if event.kind is Kind.COMPLETED:
        result["completion"] = True
    extensions: dict[str, Any] = {}
    if "page" in event.numbers:
        page, pages = round(_number(event, "page")), round(_number(event, "pages"))
        extensions[words.PAGE] = {"page": page, "pages": pages}
    if event.numbers.get("what"):
        extensions[words.WHAT] = event.numbers["what"]
    if extensions:
        result["extensions"] = extensions
    return result


def _made_lean(statement: dict[str, Any]) -> dict[str, Any]:
    """Leave out the oldest played segments until the statement is small; `progress` stays true."""
    extensions = statement.get("result", {}).get("extensions", {})
    excess = len(statement_bytes(statement)) - LEAN_BYTES
    segments = extensions.get(words.PLAYED_SEGMENTS)
    if excess <= 0 or segments is None:
        return statement
    kept = segments[excess:].partition("[,]")[2] if excess < len(segments) else ""
    if kept:
        extensions[words.PLAYED_SEGMENTS] = kept
    else:
        del extensions[words.PLAYED_SEGMENTS]
    return statement


def _lesson_address(event: Event) -> str:
    """Lesson ids are UUIDs where the timetable made them; any other id is put below the region."""
    try:
        return f"urn:uuid:{uuid.UUID(event.lesson_id)}"
    except ValueError:
        return _address(event.region_id, f"lesson/{event.lesson_id}")


def _address(region_id: str, part: str) -> str:
    """An IRI below the region's UUID: unique without owning a domain, and readable."""
    return f"urn:uuid:{uuid.UUID(region_id)}#{quote(part, safe=_SAFE_IN_FRAGMENT)}"


def _number(event: Event, name: str) -> float:
    value = event.numbers.get(name, 0.0)
    return round(float(value), 3) if isinstance(value, int | float) else 0.0


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
