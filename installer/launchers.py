# SPDX-License-Identifier: GPL-3.0-or-later
"""Compiles the two small programs that start the current version of an installation."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from installer.toolbox import ROOT, BuildError, program_version, run
from installer.version_info import four_numbers

_SOURCE = ROOT / "installer/launcher"
_SHAPES = {"Kezhan.exe": ("-mwindows",), "kezhan-cli.exe": ("-municode", "-mconsole", "-DCONSOLE")}


def build_launchers(work: Path) -> list[Path]:
    """Compile both into `work`, which holds the icon; returns their paths."""
    compiler, resources = _compiler()
    shutil.copyfile(_SOURCE / "kezhan.manifest", work / "kezhan.manifest")
    shutil.copyfile(_SOURCE / "launcher.rc", work / "launcher.rc")
    numbers = ",".join(str(part) for part in four_numbers(program_version()))
    version = f'-DKEZHAN_VERSION=\\"{program_version()}\\"'
    command = [resources, f"-DKEZHAN_NUMBERS={numbers}", version, "launcher.rc", "launcher.o"]
    run(command, cwd=work)
    made = []
    for name, shape in _SHAPES.items():
        target = work / "launchers" / name
        target.parent.mkdir(exist_ok=True)
        strict = ["-O2", "-s", "-Wall", "-Wextra", "-Werror", "-static"]
        reproducible = ["-Wl,--no-insert-timestamp", "-Wl,--dynamicbase,--nxcompat"]
        source = _SOURCE / "launcher.c"
        run([compiler, *strict, *reproducible, *shape, source, work / "launcher.o", "-o", target])
        made.append(target)
    return made


def _compiler() -> tuple[str, str]:
    """A MinGW-w64 compiler: Debian's for Windows, or the one on Windows itself."""
    if sys.platform == "win32":
        found = shutil.which("gcc"), shutil.which("windres")
    else:
        prefix = "x86_64-w64-mingw32-"
        found = shutil.which(prefix + "gcc"), shutil.which(prefix + "windres")
    if not all(found):
        raise BuildError(
            "a MinGW-w64 compiler is missing: apt-get install gcc-mingw-w64-x86-64-win32"
        )
    return str(found[0]), str(found[1])
