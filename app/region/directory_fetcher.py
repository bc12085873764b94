# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetches a region's tree from a folder: a stick, a mounted share, or the publisher's own disk."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient.fetcher import FetcherInterface

_CHUNK_BYTES: Final = 256 * 1024


def path_inside(root: Path, tree_path: str) -> Path | None:
    """The file that `tree_path` names under `root`; None when it is absent or leads outside."""
    parts = PurePosixPath(tree_path).parts
    is_plain = bool(parts) and ".." not in parts and "\\" not in tree_path and ":" not in tree_path
    if not is_plain or tree_path.startswith("/"):
        return None
    found = root.joinpath(*parts)
    if not found.is_file() or not found.resolve().is_relative_to(root.resolve()):
        return None
    return found


class DirectoryFetcher(FetcherInterface):
    """TUF fetcher over a folder; a missing file is a 404, or the walk over the roots would fail."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def _fetch(self, url: str) -> Iterator[bytes]:
        found = path_inside(self._root, url)
        if found is None:
            raise DownloadHTTPError(f"{url} is not there", 404)
        with found.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                yield chunk
