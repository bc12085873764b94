# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports and exports that end badly: `python3 dev.py bench stick_pulls [--count N] [--system S]`.

On each file system `--count` imports and as many exports: every other one is killed (-9), in the
rest the stick is pulled, at random moments. After each round what is on the machine and on the
stick must be true, at the end nothing may be missing. FAT32 runs under a kernel of its own.
"""

from __future__ import annotations

import argparse
import errno
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

from app.sync.inbox import Kind
from benchmarks.stick_parts.guest import STICK_DEVICE, run_in_guest
from benchmarks.stick_parts.sticks import (
    SIZE_BYTES,
    ExfatStick,
    Ext4Stick,
    Fat32Stick,
    Stick,
    can_exfat,
    mounted,
    new_image,
)
from tests.crash.agents import Agents
from tests.crash.stick_rounds import SchoolMachine, World

SYSTEMS = ("ext4", "exfat", "fat32")
DIRECTIONS = {"import": Kind.STICK_IMPORT, "export": Kind.STICK_EXPORT}
LONGEST_S = 1.2  # an undisturbed round here takes about that long
ADAPTING = 0.8  # rounds that were over before their end shorten the time, the others lengthen it


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--system", choices=SYSTEMS, help="default: all")
    parser.add_argument("--direction", choices=tuple(DIRECTIONS), help="default: both")
    parser.add_argument("--minutes", type=float, default=600.0, help="no more than so many each")
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--folder", type=Path, help="where to work; default: the system's")
    parser.add_argument("--device", type=Path, help="the stick, inside the guest")
    options = parser.parse_args()
    systems = [options.system] if options.system else list(SYSTEMS)
    directions = [options.direction] if options.direction else list(DIRECTIONS)
    failed = 0
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for number, (system, direction) in enumerate((s, d) for s in systems for d in directions):
            place = Path(folder) / str(number)
            place.mkdir()
            if system == "fat32" and options.device is None:
                failed += in_guest(place, direction, options)
            elif system == "exfat" and not can_exfat():
                print("exfat: install exfat-fuse and exfatprogs", flush=True)
                failed += 1
            else:
                stick = plug(system, place, options.device)
                said = rounds(place, stick, DIRECTIONS[direction], options)
                print(f"{system:<6} {direction}: {said}", flush=True)
            shutil.rmtree(place)
    return 1 if failed else 0


def in_guest(folder: Path, direction: str, options: argparse.Namespace) -> int:
    """The same in a guest whose kernel has FAT32; its exit code."""
    image = new_image(folder / "stick.img", SIZE_BYTES)
    words = [sys.executable, "-m", "benchmarks.stick_pulls", "--system", "fat32"]
    words += ["--direction", direction, "--count", str(options.count)]
    words += ["--minutes", str(options.minutes), "--seed", str(options.seed)]
    return run_in_guest([*words, "--device", str(STICK_DEVICE)], image)


def plug(system: str, folder: Path, device: Path | None) -> Stick:
    if system == "ext4":
        return Ext4Stick(folder)
    if system == "exfat":
        return ExfatStick(folder)
    assert device is not None
    return Fat32Stick(folder, device)


def rounds(folder: Path, stick: Stick, direction: Kind, options: argparse.Namespace) -> str:
    """All rounds of one direction; what they came to."""
    started_s, within_s = time.monotonic(), LONGEST_S
    world = World.create(folder, seed=options.seed)
    is_import = direction is Kind.STICK_IMPORT
    with mounted(stick), Agents(folder) as agents:
        if is_import:
            world.fill_stick(stick.place)
        else:
            world.fill_outbox()
        number = 0
        give_up_s = started_s + options.minutes * 60
        while world.killed + world.pulled < options.count and time.monotonic() < give_up_s:
            ended = world.ended
            world.ask(direction, stick.place)
            if number % 2:
                world.pull(agents, within_s, stick.pull())
                stick.unmount()
                stick.mount()
            else:
                world.kill(agents, within_s)
            within_s *= ADAPTING if world.ended > ended else 1 / ADAPTING**0.5
            number += 1
            if not number % 25:
                print(f"  {tally(world)}, {time.monotonic() - started_s:.0f} s", flush=True)
            checked(world, stick, is_import=is_import, is_fresh=not number % 7)
        stick.unmount()
        stick.mount()
        if isinstance(stick, Fat32Stick):
            stick.repair()  # what is whole at the county's office computer is what counts
        if is_import:
            world.finish_import(stick.place)
        else:
            world.finish_export(stick.place)
    repaired = ""
    if isinstance(stick, Fat32Stick):
        repaired = f", plugged in {stick.mounted} times and repaired {stick.repaired} times"
        repaired += f" ({stick.chains} chains of lost clusters)"
    return f"{tally(world)}{repaired}: nothing lost, in {time.monotonic() - started_s:.0f} s"


def checked(world: World, stick: Stick, *, is_import: bool, is_fresh: bool) -> None:
    """`after_round`, after a repair where FAT has one place under two names: Windows stops, too."""
    try:
        after_round(world, stick, is_import=is_import, is_fresh=is_fresh)
    except OSError as error:
        if not isinstance(stick, Fat32Stick) or error.errno != errno.EIO:
            raise
        stick.repair()
        after_round(world, stick, is_import=is_import, is_fresh=is_fresh)


def after_round(world: World, stick: Stick, *, is_import: bool, is_fresh: bool) -> None:
    """What must be true; now and then there is all to do again."""
    if not is_import:
        world.check_outgoing(stick.place)
        if is_fresh:
            shutil.rmtree(stick.place / "kezhan", ignore_errors=True)  # a lost stick
    elif world.check_machine() >= len(world.contents):
        shutil.rmtree(world.machine.paths.root / "blobs")
        world.machine = SchoolMachine(world.machine.paths.root)
        world.machine.run()  # it notices that they are gone, undisturbed


def tally(world: World) -> str:
    return f"killed {world.killed}, pulled {world.pulled}, over before that {world.ended}"


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.exit(main())
