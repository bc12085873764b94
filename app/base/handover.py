# SPDX-License-Identifier: GPL-3.0-or-later
"""While the data is moved to another place, whoever else works on it makes way.

The mover holds a lock for as long as it lives; an agent that sees it ends. A lock that nobody holds
is what a killed mover left, and counts for nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.base.errors import AlreadyRunningError
from app.base.locks import ProcessLock, is_held

MOVING_LOCK_NAME = "moving.lock"
_LOOK_S = 0.1


def is_moving(root: Path) -> bool:
    """Whether a living process moves the data of `root`; one look at the disk where none does."""
    lock = root / MOVING_LOCK_NAME
    if not lock.exists():
        return False
    if is_held(lock):
        return True
    with suppress(OSError):
        lock.unlink(missing_ok=True)
    return False


def wait_until_moved(root: Path) -> None:
    """Return once nobody moves the data of `root`."""
    pause = threading.Event()
    while is_moving(root):
        pause.wait(_LOOK_S)


@contextmanager
def patiently(lock: ProcessLock, patience_s: float) -> Iterator[None]:
    """Hold a lock whose holder is about to let go.

    Raises:
        AlreadyRunningError: it did not, within `patience_s`.
        ReadOnlyError, DiskFullError: nothing can be written there.
    """
    deadline_s = time.monotonic() + patience_s
    pause = threading.Event()
    while True:
        try:
            lock.acquire()
            break
        except AlreadyRunningError:
            if time.monotonic() >= deadline_s:
                raise
            pause.wait(_LOOK_S)
    try:
        yield
    finally:
        lock.release()


@contextmanager
def called_away(root: Path, patience_s: float) -> Iterator[None]:
    """Ask agents to make way; for who keeps the window out, so that there is one mover only.

    Raises:
        AlreadyRunningError, ReadOnlyError, DiskFullError: as `patiently` (an agent that looks
            holds the lock for a moment).
    """
    with patiently(ProcessLock(root / MOVING_LOCK_NAME), patience_s):
        yield
    with suppress(OSError):
        (root / MOVING_LOCK_NAME).unlink(missing_ok=True)
