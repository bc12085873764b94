# SPDX-License-Identifier: GPL-3.0-or-later
"""Which kind of resource leaves memory behind: each alone, hundreds of changes, on the real stage.

`python3 dev.py bench player_kinds [KIND…] [--changes N] [--every S]`: two files of one kind in
turn, each kind in a process of its own. After every tenth of the changes: what it holds for
itself (anonymous pages), what of it the C library has handed out, and how many Qt objects live.
Growth is that of the anonymous pages from the first tenth to the last.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_LOGGING_RULES", "*.debug=false;*.info=false;qt.multimedia*=false")

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from app.ui.rubbish import Rubbish
from benchmarks.player import make_pdf, make_video
from benchmarks.player_parts.stage import begin, let_run, make_cards, show_item, stage
from tests.player.memory import anonymous_bytes
from tests.player.web_samples import epub, h5p_files, write_zip

PATIENCE_MS = 180_000
TENTHS = 10


@dataclass(frozen=True, slots=True)
class Held:
    """What the process holds at one moment."""

    anonymous_bytes: int
    handed_out_bytes: int
    qt_objects: int
    python_objects: int


class _Heap:
    """What glibc has handed out and not got back, of all its arenas."""

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None)
        self._libc.open_memstream.restype = ctypes.c_void_p
        self._libc.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
        self._libc.fclose.argtypes = [ctypes.c_void_p]

    def handed_out_bytes(self) -> int:
        """All that was taken from the system less all that lies free."""
        self._libc.malloc_trim(0)
        text, size = ctypes.c_char_p(), ctypes.c_size_t()
        stream = self._libc.open_memstream(ctypes.byref(text), ctypes.byref(size))
        self._libc.malloc_info(0, stream)
        self._libc.fclose(stream)
        said = (text.value or b"").decode()
        totals = said.rpartition("</heap>")[2]
        sums = {
            key: int(value) for key, value in re.findall(r'type="(\w+)"[^/]*? size="(\d+)"', totals)
        }
        return sums["current"] + sums.get("mmap", 0) - sums["fast"] - sums["rest"]


def look(heap: _Heap) -> Held:
    """After everything that could go has gone."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    handed_out = heap.handed_out_bytes()
    windows = QApplication.topLevelWidgets()
    below = sum(len(window.findChildren(QObject)) for window in windows)
    return Held(anonymous_bytes(), handed_out, below + len(windows), len(gc.get_objects()))


# -- two files of each kind ----------------------------------------------------------------------


def twice(path: Path, more: bytes = b"\0") -> list[Path]:
    """The same with a byte behind it, so that it is another file."""
    other = path.with_name(f"again-{path.name}")
    other.write_bytes(path.read_bytes() + more)
    return [path, other]


def pdfs(folder: Path) -> list[Path]:
    return twice(make_pdf(folder, 40), b"\n")


def videos(folder: Path) -> list[Path]:
    return twice(make_video(folder))


def sounds(folder: Path) -> list[Path]:
    path = folder / "tone.mp3"
    made = "-v error -y -f lavfi -i sine=440:d=10"
    subprocess.run(["ffmpeg", *made.split(), str(path)], check=True)
    return twice(path)


def pictures(folder: Path) -> list[Path]:
    paths = [folder / "blue.png", folder / "red.png"]
    for path, colour in zip(paths, (0xFF3377AA, 0xFFAA3333), strict=True):
        image = QImage(1920, 1080, QImage.Format.Format_RGB32)
        image.fill(colour)
        image.save(str(path))
    return paths


def texts(folder: Path) -> list[Path]:
    path = folder / "plan.md"
    path.write_text("# 教案\n\n" + "一、复习旧课，导入新课。\n\n" * 200, "utf-8")
    return twice(path, b"\n")


def exercises(folder: Path) -> list[Path]:
    path = folder / "exercise.md"
    asked = "".join(f"## {n}. 一半是几分之几？\n\n> 答案：1/2\n\n" for n in range(1, 21))
    path.write_text("# 练习\n\n" + asked, "utf-8")
    return twice(path, b"\n")


