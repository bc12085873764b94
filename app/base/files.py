# SPDX-License-Identifier: GPL-3.0-or-later
"""The only place that replaces files.

Measured with power-cut images: only "write beside, fsync, rename, fsync of the directory" lost
nothing; every shorter way left empty or missing files.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from app.base.errors import BugError, known_os_error
from app.base.flush import flush_files, flush_folders

_CHUNK_BYTES = 1 << 20
# How many small files are made durable together: what a power cut or a pulled stick may cost.
BATCH_FILES = 1000
BATCH_BYTES = 64 << 20
# FAT32 takes one byte less than 4 GiB, but then the last cluster ends at 4 GiB, and the check that
# Linux has for it (dosfstools 4.2) counts that as no bytes and would cut the file to nothing.
LONGEST_ON_FAT_BYTES = (4 << 30) - (1 << 20)
# Scanners and indexers hold fresh files for moments; two seconds outlast them.
_SHARING_RETRY_S = 2.0
_SHARING_PAUSE_S = 0.05
# Of thousands of files making a `Path` of each name costs as much as reading them.
Place = str | Path


def replace_bytes(path: Path, content: bytes) -> None:
    """Replace `path` so that a power cut leaves either the old or the new content, whole.

    Raises:
        DiskFullError, ReadOnlyError, UnreadableFileError: nothing was changed.
    """
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _rename(temporary, path)
        sync_dir(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise known_os_error(error, path) from error


def replace_json(path: Path, document: Mapping[str, object]) -> None:
    """`replace_bytes` with readable JSON."""
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=False)
    replace_bytes(path, text.encode() + b"\n")


def keep_previous_and_replace(path: Path, content: bytes) -> None:
    """Replace `path` and keep what it held as `path.previous` for `read_with_previous`."""
    try:
        old = path.read_bytes()
    except FileNotFoundError:
        old = b""
    except OSError as error:
        raise known_os_error(error, path) from error
    if old.strip(b"\0 \r\n"):
        replace_bytes(previous_of(path), old)
    replace_bytes(path, content)


def previous_of(path: Path) -> Path:
    """Where the previous generation of `path` is kept."""
    return path.with_name(path.name + ".previous")


def read_with_previous(path: Path, is_good: Callable[[bytes], bool]) -> bytes | None:
    """The newest good generation of `path`, or None when neither is good."""
    for candidate in (path, previous_of(path)):
        try:
            content = candidate.read_bytes()
        except OSError:
            continue
        if is_good(content):
            return content
    return None


def publish_file(temporary: Path, final: Path) -> None:
    """Give a finished temporary file of the same folder tree its final name, durably."""
    try:
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        final.parent.mkdir(parents=True, exist_ok=True)
        _rename(temporary, final)
        sync_dir(final.parent)
    except OSError as error:
        raise known_os_error(error, final) from error


def publish_files(pairs: Sequence[tuple[Place, Place]]) -> None:
    """`publish_file` for many files of one file system: durable together, then named, in order.

    Raises:
        KnownError: as `publish_file`; files before the one it names may have got their name.
    """
    if not pairs:
        return
    final = pairs[0][1]
    try:
        flush_files([temporary for temporary, _ in pairs])
        folders = list(dict.fromkeys(os.path.dirname(final) for _, final in pairs))  # noqa: PTH120 - of thousands
        for folder in folders:
            Path(folder).mkdir(parents=True, exist_ok=True)
        for temporary, final in pairs:
            _rename(temporary, final)
        flush_folders(folders)
    except OSError as error:
        raise known_os_error(error, Path(final)) from error


def pour(
    reading: int, writing: int, on_bytes: Callable[[int], None] | None = None
) -> tuple[str, int]:
    """Copy from one open file to the other; the sha256 and length of what went by.

    Raises OSError, and whatever `on_bytes` raises, which hears each chunk's size.
    """
    digest = hashlib.sha256()
    size_bytes = 0
    # Room for a megabyte is dear where there is less to read.
    most_bytes = min(os.fstat(reading).st_size + 1, _CHUNK_BYTES)
    while chunk := os.read(reading, most_bytes):
        if on_bytes is not None:
            on_bytes(len(chunk))
        digest.update(chunk)
        size_bytes += len(chunk)
        rest = memoryview(chunk)
        while rest:
            rest = rest[os.write(writing, rest) :]
    return digest.hexdigest(), size_bytes


def sync_dir(path: Path) -> None:
    """Make renames and new names in `path` durable (Windows does it with the rename itself)."""
    flush_folders([path])


def sha256_file(path: Path, on_bytes: Callable[[int], None] | None = None) -> str:
    """The sha256 of a file as 64 lowercase hex digits; `on_bytes` hears each chunk's size."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
                if on_bytes is not None:
                    on_bytes(len(chunk))
    except OSError as error:
        raise known_os_error(error, path) from error
    return digest.hexdigest()


def _rename(source: Place, target: Place) -> None:
    if sys.platform == "win32":
        _rename_windows(source, target)
    else:
        os.replace(source, target)  # noqa: PTH105 - of thousands


def _rename_windows(source: Place, target: Place) -> None:
    """MoveFileEx with REPLACE_EXISTING and WRITE_THROUGH, patient with sharing violations."""
    if sys.platform != "win32":
        raise BugError("MoveFileEx exists on Windows only")
    import ctypes

    replace_existing, write_through, sharing_violations = 0x1, 0x8, (5, 32)
    deadline = time.monotonic() + _SHARING_RETRY_S
    pause = threading.Event()
    move = ctypes.WinDLL("kernel32", use_last_error=True).MoveFileExW
    while not move(str(source), str(target), replace_existing | write_through):
        code = ctypes.get_last_error()
        if code not in sharing_violations or time.monotonic() > deadline:
            raise ctypes.WinError(code)
        pause.wait(_SHARING_PAUSE_S)
