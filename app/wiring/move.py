# SPDX-License-Identifier: GPL-3.0-or-later
"""`kezhan move DIR`: take the data to another disk; stopped anywhere, the place before still works.

Copy, read back and compare, then one small file: the marker of the old place sends to the new one.
Only after that the old files go. Window and agent are kept out by their own locks meanwhile.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from app.base import files
from app.base.errors import known_os_error
from app.base.handover import called_away, patiently
from app.base.locks import ProcessLock
from app.base.moved import MOVED_TO, MOVING_FROM, read_marker, write_marker
from app.base.paths import DataPaths
from app.wiring.console import Console
from app.wiring.errors import MoveDamagedError, MoveLinkError
from app.wiring.move_target import LEFT_BEHIND, NOTE_NAME, check_target

_MEGABYTE = 1_000_000
_CHUNK_BYTES = 1 << 20
_PATIENCE_S = 20.0  # a window and its agent need a moment to end

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved."""

    target: Path
    files: int
    size_bytes: int


def move(options: argparse.Namespace, paths: DataPaths, console: Console) -> int:
    """`kezhan move DIR`: as a command, with its progress."""

    def show(done_bytes: int, total_bytes: int) -> None:
        console.record(
            {"event": "progress", "kind": "move", "done_bytes": done_bytes,
             "total_bytes": total_bytes}
        )  # fmt: skip
        percent = 100 * done_bytes // total_bytes if total_bytes else 100
        console.progress(f"{percent:3d} %  {done_bytes // _MEGABYTE} / {total_bytes // _MEGABYTE}")

    moved = move_data(paths, options.dir, EverySecond(show))
    console.progress("")
    megabytes = round(moved.size_bytes / _MEGABYTE, 1)
    console.record({"event": "done", "target": str(moved.target), "files": moved.files})
    console.say(
        "cli_moved",
        files=moved.files,
        megabytes=megabytes,
        target=str(moved.target),
        path=str(paths.root),
    )
    return 0


class EverySecond:
    """Passes on the first, the last, and one report a second."""

    def __init__(self, report: OnProgress) -> None:
        self._report = report
        self._next_s = 0.0

    def __call__(self, done_bytes: int, total_bytes: int) -> None:
        """Take one report."""
        now_s = time.monotonic()
        if now_s >= self._next_s or done_bytes == total_bytes:
            self._next_s = now_s + 1.0
            self._report(done_bytes, total_bytes)


def move_data(
    paths: DataPaths,
    wanted: Path,
    on_progress: OnProgress = lambda _done, _total: None,
    *,
    patience_s: float = _PATIENCE_S,
) -> Moved:
    """Move everything below `paths.root` to `wanted`.

    Raises:
        MoveRefusedError: the place will not do; nothing was changed.
        AlreadyRunningError: a window or an agent does not end.
        DiskFullError, ReadOnlyError, UnreadableFileError: the data is used where it was.
    """
    source = paths.root
    check_target(source, wanted, 0)  # what will not do anyway disturbs nobody
    with kept_out(paths, patience_s):
        found = list(_files_of(source))
        total = sum(size for _, size in found)
        target = check_target(source, wanted, total)
        _begin(source, target)
        done = 0
        for relative, size in found:
            report = partial(_report, on_progress, done, total)
            _bring(source / relative, target / relative, report)
            done += size
        for folder in {(target / relative).parent for relative, _ in found} | {target}:
            files.sync_dir(folder)
        on_progress(total, total)
        # The one moment of the change.
        write_marker(source, **{MOVED_TO: str(target)})
        _remove_old(source, target)
        write_marker(target)
    return Moved(target, len(found), total)


def _report(on_progress: OnProgress, before: int, total: int, done: int) -> None:
    on_progress(before + done, total)


def finish(paths: DataPaths) -> None:
    """A move that was cut after its moment: remove what is left in the place before."""
    source = read_marker(paths.root).get(MOVING_FROM)
    if not isinstance(source, str):
        return
    if read_marker(Path(source)).get(MOVED_TO) == str(paths.root):
        _remove_old(Path(source), paths.root)
    write_marker(paths.root)


@contextmanager
def kept_out(paths: DataPaths, patience_s: float) -> Iterator[None]:
    """Hold both locks, so that neither window nor agent touches the data.

    A window ends by itself or not at all: somebody may be teaching. An agent that works without one
    is asked to make way.
    """
    with ExitStack() as held:
        held.enter_context(patiently(ProcessLock(paths.window_lock), patience_s))
        held.enter_context(called_away(paths.root, patience_s))
        held.enter_context(patiently(ProcessLock(paths.agent_lock), patience_s))
        yield


def _files_of(root: Path) -> Iterator[tuple[Path, int]]:
    """Every file with its size; a link would lead somewhere else tomorrow."""
    try:
        for folder, names, plain in os.walk(root):
            for name in [*names, *plain]:
                path = Path(folder) / name
                is_junction = name in names and path.resolve() != Path(folder).resolve() / name
                if path.is_symlink() or is_junction:
                    raise MoveLinkError(path=str(path), target="")
            for name in plain:
                path = Path(folder) / name
                if Path(folder) == root and (name in LEFT_BEHIND or name.endswith(".pid")):
                    continue
                yield path.relative_to(root), path.stat().st_size
    except OSError as error:
        raise known_os_error(error, root) from error


def _begin(source: Path, target: Path) -> None:
    """The target says from the beginning that its data does not count yet."""
    try:
        target.mkdir(parents=True, exist_ok=True)
        (target / NOTE_NAME).unlink(missing_ok=True)
    except OSError as error:
        raise known_os_error(error, target) from error
    if sys.platform == "win32":  # every account of the machine teaches with the same data
        rights = ["icacls", str(target), "/grant", "*S-1-5-32-545:(OI)(CI)M", "/C", "/Q"]
        with suppress(OSError):
            subprocess.run(rights, check=False, capture_output=True, timeout=60)
    write_marker(target, **{MOVING_FROM: str(source)})
    try:
        for folder, names, _ in os.walk(source):
            for name in names:
                below = target / Path(folder).relative_to(source) / name
                below.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise known_os_error(error, target) from error


def _bring(source: Path, target: Path, on_bytes: Callable[[int], None]) -> None:
    """Copy one file durably and read it back; what an earlier try brought is only read."""
    try:
        stat = source.stat()
        if not (target.is_file() and target.stat().st_size == stat.st_size):
            _copy(source, target)
        if _sha256(target, on_bytes) != _sha256(source):
            _copy(source, target)
            if _sha256(target, on_bytes) != _sha256(source):
                raise MoveDamagedError(path=str(target), target=str(target.parent))
        os.utime(target, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    except OSError as error:
        raise known_os_error(error, target) from error


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as reader, target.open("wb") as writer:
        shutil.copyfileobj(reader, writer, _CHUNK_BYTES)
        writer.flush()
        os.fsync(writer.fileno())


def _sha256(path: Path, on_bytes: Callable[[int], None] = lambda _: None) -> bytes:
    digest, done = hashlib.sha256(), 0
    with path.open("rb") as file:
        if hasattr(os, "posix_fadvise"):  # what is read back should come from the disk
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
            done += len(chunk)
            on_bytes(done)
    return digest.digest()


def _remove_old(source: Path, target: Path) -> None:
    """Remove what has arrived; what cannot be removed now only takes room."""
    if sys.platform == "win32":
        with suppress(OSError):
            (source / NOTE_NAME).write_text(str(target), encoding="utf-16-le")
    with suppress(OSError):
        for path in sorted(source.iterdir()):
            if path.name in LEFT_BEHIND or not (target / path.name).exists():
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
