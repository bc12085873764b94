# SPDX-License-Identifier: GPL-3.0-or-later
"""Agents that are killed or stopped after a moment, and what they had said by then."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.crash.zygote import CRASHED
from tests.servers.process import REPOSITORY, dying_with_parent

_LAST_WORDS_CHARS = 8_000


class Agents:
    """One forking process; use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        self._events = folder / "events.ndjson"
        self._errors = folder / "agents.err"
        self._seen_bytes = 0
        environment = dict(os.environ) | {
            "PYTHONPATH": str(REPOSITORY),
            "OPENBLAS_NUM_THREADS": "1",
        }
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                [*dying_with_parent(), sys.executable, str(Path(__file__).with_name("zygote.py"))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=environment,
                cwd=folder,
            )
        assert "ready" in self._answer()

    def __enter__(self) -> Agents:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def kill_after(self, root: Path, after_events: int, after_s: float) -> bool:
        """Run an agent, kill it so long after so many words; False when it had ended by itself."""
        return "killed" in self._order(root, "kill", after_events, after_s)

    def run(self, root: Path) -> int:
        """Run an agent to its end; its exit code."""
        return int(self._order(root, "run", 0, 0.0)["ended"])

    def stop_after(self, root: Path, after_events: int, after_s: float) -> bool:
        """Run an agent and let it stand still after that; False when it had ended before."""
        return "stopped" in self._order(root, "stop", after_events, after_s)

    def kill_stopped(self) -> None:
        """The end of an agent that stands still."""
        self._say("kill")
        answer = self._answer()
        assert "killed" in answer, answer

    def said(self) -> Iterator[dict[str, Any]]:
        """What agents said since the last call; a line cut off by a kill was never said."""
        if not self._events.exists():
            return
        with self._events.open("rb") as file:
            file.seek(self._seen_bytes)
            raw = file.read()
        self._seen_bytes += len(raw)
        for line in raw.splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                continue

    def _order(self, root: Path, how: str, after_events: int, after_s: float) -> dict[str, Any]:
        order = {
            "root": str(root),
            "events": str(self._events),
            "how": how,
            "after_events": after_events,
            "after_s": after_s,
        }
        self._say(json.dumps(order))
        return self._answer()

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise AssertionError(self._last_words()) from error

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, self._last_words()
        answer: dict[str, Any] = json.loads(line)
        assert answer.get("ended") != CRASHED, self._last_words()
        return answer

    def _last_words(self) -> str:
        """Why the forking process, or an agent that it forked, went down."""
        written = self._errors.read_text("utf-8", "replace")[-_LAST_WORDS_CHARS:]
        try:
            end = f"ended with {self._process.wait(1)}"
        except subprocess.TimeoutExpired:
            end = "lives on"
        return f"the forking process {end}; its error output:\n{written}"
