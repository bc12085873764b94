# SPDX-License-Identifier: GPL-3.0-or-later
"""One thing that happened to a resource, with everything needed to tell it later.

`docs/privacy.md` describes every field; a test compares the two.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeGuard

from app.base.errors import BugError

SCHEMA = 1
# A word of our own, never something a child or a teacher wrote into a page.
_WHAT = re.compile(r"[a-z][a-z_-]{0,31}")
# Longer viewings are cut at a segment's edge by the statement builder, so the log keeps them whole.
_MAX_SEGMENTS_TEXT = 20_000


class Kind(StrEnum):
    """What can happen."""

    OPENED = "opened"
    INITIALIZED = "initialized"
    PLAYED = "played"
    PAUSED = "paused"
    SEEKED = "seeked"
    COMPLETED = "completed"
    TERMINATED = "terminated"
    PAGE_SHOWN = "page_shown"
    INTERACTED = "interacted"


_WATCHED = frozenset({"time_s", "progress", "length_s", "played_segments"})
# The numbers that are kept of each kind; whatever else a view or a courseware says is dropped.
NUMBERS: Mapping[Kind, frozenset[str]] = {
    Kind.OPENED: frozenset(),
    Kind.INITIALIZED: frozenset({"length_s", "pages"}),
    Kind.PLAYED: frozenset({"time_s"}),
    Kind.PAUSED: _WATCHED,
    Kind.SEEKED: frozenset({"from_s", "to_s"}),
    Kind.COMPLETED: _WATCHED | {"page", "pages"},
    Kind.TERMINATED: _WATCHED | {"page", "pages"},
    Kind.PAGE_SHOWN: frozenset({"page", "pages"}),
    Kind.INTERACTED: frozenset({"what"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event. Ids that nobody gave are empty; `seq` counts 1, 2, 3 … per device without gaps.

    `wall_raw` is the machine's clock as read (it may say 1980); `boot_s` are seconds since the
    start named by `boot_id`, sleep included. `lesson_id` is empty outside class (备课).
    """

    event_id: str
    device_id: str
    boot_id: str
    seq: int
    wall_raw: datetime
    boot_s: float
    region_id: str
    entry_id: str
    sha256: str
    media: str  # the entry's format: "video", "audio", "pdf", …
    viewing_id: str  # uuid4, one from opening to closing
    teacher_id: str = ""
    class_id: str = ""
    period_id: str = ""
    lesson_id: str = ""
    kind: Kind
    numbers: Mapping[str, float | str] = field(default_factory=dict)
    schema: int = SCHEMA


_REQUIRED = {
    one.name for one in fields(Event) if one.default is MISSING and one.default_factory is MISSING
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedResource:
    """What a used resource was called then: the register must not depend on the catalogue."""

    region_id: str
    entry_id: str
    title: str
    subject: str = ""
    lesson: str = ""
    resource_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Who teaches whom when; everything may be empty, and without a lesson it is 备课."""

    teacher_id: str = ""
    class_id: str = ""
    period_id: str = ""
    lesson_id: str = ""


def clean_numbers(kind: Kind, raw: Mapping[str, float | str]) -> dict[str, float | str]:
    """Keep the known, finite numbers of a kind; a lesson never fails for an odd one."""
    kept: dict[str, float | str] = {}
    for name in sorted(NUMBERS[kind]):
        value = raw.get(name)
        if name == "what":
            if isinstance(value, str) and _WHAT.fullmatch(value):
                kept[name] = value
        elif name == "played_segments":
            if isinstance(value, str) and value.isprintable():
                kept[name] = _cut(value)
        elif _is_number(value):
            kept[name] = float(value)
    return kept


def _is_number(value: object) -> TypeGuard[float]:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return math.isfinite(value) and value >= 0


def _cut(segments: str) -> str:
    if len(segments) <= _MAX_SEGMENTS_TEXT:
        return segments
    return segments[:_MAX_SEGMENTS_TEXT].rpartition("[,]")[0]


def event_to_json(event: Event) -> str:
    """The event as one line of JSON, the same for equal events."""
    document: dict[str, Any] = {one.name: getattr(event, one.name) for one in fields(Event)}
    document["wall_raw"] = time_to_text(event.wall_raw)
    document["numbers"] = dict(event.numbers)
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def event_from_json(text: str) -> Event:
    """Read back what `event_to_json` wrote, also in an earlier version with fewer fields."""
    document = json.loads(text)
    if not isinstance(document, dict) or not document.keys() >= _REQUIRED:
        raise BugError("not an event of ours")
    document["wall_raw"] = time_from_text(document["wall_raw"])
    document["kind"] = Kind(document["kind"])
    names = {one.name for one in fields(Event)} & document.keys()
    return Event(**{name: document[name] for name in names})


def time_to_text(moment: datetime) -> str:
    """UTC with microseconds, so that texts sort as times do."""
    if moment.tzinfo is None:
        raise BugError("a time without its zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def time_from_text(text: str) -> datetime:
    """Read back what `time_to_text` wrote."""
    return datetime.fromisoformat(text).astimezone(UTC)
