# SPDX-License-Identifier: GPL-3.0-or-later
"""Click to first picture, seek, item change and page turn; medians of ten, as ratios in one run.

`python benchmarks/player.py [--runs N]` makes its own 720p video and PDF. The yardstick is bare
libvlc in this process: `media_player.play()` until its first picture lies in memory.
Each player is opened once before measuring, as a room's first video of the day is.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_LOGGING_RULES", "*.debug=false;*.info=false;qt.multimedia*=false")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PySide6.QtCore import QDeadlineTimer, QEventLoop
from PySide6.QtGui import QFont, QImage, QPageSize, QPainter, QPdfWriter
from PySide6.QtWidgets import QApplication

from app.player.create import create_view
from app.player.item import Backend, PlayItem
from app.player.media_view import MediaView
from app.player.pdf_view import PdfView
from app.player.vlc_frames import VlcFrames
from app.player.vlc_library import vlc_instance, vlc_module
from benchmarks.player_parts.stage import (
    FRAME_MS,
    begin,
    changes_ms,
    make_cards,
    memory_growth,
    overlay_ratios,
    pen_latencies_ms,
    stage,
)

PATIENCE_MS = 20_000


def wait_until(is_done: Callable[[], bool]) -> None:
    """Let events run until it is done."""
    deadline = QDeadlineTimer(PATIENCE_MS)
    while not is_done():
        if deadline.hasExpired():
            raise TimeoutError("nothing came within 20 s")
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 5)


def median_ms(runs: int, measure: Callable[[], float]) -> float:
    """Median of `runs` in milliseconds, after one that is thrown away."""
    measure()
    return 1000 * statistics.median(measure() for _ in range(runs))


def item(path: Path, media_type: str) -> PlayItem:
    """A file as the window hands it over."""
    return PlayItem(
        region_id="r",
        entry_id="e",
        title="bench",
        path=path,
        media_type=media_type,
        name=path.name,
        sha256="0" * 64,
        converted_dir=path.parent,
    )


def make_video(folder: Path) -> Path:
    """Ten seconds of 720p25 H.264 with sound, a key frame every two seconds."""
    path = folder / "bench.mp4"
    made = "-v error -y -f lavfi -i testsrc2=s=1280x720:r=25:d=10 -f lavfi -i sine=440:d=10"
    coded = "-c:v libx264 -preset veryfast -g 50 -pix_fmt yuv420p -c:a aac -movflags +faststart"
    subprocess.run(["ffmpeg", *made.split(), *coded.split(), str(path)], check=True)
    return path


def make_pdf(folder: Path, pages: int) -> Path:
    """A4 pages full of Chinese words."""
    path = folder / "bench.pdf"
    writer = QPdfWriter(str(path))
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setResolution(100)
    painter = QPainter(writer)
    painter.setFont(QFont("Noto Sans CJK SC", 14))
    for page in range(pages):
        if page:
            writer.newPage()
        for row in range(30):
            painter.drawText(40, 40 + row * 30, f"{page} 把一个圆平均分成两份，每份是它的二分之一")
    painter.end()
    return path


def make_others(folder: Path) -> list[Path]:
    """A text, a picture of full size, and the video once more."""
    text, picture, again = folder / "bench.md", folder / "bench.png", folder / "again.mp4"
    text.write_text("# 教案\n\n" + "一、复习旧课，导入新课。\n\n" * 200, "utf-8")
    image = QImage(1920, 1080, QImage.Format.Format_RGB32)
    image.fill(0xFF3377AA)
    image.save(str(picture))
    again.write_bytes((folder / "bench.mp4").read_bytes() + b"\0")
    return [text, picture, again]


def bare_first_picture(path: Path) -> float:
    """libvlc alone: from play() to the first picture in memory."""
    vlc, instance = vlc_module(), vlc_instance()
    if vlc is None or instance is None:
        raise RuntimeError("libvlc is not installed")
    seen = threading.Event()
    frames = VlcFrames(vlc, seen.set)
    player = instance.media_player_new()
    frames.attach(player)
    media = instance.media_new_path(str(path))
    media.add_option(":avcodec-hw=none")
    start = time.perf_counter()
    player.set_media(media)
    player.play()
    if not seen.wait(PATIENCE_MS / 1000):
        raise TimeoutError("libvlc showed nothing")
    taken = time.perf_counter() - start
    player.stop()
    media.release()
    player.release()
    return taken


def open_video(path: Path, backend: Backend) -> tuple[MediaView, float]:
    """From the click (making the view) to the first painted picture."""
    start = time.perf_counter()
    view = create_view(item(path, "video/mp4"), None, backend)
    assert isinstance(view, MediaView)
    view.resize(1280, 720)
    view.show()
    view.open()
    wait_until(lambda: view.surface.painted_frames > 0)
    return view, time.perf_counter() - start


def close(view: MediaView | PdfView) -> None:
    """Away with it."""
    view.close_item()
    view.hide()
    view.deleteLater()
    QApplication.processEvents()


def first_picture(path: Path, backend: Backend) -> float:
    """One opening."""
    view, taken = open_video(path, backend)
    close(view)
    return taken


def seek_while_paused(view: MediaView, target: list[float]) -> float:
    """From seek_to() to a changed picture on the surface."""
    before = view.surface.frame()
    target[0] = (target[0] + 2.9) % 9
    start = time.perf_counter()
    view.seek_to(target[0])
    wait_until(lambda: view.surface.frame() != before)
    return time.perf_counter() - start


def page_turn(view: PdfView) -> float:
    """From next_page() to the painted page, its neighbours drawn ahead."""
    pages = view.pages
    assert pages is not None
    if view.page >= view.page_count - 3:
        view.go_to(1)
    wanted = view.page + 1
    wait_until(lambda: pages.any_picture(wanted) is not None)
    start = time.perf_counter()
    view.next_page()
    view.grab()
    return time.perf_counter() - start


def report(what: str, taken_ms: float, yardstick_ms: float) -> None:
    """One line: what, how long, and its ratio to the yardstick."""
    print(f"{what:44} {taken_ms:7.1f} ms   {taken_ms / yardstick_ms:5.2f}")


def measure_video(video: Path, backend: Backend, runs: int, bare_ms: float) -> None:
    """First picture against bare libvlc, seek against its 150 ms."""
    taken_ms = median_ms(runs, lambda: first_picture(video, backend))
    report(f"{backend}: click to first painted picture", taken_ms, bare_ms)
    view, _ = open_video(video, backend)
    wait_until(lambda: view.position_s > 0.6)
    view.pause()
    wait_until(lambda: not view.is_playing)
    target = [0.0]
    taken_ms = median_ms(runs, lambda: seek_while_paused(view, target))
    report(f"{backend}: seek while paused (of 150 ms)", taken_ms, 150)
    close(view)


def measure_pdf(pdf: Path, runs: int) -> None:
    """Page turn against its 50 ms."""
    view = create_view(item(pdf, "application/pdf"))
    assert isinstance(view, PdfView)
    view.resize(1920, 1080)
    view.show()
    shown: list[bool] = []
    view.ready.connect(lambda: shown.append(True))
    start = time.perf_counter()
    view.open()
    wait_until(lambda: bool(shown))
    report("PDF: open to first page (of 50 ms)", 1000 * (time.perf_counter() - start), 50)
    report("PDF: page turn, drawn ahead (of 50 ms)", median_ms(runs, lambda: page_turn(view)), 50)
    close(view)


def measure_pen(folder: Path, video: Path, pdf: Path) -> None:
    """Ink after the pen, against one frame of 60 Hz; the processor's share with ink over video."""
    for size in ((1280, 720), (1920, 1080), (3840, 2160)):
        for path in (pdf, video):
            with stage(folder, size) as (player, locator):
                begin(player, make_cards(folder, [path], locator))
                taken = sorted(pen_latencies_ms(player, 300))
                what = f"pen over {path.suffix[1:]} {size[0]}x{size[1]}: median (of a frame)"
                report(what, statistics.median(taken), FRAME_MS)
                report(f"{'':>9}95 of 100", taken[int(len(taken) * 0.95)], FRAME_MS)


