# SPDX-License-Identifier: GPL-3.0-or-later
"""Which file is the catalogue now: `CURRENT` names it, and it is replaced in one step."""

import contextlib
import re
import shutil
from pathlib import Path
from typing import Final

from app.base import files
from app.base.documents import document_header, parse_document
from app.base.errors import KnownError, known_os_error

CURRENT_FORMAT: Final = "kezhan-catalogue"
CURRENT_MAJOR: Final = 1
STAGING_PREFIX: Final = "staging-"
_CURRENT_NAME: Final = "CURRENT"
_FILE_NAME: Final = re.compile(r"(\d{8})\.db")
_MAX_BYTES: Final = 4096


def generation_file(folder: Path, generation: int) -> Path:
    return folder / f"{generation:08d}.db"


def current_generation(folder: Path) -> int | None:
    """The number that CURRENT names; None where there is none whose file exists.

    A damaged CURRENT (it is replaced in one step, so a disk did that) counts as none: the
    newest file may be half a generation older than the shards, and a rebuild costs seconds.
    """
    try:
        raw = (folder / _CURRENT_NAME).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise known_os_error(error, folder / _CURRENT_NAME) from error
    try:
        document = parse_document(raw, CURRENT_FORMAT, CURRENT_MAJOR, max_bytes=_MAX_BYTES)
    except KnownError:
        return None
    number = document.get("generation")
    if not isinstance(number, int) or not generation_file(folder, number).is_file():
        return None
    return number


def current_token(folder: Path) -> tuple[int, int, int]:
    """Changes whenever CURRENT is replaced (a few microseconds to ask)."""
    try:
        status = (folder / _CURRENT_NAME).stat()
    except OSError:
        return (0, 0, 0)
    return (status.st_mtime_ns, status.st_ino, status.st_size)


def next_generation(folder: Path) -> int:
    """A number that no file has."""
    numbers = [int(match[1]) for match in map(_match, folder.glob("*.db")) if match]
    return max(numbers, default=0) + 1


def make_current(folder: Path, generation: int) -> None:
    """From here on readers open this generation."""
    header = document_header(CURRENT_FORMAT, CURRENT_MAJOR, 0)
    files.replace_json(folder / _CURRENT_NAME, {**header, "generation": generation})


def sweep(folder: Path) -> None:
    """Remove what interrupted imports and older generations left; what is in use stays."""
    for path in list(folder.iterdir()):
        if path.is_dir() and path.name.startswith(STAGING_PREFIX):
            shutil.rmtree(path, ignore_errors=True)
    sweep_generations(folder)


def sweep_generations(folder: Path) -> None:
    """Remove all generations but the current one; a file that a reader holds open stays."""
    current = current_generation(folder)
    for path in list(folder.iterdir()):
        match = _FILE_NAME.match(path.name)
        if match and current is not None and int(match[1]) != current:
            with contextlib.suppress(OSError):
                path.unlink()


def _match(path: Path) -> re.Match[str] | None:
    return _FILE_NAME.fullmatch(path.name)
