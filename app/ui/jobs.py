# SPDX-License-Identifier: GPL-3.0-or-later
"""The one place of the window where work crosses threads.

A job is a plain function. Its answer comes back on the GUI thread through signals of a `Job`,
which this module owns until it has ended; a job is never the child of a widget.
`JobRunner` runs independent jobs on a small pool (hashing, covers). `SerialQueue` gives one thread
one resource that only that thread touches (the catalogue; the writer of desk.db).
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import (
    QMutex,
    QMutexLocker,
    QObject,
    QRunnable,
    Qt,
    QThread,
    QThreadPool,
    QWaitCondition,
    Signal,
    Slot,
)

from app.base.errors import CancelledError, KnownError
from app.base.heap import keep_heap_whole

log = logging.getLogger(__name__)

_POOL_THREADS = 2  # the machine has two cores; the lesson needs one


class JobContext:
    """What a job sees of the window: progress out, cancellation in."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def report(self, done: int, total: int) -> None:
        """Tell how far it is; raises CancelledError when the user stopped it."""
        if self._job.is_cancelled:
            raise CancelledError
        self._job.progressed.emit(done, total)

    def is_cancelled(self) -> bool:
        """Whether the user stopped it."""
        return self._job.is_cancelled


class Job(QObject):
    """One piece of work under way.

    Signals, all on the GUI thread: progressed(done, total), succeeded(result), failed(KnownError),
    ended() last and always.
    """

    progressed = Signal(object, object)
    succeeded = Signal(object)
    failed = Signal(object)
    ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.is_cancelled = False
        self.is_ended = False

    def cancel(self) -> None:
        """Ask it to stop; nothing but `ended` is heard of it afterwards."""
        self.is_cancelled = True

    def finish(self, result: object, error: BaseException | None) -> None:
        """Deliver the outcome (GUI thread)."""
        self.is_ended = True
        if not self.is_cancelled:
            if error is None:
                self.succeeded.emit(result)
            elif isinstance(error, KnownError):
                self.failed.emit(error)
            else:
                log.error("job failed: %r", error, exc_info=error)
                self.failed.emit(UnexpectedError(reason=type(error).__name__))
        self.ended.emit()


class UnexpectedError(KnownError):
    """Something broke that nobody foresaw; the log has the whole story."""

    code = "unexpected"


@dataclass(slots=True, eq=False)
class _Outcome:
    job: Job
    result: object = None
    error: BaseException | None = None


class _Deliverer(QObject):
    """Brings outcomes from worker threads to the GUI thread, in order.

    A worker may hold the last Python reference to a job, so the QObject itself is deleted here:
    one that dies on another thread than its own corrupts memory.
    """

    arrived = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._outcomes: deque[_Outcome] = deque()
        self.live: dict[Job, object] = {}  # with what must live as long as the job
        self.arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def put(self, outcome: _Outcome) -> None:
        self._outcomes.append(outcome)
        self.arrived.emit()

    @Slot()
    def _deliver(self) -> None:
        while self._outcomes:
            outcome = self._outcomes.popleft()
            self.live.pop(outcome.job, None)
            outcome.job.finish(outcome.result, outcome.error)
            outcome.job.deleteLater()


def _outcome(job: Job, work: Callable[[], object]) -> _Outcome:
    """Run the work and keep what came of it, whatever that is."""
    try:
        return _Outcome(job, result=work())
    except Exception as error:  # noqa: BLE001 - every failure must reach the GUI thread
        return _Outcome(job, error=error)


class _Runnable(QRunnable):
    def __init__(
        self, job: Job, work: Callable[[JobContext], object], deliverer: _Deliverer
    ) -> None:
        super().__init__()
        self.setAutoDelete(False)  # kept by the deliverer until the outcome has come
        self._job, self._work, self._deliverer = job, work, deliverer

    def run(self) -> None:
        """Runs on a pool thread."""
        if self._job.is_cancelled:
            self._deliverer.put(_Outcome(self._job))
            return
        self._deliverer.put(_outcome(self._job, self._call))

    def _call(self) -> object:
        return self._work(JobContext(self._job))


