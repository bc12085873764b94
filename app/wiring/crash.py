# SPDX-License-Identifier: GPL-3.0-or-later
"""What stays of a crash: a file that the teacher may hand over, without names and tokens.

While a process runs, `logs/<name>-<pid>.fault` is open for the interpreter's fault handler. It is
empty and goes when the process ends as it should. What a crash leaves in it becomes a report.
"""

from __future__ import annotations

import faulthandler
import getpass
import logging
import os
import platform
import re
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO

import app
from app.base import files
from app.base.errors import KnownError
from app.base.paths import DataPaths, program_dir

log = logging.getLogger(__name__)
_SUFFIX = ".fault"
_KEPT_REPORTS = 5
_LOG_LINES = 80
_LOG_BYTES = 32 * 1024
_FAULT_BYTES = 64 * 1024
_PID = re.compile(r"-(\d+)\.fault$")


class FaultFile:
    """Writes the traceback of a crash of this process; nothing is left of a good end."""

    def __init__(self, paths: DataPaths, name: str = "window") -> None:
        self._path = paths.logs_dir / f"{name}-{os.getpid()}{_SUFFIX}"
        self._file: IO[bytes] | None = None

    def open(self) -> None:
        """Begin; a folder that cannot be written is no reason not to start."""
        with suppress(OSError):
            self._file = self._path.open("wb")
            faulthandler.enable(self._file)
        sys.excepthook = log_unexpected

    def close(self) -> None:
        """The process ends as it should."""
        if self._file is None:
            return
        faulthandler.disable()
        self._file.close()
        self._file = None
        with suppress(OSError):
            self._path.unlink()


def log_unexpected(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """An error that nobody foresaw, in a slot of the window: it goes on, the log has it."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    lines = "".join(traceback.format_exception(kind, error, trace))
    log.error("unexpected: %s", without_names(lines))


def leftovers(paths: DataPaths) -> list[Path]:
    """Fault files of windows that are gone; for whoever holds the window's lock."""
    with suppress(OSError):
        mine = f"-{os.getpid()}{_SUFFIX}"
        found = paths.logs_dir.glob(f"window-*{_SUFFIX}")
        return sorted(path for path in found if not path.name.endswith(mine))
    return []


def report_leftovers(paths: DataPaths) -> None:
    """At the start of a window: whatever crashed before without a guard gets its report."""
    for path in leftovers(paths):
        match = _PID.search(path.name)
        report(paths, int(match[1]) if match else None)


def report(paths: DataPaths, pid: int | None) -> Path | None:
    """Write `crash/<time>.txt` from a fault file and the log; None when that is not possible."""
    fault = paths.logs_dir / f"window-{pid}{_SUFFIX}"
    folder = paths.logs_dir / "crash"
    now = datetime.now().astimezone()
    target = folder / f"{now:%Y%m%d-%H%M%S}-{pid}.txt"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = compose(_head(fault, _FAULT_BYTES), _tail(paths.logs_dir / "window.log"), now)
        files.replace_bytes(target, text.encode())
        for old in sorted(folder.glob("*.txt"))[:-_KEPT_REPORTS]:
            old.unlink()
        fault.unlink(missing_ok=True)
    except (OSError, KnownError):
        return None
    return target


def newest_report(paths: DataPaths) -> Path | None:
    """The last report that was written."""
    found = sorted((paths.logs_dir / "crash").glob("*.txt"))
    return found[-1] if found else None


def compose(fault: str, log_tail: str, now: datetime) -> str:
    """The report's text."""
    lines = [
        f"Kezhan {app.__version__}, {platform.system()} {platform.version()}, "
        f"{platform.machine()}, Python {platform.python_version()}",
        f"{now:%Y-%m-%d %H:%M:%S %z}",
        "",
        fault.strip() or "The program ended without a word (killed, or out of memory).",
        "",
        *log_tail.splitlines()[-_LOG_LINES:],
    ]
    return without_names("\n".join(lines)) + "\n"


def without_names(text: str) -> str:
    """Take folders of this machine and the account's name out of a text."""
    homes = {str(Path.home()): "~", str(program_dir()): "<program>"}
    for folder, short in sorted(homes.items(), key=lambda each: -len(each[0])):
        if len(folder) > 3:
            text = text.replace(folder, short).replace(folder.replace("\\", "/"), short)
    with suppress(OSError, KeyError, ImportError):
        name = getpass.getuser()
        pattern = rf"(?<=[\\/]){re.escape(name)}(?=[\\/\s\"']|$)"
        text = re.sub(pattern, "~", text, flags=re.MULTILINE) if name else text
    return text


def _head(path: Path, size_bytes: int) -> str:
    return _read(path, lambda file: file.read(size_bytes))


def _tail(path: Path) -> str:
    def read(file: IO[bytes]) -> bytes:
        file.seek(max(0, path.stat().st_size - _LOG_BYTES))
        return file.read(_LOG_BYTES)

    return _read(path, read)


def _read(path: Path, how: Callable[[IO[bytes]], bytes]) -> str:
    try:
        with path.open("rb") as file:
            return how(file).decode("utf-8", "replace")
    except OSError:
        return ""
