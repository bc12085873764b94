# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns scenes into an H.264/AAC film and an SRT file; draws the frame around every scene."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from resources_cache.authoring.starter import look
from resources_cache.authoring.starter.motion import Caption, Scene, phase, starts_s

WIDTH, HEIGHT, FRAMES_PER_S = 1280, 720, 25
STAGE = QRectF(64, 104, 1152, 456)
CAPTION_BOX = QRectF(64, 580, 1152, 104)
FADE_S = 0.45


@dataclass(frozen=True, slots=True)
class Film:
    """A micro-lesson: its title, the accent of its frame and its scenes in order."""

    title: str
    accent: QColor
    scenes: tuple[Scene, ...]

    @property
    def length_s(self) -> float:
        """Whole length in seconds."""
        return starts_s(self.scenes)[-1]


def new_image(width: int = WIDTH, height: int = HEIGHT) -> QImage:
    """An empty picture filled with paper."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(look.PAPER)
    return image


def antialiased(image: QImage) -> QPainter:
    """A painter for smooth shapes and text."""
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    return painter


def draw_frame(film: Film, image: QImage, now_s: float) -> None:
    """Draw the film's picture at one moment."""
    times = starts_s(film.scenes)
    index = max(i for i, start in enumerate(times[:-1]) if now_s >= start)
    scene, local_s = film.scenes[index], now_s - times[index]
    image.fill(look.PAPER)
    painter = antialiased(image)
    with look.saved(painter):
        scene.draw(painter, local_s)
    risen = phase(local_s, 0, FADE_S) if index else 1.0  # the first frame is a poster
    shown = min(risen, 1 - phase(local_s, scene.length_s - FADE_S, FADE_S))
    if shown < 1:
        painter.fillRect(0, 0, WIDTH, HEIGHT, look.alpha(look.PAPER, 1 - shown))
    if index > 0:
        _step_bar(painter, film, index)
    for caption in scene.captions:
        if caption.start_s <= local_s < caption.end_s:
            _caption(painter, caption, local_s)
    painter.end()


def _step_bar(painter: QPainter, film: Film, index: int) -> None:
    look.panel(painter, QRectF(64, 36, 8, 44), film.accent, 4)
    title = QRectF(88, 36, 700, 44)
    look.write(painter, title, film.scenes[index].name, 32, look.INK, 700, look.LEFT)
    steps = len(film.scenes) - 1
    left = 1216 - steps * 30
    for step in range(steps):
        done = step < index
        colour = film.accent if done else look.LINE
        look.panel(painter, QRectF(left + step * 30 + 4, 53, 22, 10), colour, 5)
    label = QRectF(left - 420, 36, 404, 44)
    look.write(painter, label, film.title, 24, look.SOFT_INK, 400, look.RIGHT)


def _caption(painter: QPainter, caption: Caption, local_s: float) -> None:
    shown = min(phase(local_s, caption.start_s, 0.25), 1 - phase(local_s, caption.end_s - 0.2, 0.2))
    painter.setOpacity(shown)
    look.panel(painter, CAPTION_BOX, look.CARD, 22, look.LINE)
    lines = caption.words.split("\n")
    size_px = 43 if len(lines) == 1 else 36
    first = CAPTION_BOX.center().y() - (len(lines) - 1) * 23
    for number, line in enumerate(lines):
        look.write_marked(painter, QPointF(640, first + number * 46), line, size_px)
    painter.setOpacity(1)


def write_srt(film: Film, path: Path) -> None:
    """Write the captions as SubRip, UTF-8, numbered from 1."""
    blocks: list[str] = []
    for scene, start_s in zip(film.scenes, starts_s(film.scenes), strict=False):
        for caption in scene.captions:
            times = f"{_clock(start_s + caption.start_s)} --> {_clock(start_s + caption.end_s)}"
            words = caption.words.replace("*", "")
            blocks.append(f"{len(blocks) + 1}\n{times}\n{words}\n")
    path.write_text("\n".join(blocks), encoding="utf-8")


def _clock(seconds: float) -> str:
    whole_ms = round(seconds * 1000)
    minutes, rest_ms = divmod(whole_ms, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{rest_ms // 1000:02d},{rest_ms % 1000:03d}"


def write_film(film: Film, sound: Path, path: Path) -> None:
    """Draw every frame and encode it for old machines: main profile, level 3.1, 4:2:0."""
    encoder = subprocess.Popen(_ffmpeg(sound, path), stdin=subprocess.PIPE)
    assert encoder.stdin is not None
    image = new_image()
    for number in range(round(film.length_s * FRAMES_PER_S)):
        draw_frame(film, image, number / FRAMES_PER_S)
        encoder.stdin.write(image.constBits())
    encoder.stdin.close()
    if encoder.wait() != 0:
        raise RuntimeError(f"ffmpeg could not encode {path.name}")


def _ffmpeg(sound: Path, path: Path) -> list[str]:
    source = f"-f rawvideo -pix_fmt bgra -s {WIDTH}x{HEIGHT} -r {FRAMES_PER_S} -i -".split()
    colours = "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"
    video = (
        "-c:v libx264 -preset slow -crf 27 -tune animation -profile:v main -level:v 3.1 -g 50 "
        "-threads 2 -colorspace bt709 -color_primaries bt709 -color_trc bt709"
    ).split()
    audio = "-c:a aac -b:a 64k -ar 44100 -ac 2".split()
    plain = "-map_metadata -1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact".split()
    return [
        *("ffmpeg", "-hide_banner", "-loglevel", "error", "-y"),
        *source,
        *("-i", str(sound), "-map", "0:v", "-map", "1:a", "-vf", colours),
        *video,
        *audio,
        *plain,
        *("-shortest", "-movflags", "+faststart", str(path)),
    ]