def measure_overlay(folder: Path, video: Path, rounds: int) -> None:
    """Processor time of a 720p video with ink and pen above it, of 1.3 times the video alone."""
    with stage(folder, (1280, 720)) as (player, locator):
        begin(player, make_cards(folder, [video], locator))
        base, inked, writing = overlay_ratios(player, rounds, 4.0)
    print(f"{'video alone at 720p: share of one core':44} {100 * base:7.1f} %")
    print(f"{'with ink and pen above it (of 1.3)':44} {inked:18.2f}")
    print(f"{'while writing without pause':44} {writing:18.2f}")


def measure_items(folder: Path, paths: list[Path], runs: int, changes: int) -> None:
    """Change of item against 200 ms, and memory over many changes against 5 %."""
    with stage(folder, (1280, 720)) as (player, locator):
        cards = make_cards(folder, paths, locator)
        begin(player, cards)
        for kind, (ahead_ms, cold_ms) in changes_ms(player, cards, runs).items():
            report(f"to {kind}, opened ahead (of 200 ms)", ahead_ms, 200)
            report(f"to {kind}, not opened ahead (of 200 ms)", cold_ms, 200)
        first, last = memory_growth(player, cards, changes)
    grown = 100 * (last - first) / first
    print(f"memory over {changes} changes: {first >> 20} → {last >> 20} MB, {grown:+.1f} % (of 5)")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--changes", type=int, default=500, help="changes of item for memory")
    options = parser.parse_args()
    runs = options.runs
    application = QApplication([])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        video = make_video(folder)
        bare_ms = median_ms(runs, lambda: bare_first_picture(video))
        report("bare libvlc: play() to first picture", bare_ms, bare_ms)
        for backend in Backend:
            measure_video(video, backend, runs, bare_ms)
        pdf = make_pdf(folder, 40)
        measure_pdf(pdf, runs)
        measure_pen(folder, video, pdf)
        measure_overlay(folder, video, max(3, runs // 3))
        measure_items(folder, [pdf, video, *make_others(folder)], runs, options.changes)
    application.quit()


if __name__ == "__main__":
    main()
