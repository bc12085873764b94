# SPDX-License-Identifier: GPL-3.0-or-later
"""`kezhan doctor`: looks at what usually goes wrong on a classroom machine and says what to do."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.base import files
from app.base.db import open_reader
from app.base.errors import KnownError, MissingFileError
from app.base.identity import device
from app.base.messages import message
from app.base.paths import DataPaths
from app.cache.quota import reserve_bytes
from app.player.capabilities import capabilities
from app.player.web_chromium import has_sandbox
from app.sync.probe import probe
from app.sync.status import read_status
from app.sync.store import SyncStore
from app.wiring.console import Console
from app.wiring.crash import newest_report

_MEGABYTE = 1_000_000
_RECENT_S = 14 * 86_400
_WINDOWS_FONTS = ("msyh.ttc", "msyh.ttf", "simsun.ttc")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: fine, or a code with what to do about it."""

    check: str
    code: str  # "" when fine
    data: dict[str, object]

    @property
    def is_fine(self) -> bool:
        """Whether nothing has to be done."""
        return not self.code


def doctor(_options: argparse.Namespace, paths: DataPaths, console: Console) -> int:
    """Print every check; exit code 1 when something needs a hand."""
    findings = list(examine(paths))
    for finding in findings:
        words = message(finding.code, finding.data, console.language)
        name = message(f"doctor_{finding.check}", {}, console.language).sentence
        console.record(
            {
                "event": "check",
                "check": finding.check,
                "is_fine": finding.is_fine,
                "code": finding.code,
                "data": finding.data,
            }
        )
        console.text(f"✓ {name}" if finding.is_fine else f"✗ {name}: {words.line}")
    return 0 if all(finding.is_fine for finding in findings) else 1


def examine(paths: DataPaths) -> Iterator[Finding]:
    """Look at everything; a check that fails itself is a finding too."""
    checks: tuple[tuple[str, Callable[[DataPaths], Finding]], ...] = (
        ("data", _data_folder),
        ("disk", _disk),
        ("databases", _databases),
        ("frozen", _frozen),
        ("clone", _clone),
        ("clock", _clock),
        ("network", _network),
        ("codecs", _codecs),
        ("office", _office),
        ("web", _web),
        ("fonts", _fonts),
        ("crash", _crash),
    )
    for name, check in checks:
        try:
            yield check(paths)
        except KnownError as error:
            yield Finding(name, error.code, dict(error.data))


def _fine(check: str) -> Finding:
    return Finding(check, "", {})


def _data_folder(paths: DataPaths) -> Finding:
    paths.ensure()
    probe = paths.root / ".doctor"
    files.replace_bytes(probe, b"probe")
    probe.unlink(missing_ok=True)
    return _fine("data")


def _disk(paths: DataPaths) -> Finding:
    usage = shutil.disk_usage(paths.root)
    if usage.free >= reserve_bytes(usage.total):
        return _fine("disk")
    free = usage.free // _MEGABYTE
    return Finding("disk", "disk_full", {"path": str(paths.root), "free": free})


def _databases(paths: DataPaths) -> Finding:
    for path in (paths.state_db, paths.desk_db):
        try:
            database = open_reader(path)
        except MissingFileError:
            continue
        is_good = database.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
        database.conn.close()
        if not is_good:
            return Finding("databases", "database_damaged", {"path": str(path)})
    return _fine("databases")


def _frozen(paths: DataPaths) -> Finding:
    """What the agent noticed at its last start, or heard from the region since."""
    return _open_problem(paths, "frozen", "data_set_back") or _fine("frozen")


def _clone(paths: DataPaths) -> Finding:
    if device(paths).was_cloned:
        return Finding("clone", "device_cloned", {})
    return _open_problem(paths, "clone", "device_cloned") or _fine("clone")


def _open_problem(paths: DataPaths, check: str, code: str) -> Finding | None:
    for problem in read_status(paths).problems:
        if problem.code == code:
            return Finding(check, code, dict(problem.data))
    return None


def _clock(paths: DataPaths) -> Finding:
    clock = read_status(paths).clock
    if not clock.is_wrong:
        return _fine("clock")
    return Finding("clock", "doctor_clock_wrong", {"wall": f"{clock.wall:%Y-%m-%d %H:%M}"})


def _network(paths: DataPaths) -> Finding:
    """Asks the mirrors now: portal, proxy, firewall, wrong clock, or nobody there."""
    try:
        database = open_reader(paths.state_db)
    except MissingFileError:
        return Finding("network", "not_enrolled", {})
    try:
        regions = SyncStore(database).regions()
    finally:
        database.conn.close()
    if not regions:
        return Finding("network", "not_enrolled", {})
    error = probe(regions)
    return _fine("network") if error is None else Finding("network", error.code, dict(error.data))


def _codecs(_paths: DataPaths) -> Finding:
    if not capabilities().backends:
        return Finding("codecs", "no_media_backend", {})
    has_vlc = any(backend.value == "vlc" for backend in capabilities().backends)
    return _fine("codecs") if has_vlc else Finding("codecs", "doctor_no_vlc", {})


def _office(_paths: DataPaths) -> Finding:
    if capabilities().office is not None:
        return _fine("office")
    return Finding("office", "doctor_no_office", {})


def _web(_paths: DataPaths) -> Finding:
    if not capabilities().has_web:
        return Finding("web", "doctor_no_web", {})
    return _fine("web") if has_sandbox() else Finding("web", "doctor_no_sandbox", {})


def _fonts(_paths: DataPaths) -> Finding:
    return _fine("fonts") if _has_chinese_font() else Finding("fonts", "doctor_no_font", {})


def _crash(paths: DataPaths) -> Finding:
    """A crash of the last two weeks: somebody may want its report."""
    newest = newest_report(paths)
    if newest is None or time.time() - newest.stat().st_mtime > _RECENT_S:
        return _fine("crash")
    return Finding("crash", "doctor_crashed", {"path": str(newest)})


def _has_chinese_font() -> bool:
    if sys.platform == "win32":
        folder = Path("C:/Windows/Fonts")
        return any((folder / name).is_file() for name in _WINDOWS_FONTS)
    program = shutil.which("fc-list")
    if program is None:
        return False
    listed = subprocess.run(
        [program, ":lang=zh-cn", "family"], capture_output=True, check=False, timeout=20
    )
    return bool(listed.stdout.strip())
