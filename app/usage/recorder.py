# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes events in the order they happen and keeps them until the store has them."""

from __future__ import annotations

import threading
import uuid
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from app.base.clock import Clock
from app.usage.events import Event, Kind, Occasion, UsedResource, clean_numbers


class EventStore(Protocol):
    """Where events end up; `app.usage.store.UsageStore` on the writer of desk.db."""

    def append(self, events: Sequence[Event], resources: Sequence[UsedResource] = ()) -> None:
        """Store all of them in one commit, or none."""
        ...

    def last_seq(self, device_id: str) -> int:
        """The highest sequence number stored of a device, 0 when there is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewing:
    """One resource from opening to closing; `occasion` may be set while it is open."""

    viewing_id: str
    region_id: str
    entry_id: str
    sha256: str
    media: str
    occasion: Occasion

    def at(self, occasion: Occasion) -> Viewing:
        """The same viewing once it is known who teaches whom."""
        return replace(self, occasion=occasion)


class Recorder:
    """Numbers events without gaps.

    `record` is for the thread of the window and never touches a disk; `flush` is for the one worker
    that owns the writer of desk.db, at most a second later. When storing fails the events stay
    here, in order, and the next `flush` tries again: a number is never lost.
    """

    def __init__(self, device_id: str, clock: Clock, last_seq: int) -> None:
        self._device_id = device_id
        self._clock = clock
        self._boot_id = clock.boot_id()
        self._last_seq = last_seq
        self._lock = threading.Lock()
        self._events: deque[Event] = deque()
        self._resources: deque[UsedResource] = deque()

    @property
    def pending_count(self) -> int:
        """Events made and not stored yet."""
        return len(self._events)

    def open(
        self, resource: UsedResource, *, sha256: str, media: str, occasion: Occasion | None = None
    ) -> Viewing:
        """Begin a viewing and record that the resource was opened."""
        viewing = Viewing(
            viewing_id=str(uuid.uuid4()),
            region_id=resource.region_id,
            entry_id=resource.entry_id,
            sha256=sha256,
            media=media,
            occasion=occasion or Occasion(),
        )
        with self._lock:
            self._resources.append(resource)
        self.record(viewing, Kind.OPENED)
        return viewing

    def record(
        self, viewing: Viewing, kind: str, numbers: Mapping[str, float | str] | None = None
    ) -> Event:
        """Record what happened in a viewing; `kind` is a value of `Kind`."""
        known = Kind(kind)
        with self._lock:
            self._last_seq += 1
            event = Event(
                event_id=str(uuid.uuid4()),
                device_id=self._device_id,
                boot_id=self._boot_id,
                seq=self._last_seq,
                wall_raw=self._clock.wall(),
                boot_s=round(self._clock.boot_s(), 3),
                region_id=viewing.region_id,
                entry_id=viewing.entry_id,
                sha256=viewing.sha256,
                media=viewing.media,
                viewing_id=viewing.viewing_id,
                teacher_id=viewing.occasion.teacher_id,
                class_id=viewing.occasion.class_id,
                period_id=viewing.occasion.period_id,
                lesson_id=viewing.occasion.lesson_id,
                kind=known,
                numbers=clean_numbers(known, numbers or {}),
            )
            self._events.append(event)
        return event

    def flush(self, store: EventStore) -> int:
        """Store what is pending, in one commit; returns how many events.

        Raises:
            DiskFullError, ReadOnlyError, DamagedDatabaseError: everything is still pending.
        """
        with self._lock:
            events, resources = tuple(self._events), tuple(self._resources)
        if not events:
            return 0
        store.append(events, resources)
        with self._lock:
            for _ in events:
                self._events.popleft()
            for _ in resources:
                self._resources.popleft()
        return len(events)
