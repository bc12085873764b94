# SPDX-License-Identifier: GPL-3.0-or-later
"""A blob that is still arriving: one `.part` file and the pieces of it that are verified."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from app.base.errors import known_os_error


@dataclass(slots=True)
class PartialBlob:
    """Bytes of `sha256` collected so far.

    `done` holds the indexes of verified pieces; a file without pieces counts `prefix_bytes`.
    Nothing keeps the file open between calls, so it can be deleted or moved at any time.
    """

    path: Path
    sha256: str
    size_bytes: int
    piece_bytes: int  # 0: the file is one piece
    done: set[int] = field(default_factory=set)

    @property
    def piece_count(self) -> int:
        """How many pieces the whole file has."""
        return -(-self.size_bytes // self.piece_bytes) if self.piece_bytes else 1

    @property
    def prefix_bytes(self) -> int:
        """How many bytes lie on disk (unverified where there are no pieces)."""
        try:
            return min(self.path.stat().st_size, self.size_bytes)
        except OSError:
            return 0

    def missing(self) -> list[int]:
        """Indexes of pieces still to come, ascending."""
        return [index for index in range(self.piece_count) if index not in self.done]

    def piece_range(self, index: int) -> tuple[int, int]:
        """Offset and length in bytes of a piece."""
        if not self.piece_bytes:
            return 0, self.size_bytes
        offset = index * self.piece_bytes
        return offset, min(self.piece_bytes, self.size_bytes - offset)

    def write_at(self, offset: int, content: bytes) -> None:
        """Put bytes in their place.

        Raises:
            DiskFullError, ReadOnlyError: what was verified before is untouched.
        """
        try:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0))
            try:
                os.lseek(descriptor, offset, os.SEEK_SET)
                view = memoryview(content)
                while view:
                    view = view[os.write(descriptor, view) :]
            finally:
                os.close(descriptor)
        except OSError as error:
            raise known_os_error(error, self.path) from error

    def flush(self) -> None:
        """Make the bytes durable, before rows say that they are there."""
        try:
            with self.path.open("rb+") as file:
                os.fsync(file.fileno())
        except OSError as error:
            raise known_os_error(error, self.path) from error

    def read_at(self, offset: int, length: int) -> bytes:
        """Bytes as they lie on disk; shorter at the end of the file."""
        try:
            with self.path.open("rb") as file:
                file.seek(offset)
                return file.read(length)
        except OSError as error:
            raise known_os_error(error, self.path) from error

    def truncate(self, length: int = 0) -> None:
        """Forget everything from `length` on."""
        try:
            with self.path.open("ab") as file:
                file.truncate(length)
        except OSError as error:
            raise known_os_error(error, self.path) from error
