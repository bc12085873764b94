# SPDX-License-Identifier: GPL-3.0-or-later
"""The stick against `cp` and `sha256sum`: `python3 dev.py bench stick [--megabytes N] [--pulls N]`.

Import and export of the same bytes in the same run, beside copying and hashing them with the
system's own tools; and with `--pulls`, that many imports and exports that end badly on each file
system that can be mounted here (ext4; exFAT and FAT32 where their FUSE programs are installed).
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.base.paths import agent_command
from app.sync.inbox import Kind
from tests.crash.agents import Agents
from tests.crash.stick_rounds import SchoolMachine, World, pull_ext4
from tests.sync.machine import Machine
from tests.sync.region_home import LATER, RegionHome, entry
from tests.sync.stick_disk import county_stick
from tests.sync.stick_point import upload

NOWHERE = "http://127.0.0.1:9/"
SMALL_FILES = 300
SMALL_BYTES = 100_000
WITHIN_S = 1.2


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1024)
    parser.add_argument("--pulls", type=int, default=0, metavar="N")
    parser.add_argument("--system", choices=("ext4", "exfat", "fat32"), help="of --pulls; all")
    parser.add_argument("--folder", type=Path, default=None)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        if options.pulls:
            return pulls(Path(folder), options.pulls, options.system)
        speed(Path(folder), options.megabytes)
    return 0


# -- speed ------------------------------------------------------------------------------------


def speed(folder: Path, megabytes: int) -> None:
    """Both directions, twice the size to show that memory stays flat."""
    print(f"{'':<10}{'MB':>7}{'ours s':>9}{'cp+sha s':>10}{'ratio':>8}{'peak MB':>9}")
    for size_mb in (megabytes // 4, megabytes):
        place = folder / str(size_mb)
        place.mkdir()
        measure_import(place, size_mb)
        measure_export(place, size_mb)
        shutil.rmtree(place)


def measure_import(folder: Path, size_mb: int) -> None:
    region = RegionHome.create(folder / "county" / "县")
    files = folder / "files"
    files.mkdir()
    sizes = [SMALL_BYTES] * SMALL_FILES + [size_mb * 250_000] * 4
    entries = []
    for number, size in enumerate(sizes):
        write_random(files / f"{number}.mp4", size, number)
        entries.append(entry(f"e-{number}", f"课 {number}", files=[{"path": f"{number}.mp4"}]))
    region.publish(entries, LATER, files)
    shutil.rmtree(files)
    stick = county_stick(region, folder / "stick")
    machine = Machine(folder / "data")
    machine.run_requests(machine.enrol(str(region.enrolment(NOWHERE))))
    bare = folder / "bare"
    shutil.copytree(region.public, bare, ignore=shutil.ignore_patterns("blobs", "pieces"))
    machine.run_requests(machine.leave(Kind.STICK_IMPORT, dir=str(bare)))
    blobs = next((stick / "kezhan").glob("*/blobs"))
    theirs_s = cp_and_sha(blobs, folder / "copy")
    ours_s, peak_mb = run_command(machine, "import", stick)
    report("import", sum(sizes) / 1e6, ours_s, theirs_s, peak_mb)


def measure_export(folder: Path, size_mb: int) -> None:
    machine = Machine(folder / "data")
    for number in range(4):
        upload(machine, os.urandom(size_mb * 250_000), f"{number}.mp4")
    stick = folder / "out"
    stick.mkdir()
    theirs_s = cp_and_sha(machine.paths.outbox_dir, folder / "copy2")
    ours_s, peak_mb = run_command(machine, "export", stick)
    report("export", size_mb, ours_s, theirs_s, peak_mb)


def cp_and_sha(source: Path, target: Path) -> float:
    """What a careful person would do by hand: copy, make sure it is on the disk, compare hashes."""
    os.sync()
    started_s = time.monotonic()
    subprocess.run(["cp", "-r", str(source), str(target)], check=True)
    subprocess.run(["sync", "-f", str(target)], check=True)
    command = f"find '{target}' -type f -print0 | xargs -0 sha256sum > /dev/null"
    subprocess.run(["sh", "-c", command], check=True)
    seconds = time.monotonic() - started_s
    shutil.rmtree(target)
    os.sync()
    return seconds


def run_command(machine: Machine, direction: str, folder: Path) -> tuple[float, float]:
    """Seconds and peak memory of the real command, its start included."""
    os.sync()
    command = agent_command(machine.paths.root, "stick", direction, str(folder))
    started_s = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    peak_kb = 0
    while process.poll() is None:
        peak_kb = max(peak_kb, resident_peak_kb(process.pid))
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
    assert process.returncode == 0, direction
    return time.monotonic() - started_s, peak_kb / 1024


def resident_peak_kb(pid: int) -> int:
    """What the process itself has used at most; its parent's memory does not count."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def report(name: str, size_mb: float, ours_s: float, theirs_s: float, peak_mb: float) -> None:
    ratio = theirs_s / ours_s
    print(f"{name:<10}{size_mb:7.0f}{ours_s:9.2f}{theirs_s:10.2f}{ratio:7.2f}x{peak_mb:9.0f}")


