# SPDX-License-Identifier: GPL-3.0-or-later
"""The window's end of the pipe to the sync agent.

The agent is another process, started here and spoken to in lines of JSON. It may die at any time:
it is started again, at most three times a minute. If another agent holds the data directory, ours
ends at once; then the window follows what is on disk and looks from time to time whether it should
start one again.
"""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QElapsedTimer, QObject, QProcess, QTimer, Signal, Slot

log = logging.getLogger(__name__)

PROTOCOL = 1
MAX_LINE_BYTES = 64 * 1024
_STARTS_PER_MINUTE = 3
_MINUTE_MS = 60_000
_STOP_MS = 10_000  # the window is hidden by then; ending the process object sooner would kill it
_RESTART_MS = 1_500
_TELL_MS = 20_000


class AgentState(StrEnum):
    """What the window knows of its agent."""

    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    FOLLOWING = "following"  # another agent does the work
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one job of the agent is."""

    job: str
    kind: str  # download, upload, catalogue, statements
    title: str
    done_bytes: int
    total_bytes: int
    left_s: int | None = None  # None: nobody can know


@dataclass(frozen=True, slots=True)
class Problem:
    """Something the agent met; the words come from `app.base.messages`."""

    code: str
    data: dict[str, object]


def parse_line(raw: bytes) -> dict[str, Any] | None:
    """One event of the agent; None for anything that is none."""
    if len(raw) > MAX_LINE_BYTES:
        return None
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return (
        document if isinstance(document, dict) and isinstance(document.get("event"), str) else None
    )


class AgentLink(QObject):
    """Signals: state_changed(); progressed(Progress); problem_met(Problem);
    changed(str) with catalogue, blobs, outbox or regions; request_ended(id, state, code); done().
    """

    state_changed = Signal()
    progressed = Signal(object)
    problem_met = Signal(object)
    changed = Signal(str)
    request_ended = Signal(str, str, str)
    done = Signal()

    def __init__(self, command: Sequence[str], is_held_elsewhere: Callable[[], bool]) -> None:
        super().__init__()
        self._command = list(command)
        self._is_held_elsewhere = is_held_elsewhere
        self._process: QProcess | None = None
        self._rest = b""
        self._is_wanted = False
        self._clock = QElapsedTimer()
        self._clock.start()
        self._starts: deque[int] = deque()
        self._restart = QTimer(self)
        self._restart.setSingleShot(True)
        self._restart.timeout.connect(self._launch)
        self._tell = QTimer(self)
        self._tell.setSingleShot(True)
        self._tell.setInterval(_TELL_MS)
        self._tell.timeout.connect(self.nudge)
        self._look = QTimer(self)
        self._look.setInterval(5000)
        self._look.timeout.connect(self._look_again)
        self._rests_s: int | None = None
        self.state = AgentState.STOPPED
        self.transfers: dict[str, Progress] = {}
        self.problems: dict[str, Problem] = {}

    def start(self) -> None:
        """Run an agent from now on."""
        self._is_wanted = True
        self._launch()

    @Slot()
    def nudge(self) -> None:
        """Requests lie in the inbox, or there is something to send: a resting agent wakes."""
        if not self._send("nudge") and self.is_resting and self.state is not AgentState.PAUSED:
            self._launch()

    def nudge_later(self) -> None:
        """What was used in a lesson goes out once the teacher is done, not between two items."""
        if self._is_wanted:
            self._tell.start()

    def keep_quiet(self) -> None:
        """A lesson begins."""
        self._tell.stop()

    @property
    def is_resting(self) -> bool:
        """The agent had nothing to do and ended; it starts again when it is due or wanted."""
        return self._is_wanted and self._process is None and self._rests_s is not None

    def sync_now(self) -> None:
        """Do a round at once."""
        self._send("nudge")
        if self._process is None and self._is_wanted:
            self._starts.clear()
            self._launch()

    def pause(self) -> None:
        """Transfer nothing for now."""
        if self._send("pause") or self.is_resting:
            self._restart.stop()
            self._set_state(AgentState.PAUSED)

    def resume(self) -> None:
        """Go on."""
        if self._send("resume"):
            self._set_state(AgentState.RUNNING)
        elif self.is_resting:
            self._launch()

    def stop(self) -> None:
        """End the agent; by closing its input if it does not listen, never by terminating it."""
        self._is_wanted = False
        self._restart.stop()
        self._tell.stop()
        self._look.stop()
        process = self._process
        if process is None:
            return
        self._send("stop")
        process.closeWriteChannel()
        if not process.waitForFinished(_STOP_MS):
            log.warning("the agent did not end within %s ms", _STOP_MS)
        self._process = None

    def _set_state(self, state: AgentState) -> None:
        if state is not self.state:
            self.state = state
            self.state_changed.emit()

    @Slot()
    def _launch(self) -> None:
        if not self._is_wanted or self._process is not None:
            return
        if self._is_held_elsewhere():
            self._follow()
            return
        now = self._clock.elapsed()
        while self._starts and now - self._starts[0] > _MINUTE_MS:
            self._starts.popleft()
        if len(self._starts) >= _STARTS_PER_MINUTE:
            self._set_state(AgentState.STOPPED)
            self.problem_met.emit(Problem("agent_stopped", {}))
            self._look.start()
            return
        self._starts.append(now)
        self._begin()

    def _begin(self) -> None:
        process = QProcess(self)
        process.setProgram(self._command[0])
        process.setArguments(self._command[1:])
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._drain)
        process.finished.connect(self._ended)
        process.errorOccurred.connect(self._failed)
        self._process = process
        self._restart.stop()
        self._rests_s = None
        self._rest = b""
        self._set_state(AgentState.STARTING)
        process.start()
        self._send("hello", protocol=PROTOCOL)

    def _send(self, what: str, **fields: object) -> bool:
        if self._process is None:
            return False
        line = json.dumps({"do": what, **fields}, ensure_ascii=True)
        self._process.write(line.encode("ascii") + b"\n")
        return True

    @Slot()
    def _read(self) -> None:
        if self._process is None:
            return
        self._rest += bytes(self._process.readAllStandardOutput().data())
        *lines, self._rest = self._rest.split(b"\n")
        if len(self._rest) > MAX_LINE_BYTES:
            self._rest = b""
        for line in lines:
            event = parse_line(line)
            if event is not None:
                self._take(event)

    @Slot()
    def _drain(self) -> None:
        if self._process is not None:
            self._process.readAllStandardError()

    def _take(self, event: dict[str, Any]) -> None:
        name = event["event"]
        if name == "hello":
            self._greet(event)
        elif name == "progress":
            self._take_progress(event)
        elif name == "changed":
            self.changed.emit(str(event.get("what", "")))
        elif name == "problem":
            self._take_problem(event)
        elif name == "request":
            values = (event.get("id"), event.get("state"), event.get("code"))
            self.request_ended.emit(*(str(value or "") for value in values))
        elif name == "done":
            rests_s = event.get("rests_s")
            self._rests_s = rests_s if isinstance(rests_s, int) and rests_s > 0 else None
            self.transfers.clear()
            self.done.emit()

    def _greet(self, event: dict[str, Any]) -> None:
        if event.get("protocol") != PROTOCOL:
            log.warning("the agent speaks protocol %r", event.get("protocol"))
            self._restart_process()
            return
        self.problems.pop("agent_stopped", None)
        self._set_state(AgentState.RUNNING)
        self._send("nudge")

    def _restart_process(self) -> None:
        self._send("stop")
        if self._process is not None:
            self._process.closeWriteChannel()

    def _take_progress(self, event: dict[str, Any]) -> None:
        done, total, left = (event.get(key) for key in ("done_bytes", "total_bytes", "left_s"))
        progress = Progress(
            job=str(event.get("job", "")),
            kind=str(event.get("kind", "")),
            title=str(event.get("title", "")),
            done_bytes=done if isinstance(done, int) else 0,
            total_bytes=total if isinstance(total, int) else 0,
            left_s=left if isinstance(left, int) else None,
        )
        if progress.total_bytes and progress.done_bytes >= progress.total_bytes:
            self.transfers.pop(progress.job, None)
        else:
            self.transfers[progress.job] = progress
        self.progressed.emit(progress)

    def _take_problem(self, event: dict[str, Any]) -> None:
        data = event.get("data")
        problem = Problem(str(event.get("code", "")), data if isinstance(data, dict) else {})
        self.problems[problem.code] = problem
        self.problem_met.emit(problem)

    @Slot(QProcess.ProcessError)
    def _failed(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            log.error("the agent could not be started: %s", self._command[0])
            self._over()

    @Slot(int)
    def _ended(self, exit_code: int) -> None:
        if exit_code:
            log.warning("the agent ended with %s", exit_code)
        self._over()

    def _over(self) -> None:
        if self._process is not None:
            self._process.deleteLater()
            self._process = None
        self.transfers.clear()
        if not self._is_wanted:
            self._set_state(AgentState.STOPPED)
            return
        if self._rests_s is not None:
            self._starts.clear()
            if self.state is not AgentState.PAUSED:
                self._restart.start(self._rests_s * 1000)
            return
        self._set_state(AgentState.STARTING)
        self._restart.start(_RESTART_MS)

    def _follow(self) -> None:
        self._set_state(AgentState.FOLLOWING)
        self._look.start()

    @Slot()
    def _look_again(self) -> None:
        """Another agent worked here; take over when it has gone, and see what it changed."""
        if not self._is_held_elsewhere():
            self._look.stop()
            self._launch()
            return
        for what in ("catalogue", "blobs", "outbox"):
            self.changed.emit(what)
