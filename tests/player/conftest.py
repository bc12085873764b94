# SPDX-License-Identifier: GPL-3.0-or-later
"""Real media made once a session with ffmpeg, and what the views' tests share."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from app.player.create import create_view
from app.player.item import Backend, PlayItem
from app.player.view import LessonView

pytest.register_assert_rewrite(
    "tests.player.media_cases", "tests.player.format_cases", "tests.player.step_cases"
)

MakeItem = Callable[..., PlayItem]
MakeView = Callable[..., LessonView]

_COLOURS = (
    "color=red:s={size}:r=25:d=2[a];color=lime:s={size}:r=25:d=2[b];"
    "color=blue:s={size}:r=25:d=2[c];[a][b][c]concat=n=3[v]"
)
# Eight bars, dark or bright, are its bits.
_NUMBER = "geq=lum='20+200*mod(floor(N/pow(2,floor(X/40))),2)':cb=128:cr=128"
_SOUND = ["-f", "lavfi", "-i", "sine=440:d=6"]


def ffmpeg(*arguments: str | Path) -> None:
    """Run ffmpeg and insist that it worked."""
    subprocess.run(
        ["ffmpeg", "-v", "error", "-nostdin", "-y", *map(str, arguments)], check=True, timeout=100
    )


def colour_video(path: Path, *codec: str, size: str = "320x180", sound: bool = True) -> Path:
    """Two seconds each of red, lime and blue, with a steady tone."""
    ffmpeg(
        *(_SOUND if sound else []),
        "-filter_complex",
        _COLOURS.format(size=size),
        "-map",
        "[v]",
        *(["-map", "0:a"] if sound else []),
        *codec,
        path,
    )
    return path


@pytest.fixture(scope="session")
def media_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this session's media lie; blobs have no suffix, so neither do the names here."""
    return tmp_path_factory.mktemp("媒体 files")


@pytest.fixture(scope="session")
def mp4(media_dir: Path) -> Path:
    """H.264 and AAC, a key frame a second, as the region publishes it."""
    return colour_video(
        media_dir / "colours.mp4",
        *"-c:v libx264 -preset veryfast -g 25 -pix_fmt yuv420p -c:a aac".split(),
        "-movflags",
        "+faststart",
    )


@pytest.fixture(scope="session")
def counting(media_dir: Path) -> Path:
    """Six seconds of 25 pictures with B frames and sound; bars carry each picture's number."""
    path = media_dir / "counting.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", f"color=black:s=320x180:r=25:d=6,{_NUMBER}", *_SOUND),
        *"-c:v libx264 -preset veryfast -bf 3 -g 50 -pix_fmt yuv420p -c:a aac".split(),
        path,
    )
    return path


@pytest.fixture(scope="session")
def mp3(media_dir: Path) -> Path:
    """Six seconds of a tone."""
    path = media_dir / "tone.mp3"
    ffmpeg(*_SOUND, path)
    return path


@pytest.fixture
def make_item(tmp_path: Path) -> MakeItem:
    """A `PlayItem` of a file; its hash is made of its name."""

    def make(path: Path, media_type: str, **more: object) -> PlayItem:
        values: dict[str, object] = {
            "region_id": "r",
            "entry_id": "e",
            "title": "分数的初步认识",
            "name": path.name,
            "sha256": path.name.encode().hex().ljust(64, "0")[:64],
            "converted_dir": tmp_path / "converted",
        }
        values.update(more)
        return PlayItem(path=path, media_type=media_type, **values)  # type: ignore[arg-type]

    return make


@pytest.fixture
def make_view(qtbot: QtBot, make_item: MakeItem) -> Iterator[MakeView]:
    """A shown but unopened view; closed at the end whatever happens."""
    views: list[LessonView] = []

    def make(
        path: Path, media_type: str, backend: Backend | None = None, **more: object
    ) -> LessonView:
        view = create_view(make_item(path, media_type, **more), None, backend)
        qtbot.addWidget(view)
        view.resize(640, 360)
        view.show()
        views.append(view)
        return view

    yield make
    for view in views:
        view.close_item()
    # An event loop that ends does this; tests have none, and pages must go before profiles.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
