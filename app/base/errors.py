# SPDX-License-Identifier: GPL-3.0-or-later
"""Typed errors: `KnownError` is the world's fault and is said to the user, `BugError` is ours.

Errors carry a stable code and data, never sentences; `app.base.messages` has the words.
"""

from __future__ import annotations

import errno
from enum import StrEnum
from pathlib import Path
from typing import ClassVar

Datum = str | int | float | bool | None

_registry: dict[str, type[KnownError]] = {}


class Scope(StrEnum):
    """What an error stops: one item, one carrier, this run, or the program."""

    ITEM = "item"
    CARRIER = "carrier"
    RUN = "run"
    PROGRAM = "program"


class KnownError(Exception):
    """Something in the world went wrong in a way we foresaw.

    Every subclass names a unique snake_case `code` (stable: scripts and the region's staff see it)
    and its `scope`; `data` fills the placeholders of its sentence.
    """

    code: ClassVar[str] = "known"
    scope: ClassVar[Scope] = Scope.ITEM

    def __init__(self, **data: Datum) -> None:
        self.data: dict[str, Datum] = data
        facts = ", ".join(f"{name}={value!r}" for name, value in data.items())
        super().__init__(f"{self.code}({facts})")

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        twin = _registry.get(cls.code)
        if twin is not None and (twin.__module__, twin.__qualname__) != (
            cls.__module__,
            cls.__qualname__,
        ):
            raise BugError(f"error code {cls.code!r} is used by {twin} and {cls}")
        _registry[cls.code] = cls


class BugError(Exception):
    """We broke our own rule; the log gets it whole, the user one apology."""


def known_errors() -> dict[str, type[KnownError]]:
    """Every error class imported so far, by code."""
    return dict(_registry)


class OfflineError(KnownError):
    """No carrier answers now; everything waits and nothing is lost."""

    code = "offline"
    scope = Scope.RUN


class DiskFullError(KnownError):
    """The disk that holds `path` has no room left."""

    code = "disk_full"
    scope = Scope.RUN


class ReadOnlyError(KnownError):
    """`path` cannot be written: write-protected, or without the right to."""

    code = "read_only"
    scope = Scope.PROGRAM


class DamagedDatabaseError(KnownError):
    """The database `path` cannot be read."""

    code = "database_damaged"
    scope = Scope.PROGRAM


class NewerDataError(KnownError):
    """`path` was written by a newer Kezhan than this one."""

    code = "data_newer"
    scope = Scope.PROGRAM


class AlreadyRunningError(KnownError):
    """Another process (`pid`) holds the lock."""

    code = "already_running"
    scope = Scope.PROGRAM


class DataElsewhereError(KnownError):
    """The data of `path` lies in `target`: it was moved there, or has not left there yet."""

    code = "data_elsewhere"
    scope = Scope.PROGRAM


class OtherSessionError(KnownError):
    """Another account (`user`) of this machine has the window open."""

    code = "in_use_by_other"
    scope = Scope.PROGRAM


class DamagedDocumentError(KnownError):
    """The document `what` is not what it should be."""

    code = "document_damaged"
    scope = Scope.ITEM


class UnknownMajorError(KnownError):
    """The document `what` has format version `found`; this program knows `known`."""

    code = "document_newer"
    scope = Scope.ITEM


class MissingFileError(KnownError):
    """The file `path` is not there."""

    code = "file_missing"
    scope = Scope.ITEM


class CancelledError(KnownError):
    """The user stopped it."""

    code = "cancelled"
    scope = Scope.ITEM


class UnreadableFileError(KnownError):
    """The system refuses to read or write `path` for another reason (bad sector, stick gone)."""

    code = "file_unreadable"
    scope = Scope.ITEM


def known_os_error(error: OSError, path: Path) -> KnownError:
    """The typed error for an `OSError` on `path`; an unforeseen one counts as unreadable file."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return DiskFullError(path=str(path))
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return ReadOnlyError(path=str(path))
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return MissingFileError(path=str(path))
    return UnreadableFileError(path=str(path), reason=error.strerror or type(error).__name__)
