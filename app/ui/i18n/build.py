# SPDX-License-Identifier: GPL-3.0-or-later
"""Collects the window's texts into the .ts files and compiles them.

python -m app.ui.i18n.build            collect, then compile
python -m app.ui.i18n.build --check    fail if collecting would change a file
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
PACKAGE = FOLDER.parents[1]
ROOMS = ("ui", "player", "wiring")
LANGUAGES = ("zh_CN",)  # the sources speak English


def tool(name: str) -> str:
    """One of Qt's translation programs, as PySide6 installs them."""
    suffix = ".exe" if sys.platform == "win32" else ""
    beside = Path(sys.executable).with_name(f"pyside6-{name}{suffix}")
    found = str(beside) if beside.exists() else shutil.which(f"pyside6-{name}")
    if found is None:
        raise FileNotFoundError(f"pyside6-{name}")
    return found


def sources() -> list[str]:
    """Every module whose texts are shown, in a steady order."""
    return [str(path) for room in ROOMS for path in sorted((PACKAGE / room).rglob("*.py"))]


def collect(language: str, target: Path) -> None:
    """Bring a .ts file up to date; texts that are gone leave it."""
    command = [tool("lupdate"), "-locations", "none", "-no-obsolete"]
    command += [*sources(), "-source-language", "en", "-target-language", language]
    subprocess.run([*command, "-ts", str(target)], check=True, stdout=subprocess.DEVNULL)


def compile_translation(language: str) -> None:
    """Make the .qm file that the window loads."""
    source = FOLDER / f"kezhan_{language}.ts"
    command = [tool("lrelease"), "-silent", str(source), "-qm", str(source.with_suffix(".qm"))]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def is_current(language: str) -> bool:
    """Whether collecting again would leave the .ts file as it is."""
    source = FOLDER / f"kezhan_{language}.ts"
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / source.name
        shutil.copyfile(source, copy)
        collect(language, copy)
        return copy.read_bytes() == source.read_bytes()


def main(arguments: list[str] | None = None) -> int:
    """Run as a program."""
    parser = argparse.ArgumentParser(description="Collect and compile translations.")
    parser.add_argument("--check", action="store_true", help="change nothing, only compare")
    parser.add_argument("--compile-only", action="store_true", help="make the .qm files")
    options = parser.parse_args(arguments)
    if options.check:
        stale = [language for language in LANGUAGES if not is_current(language)]
        return 1 if stale else 0
    for language in LANGUAGES:
        if not options.compile_only:
            collect(language, FOLDER / f"kezhan_{language}.ts")
        compile_translation(language)
    return 0


if __name__ == "__main__":
    sys.exit(main())
