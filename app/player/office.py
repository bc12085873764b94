# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the program that can show or convert slides and documents; runs nothing."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

# Where LibreOffice lies when it is not on the PATH.
_USUAL_PLACES = (
    "/usr/lib/libreoffice/program/soffice",
    "/opt/libreoffice/program/soffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "C:/Program Files/LibreOffice/program/soffice.exe",
    "C:/Program Files (x86)/LibreOffice/program/soffice.exe",
)
# Keys under "App Paths"; 希沃 and 鸿合 machines mostly carry WPS. Not tried on Windows here.
_SLIDES = frozenset({"ppt", "pptx", "pps", "ppsx", "dps", "odp"})
_WINDOWS_SLIDES = ("POWERPNT.EXE", "wpp.exe")
_WINDOWS_SHOWERS = (*_WINDOWS_SLIDES, "WINWORD.EXE", "wps.exe")


class OfficeWay(StrEnum):
    """How a program helps us."""

    CONVERT = "convert"  # LibreOffice makes pages that we show ourselves
    OPEN = "open"  # PowerPoint or WPS shows the file in its own window


@dataclass(frozen=True, slots=True)
class OfficeProgram:
    """One found program."""

    way: OfficeWay
    program: Path


@cache
def find_office() -> OfficeProgram | None:
    """PowerPoint or WPS on Windows, else LibreOffice, else WPS elsewhere, else None; milliseconds.

    Where there is a choice, our own pages come first: the pen stays on them.
    """
    installed = _windows_program()
    if installed is not None:
        return OfficeProgram(OfficeWay.OPEN, installed)
    converter = find_converter()
    if converter is not None:
        return OfficeProgram(OfficeWay.CONVERT, converter)
    shower = _shower_on_path()
    return None if shower is None else OfficeProgram(OfficeWay.OPEN, shower)


def program_for(suffix: str) -> Path | None:
    """WPS's program for slides or for documents outside Windows; there the system knows better."""
    if sys.platform == "win32":
        return _windows_program(_WINDOWS_SLIDES) if suffix in _SLIDES else None
    found = shutil.which("wpp" if suffix in _SLIDES else "wps")
    return Path(found) if found is not None else None


def _shower_on_path() -> Path | None:
    found = None if sys.platform == "win32" else shutil.which("wpp")
    return Path(found) if found is not None else None


@cache
def find_converter() -> Path | None:
    """LibreOffice's program file, or None."""
    for name in ("soffice", "libreoffice"):
        found = shutil.which(name)
        if found is not None:
            return Path(found)
    return next((Path(place) for place in _USUAL_PLACES if Path(place).is_file()), None)


def _windows_program(names: Sequence[str] = _WINDOWS_SHOWERS) -> Path | None:
    if sys.platform != "win32":
        return None
    import winreg

    for name in names:
        for root in (winreg.HKEY_LOCAL_MACHINE, winreg.HKEY_CURRENT_USER):
            place = rf"Software\Microsoft\Windows\CurrentVersion\App Paths\{name}"
            try:
                program = Path(winreg.QueryValue(root, place).strip('"'))
            except OSError:
                continue
            if program.is_file():
                return program
    return None
