# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes into the frozen folder beside the code: shelf, words, pictures, notices, libVLC."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

PACKAGE_SUFFIXES = frozenset({".toml", ".svg", ".qss", ".qm", ".txt", ".json", ".yaml"})
SHELF_FOLDERS = ("blobs", "catalogue", "metadata", "pieces", "targets")
SHELF_FILES = ("enrolment.json",)
WEB_PARTS = ("@ruffle-rs/ruffle", "h5p-standalone")
# Loaded by name at run time, so that the analysis of imports does not see them.
_LATE_PACKAGES = ("app", "pypinyin", "tuf", "securesystemslib")
_NEVER_FROZEN = ("app.publish", "app.ui.i18n.build")


class PayloadError(Exception):
    """Something that must be inside is missing; the text says what and how to make it."""


def data_files(root: Path, work: Path, *, has_web: bool = False) -> list[tuple[str, str]]:
    """(source, destination folder) of every data file, as PyInstaller wants them."""
    found = [*_package_data(root), *_shelf(root), *_notices(work)]
    found += _web_parts(root) if has_web else []
    names = {Path(source).name for source, _ in found}
    for needed in ("enrolment.json", "kezhan_zh_CN.qm", "base.toml", "style.qss", "LICENSE.txt"):
        if needed not in names:
            raise PayloadError(f"{needed} is missing; run: python3 dev.py run --version")
    return found


def _package_data(root: Path) -> Iterator[tuple[str, str]]:
    for path in sorted((root / "app").rglob("*")):
        is_ours = "node_modules" not in path.parts
        if is_ours and path.suffix in PACKAGE_SUFFIXES and path.is_file():
            yield str(path), path.parent.relative_to(root).as_posix()


def _web_parts(root: Path) -> Iterator[tuple[str, str]]:
    """What shows H5P and Flash, with its licences; without maps for debuggers."""
    modules = root / "app/player/web_assets/node_modules"
    for part in WEB_PARTS:
        found = [path for path in sorted((modules / part).rglob("*")) if path.is_file()]
        if not found:
            raise PayloadError(f"{part} is missing; run: python3 dev.py installer")
        for path in found:
            if path.suffix != ".map":
                yield str(path), path.parent.relative_to(root).as_posix()


def _shelf(root: Path) -> Iterator[tuple[str, str]]:
    """The tree of the starter lessons, without the scripts that make them."""
    shelf = root / "resources_cache"
    for name in SHELF_FILES:
        if (shelf / name).is_file():
            yield str(shelf / name), "resources_cache"
    for folder in SHELF_FOLDERS:
        for path in sorted((shelf / folder).rglob("*")):
            if path.is_file():
                yield str(path), path.parent.relative_to(root).as_posix()


def _notices(work: Path) -> Iterator[tuple[str, str]]:
    notices = work / "licences"
    for path in sorted(notices.rglob("*")):
        if path.is_file():
            yield str(path), ("licences" / path.parent.relative_to(notices)).as_posix()


def hidden_imports(collect: Callable[[str], list[str]], *, has_web: bool) -> list[str]:
    """Every module of ours and of packages that load their parts by name."""
    names = [name for package in _LATE_PACKAGES for name in collect(package)]
    names += ["vlc", "PySide6.QtMultimedia", "PySide6.QtPdf"]
    if has_web:
        names += ["PySide6.QtWebEngineCore", "PySide6.QtWebEngineWidgets"]
    return [name for name in names if not name.startswith(_NEVER_FROZEN)]


def vlc_binaries(folder: Path) -> list[tuple[str, str]]:
    """libVLC of a folder that the builder names, with its plugins."""
    libraries = [folder / "libvlc.dll", folder / "libvlccore.dll"]
    for library in libraries:
        if not library.is_file():
            raise PayloadError(f"{library} is missing; name the folder of a VLC for 64-bit Windows")
    plugins = sorted((folder / "plugins").rglob("*.dll"))
    return [
        *((str(path), "vlc") for path in libraries),
        *((str(path), ("vlc" / path.parent.relative_to(folder)).as_posix()) for path in plugins),
    ]
