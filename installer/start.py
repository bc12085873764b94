# SPDX-License-Identifier: GPL-3.0-or-later
"""What the frozen executables do before the program: find the installation's data, mend streams."""

from __future__ import annotations

import configparser
import os
import sys
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.base.errors import KnownError
from app.base.paths import DATA_DIR_VARIABLE, DataPaths, find_data_root
from app.base.settings import Settings, save_settings

INSTALLATION_NAME = "installation.ini"
KNOWN_FORMAT = "1"
_MAX_BYTES = 64 * 1024
_ENDING, _ZIP_BEGINS = ".kezhan", b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Installation:
    """What the setup was told; a relative data directory lies beside the file (绿色版)."""

    file: Path
    data_dir: str = ""
    room: str = ""


def find_installation(program_dir: Path) -> Path | None:
    """The file the setup left: beside the program, or above `versions/<version>/`."""
    places = [program_dir]
    if program_dir.parent.name == "versions":
        places.append(program_dir.parent.parent)
    return next((p / INSTALLATION_NAME for p in places if (p / INSTALLATION_NAME).is_file()), None)


def read_installation(file: Path) -> Installation:
    """Its content; defaults when damaged or of a newer kind: the program starts all the same."""
    try:
        raw = file.read_bytes()[:_MAX_BYTES]
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
        parser = configparser.ConfigParser(interpolation=None)
        parser.read_string(text)
        section = parser["kezhan"]
    except (OSError, UnicodeError, configparser.Error, KeyError):
        return Installation(file)
    if section.get("format") != KNOWN_FORMAT:
        return Installation(file)
    return Installation(file, section.get("data_dir", ""), section.get("room", ""))


def data_dir(installation: Installation) -> Path | None:
    """Where the data lies; None when its disk is not there.

    The program then looks for its marker on the disks that are.
    """
    chosen = installation.data_dir
    path = installation.file.parent / chosen
    return path if chosen and "\0" not in chosen and Path(path.anchor).is_dir() else None


def prepare(program_dir: Path, environment: MutableMapping[str, str]) -> None:
    """Tell the program what the setup was told: the data directory, and once the room."""
    file = find_installation(program_dir)
    if file is None:
        return
    installation = read_installation(file)
    chosen = data_dir(installation)
    if chosen is not None and not environment.get(DATA_DIR_VARIABLE):
        environment[DATA_DIR_VARIABLE] = str(chosen)
    if installation.room:
        give_room(DataPaths(chosen or find_data_root(None)), installation.room)


def give_room(paths: DataPaths, room: str) -> None:
    """Make the first settings name the room; settings that are there are the teachers' own."""
    if paths.settings_file.exists():
        return
    try:
        paths.ensure()
        save_settings(paths, Settings(room=room))
    except KnownError:
        return  # the program says it itself, in the window and with a remedy


def give_streams() -> None:
    """A Windows program without a console has no streams; writing to them must not fail."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            stream = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - for the run
            setattr(sys, name, stream)


def enrolment_file(arguments: Sequence[str]) -> str | None:
    """The enrolment that was double-clicked, which arrives as the only argument.

    A lesson list has the same ending and is a zip; the window itself opens that, and says so of a
    file that cannot be read.
    """
    if len(arguments) != 1 or not arguments[0].lower().endswith(_ENDING):
        return None
    path = Path(arguments[0]).absolute()
    try:
        with path.open("rb") as file:
            begin = file.read(len(_ZIP_BEGINS))
    except OSError:
        return None
    return None if begin == _ZIP_BEGINS else str(path)