class JobRunner:
    """Runs independent jobs on a small pool of threads."""

    def __init__(self) -> None:
        keep_heap_whole()  # before the first thread: each would get a heap of its own
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(_POOL_THREADS)
        self._deliverer = _Deliverer()

    def start(self, work: Callable[[JobContext], object]) -> Job:
        """Run `work` soon; connect to the returned job before control returns to Qt."""
        job = Job()
        runnable = _Runnable(job, work, self._deliverer)
        self._deliverer.live[job] = runnable
        self._pool.start(runnable)
        return job

    @property
    def is_idle(self) -> bool:
        """Whether every job has ended."""
        return not self._deliverer.live

    def close(self, wait_ms: int = 3000) -> None:
        """Cancel what runs and wait for it."""
        for job in self._deliverer.live:
            job.cancel()
        self._pool.clear()
        self._pool.waitForDone(wait_ms)


class Resource(Protocol):
    """What a serial queue owns: it is made, used and closed on the queue's own thread."""

    def close(self) -> None:
        """Let go of it."""
        ...


T = TypeVar("T", bound=Resource)


@dataclass(slots=True, eq=False)
class _Ticket(Generic[T]):
    job: Job
    work: Callable[[T], object]
    lane: str


class _Worker(QThread, Generic[T]):
    """The thread of one serial queue."""

    def __init__(self, make: Callable[[], T], deliverer: _Deliverer) -> None:
        super().__init__()
        self._make = make
        self._deliverer = deliverer
        self._mutex = QMutex()
        self._wake = QWaitCondition()
        self._tickets: deque[_Ticket[T]] = deque()
        self._is_closing = False

    def add(self, ticket: _Ticket[T]) -> list[_Ticket[T]]:
        """Queue a ticket; returns those that will never be done: older ones of its lane, or,
        when the window is closing, itself."""
        with QMutexLocker(self._mutex):
            if self._is_closing:
                return [ticket]
            replaced = [t for t in self._tickets if ticket.lane and t.lane == ticket.lane]
            for old in replaced:
                self._tickets.remove(old)
            self._tickets.append(ticket)
            self._wake.wakeAll()
        return replaced

    @property
    def is_closing(self) -> bool:
        """Whether nothing more is taken."""
        return self._is_closing

    def close(self) -> None:
        with QMutexLocker(self._mutex):
            self._is_closing = True
            self._wake.wakeAll()

    def run(self) -> None:
        """Make the resource, then answer tickets until closed; what is queued is still done."""
        resource: T | None = None
        while (ticket := self._next()) is not None:
            if ticket.job.is_cancelled and ticket.lane:
                self._deliverer.put(_Outcome(ticket.job))
                continue
            try:
                if resource is None:
                    resource = self._make()
            except Exception as error:  # noqa: BLE001 - told to whoever asked
                self._deliverer.put(_Outcome(ticket.job, error=error))
                continue
            self._deliverer.put(self._answer(ticket, resource))
        if resource is not None:
            resource.close()

    @staticmethod
    def _answer(ticket: _Ticket[T], resource: T) -> _Outcome:
        def work() -> object:
            return ticket.work(resource)

        return _outcome(ticket.job, work)

    def _next(self) -> _Ticket[T] | None:
        with QMutexLocker(self._mutex):
            while not self._tickets:
                if self._is_closing:
                    return None
                self._wake.wait(self._mutex)
            return self._tickets.popleft()


class SerialQueue(Generic[T]):
    """One thread that owns one resource and does one thing after the other.

    If the resource cannot be made, the job fails with that error and the next job tries again.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._deliverer = _Deliverer()
        self._worker: _Worker[T] = _Worker(make, self._deliverer)

    def submit(self, work: Callable[[T], object], lane: str = "") -> Job:
        """Queue work on the resource. In a lane only the newest waiting job survives.

        A page's timer may still fire while the program ends: the job is then cancelled.
        """
        job = Job()
        self._deliverer.live[job] = None
        for old in self._worker.add(_Ticket(job, work, lane)):
            old.job.cancel()
            self._deliverer.put(_Outcome(old.job))
        if not self._worker.is_closing and not self._worker.isRunning():
            self._worker.start()
        return job

    @property
    def is_idle(self) -> bool:
        """Whether every job has ended."""
        return not self._deliverer.live

    def close(self, wait_ms: int = 10_000) -> bool:
        """Do what is queued, close the resource and end the thread; False if it took too long."""
        self._worker.close()
        return not self._worker.isRunning() or self._worker.wait(wait_ms)


class DeskQueue(SerialQueue[Any]):
    """The serial queue that owns the writer of desk.db: no commit happens on the GUI thread."""
