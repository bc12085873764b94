# SPDX-License-Identifier: GPL-3.0-or-later
"""The outgoing folders of a stick: made without following links, filled durably, read back."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from app.base import files
from app.base.errors import (
    CancelledError,
    DiskFullError,
    KnownError,
    MissingFileError,
    ReadOnlyError,
    UnreadableFileError,
    known_os_error,
)
from app.region.bundle import OUT_DIR
from app.region.bundle_reader import part_paths
from app.region.bundle_writer import WrittenPart
from app.sync.courier.errors import (
    StickFailingError,
    StickFullError,
    StickLiesError,
    StickLinkError,
    StickProtectedError,
)
from app.sync.courier.places import is_link, plain_child
from app.sync.errors import CarrierGoneError

# A folder beside the parts says which machine made them, as a random word (docs/sync.md).
POINT_NAME = "point"
POINT = re.compile(r"[0-9a-f]{32}")
_MAX_POINT_BYTES = 64
# What a file system that does not tell its size is taken to have; it says so when it is full.
_UNKNOWN_BYTES = 1 << 40
_READ_BYTES = 1 << 20
_READING = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_WRITING = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def out_dir(root: Path, region_id: str) -> Path:
    """The folder for a region's bundles on a stick; made if need be, never through a link.

    Raises:
        CarrierGoneError, StickProtectedError, StickFullError, StickLinkError,
        StickAmbiguousError, StickFailingError.
    """
    if not os.path.isdir(root):  # noqa: PTH112 - a dead stick answers with an error, not with no
        raise CarrierGoneError(host=str(root))
    place = root
    for name in (*OUT_DIR.split("/"), region_id):
        found = plain_child(place, name)
        if found is None:
            found = place / name
            try:
                found.mkdir()
            except FileExistsError as error:  # a file of that name, or one that hides
                raise StickLinkError(path=str(place), name=name) from error
            except OSError as error:
                raise stick_error(known_os_error(error, found), root) from error
        place = found
    return place


def stick_error(error: KnownError, root: Path, written: int = 0) -> KnownError:
    """What an error of writing means when the place is a stick."""
    if isinstance(error, CancelledError):
        return error
    if isinstance(error, (MissingFileError, UnreadableFileError)) and _is_gone(root):
        return CarrierGoneError(host=str(root))
    if isinstance(error, DiskFullError):
        needed = error.data.get("needed_bytes")
        return StickFullError(path=str(root), needed_bytes=needed, written=written)
    if isinstance(error, ReadOnlyError):
        return StickProtectedError(path=str(root))
    if isinstance(error, (MissingFileError, UnreadableFileError)):
        return StickFailingError(path=str(root), files=written)
    return error


def free_bytes(root: Path, space_bytes: int | None, used_bytes: int) -> int:
    """The room left: on the stick, and of what we were told to use."""
    try:
        usage = shutil.disk_usage(root)
    except OSError as error:
        raise stick_error(known_os_error(error, root), root) from error
    free = usage.free if usage.total else _UNKNOWN_BYTES
    return free if space_bytes is None else min(free, space_bytes - used_bytes)


def size_of_bundle(folder: Path) -> int:
    """Bytes of all parts of a finished bundle; 0 when there is none."""
    if not os.path.isdir(folder) or is_link(folder):  # noqa: PTH112 - a dead stick answers with an error, not with no
        return 0
    try:
        return sum(path.stat().st_size for path in part_paths(folder))
    except (KnownError, OSError):
        return 0


def remove_bundle(folder: Path) -> bool:
    """Delete a bundle; whether it is certainly gone. One that will not go is left for later."""
    if is_link(folder):
        return False
    with contextlib.suppress(OSError):
        shutil.rmtree(folder)
    return os.path.isdir(folder.parent) and not os.path.lexists(folder)  # noqa: PTH112 - a dead stick answers with an error, not with no


def write_point(folder: Path, point: str) -> None:
    """Lay the machine's label beside the parts."""
    files.replace_bytes(folder / POINT_NAME, point.encode("ascii"))


def read_point(folder: Path) -> str:
    """The label beside the parts; empty when there is none that we understand."""
    path = folder / POINT_NAME
    try:
        if is_link(path) or not path.is_file():
            return ""
        with path.open("rb") as file:
            text = file.read(_MAX_POINT_BYTES).decode("ascii", "replace")
    except OSError:
        return ""
    return text if POINT.fullmatch(text) else ""


def read_back(folder: Path, parts: Sequence[WrittenPart], passed: Callable[[int], None]) -> None:
    """Read samples of what was written, from the stick itself where the system lets us.

    The last part shows a stick that pretends to be larger than it is, one in between a worn one;
    reading all of it would cost the teacher a third of the time again, and this machine keeps
    everything until the county has it.

    Raises:
        StickLiesError: a part is not what was written.
        KnownError: of the disk; CancelledError from `passed`.
    """
    sample = {len(parts) - 1, secrets.randbelow(len(parts))} if parts else set()
    for number in sorted(sample):
        part = parts[number]
        if _hash(folder / part.name, passed) != part.sha256:
            raise StickLiesError(path=str(folder))


def copy_parts(
    sources: Iterable[tuple[Path, str]], folder: Path, passed: Callable[[int], None]
) -> list[WrittenPart]:
    """Copy sealed parts (path, name) durably into a new folder; returns what must read back."""
    working = folder.with_name(f".{folder.name}.writing")
    try:
        shutil.rmtree(working, ignore_errors=True)
        working.mkdir()
        written = [copy_part(source, working / name, passed) for source, name in sources]
        files.sync_dir(working)
        working.rename(folder)
        files.sync_dir(folder.parent)
    except OSError as error:
        shutil.rmtree(working, ignore_errors=True)
        raise known_os_error(error, folder) from error
    except KnownError:
        shutil.rmtree(working, ignore_errors=True)
        raise
    return written


def copy_part(
    source: Path | str,
    target: Path | str,
    passed: Callable[[int], None],
    *,
    is_durable: bool = True,
) -> WrittenPart:
    """Copy one part, hashing it on the way; raises OSError.

    Without `is_durable` whoever asks makes it so, for many at once.
    """
    reading = os.open(source, _READING)
    try:
        writing = os.open(target, _WRITING, 0o666)
        try:
            digest, size_bytes = files.pour(reading, writing, passed)
            if is_durable:
                os.fsync(writing)
        finally:
            os.close(writing)
    finally:
        os.close(reading)
    return WrittenPart(os.path.basename(target), size_bytes, digest)  # noqa: PTH119 - of thousands


def _hash(path: Path, passed: Callable[[int], None]) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb", buffering=0) as file:
            forget = getattr(os, "posix_fadvise", None)
            if forget is not None:  # else the answer would come from memory
                forget(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            while chunk := file.read(_READ_BYTES):
                passed(len(chunk))
                digest.update(chunk)
    except OSError as error:
        raise known_os_error(error, path) from error
    return digest.hexdigest()


def _is_gone(root: Path) -> bool:
    """Whether nothing answers there any more."""
    try:
        with os.scandir(root) as found:
            next(found, None)
        shutil.disk_usage(root)
    except OSError:
        return True
    return False
