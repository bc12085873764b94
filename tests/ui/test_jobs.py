# SPDX-License-Identifier: GPL-3.0-or-later
"""Work crosses threads in one place: nothing is lost, nothing arrives on the wrong thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.base.errors import DiskFullError, KnownError
from app.ui.jobs import JobContext, JobRunner, SerialQueue


class Ledger:
    """A resource that remembers who touched it."""

    def __init__(self) -> None:
        self.made_on = threading.get_ident()
        self.touched: list[str] = []
        self.is_closed = False

    def close(self) -> None:
        """Only on the thread that made it."""
        assert threading.get_ident() == self.made_on
        self.is_closed = True


@pytest.fixture
def runner(qapp: object) -> Iterator[JobRunner]:
    made = JobRunner()
    yield made
    made.close()


def test_result_arrives_on_the_gui_thread(qtbot: QtBot, runner: JobRunner) -> None:
    seen: list[tuple[object, int]] = []
    job = runner.start(lambda _context: threading.get_ident())
    job.succeeded.connect(lambda result: seen.append((result, threading.get_ident())))
    with qtbot.waitSignal(job.ended):
        pass
    (worker, arrived), *_ = seen
    assert arrived == threading.get_ident()
    assert worker != arrived
    assert runner.is_idle


def test_known_error_arrives_as_it_is(qtbot: QtBot, runner: JobRunner) -> None:
    def work(_context: JobContext) -> object:
        raise DiskFullError(path="D:/")

    job = runner.start(work)
    with qtbot.waitSignal(job.failed) as failed:
        pass
    assert failed.args is not None
    assert isinstance(failed.args[0], DiskFullError)


@pytest.mark.allow_warnings("app.ui.jobs")
def test_bug_becomes_an_apology(qtbot: QtBot, runner: JobRunner) -> None:
    def work(_context: JobContext) -> object:
        raise ZeroDivisionError

    job = runner.start(work)
    with qtbot.waitSignal(job.failed) as failed:
        pass
    assert failed.args is not None
    error = failed.args[0]
    assert isinstance(error, KnownError)
    assert error.code == "unexpected"


def test_cancelled_job_stops_at_its_next_report_and_stays_silent(
    qtbot: QtBot, runner: JobRunner
) -> None:
    is_running, may_go_on = threading.Event(), threading.Event()
    reached: list[str] = []

    def work(context: JobContext) -> object:
        is_running.set()
        assert may_go_on.wait(30)
        context.report(1, 2)
        reached.append("after the report")
        return None

    job = runner.start(work)
    heard: list[str] = []
    job.succeeded.connect(lambda _result: heard.append("succeeded"))
    job.failed.connect(lambda _error: heard.append("failed"))
    assert is_running.wait(30)
    job.cancel()
    with qtbot.waitSignal(job.ended):
        may_go_on.set()
    assert reached == []
    assert heard == []


def test_one_thread_owns_the_resource_in_order(qtbot: QtBot) -> None:
    ledgers: list[Ledger] = []

    def make() -> Ledger:
        ledgers.append(Ledger())
        return ledgers[-1]

    queue: SerialQueue[Ledger] = SerialQueue(make)

    def write(text: str) -> object:
        def work(ledger: Ledger) -> object:
            assert threading.get_ident() == ledger.made_on
            ledger.touched.append(text)
            return None

        return queue.submit(work)

    for text in "abcde":
        write(text)
    assert queue.close()
    assert [ledger.touched for ledger in ledgers] == [list("abcde")]
    assert ledgers[0].is_closed
    assert ledgers[0].made_on != threading.get_ident()
    qtbot.waitUntil(lambda: queue.is_idle)


def test_only_the_newest_of_a_lane_survives(qtbot: QtBot) -> None:
    is_busy, may_go_on = threading.Event(), threading.Event()
    queue: SerialQueue[Ledger] = SerialQueue(Ledger)

    def block(_ledger: Ledger) -> object:
        is_busy.set()
        return may_go_on.wait(30)

    queue.submit(block)
    assert is_busy.wait(30)
    done: list[object] = []
    for number in range(5):
        job = queue.submit(lambda _ledger, number=number: number, lane="search")  # type: ignore[misc]
        job.succeeded.connect(done.append)
    may_go_on.set()
    qtbot.waitUntil(lambda: queue.is_idle)
    assert done == [4]
    assert queue.close()


def test_resource_that_cannot_be_made_is_tried_again(qtbot: QtBot) -> None:
    attempts: list[int] = []

    def make() -> Ledger:
        attempts.append(1)
        if len(attempts) == 1:
            raise DiskFullError(path="D:/")
        return Ledger()

    queue: SerialQueue[Ledger] = SerialQueue(make)
    first = queue.submit(lambda ledger: "opened")
    with qtbot.waitSignal(first.failed):
        pass
    second = queue.submit(lambda ledger: "opened")
    with qtbot.waitSignal(second.succeeded) as got:
        pass
    assert got.args == ["opened"]
    assert queue.close()


def test_many_jobs_in_a_row(qtbot: QtBot, runner: JobRunner) -> None:
    """A job that dies on another thread than its own used to corrupt memory."""
    results: list[object] = []
    for number in range(2000):
        job = runner.start(lambda _context, number=number: number)  # type: ignore[misc]
        job.succeeded.connect(results.append)
    qtbot.waitUntil(lambda: runner.is_idle, timeout=30_000)
    assert sorted(results) == list(range(2000))  # type: ignore[type-var]


def test_what_is_asked_of_a_closed_queue_is_cancelled(qtbot: QtBot) -> None:
    queue: SerialQueue[Ledger] = SerialQueue(Ledger)
    assert queue.close()
    late = queue.submit(lambda ledger: "done")
    reached: list[object] = []
    late.succeeded.connect(reached.append)
    with qtbot.waitSignal(late.ended):
        pass
    assert not reached
    assert queue.is_idle
