# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command line prints: sentences for people, or one JSON object a line for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from app.base.errors import KnownError
from app.base.messages import message, message_of


class Console:
    """Standard output and standard error of one command, in one language."""

    def __init__(self, language: str, *, is_json: bool = False) -> None:
        self.language = language
        self.is_json = is_json
        for stream in (sys.stdout, sys.stderr):
            # Chinese text must reach pipes and old Windows consoles alike.
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")

    def record(self, document: Mapping[str, Any]) -> None:
        """Print one JSON object (only with `--json`)."""
        if self.is_json:
            self._print(json.dumps(document, ensure_ascii=True, separators=(",", ":")))

    def say(self, code: str, **data: object) -> None:
        """Print a sentence (only without `--json`)."""
        if not self.is_json:
            self._print(message(code, data, self.language).line)

    def text(self, line: str) -> None:
        """Print a line that needs no words of ours (only without `--json`)."""
        if not self.is_json:
            self._print(line)

    def progress(self, line: str) -> None:
        """Replace the progress line of a terminal; programs and logs see nothing."""
        if not self.is_json and sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[2K{line}")
            sys.stderr.flush()

    def problem(self, error: KnownError) -> None:
        """Say a known error: a sentence on stderr, and its code and data with `--json`."""
        self.record({"error": error.code, "data": error.data})
        self.problem_text(message_of(error, self.language).line)

    def problem_text(self, line: str) -> None:
        """Print a sentence on standard error."""
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    @staticmethod
    def _print(line: str) -> None:
        try:
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
        except BrokenPipeError:
            # `kezhan search … | head` has seen enough.
            sys.stdout = None
            raise SystemExit(0) from None
