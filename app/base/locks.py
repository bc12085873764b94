# SPDX-License-Identifier: GPL-3.0-or-later
"""One process at a time: a lock held by the operating system, so a dead holder frees it."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

from filelock import FileLock, Timeout

from app.base.errors import AlreadyRunningError, known_os_error


def _account() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


class ProcessLock:
    """An exclusive lock; a file beside it names the holder's process and account for messages."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pid_path = path.with_name(path.name + ".pid")
        self._lock = FileLock(path, timeout=0)

    def acquire(self) -> None:
        """Take the lock now or raise `AlreadyRunningError` (with the holder's pid)."""
        try:
            self._lock.acquire()
            self._pid_path.write_text(f"{os.getpid()}\n{_account()}\n", encoding="utf-8")
        except Timeout as error:
            raise AlreadyRunningError(pid=self.holder_pid()) from error
        except OSError as error:
            self._lock.release()
            raise known_os_error(error, self._path) from error

    def release(self) -> None:
        """Give the lock back; safe to call twice."""
        if self._lock.is_locked:
            self._pid_path.unlink(missing_ok=True)
            self._lock.release()

    @property
    def is_held_here(self) -> bool:
        """Whether this object holds the lock."""
        return self._lock.is_locked

    def holder_pid(self) -> int | None:
        """The process id that the holder wrote down, if any."""
        try:
            return int(self._pid_path.read_text(encoding="utf-8").partition("\n")[0])
        except (OSError, ValueError):
            return None

    def other_account(self) -> str:
        """The account of the holder where it is not ours: another session at this machine."""
        try:
            name = self._pid_path.read_text(encoding="utf-8").partition("\n")[2].strip()
        except (OSError, ValueError):
            return ""
        return name if name != _account() else ""

    def __enter__(self) -> ProcessLock:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def is_held(lock_path: Path) -> bool:
    """Whether a living process holds a lock; the note of a dead one does not count."""
    lock = ProcessLock(lock_path)
    try:
        lock.acquire()
    except AlreadyRunningError:
        return True
    lock.release()
    return False
