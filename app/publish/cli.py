# SPDX-License-Identifier: GPL-3.0-or-later
"""What the publisher says on stdout and stderr, as sentences or as JSON lines."""

import json
import sys
import time
from dataclasses import asdict
from typing import Any, Final

from app.base.errors import KnownError
from app.base.messages import message
from app.publish.progress import Progress

_REPORT_PAUSE_S: Final = 1.0


class Console:
    """Says results on stdout and everything else on stderr."""

    def __init__(self, language: str, *, is_json: bool) -> None:
        self._language = language
        self._is_json = is_json
        self._last_report = 0.0

    def done(self, code: str, data: dict[str, Any]) -> None:
        if self._is_json:
            print(json.dumps({"event": "done", **data}, ensure_ascii=True), flush=True)
        else:
            print(message(code, data, self._language).sentence, flush=True)

    def progress(self, progress: Progress) -> None:
        now = time.monotonic()
        is_last = progress.done == progress.total > 0
        if not progress.done or (now - self._last_report < _REPORT_PAUSE_S and not is_last):
            return
        self._last_report = now
        if self._is_json:
            print(json.dumps({"event": "progress", **asdict(progress)}), flush=True)
            return
        step = message(f"publish_step_{progress.step}", {}, self._language).sentence
        total = progress.total or "…"
        data = {"step": step, "done": progress.done, "total": total}
        line = message("publish_progress", data, self._language).sentence
        print(line, file=sys.stderr, flush=True)

    def problem(self, path: str, reason: str) -> None:
        if self._is_json:
            print(json.dumps({"event": "problem", "path": path, "reason": reason}), flush=True)
        else:
            print(f"{path}: {reason}", file=sys.stderr, flush=True)

    def item(self, code: str, data: dict[str, Any]) -> None:
        """One line of a list."""
        if self._is_json:
            print(json.dumps({"event": "item", **data}, ensure_ascii=True), flush=True)
        else:
            print(message(code, data, self._language).sentence, flush=True)

    def warn(self, code: str, data: dict[str, Any]) -> None:
        """Something to know besides; JSON has it in the line of `done`."""
        if not self._is_json:
            line = message(code, data, self._language).line
            print(line, file=sys.stderr, flush=True)

    def refused(self, error: KnownError) -> None:
        """One thing of many that could not be done; the rest goes on."""
        if self._is_json:
            line = json.dumps({"event": "problem", "code": error.code, "data": error.data})
            print(line, flush=True)
        else:
            print(self._line_of(error), file=sys.stderr, flush=True)

    def fail(self, error: KnownError) -> None:
        if self._is_json:
            line = json.dumps({"event": "failed", "code": error.code, "data": error.data})
            print(line, flush=True)
        print(self._line_of(error), file=sys.stderr, flush=True)

    def _line_of(self, error: KnownError) -> str:
        data: dict[str, Any] = dict(error.data)
        if isinstance(data.get("reason"), str):
            data["reason"] = self._reason(data["reason"])
        return message(error.code, data, self._language).line

    def _reason(self, reason: str) -> str:
        code = f"reason_{reason}"
        sentence = message(code, {}, self._language).sentence
        return reason if sentence == code else sentence
