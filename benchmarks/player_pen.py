# SPDX-License-Identifier: GPL-3.0-or-later
"""Ink after the pen over a running video of the screen's own size, alone and on a busy machine.

`python3 dev.py bench player_pen [--moves N] [--busy N]`: 1080p and 4K, against one frame of 60 Hz.
`--busy` processes do nothing but reckon meanwhile (default: one a core). The processor time of the
window's own thread from the move to its ink is printed beside: it does not depend on the others.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_LOGGING_RULES", "*.debug=false;*.info=false;qt.multimedia*=false")

from PySide6.QtCore import QEvent, QPointF
from PySide6.QtWidgets import QApplication

from app.ui.board.strokes import Tool
from app.ui.pages.player import PlayerPage
from benchmarks.player_parts.stage import FRAME_MS, begin, make_cards, mouse, run_until, stage

SIZES = ((1920, 1080), (3840, 2160))
_EVENT = QEvent.Type


def make_video(folder: Path, size: tuple[int, int]) -> Path:
    """Twelve seconds of 25 pictures a second, as large as the screen."""
    path = folder / f"{size[1]}p.mp4"
    made = f"-v error -y -f lavfi -i testsrc2=s={size[0]}x{size[1]}:r=25:d=12"
    coded = "-c:v libx264 -preset ultrafast -g 50 -pix_fmt yuv420p -movflags +faststart"
    subprocess.run(["ffmpeg", *made.split(), *coded.split(), str(path)], check=True)
    return path


@contextmanager
def busy(count: int) -> Iterator[None]:
    """That many processes reckon and never rest."""
    command = [sys.executable, "-c", "while True: pass"]
    others = [subprocess.Popen(command) for _ in range(count)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def write(player: PlayerPage, moves: int) -> tuple[list[float], list[float]]:
    """Milliseconds from each move to its ink: (by the clock, by this thread's processor time)."""
    layer, view = player.tools.layer, player.view
    assert view is not None
    player.tools.take_pen(Tool.PEN)
    by_clock, by_thread = [], []
    for at in range(moves):
        if at % 100 == 0:
            view.seek_to(0.5)
        x = 100 + (at * 9) % (layer.width() - 200)
        place = QPointF(x, 150 + (at * 5) % (layer.height() // 2))
        if at % 60 == 0:
            if at:
                mouse(layer, _EVENT.MouseButtonRelease, place)
            mouse(layer, _EVENT.MouseButtonPress, place)
            continue
        before = layer.painted_lines
        clock, thread = time.perf_counter(), time.thread_time()
        mouse(layer, _EVENT.MouseMove, place)
        run_until(lambda before=before: layer.painted_lines > before)  # type: ignore[misc]
        by_clock.append(1000 * (time.perf_counter() - clock))
        by_thread.append(1000 * (time.thread_time() - thread))
    mouse(layer, _EVENT.MouseButtonRelease, QPointF(100, 100))
    return by_clock, by_thread


def tell(what: str, taken_ms: list[float]) -> None:
    """Median and the slowest of twenty."""
    ordered = sorted(taken_ms)
    middle, slow = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
    frames = f"{middle:6.1f} ms {middle / FRAME_MS:5.2f}"
    print(f"{what:52} {frames}   95 of 100: {slow:6.1f} ms {slow / FRAME_MS:5.2f}", flush=True)


def main() -> None:
    """Both sizes, alone and not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moves", type=int, default=300)
    parser.add_argument("--busy", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    application = QApplication([])
    print(f"load before: {os.getloadavg()[0]:.1f}; ratios are of one frame of 60 Hz")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for size in SIZES:
            video = make_video(folder, size)
            for others in (0, options.busy):
                with stage(folder, size) as (player, locator), busy(others):
                    begin(player, make_cards(folder, [video], locator))
                    by_clock, by_thread = write(player, options.moves)
                what = f"pen over {size[1]}p video, {others} busy processes"
                tell(what, by_clock)
                tell("    of it this thread's own processor time", by_thread)
    application.quit()


if __name__ == "__main__":
    main()
