# SPDX-License-Identifier: GPL-3.0-or-later
"""The stick against `cp` and `sha256sum`: `python3 dev.py bench stick [--megabytes N]`.

Import, export, filling a stick for a point, and the county's `publish stick`, each beside copying
and hashing the same bytes with the system's own tools in the same run: large files, and thousands
of small ones. `ours` is the time in an agent that runs already, as behind the window; `command`
counts the start of a program, too. `cpu` compares the processor's time: that tells something on a
machine that has other things to do, too. Sticks that are pulled are in `stick_pulls`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.base.paths import agent_command
from app.publish import outbound
from app.sync.inbox import Kind
from tests.sync.machine import Machine
from tests.sync.region_home import LATER, RegionHome, entry
from tests.sync.stick_disk import county_stick
from tests.sync.stick_point import upload

NOWHERE = "http://127.0.0.1:9/"
MIXED_FILES = 300
MIXED_BYTES = 100_000
SMALL_FILES = 5000
SMALL_BYTES = 20_000
LARGE_FILES = 4
LOOK_S = 0.02  # a look opens a database: more of them would be measured, too


@dataclass(frozen=True)
class Load:
    """What is carried."""

    name: str
    sizes: tuple[int, ...]

    @property
    def megabytes(self) -> float:
        return sum(self.sizes) / 1e6


@dataclass(frozen=True)
class Took:
    """How long something took, and how much of a processor."""

    seconds: float
    cpu_s: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1024)
    parser.add_argument("--only", choices=("small", "large"), help="default: both")
    parser.add_argument("--folder", type=Path, default=None, help="where the stick is to be")
    options = parser.parse_args()
    loads = []
    if options.only != "large":
        loads.append(Load("small", (SMALL_BYTES,) * SMALL_FILES))
    if options.only != "small":
        for share in (8, 4, 1):
            large = options.megabytes * 1_000_000 // share // LARGE_FILES
            sizes = (MIXED_BYTES,) * MIXED_FILES + (large,) * LARGE_FILES
            loads.append(Load("mixed", sizes))
    heads = f"{'MB':>7}{'cp+sha s':>10}{'ours s':>9}{'ratio':>8}{'cpu':>8}"
    heads += f"{'command s':>11}{'peak MB':>9}"
    print(f"{'':<16}{heads}")
    for load in loads:
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            measure(Path(folder), load)
    print(f"load {os.getloadavg()[0]:.1f}")
    return 0


def measure(folder: Path, load: Load) -> None:
    region = RegionHome.create(folder / "county" / "县")
    publish(region, load, folder / "files")
    blobs = region.public / "blobs"
    stick = folder / "published"
    stick.mkdir()
    theirs = cp_and_sha(blobs, folder / "copy")
    started_s, cpu_s = time.monotonic(), time.process_time()
    outbound.make_stick(region.root, stick)
    ours = Took(time.monotonic() - started_s, time.process_time() - cpu_s)
    report(f"publish {load.name}", load, theirs, ours, None, 0.0)

    machine = joined(folder / "data", region, folder / "bare")
    again = folder / "again"
    shutil.copytree(machine.paths.root, again)
    stick = county_stick(region, folder / "stick")
    theirs = cp_and_sha(blobs, folder / "copy")
    command_s = run_command(Machine(again), "import", stick)
    shutil.rmtree(again)
    ours, peak_mb = in_agent(machine, Kind.STICK_IMPORT, stick)
    report(f"import {load.name}", load, theirs, ours, command_s, peak_mb)

    target = folder / "refilled"
    target.mkdir()
    theirs = cp_and_sha(blobs, folder / "copy")
    ours, peak_mb = in_agent(machine, Kind.STICK_EXPORT, target, refill=True)
    assert sum(1 for path in target.rglob("*") if len(path.name) == 64) == len(load.sizes)
    report(f"refill {load.name}", load, theirs, ours, None, peak_mb)
    if load.name != "small":
        measure_export(folder, load)


def measure_export(folder: Path, load: Load) -> None:
    """Teachers' files: the large ones."""
    machine = Machine(folder / "point")
    machine.run_requests(machine.enrol(str(folder / "county" / "enrolment.json")))
    machine.run_requests(machine.leave(Kind.STICK_IMPORT, dir=str(folder / "bare")))
    sizes = load.sizes[-LARGE_FILES:]
    for number, size in enumerate(sizes):
        upload(machine, os.urandom(size), f"{number}.mp4")
    again = folder / "again"
    shutil.copytree(machine.paths.root, again)
    for name in ("out", "out2"):
        (folder / name).mkdir()
    theirs = cp_and_sha(machine.paths.outbox_dir, folder / "copy")
    command_s = run_command(Machine(again), "export", folder / "out2")
    ours, peak_mb = in_agent(machine, Kind.STICK_EXPORT, folder / "out")
    report("export", Load("export", sizes), theirs, ours, command_s, peak_mb)


