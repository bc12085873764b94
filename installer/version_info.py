# SPDX-License-Identifier: GPL-3.0-or-later
"""The version resource of the Windows executables, as PyInstaller reads it."""

from __future__ import annotations

from pathlib import Path

TITLES = {"Kezhan": "课栈 Kezhan", "kezhan-cli": "课栈 Kezhan (命令行)"}
COMPANY = "Kezhan"


def four_numbers(version: str) -> tuple[int, int, int, int]:
    """`1.2.3` as Windows wants it; only released versions have an installer."""
    parts = [int(part) for part in version.split(".")]
    if not 1 <= len(parts) <= 4:
        raise ValueError(f"{version} does not fit into a version resource")
    first, second, third, fourth = [*parts, 0, 0, 0][:4]
    return first, second, third, fourth


def version_text(name: str, version: str) -> str:
    """The resource of the executable `name`."""
    numbers = four_numbers(version)
    strings = {
        "CompanyName": COMPANY,
        "FileDescription": TITLES[name],
        "FileVersion": version,
        "InternalName": name,
        "LegalCopyright": "GPL-3.0-or-later",
        "OriginalFilename": f"{name}.exe",
        "ProductName": "课栈 Kezhan",
        "ProductVersion": version,
    }
    table = ", ".join(f"StringStruct({key!r}, {value!r})" for key, value in strings.items())
    return (
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3f,"
        " flags=0x0, OS=0x40004, fileType=0x1, subtype=0x0, date=(0, 0)), kids=["
        f"StringFileInfo([StringTable('080404b0', [{table}])]),"
        " VarFileInfo([VarStruct('Translation', [2052, 1200])])])\n"
    )


def write_versions(work: Path, version: str) -> None:
    """One file per executable."""
    for name in TITLES:
        (work / f"{name}.version.txt").write_text(version_text(name, version), "utf-8")
