# SPDX-License-Identifier: GPL-3.0-or-later
"""Clocks, events and viewings for tests of usage and statements."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from app.base.clock import Clock
from app.usage.events import Event, Kind, Occasion, UsedResource
from app.usage.recorder import Recorder, Viewing

REGION = "8f14e45f-ceea-467a-9b6b-2f3c0a7d9e11"
SHA256 = "ab" * 32
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
LESSON = Occasion(
    teacher_id="teacher-7",
    class_id="三年级2班",
    period_id="3",
    lesson_id="0b7c5c1e-3a4e-4f59-9a40-1f8f8a3f2f10",
)


class HandClock(Clock):
    """A clock that the test turns; `skew` is what a bad battery does to the raw one."""

    def __init__(
        self, at: datetime = NOON, *, boot: str = "boot-1", skew: timedelta = timedelta()
    ) -> None:
        self.at = at
        self.boot = boot
        self.skew = skew
        self.started = at - timedelta(minutes=10)

    def turn(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def wall(self) -> datetime:
        return self.at + self.skew

    def boot_id(self) -> str:
        return self.boot

    def boot_s(self) -> float:
        return (self.at - self.started).total_seconds()


def resource(entry_id: str = "fractions-1", region_id: str = REGION) -> UsedResource:
    return UsedResource(
        region_id=region_id,
        entry_id=entry_id,
        title="分数的初步认识",
        subject="数学",
        lesson="分数的初步认识",
        resource_type="微课",
    )


def event(
    kind: Kind, media: str = "video", numbers: Mapping[str, float | str] | None = None
) -> Event:
    """One event in a lesson, with the given numbers."""
    return Event(
        event_id=str(uuid.uuid4()),
        device_id=str(uuid.uuid4()),
        boot_id="boot-1",
        seq=1,
        wall_raw=NOON,
        boot_s=600.0,
        region_id=REGION,
        entry_id="fractions-1",
        sha256=SHA256,
        media=media,
        viewing_id=str(uuid.uuid4()),
        teacher_id=LESSON.teacher_id,
        class_id=LESSON.class_id,
        period_id=LESSON.period_id,
        lesson_id=LESSON.lesson_id,
        kind=kind,
        numbers=numbers or {},
    )


WATCHED: Mapping[str, float | str] = {
    "time_s": 61.5,
    "progress": 0.2,
    "length_s": 307.4,
    "played_segments": "0.000[.]12.480[,]60.000[.]61.500",
}


def view_video(
    recorder: Recorder,
    clock: HandClock,
    *,
    entry_id: str = "fractions-1",
    region_id: str = REGION,
    occasion: Occasion = LESSON,
) -> Viewing:
    """A whole viewing of a video: seven events."""
    viewing = recorder.open(
        resource(entry_id, region_id), sha256=SHA256, media="video", occasion=occasion
    )
    steps: tuple[tuple[Kind, Mapping[str, float | str]], ...] = (
        (Kind.INITIALIZED, {"length_s": 307.4}),
        (Kind.PLAYED, {"time_s": 0.0}),
        (Kind.PAUSED, WATCHED),
        (Kind.SEEKED, {"from_s": 61.5, "to_s": 200.0}),
        (Kind.COMPLETED, WATCHED),
        (Kind.TERMINATED, WATCHED),
    )
    for kind, numbers in steps:
        clock.turn(30)
        recorder.record(viewing, kind, numbers)
    return viewing
