# SPDX-License-Identifier: GPL-3.0-or-later
"""Events in desk.db: written by the window, read by the agent and the register."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.base.db import (
    Database,
    DatabaseError,
    Migrations,
    known_database_error,
    transaction,
)
from app.base.errors import BugError
from app.usage.events import Event, Kind, UsedResource, time_from_text, time_to_text

MIGRATIONS = Migrations("kezhan.usage")
# A busy room makes about 70,000 events a year; counted, because a clock may say 1980.
KEPT_EVENTS = 200_000
# A lesson makes some hundred events.
_LOOKED_BACK = 2_000

_COLUMNS = (
    "event_id, schema, device_id, boot_id, seq, wall_raw, boot_s, region_id, entry_id, sha256, "
    "media, viewing_id, teacher_id, class_id, period_id, lesson_id, kind, numbers"
)
_EVENT_PLACES = ", ".join("?" * 18)


@MIGRATIONS()
def m001_usage(database: Database) -> None:
    """Events, what the used resources were called, and what a teacher noted on a lesson."""
    database.execute(
        """CREATE TABLE usage_event (
            position INTEGER PRIMARY KEY AUTOINCREMENT,
            event_id TEXT NOT NULL UNIQUE, schema INTEGER NOT NULL,
            device_id TEXT NOT NULL, boot_id TEXT NOT NULL, seq INTEGER NOT NULL,
            wall_raw TEXT NOT NULL, boot_s REAL NOT NULL,
            region_id TEXT NOT NULL, entry_id TEXT NOT NULL, sha256 TEXT NOT NULL,
            media TEXT NOT NULL, viewing_id TEXT NOT NULL,
            teacher_id TEXT NOT NULL, class_id TEXT NOT NULL,
            period_id TEXT NOT NULL, lesson_id TEXT NOT NULL,
            kind TEXT NOT NULL, numbers TEXT NOT NULL,
            UNIQUE (device_id, seq)) STRICT"""
    )
    database.execute("CREATE INDEX usage_event_lesson ON usage_event (lesson_id, position)")
    database.execute("CREATE INDEX usage_event_wall ON usage_event (wall_raw)")
    database.execute(
        """CREATE TABLE usage_resource (
            region_id TEXT NOT NULL, entry_id TEXT NOT NULL, title TEXT NOT NULL,
            subject TEXT NOT NULL, lesson TEXT NOT NULL, resource_type TEXT NOT NULL,
            PRIMARY KEY (region_id, entry_id)) STRICT, WITHOUT ROWID"""
    )
    database.execute(
        """CREATE TABLE usage_note (
            lesson_id TEXT PRIMARY KEY, topic TEXT NOT NULL, equipment TEXT NOT NULL)
            STRICT, WITHOUT ROWID"""
    )


@MIGRATIONS()
def m002_taught_on(database: Database) -> None:
    """The day of a lesson that was entered on another (YYYY-MM-DD), else empty."""
    database.execute("ALTER TABLE usage_note ADD COLUMN taught_on TEXT NOT NULL DEFAULT ''")


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event with its place in the log and what its resource was called."""

    position: int
    event: Event
    resource: UsedResource | None


@dataclass(frozen=True, slots=True)
class Stamp:
    """All that judging a time needs of an event (`app.usage.times`)."""

    position: int
    boot_id: str
    boot_s: float
    wall_raw: datetime


@dataclass(frozen=True, slots=True)
class LessonNote:
    """What a teacher wrote about one lesson; empty texts leave the register to the events.

    `taught_on` is the day (YYYY-MM-DD) of a lesson that was entered later.
    """

    lesson_id: str
    topic: str = ""
    equipment: str = ""
    taught_on: str = ""