def publish(region: RegionHome, load: Load, files: Path) -> None:
    files.mkdir()
    entries = []
    for number, size in enumerate(load.sizes):
        write_random(files / f"{number}.mp4", size, number)
        entries.append(entry(f"e-{number}", f"课 {number}", files=[{"path": f"{number}.mp4"}]))
    region.publish(entries, LATER, files)
    shutil.rmtree(files)


def joined(root: Path, region: RegionHome, bare: Path) -> Machine:
    """A machine that knows the catalogue and holds nothing."""
    machine = Machine(root)
    machine.run_requests(machine.enrol(str(region.enrolment(NOWHERE))))
    shutil.copytree(region.public, bare, ignore=shutil.ignore_patterns("blobs", "pieces"))
    machine.run_requests(machine.leave(Kind.STICK_IMPORT, dir=str(bare)))
    return machine


def cp_and_sha(source: Path, target: Path) -> Took:
    """What a careful person would do by hand: copy, make sure it is on the disk, compare hashes."""
    os.sync()
    started_s, before = time.monotonic(), os.times()
    subprocess.run(["cp", "-r", str(source), str(target)], check=True)
    subprocess.run(["sync", "-f", str(target)], check=True)
    command = f"find '{target}' -type f -print0 | xargs -0 sha256sum > /dev/null"
    subprocess.run(["sh", "-c", command], check=True)
    seconds, after = time.monotonic() - started_s, os.times()
    cpu_s = after.children_user + after.children_system
    cpu_s -= before.children_user + before.children_system
    shutil.rmtree(target)
    os.sync()
    return Took(seconds, cpu_s)


def run_command(machine: Machine, direction: str, folder: Path) -> float:
    """Seconds of the real command, its start included."""
    os.sync()
    command = agent_command(machine.paths.root, "stick", direction, str(folder))
    started_s = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - started_s


@contextmanager
def running_agent(machine: Machine) -> Iterator[subprocess.Popen[bytes]]:
    """An agent as the window keeps it, ready."""
    command = agent_command(machine.paths.root, "sync", "--json")
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    try:
        ask(machine, process, Kind.STICK_STOP, request_id="none")
        yield process
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(30)


def in_agent(
    machine: Machine, kind: Kind, folder: Path, *, refill: bool = False
) -> tuple[Took, float]:
    """How long an agent that runs takes for it, and the agent's peak memory."""
    with running_agent(machine) as process:
        os.sync()
        started_s, cpu_s = time.monotonic(), cpu_s_of(process.pid)
        ask(machine, process, kind, dir=str(folder), space_bytes=None, refill=refill)
        took = Took(time.monotonic() - started_s, cpu_s_of(process.pid) - cpu_s)
        return took, resident_peak_mb(process.pid)


def ask(machine: Machine, process: subprocess.Popen[bytes], kind: Kind, **body: object) -> None:
    """Leave a request, wake the agent, wait until it is over."""
    wish = machine.leave(kind, **body)
    assert process.stdin is not None
    process.stdin.write(json.dumps({"do": "nudge"}).encode() + b"\n")
    process.stdin.flush()
    while True:
        state = machine.request(wish) if machine.paths.state_db.exists() else None
        if state is not None and state.is_over:
            assert state.code is None, state
            return
        assert process.poll() is None, "the agent ended"
        time.sleep(LOOK_S)


def cpu_s_of(pid: int) -> float:
    """The processor's time that a process has had."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_peak_mb(pid: int) -> float:
    """What the process itself has used at most; its parent's memory does not count."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0) / 1024


def report(
    name: str, load: Load, theirs: Took, ours: Took, command_s: float | None, peak_mb: float
) -> None:
    command = f"{command_s:11.2f}" if command_s is not None else f"{'':>11}"
    peak = f"{peak_mb:9.0f}" if peak_mb else ""
    ratio, cpu = theirs.seconds / ours.seconds, theirs.cpu_s / ours.cpu_s
    numbers = f"{load.megabytes:7.0f}{theirs.seconds:10.2f}{ours.seconds:9.2f}"
    numbers += f"{ratio:7.2f}x{cpu:7.2f}x"
    print(f"{name:<16}{numbers}{command}{peak}", flush=True)


def write_random(path: Path, size_bytes: int, seed: int) -> None:
    chance = random.Random(seed)
    with path.open("wb") as file:
        while size_bytes > 0:
            part = min(size_bytes, 16 << 20)
            file.write(chance.randbytes(part))
            size_bytes -= part


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.exit(main())
