# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the program that can show or convert slides and documents; runs nothing."""

from __future__ import annotations

import shutil
import sys
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
_WINDOWS_SHOWERS = ("POWERPNT.EXE", "wpp.exe", "WINWORD.EXE", "wps.exe")


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
    """PowerPoint or WPS on Windows, else LibreOffice, else None; milliseconds."""
    installed = _windows_program()
    if installed is not None:
        return OfficeProgram(OfficeWay.OPEN, installed)
    converter = find_converter()
    return None if converter is None else OfficeProgram(OfficeWay.CONVERT, converter)


@cache
def find_converter() -> Path | None:
    """LibreOffice's program file, or None."""
    for name in ("soffice", "libreoffice"):
        found = shutil.which(name)
        if found is not None:
            return Path(found)
    return next((Path(place) for place in _USUAL_PLACES if Path(place).is_file()), None)


def _windows_program() -> Path | None:
    if sys.platform != "win32":
        return None
    import winreg

    for name in _WINDOWS_SHOWERS:
        for root in (winreg.HKEY_LOCAL_MACHINE, winreg.HKEY_CURRENT_USER):
            place = rf"Software\Microsoft\Windows\CurrentVersion\App Paths\{name}"
            try:
                program = Path(winreg.QueryValue(root, place).strip('"'))
            except OSError:
                continue
            if program.is_file():
                return program
    return None
