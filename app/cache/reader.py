# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding blobs: the cache first, then the read-only shelves. Writes nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from app.base.paths import DataPaths
from app.region.layout import blob_path


class BlobReader:
    """Looks blobs up by name and size; a file has its final name only after it was verified."""

    def __init__(self, paths: DataPaths, shelves: Sequence[Path]) -> None:
        self._paths = paths
        self._shelves = tuple(shelves)

    def locate(self, sha256: str, size_bytes: int) -> Path | None:
        """The path of a whole blob on this machine, or None."""
        for base in (self._paths.root, *self._shelves):
            candidate = f"{base}/{blob_path(sha256)}"
            try:
                if os.stat(candidate).st_size == size_bytes:  # noqa: PTH116 - of thousands
                    return Path(candidate)
            except OSError:
                continue
        return None

    def is_on_shelf(self, sha256: str) -> bool:
        """Whether a shelf has it, so that the cache need not."""
        return any((shelf / blob_path(sha256)).is_file() for shelf in self._shelves)

    def shelf_hashes(self) -> Iterator[str]:
        """The names of all blobs on the shelves."""
        for shelf in self._shelves:
            for path in (shelf / "blobs").glob("??/*"):
                yield path.name
