# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the frozen folder: icon, version, notices, PyInstaller, and the check of the result."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from installer import bill, contents, loading, notices, version_info, wine
from installer.screen import virtual_screen
from installer.toolbox import BUILD, ROOT, BuildError, program_version, run, say

_SPEC = ROOT / "installer/kezhan.spec"


@dataclass(frozen=True, slots=True)
class Options:
    """What the builder chose."""

    has_web: bool = False
    vlc_dir: Path | None = None


@dataclass(frozen=True, slots=True)
class Frozen:
    """A finished folder and what was packed into it."""

    place: Path
    site: Path
    platform: str  # linux | windows

    @property
    def folder(self) -> Path:
        """What is installed."""
        return self.place / "dist" / "Kezhan"

    @property
    def has_web(self) -> bool:
        """Whether Qt WebEngine is inside."""
        return self.place.name.endswith("-web")

    @property
    def work(self) -> Path:
        """Icon, version resources and notices."""
        return self.place / "work"

    @property
    def size_bytes(self) -> int:
        """Installed size; links count once."""
        files = (path for path in self.folder.rglob("*") if path.is_file())
        return sum(path.stat().st_size for path in files if not path.is_symlink())


def freeze(platform: str, options: Options) -> Frozen:
    """The folder for `linux` or `windows`; `BuildError` when anything inside is unexpected."""
    place = place_of(platform, options)
    work = place / "work"
    work.mkdir(parents=True, exist_ok=True)
    is_native = (platform == "windows") == (sys.platform == "win32")
    # A process of its own: the drawing needs Qt, this program does not.
    run([sys.executable, "-m", "installer.icon", ROOT, work])
    version_info.write_versions(work, program_version())
    python = None if is_native else wine.set_up_python(wine.cache_dir())
    site = Path(sysconfig.get_path("purelib")) if python is None else python / "Lib/site-packages"
    notices.collect(site, _python_licence(python), work / "licences")
    say(f"freezing for {platform}; this takes some minutes")
    shutil.rmtree(place / "dist", ignore_errors=True)
    _run_pyinstaller(place, work, python, options)
    frozen = Frozen(place, site, platform)
    if platform == "linux":
        strip_debug(frozen.folder)
    check_shelf(frozen.folder)
    count = contents.check(frozen.folder, place.name)
    loading.check(frozen.folder, platform)
    say(f"{frozen.size_bytes / 1e6:.0f} MB, {count} binaries, each on its list")
    return frozen


def place_of(platform: str, options: Options) -> Path:
    """Where a variant is built; its list of contents has the same name."""
    return BUILD / (f"{platform}-web" if options.has_web else platform)


def existing(platform: str, options: Options) -> Frozen:
    """The folder of the last build."""
    place = place_of(platform, options)
    if not (place / "dist" / "Kezhan").is_dir():
        raise BuildError(f"there is no {place}/dist/Kezhan; build without --reuse first")
    is_native = (platform == "windows") == (sys.platform == "win32")
    windows_site = wine.cache_dir() / "cp311/Lib/site-packages"
    site = Path(sysconfig.get_path("purelib")) if is_native else windows_site
    return Frozen(place, site, platform)


def _python_licence(python: Path | None) -> Path:
    if python is not None:
        return python / "LICENSE.txt"
    places = [Path(sys.base_prefix) / "LICENSE.txt", Path(sysconfig.get_path("stdlib"))]
    places = [places[0], places[1] / "LICENSE.txt", Path("/usr/share/doc/python3.11/copyright")]
    for place in places:
        if place.is_file():
            return place
    raise BuildError(f"Python's licence text is in none of {', '.join(map(str, places))}")


def _run_pyinstaller(place: Path, work: Path, python: Path | None, options: Options) -> None:
    variables = {
        "KEZHAN_WEB": "1" if options.has_web else "0",
        "KEZHAN_WORK": _named(work, python),
        "SOURCE_DATE_EPOCH": "1767225600",  # the archive's times do not say when it was built
        "PYTHONHASHSEED": "1",
    }
    if options.vlc_dir is not None:
        variables["KEZHAN_VLC"] = _named(options.vlc_dir, python)
    arguments = ["-m", "PyInstaller", "--noconfirm", "--clean", "--log-level=WARN"]
    arguments += [f"--distpath={_named(place / 'dist', python)}"]
    arguments += [f"--workpath={_named(place / 'pyinstaller', python)}", _named(_SPEC, python)]
    if python is None:
        run([sys.executable, *arguments], environment={**os.environ, **variables})
        return
    prefix = wine.Prefix(wine.cache_dir() / "prefix")
    with virtual_screen() as display, prefix.in_use(display):
        command = wine.python_command(python, arguments)
        prefix.call(*command, display=display, timeout_s=3600, extra=variables)


def _named(path: Path, python: Path | None) -> str:
    return str(path) if python is None else wine.windows_path(path)


def strip_debug(folder: Path) -> None:
    """Remove debugging symbols that some wheels ship.

    Libraries that were rewritten after linking (`*.libs`, Qt's) are left alone: strip damages them.
    """
    for name in contents.binaries(folder):
        path = folder / name
        if ".libs/" in name or "/PySide6/" in name or path.parent == folder:
            continue
        run(["strip", "--strip-unneeded", path])


def check_shelf(folder: Path) -> None:
    """Hold the packed starter lessons to their signatures and hashes."""
    shelf = folder / "_internal/resources_cache"
    run([sys.executable, "-m", "app.publish", "check", shelf])


def write_bill(frozen: Frozen, target: Path) -> None:
    """Write the CycloneDX list of a frozen folder."""
    document = bill.cyclone_dx(frozen.folder, frozen.site, frozen.platform, program_version())
    bill.write_bill(document, target)
