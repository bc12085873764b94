# SPDX-License-Identifier: GPL-3.0-or-later
"""Logging to `logs/<process>.log`: five files of one megabyte, no names, no tokens."""

from __future__ import annotations

import logging
import re
from logging.handlers import RotatingFileHandler

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


def configure_logging(paths: DataPaths, process_name: str) -> None:
    """Send every log line of this process to its file; a folder that cannot be written is fine."""
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    try:
        paths.logs_dir.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = RotatingFileHandler(
            paths.logs_dir / f"{process_name}.log",
            maxBytes=_MAX_BYTES,
            backupCount=_BACKUPS,
            encoding="utf-8",
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(_Redactor())
    root.addHandler(handler)
