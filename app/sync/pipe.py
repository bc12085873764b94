# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines between the agent and whoever started it: events out, commands in."""

from __future__ import annotations

import json
import logging
import os
import stat
import threading
import time
from collections.abc import Callable, Mapping

from app.base.documents import document_header
from app.base.errors import KnownError

logger = logging.getLogger(__name__)
PROTOCOL = 1
PIPE_FORMAT, PIPE_MAJOR, PIPE_MINOR = "kezhan-pipe", 1, 0
MAX_LINE_BYTES = 64 * 1024
_MAX_TEXT_CHARS = 300
_PROGRESS_EVERY_S = 0.25
_PROBLEM_AGAIN_S = 600.0

Out = Callable[[Mapping[str, object]], None]


class Events:
    """What the agent says; every line stays far below 64 KiB."""

    def __init__(self, out: Out) -> None:
        self._out = out
        self._said_s: dict[str, float] = {}
        self._problem_said_s: dict[str, float] = {}
        self.problems: dict[str, KnownError] = {}

    def hello(self) -> None:
        """The first line."""
        header = document_header(PIPE_FORMAT, PIPE_MAJOR, PIPE_MINOR)
        self.emit({"event": "hello", "protocol": PROTOCOL, "pid": os.getpid(), **header})

    def emit(self, event: Mapping[str, object]) -> None:
        """Say something as it is; couriers use it too. Progress comes at most 4 times a second."""
        if event.get("event") == "progress" and not self._is_time(event):
            return
        self._out({name: _bounded(value) for name, value in event.items()})

    def progress(
        self,
        job: str,
        kind: str,
        title: str,
        done_bytes: int,
        total_bytes: int,
        *,
        left_s: int | None = None,
    ) -> None:
        """How far a job is, and how many seconds it still takes where that can be known."""
        event: dict[str, object] = {
            "event": "progress",
            "job": job,
            "kind": kind,
            "title": title,
            "done_bytes": done_bytes,
            "total_bytes": total_bytes,
        }
        self.emit(event if left_s is None else event | {"left_s": left_s})

    def changed(self, what: str) -> None:
        """`catalogue`, `blobs`, `outbox` or `regions` is not what it was."""
        self.emit({"event": "changed", "what": what})

    def problem(self, error: KnownError, *, is_notice: bool = False) -> None:
        """Something does not work now; the same code is said again after ten minutes only.

        A notice only wants to be read: it makes no run a failed one.
        """
        said_s = self._problem_said_s.get(error.code)
        if not is_notice:
            self.problems[error.code] = error
        if said_s is None or time.monotonic() - said_s > _PROBLEM_AGAIN_S:
            self._problem_said_s[error.code] = time.monotonic()
            self.emit({"event": "problem", "code": error.code, "data": error.data})

    def request(self, request_id: str, state: str, error: KnownError | None = None) -> None:
        """What became of a request: `done`, `failed`, or `waiting` for what the code says."""
        event: dict[str, object] = {"event": "request", "id": request_id, "state": state}
        if error is not None:
            event |= {"code": error.code, "data": error.data}
        self.emit(event)

    def _is_time(self, event: Mapping[str, object]) -> bool:
        job, now_s = str(event.get("job")), time.monotonic()
        is_end = event.get("done_bytes") == event.get("total_bytes")
        if not is_end and now_s - self._said_s.get(job, -1.0) < _PROGRESS_EVERY_S:
            return False
        self._said_s[job] = now_s
        if is_end:
            self._said_s.pop(job, None)
        return True


def _bounded(value: object) -> object:
    if isinstance(value, str):
        return value[:_MAX_TEXT_CHARS]
    if isinstance(value, Mapping):
        return {str(name): _bounded(item) for name, item in value.items()}
    return value


class Commands:
    """What was asked of the agent by line; written by the reader's thread, read by the agent."""

    def __init__(self, on_stop: Callable[[], None], on_pause: Callable[[bool], None]) -> None:
        self._on_stop = on_stop
        self._on_pause = on_pause
        self._woken = threading.Event()
        self._has_heard = False
        self.is_stopping = False
        self.is_nudged = False
        self.is_paused = False

    def take_line(self, line: bytes | None, *, ends_with_input: bool) -> None:
        """One line of the pipe; None is the end of input."""
        if line is None:
            if ends_with_input or self._has_heard:
                self.stop()
            return
        try:
            command = json.loads(line) if len(line) <= MAX_LINE_BYTES else None
        except (ValueError, RecursionError):
            command = None
        if isinstance(command, dict):
            self._has_heard = True
            self._obey(command)

    def stop(self) -> None:
        """End within two seconds, whatever is going on."""
        self.is_stopping = True
        self._on_stop()
        self._woken.set()

    def wait(self, timeout_s: float | None) -> None:
        """Sleep until something is asked."""
        self._woken.wait(timeout_s)
        self._woken.clear()

    def _obey(self, command: Mapping[str, object]) -> None:
        do = command.get("do")
        if do == "stop" or (do == "hello" and command.get("protocol") != PROTOCOL):
            self.stop()
        elif do == "nudge":
            self.is_nudged = True
        elif do in ("pause", "resume"):
            self.is_paused = do == "pause"
            self._on_pause(self.is_paused)
        self._woken.set()


def ends_with_input(descriptor: int, *, is_once: bool) -> bool:
    """Whether the end of input means that whoever steers us has gone.

    A pipe that closes does, even before the first line. A run of `--once` and a service whose input
    is no pipe (`/dev/null`) have nobody who could go.
    """
    try:
        mode = os.fstat(descriptor).st_mode
    except OSError:
        return False
    return not is_once and (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or os.isatty(descriptor))
