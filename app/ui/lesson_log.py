# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries what happens in a lesson into desk.db without ever making the lesson wait.

Events are made at once on the GUI thread and stored in groups at most a second apart by the desk
queue; what cannot be stored now stays in memory and is tried again. The lesson lease is renewed
the same way. What is opened one after the other in the same period and class is one lesson.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.base.clock import Clock
from app.region.entry import Entry
from app.ui.jobs import SerialQueue
from app.usage.events import Kind, Occasion, UsedResource
from app.usage.recorder import Recorder, Viewing

if TYPE_CHECKING:
    from app.ui.desk import Desk  # loads the database layer: not before the first paint

log = logging.getLogger(__name__)

GROUP_MS = 900
RETRY_MS = 15_000
LEASE_MS = 30_000
# A teacher who comes back within the period goes on with the same lesson; where nobody knows the
# period, within the time it takes to choose what to show next.
SAME_PERIOD_S = 60 * 60
SAME_LESSON_S = 3 * 60


class OpenLesson:
    """One resource on the screen; its events go through the log that made it."""

    def __init__(self) -> None:
        self.viewing: Viewing | None = None
        self.is_over = False


class LessonLog(QObject):
    """Signals: stored() after events have reached the disk; failed(KnownError) if they have not."""

    stored = Signal()
    failed = Signal(object)

    def __init__(self, desk: SerialQueue[Desk], device_id: str, clock: Clock) -> None:
        super().__init__()
        self._desk = desk
        self._clock = clock
        self._recorder: Recorder | None = None
        self._waiting: list[Callable[[Recorder], None]] = []
        self._is_lesson = False
        self._occasion = Occasion()
        self._last = Occasion()  # the lesson before, to go on with it
        self._last_end_s = 0.0
        self.occasion_of: Callable[[], Occasion] = Occasion  # who is taught by whom now
        self._group = QTimer(self)
        self._group.setSingleShot(True)
        self._group.setInterval(GROUP_MS)
        self._group.timeout.connect(self.flush)
        self._lease = QTimer(self)
        self._lease.setInterval(LEASE_MS)
        self._lease.timeout.connect(self._renew)

        def make(desk: Desk) -> object:
            return Recorder(device_id, clock, desk.usage.last_seq(device_id))

        job = desk.submit(make)
        job.succeeded.connect(self._ready)
        job.failed.connect(self.failed)

    @Slot(object)
    def _ready(self, recorder: Recorder) -> None:
        self._recorder = recorder
        waiting, self._waiting = self._waiting, []
        for act in waiting:
            act(recorder)
        self.flush()  # they have waited: the lesson may be over already

    def _do(self, act: Callable[[Recorder], None]) -> None:
        if self._recorder is None:
            self._waiting.append(act)
            return
        act(self._recorder)
        if not self._group.isActive():
            self._group.start()

    # -- events ------------------------------------------------------------------------------

    def open(self, region_id: str, entry: Entry, occasion: Occasion | None = None) -> OpenLesson:
        """A resource comes on the screen."""
        lesson = OpenLesson()
        main = entry.main_file
        when = occasion or self._occasion
        if self._is_lesson and region_id:
            self._note_taught(when.class_id, region_id, entry)
        used = UsedResource(
            region_id=region_id,
            entry_id=entry.id,
            title=entry.title,
            subject=entry.subject,
            lesson=entry.lesson,
            resource_type=entry.resource_type,
        )

        def act(recorder: Recorder) -> None:
            lesson.viewing = recorder.open(
                used,
                sha256=main.sha256 if main else "",
                media=entry.format.value,
                occasion=when,
            )

        self._do(act)
        return lesson

    def record(self, lesson: OpenLesson, kind: str, numbers: Mapping[str, float | str]) -> None:
        """Something happened to it."""
        if lesson.is_over:
            return
        if kind == Kind.TERMINATED:
            lesson.is_over = True

        def act(recorder: Recorder) -> None:
            if lesson.viewing is not None:
                recorder.record(lesson.viewing, kind, numbers)

        self._do(act)

    @Slot()
    def flush(self) -> None:
        """Store what is pending."""
        recorder = self._recorder
        if recorder is None or not recorder.pending_count:
            return

        def store(desk: Desk) -> object:
            return recorder.flush(desk.usage)

        job = self._desk.submit(store)
        job.succeeded.connect(self._stored)
        job.failed.connect(self._not_stored)

    @Slot(object)
    def _stored(self, _count: object) -> None:
        self.stored.emit()

    @Slot(object)
    def _not_stored(self, error: object) -> None:
        log.warning("usage events wait in memory: %s", error)
        self.failed.emit(error)
        QTimer.singleShot(RETRY_MS, self.flush)

    # -- the lease ---------------------------------------------------------------------------

    @property
    def lesson_id(self) -> str:
        """Of the lesson that runs; "" when none does or it is no lesson."""
        return self._occasion.lesson_id

    def begin_lesson(self, room: str, lesson_id: str = "") -> None:
        """From now on every agent keeps quiet; in a classroom (`room`) it counts as a lesson.
        `lesson_id` is that of a lesson which goes on after a crash."""
        self._is_lesson = True
        self._occasion = self._lesson(self.occasion_of()) if room else Occasion()
        if room and lesson_id:
            self._occasion = replace(self._occasion, lesson_id=lesson_id)
        self._renew()
        self._lease.start()

    def _lesson(self, now: Occasion) -> Occasion:
        """The occasion with its lesson's id: the running lesson's, or a new one."""
        last = self._last
        is_same_class = (now.class_id, now.period_id) == (last.class_id, last.period_id)
        gap_s = self._clock.boot_s() - self._last_end_s
        longest_s = SAME_PERIOD_S if now.period_id else SAME_LESSON_S
        is_same = bool(last.lesson_id) and is_same_class and gap_s < longest_s
        return replace(now, lesson_id=last.lesson_id if is_same else str(uuid.uuid4()))

    def _note_taught(self, class_id: str, region_id: str, entry: Entry) -> None:
        """Remember where the class is, for 「上次讲到」."""
        key = (region_id, entry.id)

        def note(desk: Desk) -> object:
            desk.lessons.note_taught(class_id, entry.subject, key, entry.title, entry.lesson)
            return None

        self._desk.submit(note).failed.connect(self.failed)

    def end_lesson(self) -> None:
        """The lesson is over."""
        if not self._is_lesson:
            return
        self._is_lesson = False
        if self._occasion.lesson_id:
            self._last, self._last_end_s = self._occasion, self._clock.boot_s()
        self._occasion = Occasion()
        self._lease.stop()
        self._desk.submit(_end_lease)

    @Slot()
    def _renew(self) -> None:
        boot_id, boot_s = self._clock.boot_id(), self._clock.boot_s()

        def hold(desk: Desk) -> object:
            desk.lessons.hold_lease(boot_id, boot_s)
            return None

        self._desk.submit(hold)

    def close(self) -> None:
        """Store what is left; the desk queue still does it when it is closed afterwards."""
        self._group.stop()
        self.end_lesson()
        self.flush()


def _end_lease(desk: Desk) -> object:
    desk.lessons.end_lease()
    return None
