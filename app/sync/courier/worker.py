# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs one piece of work on a stick in the pool, and never leaves it behind with a handle open."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from app.sync.courier.pace import Stop
from app.sync.streams import Streams

# A worker looks at its stop between two megabytes; a dying stick may take longer than the agent.
_END_S = 1.5
_T = TypeVar("_T")


def call(
    streams: Streams, work: Callable[[], _T], between: Callable[[Stop], None], stop: Stop
) -> _T:
    """`Streams.call`, but what `between` raises is raised only when the worker has let go."""
    ended = threading.Event()

    def job() -> _T:
        try:
            return work()
        finally:
            ended.set()

    try:
        return streams.call(job, lambda: between(stop))
    except BaseException:
        stop.set()
        ended.wait(_END_S)
        raise
