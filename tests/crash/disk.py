# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk whose power can be cut: a file system in a file, mounted; a copy of the file is what a cut
at that moment leaves, because what only memory held is not in it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from types import TracebackType

BLOCK_BYTES = 1 << 20


class Disk:
    """An ext4 file system on `place`; use it as a context manager."""

    def __init__(self, folder: Path, size_bytes: int) -> None:
        self._image = folder / "disk.img"
        self._copy = folder / "after.img"
        self.place = folder / "disk"
        self.place.mkdir()
        with self._image.open("wb") as file:
            file.truncate(size_bytes)
        subprocess.run(["mkfs.ext4", "-q", "-m", "0", str(self._image)], check=True)
        self._is_mounted = False

    def __enter__(self) -> Disk:
        self._mount()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._unmount()

    def freeze(self) -> None:
        """Keep what the disk holds at this moment; whoever writes must stand still.

        The system itself goes on writing back what was left in memory: a copy taken meanwhile holds
        two moments and no cut could leave it, so it is taken again.
        """
        while True:
            begun_ns = self._image.stat().st_mtime_ns
            copy_sparse(self._image, self._copy)
            if self._image.stat().st_mtime_ns == begun_ns:
                return

    def come_back(self) -> None:
        """The machine starts again from what was kept; nobody may have a file open."""
        self._unmount()
        self._copy.replace(self._image)
        self._mount()

    def _mount(self) -> None:
        subprocess.run(["mount", "-o", "loop", str(self._image), str(self.place)], check=True)
        self._is_mounted = True

    def _unmount(self) -> None:
        if self._is_mounted:
            subprocess.run(["umount", str(self.place)], check=True)
            self._is_mounted = False


def copy_sparse(source: Path, target: Path) -> None:
    """Copy only the blocks that were ever written."""
    target.unlink(missing_ok=True)
    size_bytes = source.stat().st_size
    with source.open("rb") as reader, target.open("wb") as writer:
        position = 0
        while position < size_bytes:
            try:
                position = os.lseek(reader.fileno(), position, os.SEEK_DATA)
            except OSError:
                break  # nothing but holes is left
            end = os.lseek(reader.fileno(), position, os.SEEK_HOLE)
            reader.seek(position)
            writer.seek(position)
            shutil.copyfileobj(_Part(reader, end - position), writer, BLOCK_BYTES)
            position = end
        writer.truncate(size_bytes)


class _Part:
    """So many bytes of a file, for whoever reads to the end."""

    def __init__(self, reader: object, size_bytes: int) -> None:
        self._reader = reader
        self._left = size_bytes

    def read(self, size_bytes: int = -1) -> bytes:
        wanted = self._left if size_bytes < 0 else min(size_bytes, self._left)
        content: bytes = self._reader.read(wanted)  # type: ignore[attr-defined]
        self._left -= len(content)
        return content
