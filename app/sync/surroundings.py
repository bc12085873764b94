# SPDX-License-Identifier: GPL-3.0-or-later
"""What changes around the agent by itself: lessons, the time of day, what servers say it is."""

from __future__ import annotations

from datetime import datetime
from queue import Empty, SimpleQueue

from app.base.clock import Anchor
from app.base.errors import CancelledError, KnownError
from app.base.handover import is_moving
from app.base.settings import Settings, load_settings
from app.sync.bandwidth import BandwidthPolicy, rate_now
from app.sync.context import Context
from app.sync.inbox import Inbox
from app.sync.lease import LessonLease
from app.sync.watched import WatchedFolder

_FIRST_DAY_OF_WEEKEND = 5
REST_BESIDE_FOLDER_S = 600.0


class Surroundings:
    """Looked at about twice a second; sets the throttle accordingly."""

    def __init__(self, context: Context, settings: Settings, dates: SimpleQueue[datetime]) -> None:
        self._context = context
        self._throttle = context.session.throttle
        self._dates = dates
        self.settings = settings
        self._settings_changed_ns = self._changed_ns()
        self._lease = LessonLease(context.paths, context.clock)
        self._watched = WatchedFolder(Inbox(context.paths), context.store)
        self._is_paused = False
        self.is_lesson = False
        context.session.true_time.earliest = context.estimate().lower

    def look(self) -> None:
        """Take note of everything.

        Raises:
            CancelledError: the data is being moved; the agent goes on in the other place.
        """
        if is_moving(self._context.paths.root):
            self._context.events.emit({"event": "making_way"})
            raise CancelledError()
        self.save_dates()
        is_lesson = self._lease.left_s() > 0
        if is_lesson != self.is_lesson:
            self.is_lesson = is_lesson
            self.pause(self._is_paused)
        changed_ns = self._changed_ns()
        if changed_ns != self._settings_changed_ns:
            self._settings_changed_ns = changed_ns
            self.settings = load_settings(self._context.paths)
        self._set_rate()
        self._look_at_folder()

    def _look_at_folder(self, *, waits_to_settle: bool = True) -> None:
        if self.is_lesson or self._is_paused:
            return
        try:
            self._watched.look(self.settings.watched_folder, waits_to_settle=waits_to_settle)
        except KnownError as error:
            self._context.problem(error, "watched_folder")

    def rest_at_most_s(self, wait_s: float | None) -> float | None:
        """A watched folder is looked at now and then, so the process may not rest for long."""
        if not self.settings.watched_folder:
            return wait_s
        return min(REST_BESIDE_FOLDER_S, wait_s if wait_s is not None else REST_BESIDE_FOLDER_S)

    def begin(self, *, is_once: bool) -> None:
        """At the start; a run of `--once` cannot wait for a folder to settle."""
        if is_once:
            self._look_at_folder(waits_to_settle=False)

    def pause(self, is_paused: bool) -> None:
        """By wish; may be called from the reader's thread, the throttle is safe there."""
        self._is_paused = is_paused
        if is_paused or self.is_lesson:
            self._throttle.pause()
        else:
            self._throttle.resume()

    def save_dates(self) -> None:
        """Dates of authenticated replies, heard in workers, become an anchor here."""
        newest: datetime | None = None
        while True:
            try:
                newest = self._dates.get_nowait()
            except Empty:
                break
        if newest is not None:
            clock = self._context.clock
            anchor = Anchor(newest, clock.boot_id(), clock.boot_s(), "authenticated")
            self._context.store.save_anchor(anchor)

    def close(self) -> None:
        """Let go of desk.db."""
        self._lease.close()

    def _set_rate(self) -> None:
        policy = BandwidthPolicy(
            limit_bytes_s=self.settings.limit_bytes_per_s,
            line_bytes_s=self._context.speeds.line_bytes_s,
            is_metered=self.settings.is_metered,
        )
        local = self._context.now().astimezone()
        is_school_day = local.weekday() < _FIRST_DAY_OF_WEEKEND
        self._throttle.set_rate(rate_now(policy, local.time(), is_school_day=is_school_day))

    def _changed_ns(self) -> int:
        """When the window last saved the settings; 0 when it never did."""
        try:
            return self._context.paths.settings_file.stat().st_mtime_ns
        except OSError:
            return 0
