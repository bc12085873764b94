# SPDX-License-Identifier: GPL-3.0-or-later
"""Two hours of lessons without an end: does memory stay flat to 5 %, with threads and files?

`python3 dev.py bench player_soak [--minutes M] [--every S]`: the real stage with a PDF, videos, a
picture and a text, written on with the pen, changed every S seconds. The first tenth of the time is
warming up; the median of the tenth after it is compared with that of the last tenth. Samples are
taken at the text, the last of them: what a film holds differs from one moment to the next.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_LOGGING_RULES", "*.debug=false;*.info=false;qt.multimedia*=false")

import psutil
from PySide6.QtCore import QEvent, QPointF
from PySide6.QtWidgets import QApplication

from app.ui.board.strokes import Tool
from app.ui.pages.player import PlayerPage
from app.ui.rubbish import Rubbish
from benchmarks.player import make_others, make_pdf, make_video
from benchmarks.player_parts.stage import begin, let_run, make_cards, mouse, show_item, stage

MOST_GROWTH_SHARE = 0.05
PATIENCE_MS = 180_000  # other work on the machine may starve a run of low priority
_EVENT = QEvent.Type


@dataclass(frozen=True, slots=True)
class Sample:
    """What the process holds at one moment."""

    at_s: float
    memory_bytes: int
    own_bytes: int  # of it in pages of no file: libraries come in bit by bit
    threads: int
    files: int


def take_sample(started_s: float) -> Sample:
    """Without what the allocator could give back at any time."""
    gc.collect()
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)
    process = psutil.Process()
    files = process.num_fds() if sys.platform == "linux" else len(process.open_files())
    held = process.memory_info()
    own_bytes = int(held.rss - getattr(held, "shared", 0))
    at_s = time.monotonic() - started_s
    return Sample(at_s, int(held.rss), own_bytes, process.num_threads(), files)


def write_line(player: PlayerPage) -> None:
    """A line with the pen, wiped again."""
    layer = player.tools.layer
    player.tools.take_pen(Tool.PEN)
    mouse(layer, _EVENT.MouseButtonPress, QPointF(100, 200))
    for step in range(30):
        mouse(layer, _EVENT.MouseMove, QPointF(100 + step * 12, 200 + step % 9))
    mouse(layer, _EVENT.MouseButtonRelease, QPointF(460, 200))
    player.tools.ink.wipe()
    player.tools.put_pen_away()


def live(folder: Path, minutes: float, every_s: float) -> list[Sample]:
    """Change from one resource to the next for that long; a sample after each round of all."""
    video = make_video(folder)
    text, picture, again = make_others(folder)
    paths = [make_pdf(folder, 40), video, picture, again, text]
    samples: list[Sample] = []
    with stage(folder, (1280, 720)) as (player, locator):
        cards = make_cards(folder, paths, locator)
        rubbish = Rubbish()
        begin(player, cards)
        started_s, told, tell_every_s = time.monotonic(), 0, min(300.0, minutes * 6)
        while time.monotonic() - started_s < minutes * 60:
            for at in range(len(cards)):
                show_item(player, at, PATIENCE_MS)
                write_line(player)
                let_run(every_s)
                rubbish.look()
            samples.append(take_sample(started_s))
            if samples[-1].at_s - samples[told].at_s >= tell_every_s:
                tell(samples[told:])
                told = len(samples)
        rubbish.close()
    return samples


def tell(samples: list[Sample]) -> None:
    """One line: what was held in the middle of these, and last."""
    middle = statistics.median(sample.memory_bytes for sample in samples)
    own = statistics.median(sample.own_bytes for sample in samples)
    last = samples[-1]
    print(
        f"{last.at_s / 60:6.1f} min  median {middle / 2**20:6.1f} MB,"
        f" {own / 2**20:.1f} of it in no file,"
        f" {last.threads} threads, {last.files} open files",
        flush=True,
    )


def main() -> int:
    """Live, and compare early with late."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=120.0)
    parser.add_argument("--every", type=float, default=3.0, help="seconds a resource is shown")
    options = parser.parse_args()
    application = QApplication([])
    with tempfile.TemporaryDirectory() as name:
        samples = live(Path(name), options.minutes, options.every)
    tenth_s = options.minutes * 6
    early = [s for s in samples if tenth_s <= s.at_s < 2 * tenth_s]
    late = [s for s in samples if s.at_s >= 9 * tenth_s]
    first = statistics.median(s.memory_bytes for s in early)
    last = statistics.median(s.memory_bytes for s in late)
    grown = (last - first) / first
    print(
        f"about {len(samples) * 5} changes: {first / 2**20:.1f} → {last / 2**20:.1f} MB", end=", "
    )
    print(f"{100 * grown:+.1f} % (of {100 * MOST_GROWTH_SHARE:.0f})")
    start, end = early[0], late[-1]
    print(f"threads {start.threads} → {end.threads}, files {start.files} → {end.files}")
    application.quit()
    return 0 if grown < MOST_GROWTH_SHARE else 1


if __name__ == "__main__":
    sys.exit(main())
