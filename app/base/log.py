# SPDX-License-Identifier: GPL-3.0-or-later
"""Logging to `logs/<process>.log`: five files of one megabyte, no names, no tokens."""

from __future__ import annotations

import logging
import re
from pathlib import Path

from app.base.paths import DataPaths

_MAX_BYTES = 1_000_000
_BACKUPS = 4
# Queries and credentials never reach a log, whoever wrote them into a message.
_SECRETS = re.compile(r"(\?[^\s'\"]+)|((?<=://)[^/@\s]+@)|((?i:bearer|basic)\s+[\w+/=.-]+)")


class _Redactor(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _SECRETS.sub("…", record.getMessage())
        record.args = None
        return True


class _LateFile(logging.Handler):
    """Opens its file with the first line: most starts have none to write, and the standard
    library's rotating handler loads sockets and pickles with itself."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._target: logging.Handler | None = None

    def emit(self, record: logging.LogRecord) -> None:
        if self._target is None:
            self._target = self._open()
        self._target.emit(record)

    def _open(self) -> logging.Handler:
        from logging.handlers import RotatingFileHandler

        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            target: logging.Handler = RotatingFileHandler(
                self._path, maxBytes=_MAX_BYTES, backupCount=_BACKUPS, encoding="utf-8"
            )
        except OSError:
            target = logging.NullHandler()
        target.setFormatter(self.formatter)
        return target

    def close(self) -> None:
        if self._target is not None:
            self._target.close()
        super().close()


def configure_logging(paths: DataPaths, process_name: str) -> None:
    """Send every log line of this process to its file; a folder that cannot be written is fine."""
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    handler = _LateFile(paths.logs_dir / f"{process_name}.log")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(_Redactor())
    root.addHandler(handler)
