# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the window stays smooth while its agent saturates the line and imports a shard.

`python3 dev.py bench smooth [--rate MBIT] [--seconds S] [--entries N] [--algorithm cubic|bbr]
[--shift N]`: the real window under Xvfb, the real agent, nginx at the far end of an emulated line,
a real video, and typed keys; first at rest, then under load. Needs root, iproute2, nginx, ffmpeg
and Xvfb. Target: no gap over 100 ms. A gap is what the event loop was away for; "work" is the
processor time of its thread in it, which tells what the window did itself from what a busy machine
withheld. With `--shift 10` window and agent together stand that much above whatever else the
machine does.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.base.files import sha256_file
from app.region.layout import blob_path
from app.sync.inbox import Kind
from benchmarks.line import PORT, ROOT, line, near, server
from benchmarks.line_parts.emulator import SERVER_IP
from tests.servers.screen import virtual_screen
from tests.sync.machine import Machine
from tests.sync.region_home import RegionHome, entry

NAME = "kzsmooth"
MOST_MS = 100.0
FIRST, SECOND = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 8, tzinfo=UTC)
VIDEO_ID = "video"
WORDS = ["fenshu", "rs", "zhongbiao", "kousuan", "lianxi 3", "keben"]
TITLES = ["分数的初步认识", "认识钟表", "口算练习", "科学课本", "古诗二首", "一元一次方程"]
EARLIER_ENTRIES = 3000
DOWNLOADS, DOWNLOAD_BYTES = 40, 4 << 20
PATIENCE_S = 900


def make_video(path: Path) -> None:
    """A minute of 720p25 H.264 with sound."""
    made = "-v error -y -f lavfi -i testsrc2=s=1280x720:r=25:d=60 -f lavfi -i sine=440:d=60"
    coded = "-c:v libx264 -preset veryfast -g 50 -pix_fmt yuv420p -c:a aac -movflags +faststart"
    subprocess.run(["ffmpeg", *made.split(), *coded.split(), str(path)], check=True)


def lessons(first: int, count: int, **more: Any) -> list[dict[str, Any]]:
    """Entries without files, as most of a catalogue is."""
    return [
        entry(f"e-{number}", f"{TITLES[number % len(TITLES)]} {number}", **more)
        for number in range(first, first + count)
    ]


def publish(home: RegionHome, files: Path) -> list[str]:
    """A video, a small catalogue, and lessons whose files will fill the line; the ids of these."""
    files.mkdir()
    make_video(files / "video.mp4")
    chance, wanted = random.Random(3), []
    for number in range(DOWNLOADS):
        name = f"large-{number}.bin"
        (files / name).write_bytes(chance.randbytes(DOWNLOAD_BYTES))
        main = [{"role": "main", "path": name}]
        wanted.append(entry(f"large-{number}", f"大课 {number}", files=main))
    main = [{"role": "main", "path": "video.mp4"}]
    film = entry(VIDEO_ID, "分数的初步认识", resource_type="微课", files=main)
    home.publish([film, *wanted, *lessons(0, EARLIER_ENTRIES)], FIRST, files)
    return [one["id"] for one in wanted]


def prepare(folder: Path, entries: int) -> tuple[Machine, Path]:
    """A machine that lacks a shard and the large files; and the county's tree, which has them."""
    home = RegionHome.create(folder / "county" / "县")
    files = folder / "files"
    wanted = publish(home, files)
    stick = shutil.copytree(home.public, folder / "stick")
    for name in files.glob("large-*"):
        (stick / blob_path(sha256_file(name))).unlink()
    machine = Machine(folder / "data")
    source = home.enrolment(f"http://{SERVER_IP}:{PORT}/")
    # Nobody answers at that address yet: the catalogue and the video come from a stick.
    machine.run_requests(machine.enrol(str(source)))
    brought = machine.run_requests(machine.leave(Kind.STICK_IMPORT, dir=str(stick)))
    assert brought.codes_of_failed_requests == [], brought.events[-3:]
    machine.get(*wanted)
    home.publish(lessons(10**6, entries, subject="语文"), SECOND, files)
    return machine, home.public


def arrived_bytes(machine: Machine) -> int:
    """What has come of the large files, begun ones included."""
    found = machine.paths.blobs_dir.rglob("*")
    return sum(path.stat().st_blocks * 512 for path in found if path.is_file())


def run_window(
    machine: Machine, screen: Mapping[str, str], seconds: float, shift: int
) -> dict[str, Any]:
    """The window's process at the near end of the line."""
    words = [str(machine.paths.root), VIDEO_ID, str(seconds), str(shift), *WORDS]
    command = near(sys.executable, "-m", "benchmarks.smooth_parts.window", *words, name=NAME)
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=dict(os.environ) | dict(screen),
        timeout=PATIENCE_S,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def spread(gaps: Sequence[float]) -> tuple[float, float, float]:
    """Half of the gaps are below the first, 95 of 100 below the second, all below the third."""
    ordered = sorted(gaps)
    return statistics.median(ordered), ordered[int(len(ordered) * 0.95)], ordered[-1]


def report(told: Mapping[str, Any]) -> bool:
    """A line for each; whether nothing took too long under load."""
    is_smooth = True
    print(f"{'gaps in ms':34}{'p50':>8}{'p95':>8}{'max':>8}   over 100 ms")
    for what, name in (
        ("loop, typing a search", "search"),
        ("  work in it", "search_work"),
        ("loop, playing a video", "video"),
        ("  work in it", "video_work"),
        ("pictures of the video (25/s)", "picture"),
    ):
        spreads = []
        for situation in ("rest", "loaded"):
            gaps = told[situation][name]
            spreads.append(spread(gaps))
            late = sum(gap > MOST_MS for gap in gaps)
            print(
                f"{what + ', ' + situation:34}"
                + "".join(f"{value:8.1f}" for value in spreads[-1])
                + f"   {late} of {len(gaps)}"
            )
            is_smooth &= situation == "rest" or late == 0
        ratios = (loaded / rest for rest, loaded in zip(*spreads, strict=True))
        print(f"{'  under load / at rest':34}" + "".join(f"{ratio:8.2f}" for ratio in ratios))
    return is_smooth


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=4.0)
    parser.add_argument("--seconds", type=float, default=18.0)
    parser.add_argument("--entries", type=int, default=20_000)
    parser.add_argument("--algorithm", default="bbr")
    parser.add_argument("--shift", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kezhan-smooth-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        machine, served = prepare(folder, options.entries)
        before = arrived_bytes(machine)
        print(f"load of this machine: {os.getloadavg()[0]:.1f}", flush=True)
        os.nice(-options.shift)
        with (
            line(options.rate, NAME),
            server(folder, served, options.algorithm, NAME),
            virtual_screen() as screen,
        ):
            told = run_window(machine, screen, options.seconds, options.shift)
        brought = arrived_bytes(machine) - before
    print(f"load of this machine: {os.getloadavg()[0]:.1f}")
    is_smooth = report(told)
    rate = brought * 8e-6 / told["took_s"]
    print(
        f"under load for {told['took_s']:.0f} s: {brought / 1e6:.1f} MB of files came, at"
        f" {rate:.2f} of {options.rate:g} Mbit/s (300 ms, 2 % loss, {options.algorithm}), a shard"
        f" of {options.entries} entries was in after {told['imported_s']:.0f} s;"
        f" niceness of the agent {told['niceness']}; keys typed {told['loaded']['keys']};"
        f" problems {told['problems']}"
    )
    return 0 if is_smooth and told["imported_s"] else 1


if __name__ == "__main__":
    sys.exit(main())