def slides(folder: Path) -> list[Path]:
    office = shutil.which("soffice") or "soffice"
    # By the suffix of Markdown LibreOffice would not know what it is.
    plain = [path.replace(path.with_suffix(".txt")) for path in texts(folder)]
    convert = [office, "--headless", f"-env:UserInstallation=file://{folder}/office"]
    told = [*convert, "--convert-to", "docx", "--outdir", str(folder), *map(str, plain)]
    subprocess.run(told, check=True, capture_output=True)
    return [path.with_suffix(".docx") for path in plain]


def pages(folder: Path) -> list[Path]:
    page = "<!doctype html><meta charset=utf-8><title>{0}</title><h1>{0}</h1><canvas></canvas>"
    return [
        write_zip(folder / f"page{n}.zip", {"index.html": page.format(n).encode()}) for n in (1, 2)
    ]


def h5ps(folder: Path) -> list[Path]:
    script = "box.textContent = words.words;"
    first = write_zip(folder / "one.h5p", h5p_files(script))
    return [first, write_zip(folder / "two.h5p", h5p_files(script + " "))]


def books(folder: Path) -> list[Path]:
    paths = [folder / "one.epub", folder / "two.epub"]
    for number, path in enumerate(paths):
        path.write_bytes(epub({"c1.xhtml": f"<p>第{number}章</p>" * 50}))
    return paths


def broken(folder: Path) -> list[Path]:
    paths = [folder / "broken.pdf", folder / "broken.mp4"]
    for path in paths:
        path.write_bytes(b"%PDF-1.7 broken" * 20)
    return paths


KINDS: dict[str, Callable[[Path], list[Path]]] = {
    "pdf": pdfs,
    "video": videos,
    "sound": sounds,
    "picture": pictures,
    "text": texts,
    "exercise": exercises,
    "slides": slides,
    "page": pages,
    "h5p": h5ps,
    "book": books,
    "broken": broken,
}


# -- changing ------------------------------------------------------------------------------------


def measure(kind: str, changes: int, every_s: float) -> float:
    """Print a line a tenth; returns the growth as a share."""
    application = QApplication([])
    heap, looked = _Heap(), list[Held]()
    with tempfile.TemporaryDirectory() as name:
        paths = KINDS[kind](Path(name))
        with stage(Path(name), (1280, 720)) as (player, locator):
            rubbish = Rubbish()
            begin(player, make_cards(Path(name), paths, locator))
            for number in range(1, changes + 1):
                show_item(player, number % 2, PATIENCE_MS)
                let_run(every_s)
                rubbish.look()
                if number % (changes // TENTHS) == 0:
                    looked.append(look(heap))
                    tell(kind, number, looked[-1])
            rubbish.close()
    application.quit()
    return looked[-1].anonymous_bytes / looked[0].anonymous_bytes - 1


def tell(kind: str, number: int, held: Held) -> None:
    """One line."""
    print(
        f"{kind:9}{number:6}  {held.anonymous_bytes / 2**20:7.1f} MB anonymous,"
        f" {held.handed_out_bytes / 2**20:7.2f} MB handed out,"
        f" {held.qt_objects} Qt objects, {held.python_objects} Python objects",
        flush=True,
    )


def main() -> int:
    """Each kind in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", default=list(KINDS))
    parser.add_argument("--changes", type=int, default=500)
    parser.add_argument("--every", type=float, default=0.02, help="seconds a resource is shown")
    options = parser.parse_args()
    if len(options.kinds) == 1:
        grown = measure(options.kinds[0], options.changes, options.every)
        print(f"{options.kinds[0]:9} grown by {100 * grown:+.1f} %", flush=True)
        return 0
    same = ["--changes", str(options.changes), "--every", str(options.every)]
    for kind in options.kinds:
        command = [sys.executable, "-m", "benchmarks.player_kinds", kind, *same]
        subprocess.run(command, check=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
