# SPDX-License-Identifier: GPL-3.0-or-later
"""The only threads of the agent: one pool for parallel requests, one reader of commands.

What runs here touches the network and partial files, never SQLite; results come back through a
queue that the main thread reads.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait  # noqa: TID251 - the one pool
from queue import Empty, SimpleQueue
from typing import TypeVar, cast

# Six streams at most (measured: more gains nothing), and room for some that still hang on a
# silent mirror while others have taken over their pieces.
POOL_THREADS = 12
_LOOK_S = 0.1
_T = TypeVar("_T")


class Streams:
    """A thread pool whose jobs report through `events`."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(POOL_THREADS, thread_name_prefix="stream")
        self._running: set[Future[None]] = set()

    def start(self, job: Callable[[], None]) -> None:
        """Run a job; it must not raise (it reports through a queue of its owner)."""
        future = self._pool.submit(job)
        self._running.add(future)
        self._running = {item for item in self._running if not item.done()}

    def call(self, work: Callable[[], _T], between: Callable[[], None]) -> _T:
        """Run `work` in the pool and wait for it while `between` keeps the main thread useful.

        What `between` raises ends the waiting; the work then ends by itself, unheard.
        """
        outcome: SimpleQueue[tuple[_T | None, BaseException | None]] = SimpleQueue()

        def job() -> None:
            try:
                outcome.put((work(), None))
            except BaseException as error:  # noqa: BLE001 - handed to the waiting thread
                outcome.put((None, error))

        self.start(job)
        while True:
            try:
                result, error = outcome.get(timeout=_LOOK_S)
            except Empty:
                between()
                continue
            if error is not None:
                raise error
            return cast(_T, result)

    def close(self, within_s: float) -> bool:
        """Wait for what runs; False when something still hangs."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        return not wait(self._running, timeout=within_s).not_done


class CommandReader:
    """Reads command lines from a file descriptor without ever blocking the agent.

    A daemon thread that reads the raw descriptor: a blocked read of `sys.stdin` would hold its
    lock and stop the interpreter from ending.
    """

    def __init__(self, descriptor: int, on_line: Callable[[bytes | None], None]) -> None:
        self._descriptor = descriptor
        self._on_line = on_line
        self._thread = threading.Thread(  # noqa: TID251 - a pool cannot hold a daemon
            target=self._run, name="commands", daemon=True
        )

    def start(self) -> None:
        """Begin; `on_line` is called from the reader's thread, with None at end of input."""
        self._thread.start()

    def _run(self) -> None:
        pending = b""
        while True:
            try:
                chunk = os.read(self._descriptor, 65536)
            except OSError:
                chunk = b""
            if not chunk:
                self._on_line(None)
                return
            *lines, pending = (pending + chunk).split(b"\n")
            for line in lines:
                self._on_line(line)
            if len(pending) > 65536:
                pending = b""


def end_process_within(seconds: float, exit_code: int) -> None:
    """Promise that the process ends, even while the interpreter takes its time to shut down.

    Every database commit is durable and every file is verified on use, so a hard end is safe.
    """

    def end() -> None:
        threading.Event().wait(seconds)
        os._exit(exit_code)

    guard = threading.Thread(target=end, name="end", daemon=True)  # noqa: TID251 - see above
    guard.start()
