# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a universal stick: a folder that gets its name when everything in it is whole."""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

from app.base import files
from app.base.errors import CancelledError, DiskFullError, known_os_error
from app.lesson.errors import UniversalSourceError
from app.lesson.universal.page import Words, lesson_page, print_page
from app.lesson.universal.plan import PAGE_NAME, PRINT_NAME, PlacedFile, UniversalPlan, safe_stem

_READ_BYTES = 1 << 20
# Two pages, and what a file system rounds up.
_SPARE_BYTES = 2 << 20


def write_universal(
    plan: UniversalPlan,
    folder: Path,
    words: Words,
    on_bytes: Callable[[int], None],
    is_cancelled: Callable[[], bool],
) -> Path:
    """Write the lesson into a new folder of its own in `folder`; returns where.

    Raises:
        DiskFullError, ReadOnlyError, MissingFileError, UnreadableFileError: nothing is left behind.
        UniversalSourceError: a file changed or went away meanwhile; nothing is left behind.
        CancelledError: nothing is left behind.
    """
    final = _free_name(folder, safe_stem(plan.name))
    working = folder / f".{uuid.uuid4().hex[:12]}.writing"
    try:
        _require_room(folder, plan.size_bytes + _SPARE_BYTES)
        working.mkdir()
        for item in plan.items:
            for file in item.files:
                _copy(file, working / file.name, on_bytes, is_cancelled)
        files.replace_bytes(working / PAGE_NAME, lesson_page(plan, words).encode("utf-8"))
        files.replace_bytes(working / PRINT_NAME, print_page(plan, words).encode("utf-8"))
        files.sync_dir(working)
        working.rename(final)
        files.sync_dir(folder)
    except OSError as error:
        raise known_os_error(error, folder) from error
    finally:
        shutil.rmtree(working, ignore_errors=True)
    return final


def _free_name(folder: Path, stem: str) -> Path:
    """The list's name, or with a number behind it; nothing on a stick is ever replaced."""
    number = 1
    while True:
        found = folder / (stem if number == 1 else f"{stem} ({number})")
        if not found.exists() and not found.is_symlink():
            return found
        number += 1


def _require_room(folder: Path, needed_bytes: int) -> None:
    usage = shutil.disk_usage(folder)
    if usage.total and usage.free < needed_bytes:
        raise DiskFullError(path=str(folder), needed_bytes=needed_bytes)


def _copy(
    file: PlacedFile,
    target: Path,
    on_bytes: Callable[[int], None],
    is_cancelled: Callable[[], bool],
) -> None:
    digest = hashlib.sha256()
    try:
        reading = file.source.path.open("rb", buffering=0)
    except OSError as error:
        raise UniversalSourceError(name=file.name) from error
    with reading, target.open("xb", buffering=0) as writing:
        while chunk := reading.read(_READ_BYTES):
            if is_cancelled():
                raise CancelledError()
            digest.update(chunk)
            view = memoryview(chunk)
            while view:
                view = view[writing.write(view) :]
            on_bytes(len(chunk))
        os.fsync(writing.fileno())
    if file.source.sha256 and digest.hexdigest() != file.source.sha256:
        raise UniversalSourceError(name=file.name)
