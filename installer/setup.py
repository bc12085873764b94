# SPDX-License-Identifier: GPL-3.0-or-later
"""Packs the frozen Windows folder: the setup (安装版), the portable zip (绿色版) and 检查.exe."""

from __future__ import annotations

import os
import shutil
import sys
import zipfile
from pathlib import Path

from installer.launchers import build_launchers
from installer.signing import is_wanted, sign
from installer.toolbox import DIST, ROOT, BuildError, program_version, run, say
from installer.version_info import four_numbers

# Windows' own NSIS has 32-bit stubs only; Wine here runs 64-bit programs only.
STUB = "x86-unicode" if sys.platform == "win32" else "amd64-unicode"
PORTABLE = "[kezhan]\nformat=1\ndata_dir=KezhanData\n"
_ZIP_TIME = (2026, 1, 1, 0, 0, 0)


def build_setup(
    payload: Path,
    work: Path,
    target: Path,
    *,
    is_fast: bool,
    version: str | None = None,
    component: Path | None = None,
) -> Path:
    """Compile the setup around a frozen folder; `version` only for trying an upgrade.

    With `component` (Qt WebEngine's files) it offers that as something to leave out.
    """
    version = version or program_version()
    for launcher in build_launchers(work):
        sign(launcher)
    suffix = "" if component is None else "-web"
    out = target / f"Kezhan-{version}-Setup{suffix}.exe"
    out.parent.mkdir(exist_ok=True)
    say(f"packing {out.name}" + (" quickly" if is_fast else "; this takes some minutes"))
    defines: dict[str, str | Path] = {"VERSION": version, "STUB": STUB}
    defines |= {"PAYLOAD": payload, "WORK": work, "OUT": out}
    size_bytes = sum(path.stat().st_size for path in payload.rglob("*") if path.is_file())
    defines["SIZE_KB"] = str(size_bytes // 1024)
    if component is not None:
        defines["WEB"] = component
        web_bytes = sum(path.stat().st_size for path in component.rglob("*") if path.is_file())
        defines |= {"WEB_KB": str(web_bytes // 1024), "WEB_MB": str(round(web_bytes / 1e6))}
    if is_wanted():  # the uninstaller is in it, and Windows asks for an administrator with it
        defines["SIGNER"] = f'"{sys.executable}" -m installer.signing'
    makensis("setup.nsi", defines | ({"FAST": "1"} if is_fast else {}))
    sign(out)
    return out


def build_checker(work: Path, target: Path, stub: str = "x86-unicode") -> Path:
    """Compile 检查.exe; 32-bit, so that it answers on every Windows since 7."""
    out = target / "检查.exe"
    makensis("check.nsi", {"VERSION": program_version(), "WORK": work, "OUT": out, "STUB": stub})
    sign(out)
    return out


def makensis(script: str, defines: dict[str, str | Path]) -> None:
    """Compile one script; its warnings are errors."""
    program = shutil.which("makensis")
    if program is None:
        raise BuildError("NSIS is missing: apt-get install nsis (Windows: NSIS 3.08 or newer)")
    numbers = ".".join(str(part) for part in four_numbers(str(defines["VERSION"])))
    words = [f"-D{name}={value}" for name, value in (defines | {"NUMBERS": numbers}).items()]
    source = ROOT / "installer/nsis" / script
    # The work directory of the script's includes is its own folder.
    options = ["-V2", "-WX", "-INPUTCHARSET", "UTF8"]
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    run([program, *options, *words, source], cwd=source.parent, environment=environment)


def build_portable(payload: Path) -> Path:
    """Zip the folder with an `installation.ini` that keeps the data beside the program."""
    out = DIST / f"Kezhan-{program_version()}-portable.zip"
    out.parent.mkdir(exist_ok=True)
    beside = out.with_suffix(".tmp")
    with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in sorted(payload.rglob("*")):
            if path.is_file():
                name = f"Kezhan/{path.relative_to(payload).as_posix()}"
                _add(archive, name, path.read_bytes())
        _add(archive, "Kezhan/installation.ini", PORTABLE.encode())
    beside.replace(out)
    return out


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, _ZIP_TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    archive.writestr(info, content)
