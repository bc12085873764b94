# SPDX-License-Identifier: GPL-3.0-or-later
"""What import and export share: a lesson slows them down, a pause holds them, a press ends them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from app.base.errors import CancelledError
from app.sync.context import Context
from app.sync.errors import TransferPausedError
from app.sync.inbox import Kind
from app.sync.lease import LessonLease

# What a film of 8 Mbit/s leaves of a slow disk, with plenty to spare.
_LESSON_BYTES_S = 4e6
_LOOK_S = 0.3
_STOP_LOOK_S = 0.5


class StoppedByUserError(CancelledError):
    """Somebody pressed Stop on the card; what was brought stays and nothing goes on by itself."""

    code = "stick_stopped"


class Errand:
    """One import or export at work; made anew for each, closed when it is over."""

    def __init__(self, context: Context, request_id: str) -> None:
        self._context = context
        self._request_id = request_id
        self._lease = LessonLease(context.paths, context.clock)
        self._idle = threading.Event()
        self._looked_s = 0.0
        self._is_lesson = False

    def close(self) -> None:
        """Let go of desk.db."""
        self._lease.close()

    def rate(self) -> float | None:
        """Bytes a second that copying may use now; None for as many as there are."""
        return _LESSON_BYTES_S if self._is_lesson else None

    def between(self) -> None:
        """Called several times a second while a worker copies.

        During a lesson copying goes on, slowly; a pause by wish holds it here.

        Raises:
            CancelledError: the agent stops. StoppedByUserError: the user does not want it any more.
        """
        while True:
            self._look_for_stop()
            try:
                self._context.between()
            except TransferPausedError:
                self._is_lesson = self._lease.left_s() > 0
                if self._is_lesson:
                    return
                self._idle.wait(_LOOK_S)
                continue
            self._is_lesson = False
            return

    def after_lesson(self, work: Callable[[], None]) -> None:
        """Do what must not disturb a lesson (the catalogue), as soon as none is on."""
        while True:
            try:
                self._context.between()
                work()
            except TransferPausedError:
                self._look_for_stop()
                self._idle.wait(_LOOK_S)
            else:
                return

    def is_lesson(self) -> bool:
        """Whether a lesson is on now."""
        return self._lease.left_s() > 0

    def progress(self, title: str, done_bytes: int, total_bytes: int) -> None:
        """Tell how far it is; the job's name is the request's."""
        self._context.events.progress(
            f"stick-{self._request_id}", "stick", title, done_bytes, total_bytes
        )

    def wait(self, seconds: float) -> None:
        """Wait in a worker, no longer than a stop may take."""
        self._idle.wait(min(seconds, 1.0))

    def _look_for_stop(self) -> None:
        now_s = time.monotonic()
        if now_s - self._looked_s < _STOP_LOOK_S:
            return
        self._looked_s = now_s
        for _, kind, body in self._context.requests.working():
            if kind == Kind.STICK_STOP and body.get("request_id") == self._request_id:
                raise StoppedByUserError()
