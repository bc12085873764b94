# SPDX-License-Identifier: GPL-3.0-or-later
"""A window's log and an agent's courier on one data directory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.base.clock import Anchor, TrustedClock
from app.base.db import open_reader, open_writer
from app.base.errors import KnownError
from app.base.paths import DataPaths
from app.sync.headers import basic_auth
from app.sync.http import HttpSession
from app.sync.statements.collect import collect
from app.sync.statements.courier import StatementCourier, Times
from app.sync.statements.step import Endpoint, StepResult
from app.sync.statements.store import MIGRATIONS, StatementStore
from app.usage.recorder import Recorder
from app.usage.store import MIGRATIONS as USAGE
from app.usage.store import UsageStore
from tests.servers.lrs import LearningRecordStore
from tests.unit.usage.samples import REGION, HandClock, view_video

RELEASED = datetime(2026, 8, 1, tzinfo=UTC)


@dataclass
class Rig:
    """Everything that brings events from desk.db of `paths` to `url`."""

    paths: DataPaths
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    anchors: list[Anchor] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.paths.ensure()
        self.clock = HandClock()
        self.log = UsageStore(open_writer(self.paths.desk_db, [USAGE]))
        self.recorder = Recorder("device", self.clock, self.log.last_seq("device"))
        self.store = StatementStore(open_writer(self.paths.state_db, [MIGRATIONS]))
        self.session = HttpSession()
        self.events: list[Mapping[str, object]] = []
        self.problems: list[KnownError] = []
        self.is_stopped = False
        self.waited_s = 0.0
        self.connect()

    def connect(self) -> None:
        """A fresh courier, as after a restart of the agent."""
        self.courier = StatementCourier(
            self.session,
            self.store,
            Endpoint(REGION, self.url, self.headers, "3301020017"),
            Times(
                now=lambda: TrustedClock(self.clock, self.anchors, RELEASED).estimate(),
                anchors=lambda: self.anchors,
                not_before=RELEASED,
            ),
            emit=self.events.append,
            should_stop=lambda: self.is_stopped,
            clock_s=lambda: self.waited_s,
        )

    def view(self, count: int = 1) -> None:
        """Somebody watches videos: seven events each."""
        for _ in range(count):
            view_video(self.recorder, self.clock)
        self.recorder.flush(self.log)

    def collect(self) -> int:
        """What the agent does: read the log on a read-only connection."""
        reader = open_reader(self.paths.desk_db)
        try:
            return collect(UsageStore(reader), self.store, REGION)
        finally:
            reader.close()

    def step(self) -> StepResult:
        result = self.courier.step()
        self.problems += result.problems
        return result

    def run(self, max_steps: int = 100) -> int:
        """Step until nothing is left; waiting only turns the clock. Returns how many were sent."""
        sent = 0
        for _ in range(max_steps):
            result = self.step()
            sent += result.sent
            if result.wait_s is not None:
                self.waited_s += result.wait_s
                self.clock.turn(result.wait_s)
            elif result.is_idle:
                return sent
        raise AssertionError(f"still at it after {max_steps} steps: {self.codes}")

    @property
    def codes(self) -> list[str]:
        return [problem.code for problem in self.problems]

    @property
    def event_ids(self) -> list[str]:
        return [logged.event.event_id for logged in self.log.after(0, 10_000)]


def rig_for(paths: DataPaths, lrs: LearningRecordStore) -> Rig:
    return Rig(paths, lrs.url, basic_auth(*lrs.auth))


def stored_ids(lrs: LearningRecordStore) -> list[str]:
    return sorted(str(statement["id"]) for statement in lrs.statements())