def write_random(path: Path, size_bytes: int, seed: int) -> None:
    chance = random.Random(seed)
    with path.open("wb") as file:
        while size_bytes > 0:
            part = min(size_bytes, 16 << 20)
            file.write(chance.randbytes(part))
            size_bytes -= part


# -- pulling ----------------------------------------------------------------------------------


class Stick:
    """A disk image on one file system that can be mounted, pulled and mounted again."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.kind = kind
        self.image = folder / f"{kind}.img"
        self.place = folder / f"stick-{kind}"
        self.place.mkdir()
        with self.image.open("wb") as file:
            file.truncate(160 << 20)
        make = {
            "ext4": ["mkfs.ext4", "-q"],
            "exfat": ["mkfs.exfat"],
            "fat32": ["mkfs.vfat", "-F32"],
        }
        quiet([*make[kind], str(self.image)])
        self._loop = ""
        self._daemon: subprocess.Popen[bytes] | None = None

    def mount(self) -> None:
        if self.kind == "ext4":
            quiet(["mount", "-o", "loop", str(self.image), str(self.place)])
            return
        repair = {"exfat": ["fsck.exfat", "-y"], "fat32": ["fsck.vfat", "-a"]}[self.kind]
        subprocess.run([*repair, str(self.image)], capture_output=True, check=False)
        if self.kind == "exfat":
            self._loop = quiet(["losetup", "-f", "--show", str(self.image)]).strip()
            command = ["mount.exfat-fuse", "-d", "-o", "rw", self._loop, str(self.place)]
        else:
            command = ["fusefat", "-f", "-o", "rw+", str(self.image), str(self.place)]
        self._daemon = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        give_up_s = time.monotonic() + 10
        while not self.place.is_mount():
            assert time.monotonic() < give_up_s, f"{self.kind} does not mount"

    def pull(self) -> Callable[[], None]:
        """A function that takes the stick away under whoever uses it."""
        if self.kind == "ext4":
            return pull_ext4(self.place)
        daemon = self._daemon
        assert daemon is not None
        return lambda: os.kill(daemon.pid, signal.SIGKILL)

    def unmount(self) -> None:
        give_up_s = time.monotonic() + 20
        while os.path.ismount(self.place) or not is_answering(self.place):
            quiet(["umount", str(self.place)], check=False)
            assert time.monotonic() < give_up_s, f"{self.kind} does not unmount"
        if self._daemon is not None:
            self._daemon.wait(20)
            self._daemon = None
        if self._loop:
            quiet(["losetup", "-d", self._loop], check=False)
            self._loop = ""


def is_answering(place: Path) -> bool:
    """A FUSE file system whose program is gone stays in the way until it is unmounted."""
    try:
        place.stat()
    except OSError:
        return False
    return True


def pulls(folder: Path, count: int, only: str | None) -> int:
    """`count` bad ends of imports and of exports on each file system: half killed, half pulled."""
    kinds = ["ext4"]
    kinds += ["exfat"] if shutil.which("mount.exfat-fuse") and shutil.which("mkfs.exfat") else []
    kinds += ["fat32"] if shutil.which("fusefat") and shutil.which("mkfs.vfat") else []
    for kind in [one for one in kinds if only in (None, one)]:
        for direction in (Kind.STICK_IMPORT, Kind.STICK_EXPORT):
            if (kind, direction) == ("fat32", Kind.STICK_EXPORT):
                # fusefat 0.1a loses what is in a folder when the folder gets another name.
                print("fat32  stick_export  not tried: fusefat cannot rename a folder", flush=True)
                continue
            place = folder / f"{kind}-{direction.value}"
            place.mkdir()
            with Agents(place) as agents:
                said = rounds(place, kind, direction, agents, count)
            print(f"{kind:<6} {direction.value:<13} {said}", flush=True)
            shutil.rmtree(place)
    return 0


def rounds(folder: Path, kind: str, direction: Kind, agents: Agents, count: int) -> str:
    world = World.create(folder, seed=count)
    stick = Stick(folder, kind)
    is_import = direction is Kind.STICK_IMPORT
    with mounted(stick):
        if is_import:
            world.fill_stick(stick.place)
        else:
            world.fill_outbox()
        for number in range(count):
            world.ask(direction, stick.place)
            if number % 2:
                world.pull(agents, WITHIN_S, stick.pull())
                stick.unmount()
                stick.mount()
            else:
                world.kill(agents, WITHIN_S)
            if is_import:
                if world.check_machine() >= len(world.contents):
                    shutil.rmtree(world.machine.paths.root / "blobs")  # begin again
                    world.machine = SchoolMachine(world.machine.paths.root)
            else:
                world.check_outgoing(stick.place)
                if not number % 7:
                    shutil.rmtree(stick.place / "kezhan", ignore_errors=True)  # a lost stick
        if is_import:
            world.finish_import(stick.place)
        else:
            world.finish_export(stick.place)
    return f"killed {world.killed}, pulled {world.pulled}, ended before {world.ended}: nothing lost"


@contextmanager
def mounted(stick: Stick) -> Iterator[None]:
    stick.mount()
    try:
        yield
    finally:
        stick.unmount()


def quiet(command: list[str], *, check: bool = True) -> str:
    return subprocess.run(command, check=check, capture_output=True, text=True).stdout


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.exit(main())
