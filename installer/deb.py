# SPDX-License-Identifier: GPL-3.0-or-later
"""Packs the frozen Linux folder as a Debian package below /opt, with menu entry and file type."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

from installer import contents
from installer.toolbox import BUILD, DIST, ROOT, program_version, run

# What a package may not depend on: it is there for developers and tests.
_NOT_NEEDED = frozenset({"xvfb"})
# Better with them, but a lesson does not fail without: fonts may be others, Qt plays without VLC.
_RECOMMENDED = frozenset(
    {"fonts-noto-cjk", "fonts-noto-core", "libvlc5", "vlc-plugin-base", "libnss3"}
)
_GLIBC = re.compile(r"GLIBC_(\d+)\.(\d+)")

_DESKTOP = """[Desktop Entry]
Type=Application
Name=Kezhan
Name[zh_CN]=课栈
Comment=Lessons that play without a network
Comment[zh_CN]=没有网络也能上课的资源库
Exec=/opt/kezhan/Kezhan %f
Icon=kezhan
Terminal=false
Categories=Education;
MimeType=application/x-kezhan;
"""
_MIME = """<?xml version="1.0" encoding="UTF-8"?>
<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">
  <mime-type type="application/x-kezhan">
    <comment>Kezhan file</comment>
    <comment xml:lang="zh_CN">课栈文件</comment>
    <glob pattern="*.kezhan"/>
  </mime-type>
</mime-info>
"""


# The running program reads its parts from its folder when it needs them. `kezhan update` has seen
# that nobody is there; whoever else installs is told to close it first, and nothing has changed.
PREINST = """#!/bin/sh
set -e
if [ "$1" = upgrade ] && [ -z "$KEZHAN_NOBODY_IS_THERE" ]; then
    for program in /proc/[0-9]*/exe; do
        if [ "$(readlink "$program" 2>/dev/null)" = /opt/kezhan/Kezhan ]; then
            echo "课栈正在使用，请关闭后再安装。 Kezhan is in use; close it and install again." >&2
            exit 1
        fi
    done
fi
"""


def needed_glibc(folder: Path) -> str:
    """The oldest C library on which everything in a folder loads, read from its symbols."""
    newest = (2, 0)
    for name in contents.binaries(folder):
        symbols = run(["objdump", "-T", folder / name])
        found = ((int(major), int(minor)) for major, minor in _GLIBC.findall(symbols))
        newest = max(newest, *found, newest)
    return f"{newest[0]}.{newest[1]}"


def dependencies(glibc: str) -> tuple[list[str], list[str]]:
    """(needed, recommended) packages, from the one list that `dev.py` installs too."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    listed = set(table["tool"]["kezhan"]["debian"]["run"]) - _NOT_NEEDED
    needed = [*sorted(listed - _RECOMMENDED), f"libc6 (>= {glibc})"]
    return needed, sorted(listed & _RECOMMENDED)


def control(size_kib: int, glibc: str) -> str:
    """The package's control file."""
    needed, recommended = dependencies(glibc)
    return (
        f"Package: kezhan\nVersion: {program_version()}\nArchitecture: amd64\n"
        "Maintainer: Kezhan <kezhan@localhost>\nSection: education\nPriority: optional\n"
        f"Installed-Size: {size_kib}\nDepends: {', '.join(needed)}\n"
        f"Recommends: {', '.join(recommended)}\n"
        "Description: lessons that play without a network (课栈)\n"
        " Keeps a region's resource catalogue and lessons on the classroom machine, finds\n"
        " them in an instant and plays them offline.\n"
    )


def build_deb(folder: Path, work: Path, size_bytes: int, *, is_fast: bool = False) -> Path:
    """Write `dist/kezhan_<version>_amd64.deb`."""
    tree = BUILD / "linux" / "deb"
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(folder, tree / "opt/kezhan", symlinks=True)
    _write(tree / "usr/share/applications/kezhan.desktop", _DESKTOP)
    _write(tree / "usr/share/mime/packages/kezhan.xml", _MIME)
    icons = tree / "usr/share/icons/hicolor/256x256/apps/kezhan.png"
    icons.parent.mkdir(parents=True)
    shutil.copyfile(work / "kezhan.png", icons)
    _write(tree / "usr/share/doc/kezhan/copyright", (ROOT / "docs/licences.md").read_text("utf-8"))
    links = tree / "usr/bin"
    links.mkdir(parents=True)
    (links / "kezhan").symlink_to("/opt/kezhan/kezhan-cli")
    _write(tree / "DEBIAN/control", control(size_bytes // 1024, needed_glibc(folder)))
    _write(tree / "DEBIAN/preinst", PREINST)
    (tree / "DEBIAN/preinst").chmod(0o755)
    out = DIST / f"kezhan_{program_version()}_amd64.deb"
    out.parent.mkdir(exist_ok=True)
    effort = "-z1" if is_fast else "-z6"
    run(["dpkg-deb", "--root-owner-group", "-Zxz", effort, "--build", tree, out])
    return out


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="\n")
