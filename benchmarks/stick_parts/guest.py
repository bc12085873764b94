# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian's kernel as a program (User Mode Linux), for what the kernel here cannot mount: FAT32.

Inside lie the files of this computer, read-only; a scratch disk on /mnt; a stick as /dev/ubdb.
Kernel and BusyBox are fetched as Debian packages, unpacked below `build/` and not installed.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDER = REPOSITORY / "build" / "guest"
STICK_DEVICE = Path("/dev/ubdb")
MEMORY = "2G"
SCRATCH_BYTES = 40 << 30  # never written whole: the file has holes
PACKAGES = ("user-mode-linux", "busybox-static")
MODULES = "crc32c_generic ext4 dm-mod nls_cp437 nls_iso8859-1 nls_utf8 nls_ascii vfat".split()
ENDED = re.compile(r"^guest ended with (\d+)\s*$")
# Pages are dear there: memory that was used once is kept for the next time.
ENVIRONMENT = {
    "HOME": "/mnt/home",
    "TMPDIR": "/mnt",
    "LANG": "C.UTF-8",
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
    "MALLOC_TOP_PAD_": str(16 << 20),
}
_INIT = """#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /host
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
while read -r module; do insmod "$module" || echo "no $module"; done < /modules
mount -r -t hostfs -o / host /host
mount -t ext4 /dev/ubda /host/mnt
mount -t tmpfs run /host/run
mkdir -p /host/run/shm /host/mnt/home
for place in proc sys dev; do mount --move /$place /host/$place; done
ln -sf /run/shm /host/dev/shm
ifconfig lo up
cp /command /host/mnt/command
chroot /host /bin/sh /mnt/command
echo "guest ended with $?"
sync
poweroff -f
"""


class GuestError(Exception):
    """No guest could be started, or it broke off before its command was over."""


def run_in_guest(command: Sequence[str], stick: Path) -> int:
    """Run a command of this computer inside; its output comes through, its exit code back.

    `stick` is the image of the stick.
    """
    root = _fetched()
    with tempfile.TemporaryDirectory() as folder:
        scratch, initial = Path(folder, "scratch.img"), Path(folder, "initial.cpio")
        with scratch.open("wb") as file:
            file.truncate(SCRATCH_BYTES)
        subprocess.run(["mkfs.ext4", "-q", str(scratch)], check=True)
        initial.write_bytes(_archive(root, command))
        guest = [
            *(str(root / "usr" / "bin" / "linux.uml"), f"mem={MEMORY}", f"initrd={initial}"),
            *("rdinit=/init", "loglevel=2", "con=null", "con0=null,fd:1", "ssl=null"),
            *(f"ubda={scratch}", f"ubdb={stick}", f"uml_dir={folder}"),
        ]
        with subprocess.Popen(
            guest,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            errors="replace",
        ) as process:
            code = _listen(process)
    if code is None:
        raise GuestError("the guest ended before its command")
    return code


def _listen(process: subprocess.Popen[str]) -> int | None:
    code = None
    assert process.stdout is not None
    try:
        for line in process.stdout:
            ended = ENDED.match(line)
            if ended is None:
                print(line.rstrip(), flush=True)
            else:
                code = int(ended[1])
    except BaseException:
        process.kill()
        raise
    return code


def _fetched() -> Path:
    """The folder with kernel and BusyBox, unpacked once."""
    root = FOLDER / "root"
    if (root / "complete").exists():
        return root
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    # apt hands a download to a user of its own, who may not write here.
    _said(["apt-get", "-o", "APT::Sandbox::User=root", "download", *PACKAGES], root)
    for package in root.glob("*.deb"):
        _said(["dpkg", "-x", str(package), str(root)], root)
        package.unlink()
    (root / "lib").symlink_to("usr/lib/uml")
    _said([str(root / "bin" / "busybox"), "depmod", "-b", str(root), _release(root)], root)
    (root / "complete").touch()
    return root


def _release(root: Path) -> str:
    return next((root / "usr" / "lib" / "uml" / "modules").iterdir()).name


def _archive(root: Path, command: Sequence[str]) -> bytes:
    """The first file system of the guest, as the kernel wants it (cpio, `newc`)."""
    modules = _with_dependencies(root / "usr" / "lib" / "uml" / "modules" / _release(root))
    environment = ENVIRONMENT | {"PATH": os.environ["PATH"]}
    exports = "".join(
        f"export {name}={shlex.quote(value)}\n" for name, value in environment.items()
    )
    words = " ".join(map(shlex.quote, command))
    files = {
        "init": _INIT.encode(),
        "command": f"{exports}cd {shlex.quote(str(REPOSITORY))}\nexec {words}\n".encode(),
        "modules": "".join(f"/{path.name}\n" for path in modules).encode(),
        "bin/busybox": (root / "bin" / "busybox").read_bytes(),
    }
    files |= {path.name: path.read_bytes() for path in modules}
    archive = io.BytesIO()
    _add(archive, "bin", 0o040755, b"")
    for name, content in files.items():
        _add(archive, name, 0o100755, content)
    _add(archive, "TRAILER!!!", 0, b"")
    return archive.getvalue()


def _with_dependencies(folder: Path) -> list[Path]:
    """The modules, each after those that it needs."""
    needs: dict[str, list[str]] = {}
    for line in (folder / "modules.dep").read_text("ascii").splitlines():
        path, _, others = line.partition(":")
        needs[path] = others.split()
    by_name = {_module(path): path for path in needs}
    ordered: dict[str, None] = {}

    def add(path: str) -> None:
        for other in needs[path]:
            if other not in ordered:
                add(other)
        ordered.setdefault(path)

    for name in MODULES:
        if _module(name) in by_name:  # else it is a part of the kernel itself
            add(by_name[_module(name)])
    return [folder / path for path in ordered]


def _module(name: str) -> str:
    return Path(name).name.removesuffix(".ko").replace("_", "-")


def _add(archive: io.BytesIO, name: str, mode: int, content: bytes) -> None:
    raw = name.encode() + b"\0"
    numbers = [archive.tell() + 1, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(raw), 0]
    archive.write(b"070701" + b"".join(b"%08x" % number for number in numbers) + raw)
    archive.write(bytes(-archive.tell() % 4) + content)
    archive.write(bytes(-archive.tell() % 4))


def _said(command: list[str], folder: Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder).stdout
