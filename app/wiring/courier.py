# SPDX-License-Identifier: GPL-3.0-or-later
"""How the window asks the agent for something: durable requests in its inbox."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from app.base.paths import DataPaths
from app.catalogue.query import EntryKey


class UploadContext(Protocol):
    """The job that stages a file."""

    def report(self, done: int, total: int) -> None:
        """How far it is; ends a cancelled job."""
        ...

    def is_cancelled(self) -> bool:
        """Whether to stop."""
        ...


class AgentCourier:
    """Leaves requests in the agent's inbox."""

    def __init__(self, paths: DataPaths) -> None:
        self._paths = paths

    def enrol(self, source: str) -> str:
        """Join a region."""
        return self._leave("enrol", {"source": source})

    def get(self, key: EntryKey) -> str:
        """Download a resource and keep it."""
        return self._leave("get", {"entry_ids": [key.entry_id], "region_id": key.region_id})

    def keep(self, list_id: str, keys: Sequence[EntryKey]) -> str:
        """Download all of a lesson list and keep it as long as the list wants it."""
        pairs = [[key.region_id, key.entry_id] for key in keys]
        return self._leave("get", {"for_list": list_id, "keys": pairs})

    def release(self, list_id: str) -> str:
        """A lesson list keeps nothing any more."""
        return self._leave("release", {"list_id": list_id})

    def upload(self, path: Path, details: dict[str, str], context: UploadContext) -> str:
        """Copy a file into the outbox and leave the request to send it."""
        from app.sync.inbox import upload_body
        from app.sync.uploads.staging import stage_file

        total = path.stat().st_size if path.exists() else 0
        done = 0

        def count(size: int) -> None:
            nonlocal done
            done += size
            context.report(done, total)

        staged = stage_file(self._paths, path, count, context.is_cancelled)
        body = upload_body(staged.sha256, staged.size_bytes, path.name, details)
        return self._leave("upload", body)

    def name_point(self, point: str, name: str) -> str:
        """Call a machine something that was heard of by stick."""
        return self._leave("name_point", {"point": point, "name": name})

    def _leave(self, kind: str, body: dict[str, object]) -> str:
        from app.sync.inbox import Inbox, Kind, Request

        return Inbox(self._paths).leave(Request(Kind(kind), body))
