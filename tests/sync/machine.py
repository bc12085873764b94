# SPDX-License-Identifier: GPL-3.0-or-later
"""A school's machine: a data directory on which the real agent runs, in this process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.base.db import open_reader
from app.base.paths import DataPaths
from app.catalogue.query import EntryKey, Query
from app.catalogue.reader import Catalogue
from app.region.layout import blob_path
from app.sync.agent import AgentConfig, run_agent
from app.sync.http import Timeouts
from app.sync.inbox import Inbox, Kind, Request
from app.sync.requests import RequestState, request_state
from app.sync.status import Status, read_status

# Loopback answers in milliseconds; two seconds of silence outlast a busy machine's hiccups.
QUICK = Timeouts(connect_s=2.0, silence_s=2.0, total_s=20.0)


@dataclass
class Run:
    """What one run of the agent said."""

    exit_code: int = -1
    events: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def done(self) -> Mapping[str, Any]:
        assert self.events[-1]["event"] == "done"
        return self.events[-1]

    @property
    def problems(self) -> list[str]:
        return list(self.done["problems"])

    @property
    def codes_of_failed_requests(self) -> list[str]:
        return [
            e["code"] for e in self.events if e["event"] == "request" and e["state"] == "failed"
        ]


class Machine:
    """One data directory; each `run` is one `kezhan sync --once`."""

    def __init__(self, root: Path) -> None:
        self.paths = DataPaths(root)

    def run(self, **config: Any) -> Run:
        run = Run()
        options: dict[str, Any] = {"is_once": True, "shelves": (), "timeouts": QUICK} | config
        run.exit_code = run_agent(AgentConfig(self.paths, **options), None, run.events.append)
        return run

    def run_requests(self, *request_ids: str, **config: Any) -> Run:
        return self.run(for_requests=frozenset(request_ids), **config)

    def leave(self, kind: Kind, **body: Any) -> str:
        self.paths.ensure()
        return Inbox(self.paths).leave(Request(kind, body))

    def enrol(self, source: str) -> str:
        return self.leave(Kind.ENROL, source=source)

    def get(self, *entry_ids: str) -> str:
        return self.leave(Kind.GET, entry_ids=list(entry_ids), region_id=None)

    def request(self, request_id: str) -> RequestState | None:
        reader = open_reader(self.paths.state_db)
        try:
            return request_state(reader, request_id)
        finally:
            reader.conn.close()

    def status(self) -> Status:
        return read_status(self.paths)

    def blob(self, sha256: str) -> bytes | None:
        path = self.paths.root / blob_path(sha256)
        return path.read_bytes() if path.is_file() else None

    def titles(self) -> list[str]:
        catalogue = Catalogue.open(self.paths, frozenset())
        try:
            return sorted(hit.title for hit in catalogue.search(Query(limit=100)).hits)
        finally:
            catalogue.close()

    def is_offline(self, entry_id: str) -> bool:
        catalogue = Catalogue.open(self.paths, frozenset())
        try:
            hits = catalogue.search(Query(limit=100)).hits
            return any(hit.is_offline for hit in hits if hit.key.entry_id == entry_id)
        finally:
            catalogue.close()

    def key(self, entry_id: str) -> EntryKey:
        catalogue = Catalogue.open(self.paths, frozenset())
        try:
            return catalogue.find(entry_id)[0]
        finally:
            catalogue.close()
