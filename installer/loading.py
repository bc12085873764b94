# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether everything in a frozen folder will load: what it is linked against is inside or promised.

A library that was pruned too eagerly is found here, and not on the first machine that lacks it. On
Linux the machine that builds answers for the distribution; on Windows a list names what every
Windows that we support brings.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from installer import contents, wine
from installer.toolbox import ROOT, BuildError, pins

_SYSTEM_LIST = ROOT / "installer/lists/windows-system.txt"
_MISSING = re.compile(r"^\s*(\S+) => not found", re.MULTILINE)
_DAMAGED = re.compile(r"error while loading shared libraries: ([^:]+):")
_IMPORTS = ("DIRECTORY_ENTRY_IMPORT", "DIRECTORY_ENTRY_DELAY_IMPORT")


def check(folder: Path, platform: str) -> None:
    """Raise `BuildError` with every library that is needed and will not be there."""
    missing = dict(_missing_on_windows(folder) if platform == "windows" else _missing_here(folder))
    if missing:
        lines = [f"  {name}, for {needed_by}" for name, needed_by in sorted(missing.items())]
        raise BuildError("libraries that nothing brings:\n" + "\n".join(lines))


def _missing_here(folder: Path) -> Iterator[tuple[str, str]]:
    """(library, who needs it) by the loader of this system, as the program's start sets it up."""
    variables = {**os.environ, "LD_LIBRARY_PATH": str(folder / "_internal")}
    for name in contents.binaries(folder):
        ldd = subprocess.run(
            ["ldd", folder / name], env=variables, capture_output=True, text=True, check=False
        )
        for library in _MISSING.findall(ldd.stdout):
            yield library, name
        for library in _DAMAGED.findall(ldd.stdout + ldd.stderr):
            yield f"{library} (damaged)", name


def _missing_on_windows(folder: Path) -> Iterator[tuple[str, str]]:
    """(library, who imports it), by the import tables."""
    if sys.platform != "win32":  # there the freezing tools have brought it into this environment
        python = wine.cache_dir() / str(pins()["windows_python"]["folder"])
        sys.path.append(str(python / "Lib/site-packages"))
    pefile = import_module("pefile")
    tables = [pefile.DIRECTORY_ENTRY[f"IMAGE_{name}"] for name in _IMPORTS]
    names = list(contents.binaries(folder))
    there = {Path(name).name.lower() for name in names} | system_libraries()
    for name in names:
        image = pefile.PE(str(folder / name), fast_load=True)
        image.parse_data_directories(directories=tables)
        for table in _IMPORTS:
            for entry in getattr(image, table, ()):
                library = entry.dll.decode().lower()
                if library not in there and not library.startswith("api-ms-win-"):
                    yield library, name
        image.close()


def system_libraries() -> set[str]:
    """What Windows itself brings."""
    return set(contents.read_list(_SYSTEM_LIST.read_text("utf-8")))
