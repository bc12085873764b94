# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads one chunk of a staged copy while it is sent, and notices when the copy changes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.base.errors import CancelledError, known_os_error
from app.sync.http import SizedBody
from app.sync.uploads.errors import CopyDamagedError

SMALLEST_BYTES = 64 * 1024
FIRST_BYTES = 1 << 20
# Measured at 2 Mbit/s, 300 ms, 1 % loss: 2 MiB chunks reach what whole files reach, and a larger
# chunk only costs more when a server forgets the part it had of one.
LARGEST_BYTES = 2 << 20
_READ_BYTES = 64 * 1024
_QUICK_S, _SLOW_S = 8.0, 30.0


@dataclass(frozen=True, slots=True)
class Look:
    """What a file looked like; a file that looks the same is taken for the same."""

    size_bytes: int
    mtime_ns: int
    inode: int


def look_at(path: Path, name: str) -> Look:
    """Look at a staged copy.

    Raises:
        CopyDamagedError: it is gone or cannot be read.
    """
    try:
        found = path.stat()
    except OSError as error:
        raise CopyDamagedError(name=name) from error
    return Look(found.st_size, found.st_mtime_ns, found.st_ino)


def chunk_body(
    path: Path, name: str, look: Look, offset: int, size_bytes: int, should_stop: Callable[[], bool]
) -> SizedBody:
    """A body of `size_bytes` from `offset`, read while it goes out, 64 KiB at a time."""

    def read() -> Iterator[bytes]:
        try:
            with path.open("rb") as file:
                file.seek(offset)
                left = size_bytes
                while left:
                    if should_stop():
                        raise CancelledError()
                    part = file.read(min(_READ_BYTES, left))
                    found = os.fstat(file.fileno())
                    if not part or Look(found.st_size, found.st_mtime_ns, found.st_ino) != look:
                        raise CopyDamagedError(name=name)
                    left -= len(part)
                    yield part
        except OSError as error:
            raise known_os_error(error, path) from error

    return SizedBody(size_bytes, read())


class ChunkSize:
    """Between 1 and 2 MiB, smaller where a proxy takes no more or the line is very slow."""

    def __init__(self) -> None:
        self.size_bytes = FIRST_BYTES
        self._most = LARGEST_BYTES

    def took(self, seconds: float) -> None:
        """A full chunk arrived after so long."""
        if seconds < _QUICK_S:
            self.size_bytes = min(self.size_bytes * 2, self._most)
        elif seconds > _SLOW_S:
            self.size_bytes = max(self.size_bytes // 2, SMALLEST_BYTES)

    def was_too_large(self) -> bool:
        """Somebody on the way refuses chunks of this size; False when none is small enough."""
        if self.size_bytes <= SMALLEST_BYTES:
            return False
        self._most = self.size_bytes = max(self.size_bytes // 2, SMALLEST_BYTES)
        return True
