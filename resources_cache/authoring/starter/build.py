# SPDX-License-Identifier: GPL-3.0-or-later
"""How each lesson's files are made; returns the records the catalogue needs about them."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from resources_cache.authoring.starter import (
    colours_pptx,
    film,
    fraction_video,
    music,
    poem_pdf,
    sound,
    water_video,
)
from resources_cache.authoring.starter.archive import write_zip
from resources_cache.authoring.starter.entries import FileRecord

WEB_PACKAGE = "application/vnd.kezhan.web+zip"  # a zip with index.html at its root
SOURCES = Path(__file__).parent
Build = Callable[[Path], list[FileRecord]]
"""Writes a lesson's files into a folder of its own; the paths it returns begin with that folder."""


def _film(made: film.Film, tonic: int, seed: int, name: str) -> Build:
    def build(folder: Path) -> list[FileRecord]:
        wav = folder / "sound.wav"
        sound.write_wav(music.background(made.scenes, tonic, seed), wav)
        film.write_film(made, wav, folder / "lesson.mp4")
        wav.unlink()
        film.write_srt(made, folder / "lesson.zh-CN.srt")
        path = f"{folder.name}/lesson"
        return [
            FileRecord(
                "main",
                f"{path}.mp4",
                f"{name}.mp4",
                "video/mp4",
                width=film.WIDTH,
                height=film.HEIGHT,
                duration_s=made.length_s,
            ),
            FileRecord("subtitle", f"{path}.zh-CN.srt", f"{name}.srt", "application/x-subrip"),
        ]

    return build


def _text(source: str, name: str) -> Build:
    def build(folder: Path) -> list[FileRecord]:
        shutil.copyfile(SOURCES / "texts" / source, folder / source)
        return [FileRecord("main", f"{folder.name}/{source}", f"{name}.md", "text/markdown")]

    return build


def _poem(folder: Path) -> list[FileRecord]:
    poem_pdf.write_pdf(folder / "slides.pdf")
    pages = len(poem_pdf.PAGES)
    path = f"{folder.name}/slides.pdf"
    return [FileRecord("main", path, "《山行》课件.pdf", "application/pdf", pages=pages)]


def _colours(folder: Path) -> list[FileRecord]:
    colours_pptx.write_pptx(folder / "slides.pptx")
    media_type = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    path, pages = f"{folder.name}/slides.pptx", len(colours_pptx.SLIDES)
    return [FileRecord("main", path, "Colours 认识颜色.pptx", media_type, pages=pages)]


def _web(source: str, name: str) -> Build:
    def build(folder: Path) -> list[FileRecord]:
        files = sorted(
            (SOURCES / source).iterdir(), key=lambda file: (file.name != "index.html", file.name)
        )
        members = {file.name: file.read_bytes() for file in files}
        write_zip(folder / "courseware.zip", members)
        path = f"{folder.name}/courseware.zip"
        return [FileRecord("main", path, f"{name}.zip", WEB_PACKAGE)]

    return build


def _rhythm(folder: Path) -> list[FileRecord]:
    wav = folder / "sound.wav"
    sound.write_wav(music.listening_piece(), wav)
    command = [*"ffmpeg -hide_banner -loglevel error -y -i".split(), str(wav)]
    command += "-c:a aac -b:a 112k -map_metadata -1 -fflags +bitexact -flags:a +bitexact".split()
    subprocess.run([*command, "-movflags", "+faststart", str(folder / "listen.m4a")], check=True)
    wav.unlink()
    path = f"{folder.name}/listen.m4a"
    return [FileRecord("main", path, "拍拍手，走一走.m4a", "audio/mp4", duration_s=music.PIECE_S)]


BUILDS: dict[str, Build] = {
    "starter-fraction-video": _film(fraction_video.FILM, 60, 3, "分数的初步认识"),
    "starter-fraction-plan": _text("fraction_plan.md", "教案：分数的初步认识"),
    "starter-fraction-exercises": _text("fraction_exercises.md", "练习：几分之一"),
    "starter-water-video": _film(water_video.FILM, 57, 11, "水的三态变化"),
    "starter-poem-slides": _poem,
    "starter-colours-slides": _colours,
    "starter-clock-courseware": _web("clock", "认识钟表"),
    "starter-rhythm-audio": _rhythm,
    "starter-rhythm-plan": _text("rhythm_plan.md", "教案：感受节拍"),
    "starter-paint-courseware": _web("paint", "三原色与间色"),
}