class UsageStore:
    """The event log on one connection; a read-only connection can do all but write."""

    def __init__(self, database: Database, kept_events: int = KEPT_EVENTS) -> None:
        self._database = database
        self._kept_events = kept_events
        self._path = Path(database.execute("PRAGMA database_list").fetchone()[2] or ":memory:")

    def append(self, events: Sequence[Event], resources: Sequence[UsedResource] = ()) -> None:
        """Store events in one commit; repeating what is already stored changes nothing.

        Events beyond the newest `kept_events` are forgotten.

        Raises:
            BugError: a sequence number is missing, or taken by another event.
            DiskFullError, ReadOnlyError, DamagedDatabaseError: nothing was stored.
        """
        with self._translated(), transaction(self._database):
            last = {one: self.last_seq(one) for one in {event.device_id for event in events}}
            for event in events:
                if event.seq <= last[event.device_id]:
                    self._require_same(event)
                    continue
                if event.seq != last[event.device_id] + 1:
                    raise BugError(f"event {event.seq} follows {last[event.device_id]}")
                self._insert(event)
                last[event.device_id] = event.seq
            for resource in resources:
                self._remember(resource)
            self._forget_oldest()

    def last_seq(self, device_id: str) -> int:
        """The highest sequence number stored of a device, 0 when there is none."""
        row = self._database.execute(
            "SELECT max(seq) FROM usage_event WHERE device_id = ?", [device_id]
        ).fetchone()
        return int(row[0] or 0)

    def recent(self, limit: int, *, before: int | None = None) -> tuple[LoggedEvent, ...]:
        """The newest events first; `before` is the position to go on from."""
        return self._logged(
            "WHERE position < ? ORDER BY position DESC LIMIT ?", [before or 2**62, limit]
        )

    def after(self, position: int, limit: int) -> tuple[LoggedEvent, ...]:
        """Events behind a position, oldest first: what a cursor reads."""
        return self._logged("WHERE position > ? ORDER BY position LIMIT ?", [position, limit])

    def on_screen(self, boot_id: str, since_boot_s: float) -> frozenset[tuple[str, str]]:
        """(region_id, entry_id) of what was opened in this boot since then and is not closed."""
        rows = self._database.execute(
            """SELECT DISTINCT region_id, entry_id FROM usage_event AS opened
            WHERE kind = ? AND boot_id = ? AND boot_s >= ?
            AND position > (SELECT max(position) FROM usage_event) - ?
            AND NOT EXISTS (SELECT 1 FROM usage_event AS closed WHERE closed.kind = ?
                AND closed.viewing_id = opened.viewing_id AND closed.position > opened.position)""",
            [Kind.OPENED.value, boot_id, since_boot_s, _LOOKED_BACK, Kind.TERMINATED.value],
        )
        return frozenset((str(row[0]), str(row[1])) for row in rows.fetchall())

    def between(self, start: datetime, end: datetime) -> tuple[LoggedEvent, ...]:
        """Events whose raw clock said [start, end), in the order they happened."""
        return self._logged(
            "WHERE wall_raw >= ? AND wall_raw < ? ORDER BY position",
            [time_to_text(start), time_to_text(end)],
        )

    def stamps(self) -> tuple[Stamp, ...]:
        """When everything in the log happened, as the machine saw it, in order."""
        rows = self._database.execute(
            "SELECT position, boot_id, boot_s, wall_raw FROM usage_event ORDER BY position"
        )
        return tuple(
            Stamp(row[0], row[1], row[2], time_from_text(row[3])) for row in rows.fetchall()
        )

    def from_to(self, first: int, last: int) -> tuple[LoggedEvent, ...]:
        """Events between two positions, both included, oldest first."""
        return self._logged("WHERE position BETWEEN ? AND ? ORDER BY position", [first, last])

    def event_id_at(self, position: int) -> str | None:
        """Which event lies at a position; a log that was set back answers differently."""
        row = self._database.execute(
            "SELECT event_id FROM usage_event WHERE position = ?", [position]
        ).fetchone()
        return None if row is None else str(row[0])

    def note(self, note: LessonNote) -> None:
        """Keep what a teacher wrote about a lesson."""
        with self._translated(), transaction(self._database):
            self._database.conn.execute(
                "INSERT OR REPLACE INTO usage_note VALUES (?, ?, ?, ?)",
                [note.lesson_id, note.topic, note.equipment, note.taught_on],
            )

    def notes(self) -> dict[str, LessonNote]:
        """Every note by lesson id."""
        # All columns there are: a desk that no window has opened since an upgrade has one fewer.
        rows = self._database.execute("SELECT * FROM usage_note")
        return {str(row[0]): LessonNote(*map(str, row)) for row in rows}

    def positions_of(self, lesson_ids: Collection[str]) -> frozenset[int]:
        """Where the events of these lessons lie in the log."""
        found: set[int] = set()
        for lesson_id in lesson_ids:
            rows = self._database.execute(
                "SELECT position FROM usage_event WHERE lesson_id = ?", [lesson_id]
            )
            found |= {int(row[0]) for row in rows}
        return frozenset(found)

    def _forget_oldest(self) -> None:
        """Keep the newest events only, and of each device its newest, for its number."""
        self._database.conn.execute(
            """DELETE FROM usage_event
            WHERE position <= (SELECT max(position) FROM usage_event) - ?
            AND seq < (SELECT max(seq) FROM usage_event AS own
                WHERE own.device_id = usage_event.device_id)""",
            [self._kept_events],
        )

    def _insert(self, event: Event) -> None:
        self._database.conn.execute(
            f"INSERT INTO usage_event ({_COLUMNS}) VALUES ({_EVENT_PLACES})",  # noqa: S608
            [
                event.event_id,
                event.schema,
                event.device_id,
                event.boot_id,
                event.seq,
                time_to_text(event.wall_raw),
                event.boot_s,
                event.region_id,
                event.entry_id,
                event.sha256,
                event.media,
                event.viewing_id,
                event.teacher_id,
                event.class_id,
                event.period_id,
                event.lesson_id,
                event.kind.value,
                json.dumps(dict(event.numbers), ensure_ascii=False, sort_keys=True),
            ],
        )

    def _require_same(self, event: Event) -> None:
        row = self._database.execute(
            "SELECT event_id FROM usage_event WHERE device_id = ? AND seq = ?",
            [event.device_id, event.seq],
        ).fetchone()
        if row is None or row[0] != event.event_id:
            raise BugError(f"event number {event.seq} is taken by another event")

    def _remember(self, resource: UsedResource) -> None:
        self._database.conn.execute(
            "INSERT OR REPLACE INTO usage_resource VALUES (?, ?, ?, ?, ?, ?)",
            [
                resource.region_id,
                resource.entry_id,
                resource.title,
                resource.subject,
                resource.lesson,
                resource.resource_type,
            ],
        )

    def _logged(self, tail: str, values: list[Any]) -> tuple[LoggedEvent, ...]:
        rows = self._database.execute(
            f"""SELECT position, {_COLUMNS}, title, subject, lesson, resource_type
            FROM usage_event LEFT JOIN usage_resource USING (region_id, entry_id) {tail}""",  # noqa: S608
            values,
        ).fetchall()
        return tuple(_logged_event(row) for row in rows)

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            raise known_database_error(error, self._path) from error


def _logged_event(row: tuple[Any, ...]) -> LoggedEvent:
    event = Event(
        event_id=row[1],
        schema=row[2],
        device_id=row[3],
        boot_id=row[4],
        seq=row[5],
        wall_raw=time_from_text(row[6]),
        boot_s=row[7],
        region_id=row[8],
        entry_id=row[9],
        sha256=row[10],
        media=row[11],
        viewing_id=row[12],
        teacher_id=row[13],
        class_id=row[14],
        period_id=row[15],
        lesson_id=row[16],
        kind=Kind(row[17]),
        numbers=json.loads(row[18]),
    )
    title, subject, lesson, resource_type = row[19:23]
    if title is None:
        return LoggedEvent(row[0], event, None)
    resource = UsedResource(
        region_id=event.region_id,
        entry_id=event.entry_id,
        title=title,
        subject=subject,
        lesson=lesson,
        resource_type=resource_type,
    )
    return LoggedEvent(row[0], event, resource)
