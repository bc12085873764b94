# SPDX-License-Identifier: GPL-3.0-or-later
"""A local folder into which resources are delivered (by satellite, by a synchronising program).

When it has changed, and then stood still for a look, it is imported like a stick. Only names, sizes
and times are looked at: the import itself checks every byte.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from app.sync.inbox import Inbox, Kind, Request
from app.sync.requests import FAILED, request_state
from app.sync.store import SyncStore

logger = logging.getLogger(__name__)
_META = "watched_folder"
LOOK_EVERY_S = 20.0
AGAIN_AFTER_S = 1800.0
# A tree of 20,000 files is looked through in a tenth of a second; beyond that folders must do.
MOST_NAMES = 20_000
_DEEPEST = 6


class WatchedFolder:
    """Looks now and then, and leaves an import request when there is something new."""

    def __init__(
        self,
        inbox: Inbox,
        store: SyncStore,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._inbox = inbox
        self._store = store
        self._now_s = now_s
        self._look_at_s = 0.0
        self._seen = ""
        self._again_s: float | None = None

    def look(self, folder: str, *, waits_to_settle: bool = True) -> bool:
        """Look, if it is time; returns whether an import was asked for.

        Without `waits_to_settle` the first look counts, for an agent that ends soon.
        """
        if not folder or (waits_to_settle and self._now_s() < self._look_at_s):
            return False
        self._look_at_s = self._now_s() + LOOK_EVERY_S
        found = signature(Path(folder))
        is_settled = found == self._seen or not waits_to_settle
        self._seen = found
        known = self._store.meta(_META) or {}
        is_known = known.get("folder") == folder and known.get("signature") == found
        if not found or not is_settled or (is_known and not self._has_failed(known)):
            return False
        request = Request(Kind.STICK_IMPORT, {"dir": folder})
        self._inbox.leave(request)
        self._store.set_meta(
            _META, {"folder": folder, "signature": found, "request_id": request.id}
        )
        logger.info("the watched folder has changed and is imported")
        return True

    def _has_failed(self, known: dict[str, str]) -> bool:
        """Whether the last import failed, and long enough ago to try the same once more."""
        state = request_state(self._store.database, known.get("request_id", ""))
        if state is None or state.state != FAILED:
            self._again_s = None
            return False
        if self._again_s is None:
            self._again_s = self._now_s() + AGAIN_AFTER_S
        is_time = self._now_s() >= self._again_s
        if is_time:
            self._again_s = None
        return is_time


def signature(folder: Path) -> str:
    """What the folder looks like; empty when it is not there."""
    if not folder.is_dir():
        return ""
    digest = hashlib.sha256()
    for number, line in enumerate(_lines(folder, 0)):
        if number >= MOST_NAMES:
            break
        digest.update(line.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _lines(folder: Path, depth: int) -> Iterator[str]:
    """One line for each folder and file, folders first so that a bound cuts off files."""
    try:
        with os.scandir(folder) as found:
            items = sorted(found, key=lambda item: item.name)
    except OSError:
        return
    folders: list[Path] = []
    files: list[str] = []
    for item in items:
        try:
            look = item.stat(follow_symlinks=False)
            is_folder = item.is_dir(follow_symlinks=False)
        except OSError:
            continue
        if is_folder:
            folders.append(Path(item.path))
            yield f"{item.path}/{look.st_mtime_ns}\n"
        else:
            files.append(f"{item.path}|{look.st_size}|{look.st_mtime_ns}\n")
    if depth < _DEEPEST:
        for inner in folders:
            yield from _lines(inner, depth + 1)
    yield from files
