# SPDX-License-Identifier: GPL-3.0-or-later
"""A courier on a data directory of its own, and a clock that only waiting turns."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.base.db import open_writer
from app.base.errors import KnownError
from app.base.paths import DataPaths
from app.sync.bandwidth import Throttle
from app.sync.http import HttpSession
from app.sync.statements.step import Endpoint, StepResult
from app.sync.uploads.courier import UploadCourier
from app.sync.uploads.outbox import add_staged
from app.sync.uploads.staging import stage_file
from app.sync.uploads.store import MIGRATIONS, Upload, UploadStore

REGION = "8f14e45f-ceea-467a-9b6b-2f3c0a7d9e11"
SIZE_BYTES = (5 << 20) + 12_345
CHUNK_BYTES = 2 << 20
DETAILS = {"title": "认识几分之一", "subject": "数学", "grade": "三年级", "author": "王老师"}


def make_file(path: Path, size_bytes: int = SIZE_BYTES, seed: int = 1) -> Path:
    path.write_bytes(random.Random(seed).randbytes(size_bytes))
    return path


@dataclass
class Rig:
    """Everything that brings uploads from `paths` to `url`."""

    paths: DataPaths
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    rate_bytes_s: float | None = None
    silence_s: float = 2.0
    region_id: str = REGION

    def __post_init__(self) -> None:
        self.paths.ensure()
        self.store = UploadStore(open_writer(self.paths.state_db, [MIGRATIONS]))
        self.events: list[Mapping[str, object]] = []
        self.on_event: Callable[[Mapping[str, object]], None] = lambda event: None
        self.problems: list[KnownError] = []
        self.is_stopped = False
        self.waited_s = 0.0
        self.connect()

    def connect(self) -> None:
        """A fresh session and courier, as after a restart of the agent."""
        self.session = HttpSession(Throttle(self.rate_bytes_s))
        self.courier = UploadCourier(
            self.session,
            self.store,
            Endpoint(self.region_id, self.url, self.headers, "3301020017"),
            self.paths,
            emit=self._emit,
            should_stop=lambda: self.is_stopped,
            clock_s=lambda: self.waited_s,
            silence_s=self.silence_s,
        )

    @property
    def sent_bytes(self) -> int:
        """Bytes of bodies that this session has handed to the line."""
        return self.session.throttle.passed_bytes

    def add(self, source: Path, details: Mapping[str, Any] = DETAILS) -> Upload:
        staged = stage_file(self.paths, source, lambda size: None, lambda: False)
        upload_id = add_staged(
            self.store,
            self.paths,
            str(uuid.uuid4()),
            self.region_id,
            sha256=staged.sha256,
            size_bytes=staged.size_bytes,
            name=source.name,
            details=details,
        )
        return self.store.get(upload_id)

    def step(self) -> StepResult:
        result = self.courier.step()
        self.problems += result.problems
        return result

    def run(self, max_steps: int = 100) -> None:
        """Step until nothing is left; waiting only turns the clock."""
        for _ in range(max_steps):
            result = self.step()
            if result.wait_s is not None:
                self.waited_s += result.wait_s
            elif result.is_idle:
                return
        raise AssertionError(f"still at it after {max_steps} steps: {self.codes}")

    @property
    def codes(self) -> list[str]:
        return [problem.code for problem in self.problems]

    def _emit(self, event: Mapping[str, object]) -> None:
        self.events.append(event)
        self.on_event(event)
