# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs work on a stick in the pool, and never leaves it behind with a handle open."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from queue import Empty, SimpleQueue
from typing import TypeVar

from app.sync.courier.pace import Stop
from app.sync.streams import Streams

# A worker looks at its stop between two megabytes; a dying stick may take longer than the agent.
_END_S = 1.5
_LOOK_S = 0.1
# With many files the time goes into opening and closing, on two sides: two at once.
_MANY = 16
_WORKERS = 2
_T = TypeVar("_T")
Between = Callable[[Stop], None]


def shares(items: Sequence[_T]) -> list[Sequence[_T]]:
    """Files dealt out to as many workers as they are worth."""
    count = _WORKERS if len(items) >= _MANY else 1
    return [items[number::count] for number in range(count)]


def call(streams: Streams, work: Callable[[], _T], between: Between, stop: Stop) -> _T:
    """`Streams.call`, but what `between` raises is raised only when the worker has let go."""
    results: list[_T] = []
    call_all(streams, [lambda: results.append(work())], between, stop)
    return results[0]


def call_all(
    streams: Streams, works: Sequence[Callable[[], None]], between: Between, stop: Stop
) -> None:
    """Several workers at once; the first error ends the others, and is raised when all let go."""
    outcome: SimpleQueue[BaseException | None] = SimpleQueue()
    for work in works:
        streams.start(partial(_run, work, outcome, stop))
    errors: list[BaseException] = []
    left = len(works)
    try:
        while left:
            try:
                error = outcome.get(timeout=_LOOK_S)
            except Empty:
                between(stop)
                continue
            left -= 1
            errors += [] if error is None else [error]
    except BaseException:
        stop.set()
        _let_go(outcome, left)
        raise
    if errors:
        raise errors[0]


def _run(work: Callable[[], None], outcome: SimpleQueue[BaseException | None], stop: Stop) -> None:
    try:
        work()
    except BaseException as error:  # noqa: BLE001 - handed to the waiting thread
        outcome.put(error)  # before what the others say of being stopped
        stop.set()
    else:
        outcome.put(None)


def _let_go(outcome: SimpleQueue[BaseException | None], left: int) -> None:
    """Wait for so many workers, for a while."""
    give_up_s = time.monotonic() + _END_S
    while left and (left_s := give_up_s - time.monotonic()) > 0:
        try:
            outcome.get(timeout=left_s)
        except Empty:
            return
        left -= 1
