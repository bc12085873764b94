# SPDX-License-Identifier: GPL-3.0-or-later
"""`python3 dev.py installer`: builds everything that schools install, into `dist/`.

On Linux: the frozen folder with its Debian package, and under Wine the Windows setup, the portable
zip and 检查.exe. On Windows: the Windows ones, natively. `--check` installs and runs them.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from installer import bill, freeze, setup
from installer.component import divide
from installer.deb import build_deb
from installer.freeze import Frozen, Options
from installer.signing import prepare, sign
from installer.toolbox import BUILD, DIST, BuildError, program_version, say
from installer.wine import ensure_debian_packages


def main(arguments: Sequence[str]) -> int:
    """Build what was asked for; returns the exit code."""
    chosen = _parser().parse_args(arguments)
    platforms = chosen.only.split(",") if chosen.only else _default_platforms()
    began = time.monotonic()
    end_in_order()
    try:
        certificate = prepare()
        if certificate is not None:
            say(f"signs as {certificate.subject}, until {certificate.ends:%Y-%m-%d}")
        options = Options(has_web=chosen.webengine, vlc_dir=_vlc_dir(chosen.vlc, chosen.vlc_sha256))
        for platform in platforms:
            _build(platform, options, chosen)
        files = [
            path for path in DIST.iterdir() if path.name.startswith(("Kezhan", "kezhan", "检查"))
        ]
        bill.write_sums(files, DIST / "SHA256SUMS.txt")
        for path in sorted(files):
            say(f"{path.stat().st_size / 1e6:7.1f} MB  {path.relative_to(DIST.parent)}")
    except BuildError as error:
        say(str(error))
        return 1
    say(f"done in {time.monotonic() - began:.0f} s")
    return 0


def end_in_order() -> None:
    """From now on Ctrl-C and the wish to end let every `finally` run, undisturbed by a second."""

    def end(number: int, _: FrameType | None) -> None:
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_IGN)
        sys.exit(128 + number)

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, end)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dev.py installer", description=__doc__)
    parser.add_argument("--check", action="store_true", help="install and run what was built")
    parser.add_argument("--fast", action="store_true", help="pack quickly and larger, for trying")
    parser.add_argument("--reuse", action="store_true", help="pack the folder of the last build")
    parser.add_argument("--only", choices=("linux", "windows"), help="build for one system")
    parser.add_argument("--webengine", action="store_true", help="take Qt WebEngine along")
    parser.add_argument(
        "--debian-root", type=Path, metavar="DIR", help="try the package above this bare Debian"
    )
    parser.add_argument("--vlc", type=Path, metavar="DIR", help="take libVLC for Windows along")
    parser.add_argument("--vlc-sha256", metavar="SUM", help="sum of DIR/libvlc.dll (with --vlc)")
    return parser


def _default_platforms() -> list[str]:
    return ["windows"] if sys.platform == "win32" else ["linux", "windows"]


def _vlc_dir(folder: Path | None, sha256: str | None) -> Path | None:
    """A VLC folder is taken only when the builder knows what is in it."""
    if folder is None:
        return None
    library = folder / "libvlc.dll"
    if not library.is_file() or sha256 is None or bill.sha256(library) != sha256.lower():
        raise BuildError(f"--vlc needs {library} and its right sum in --vlc-sha256")
    return folder


def _build(platform: str, options: Options, chosen: argparse.Namespace) -> None:
    if sys.platform != "win32" and platform == "windows":
        ensure_debian_packages()
    frozen = (
        freeze.existing(platform, options) if chosen.reuse else freeze.freeze(platform, options)
    )
    if platform == "windows":
        for name in ("Kezhan.exe", "kezhan-cli.exe"):
            sign(frozen.folder / name)
    DIST.mkdir(exist_ok=True)
    freeze.write_bill(frozen, DIST / f"Kezhan-{program_version()}-{platform}.cdx.json")
    if platform == "linux":
        _linux(frozen, chosen)
    else:
        _windows(frozen, is_fast=chosen.fast, is_checked=chosen.check)


def _linux(frozen: Frozen, chosen: argparse.Namespace) -> None:
    package = build_deb(frozen.folder, frozen.work, frozen.size_bytes, is_fast=chosen.fast)
    if chosen.check:
        from installer.check_linux import check_linux

        check_linux(frozen.folder)
    if chosen.debian_root is not None:
        from installer.check_deb import check_deb

        check_deb(package, chosen.debian_root)


def _windows(frozen: Frozen, *, is_fast: bool, is_checked: bool) -> None:
    work = frozen.work
    program = frozen.folder
    web: Path | None = None
    if frozen.has_web:
        parts = divide(frozen.folder, frozen.place)
        program = parts.program
        web = setup.build_setup(program, work, DIST, is_fast=is_fast, component=parts.component)
        say(f"the web component takes {parts.component_bytes / 1e6:.0f} MB")
    built = setup.build_setup(program, work, DIST, is_fast=is_fast)
    setup.build_portable(program)
    setup.build_checker(work, DIST)
    if is_checked:
        from installer.check_windows import NEXT_VERSION, check_windows

        place = BUILD / "windows"
        upgrade = setup.build_setup(program, work, place, is_fast=True, version=NEXT_VERSION)
        checker = setup.build_checker(work, place, stub=setup.STUB)
        check_windows(built, upgrade, checker, web)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
