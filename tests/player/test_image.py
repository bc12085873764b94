# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures: turned as held, huge ones bounded, broken ones refused."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.player.image_view import MAX_PIXELS, ImageView, bounded_size
from app.player.item import Fit
from tests.player.conftest import MakeView, ffmpeg
from tests.player.listening import colour_name, opened, refused
from tests.player.media_cases import open_files

# Exif says: turn a quarter to the right (orientation 6).
EXIF_TURNED = (
    b"\xff\xe1\x00\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
)


def two_halves(width: int, height: int) -> QImage:
    """Red above, blue below."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.fillRect(0, 0, width, height // 2, QColor("red"))
    painter.fillRect(0, height // 2, width, height, QColor("blue"))
    painter.end()
    return image


@pytest.fixture
def jpeg(qapp: QApplication, tmp_path: Path) -> Path:
    """A small photo without a suffix, as blobs are."""
    named = tmp_path / "photo.jpg"
    assert two_halves(400, 200).save(str(named))
    return named.rename(tmp_path / "photo")


def test_shows_turns_and_zooms(qtbot: QtBot, make_view: MakeView, jpeg: Path) -> None:
    view = make_view(jpeg, "image/jpeg")
    ear = opened(qtbot, view)
    assert ear.kinds == ["initialized", "page_shown"]
    assert colour_name(view.snapshot(), 0.5, 0.25) == "red"
    assert colour_name(view.snapshot(), 0.5, 0.75) == "blue"
    view.rotate()
    assert colour_name(view.snapshot(), 0.55, 0.5) == "red"
    assert colour_name(view.snapshot(), 0.45, 0.5) == "blue"
    for _ in range(3):
        view.rotate()
    assert colour_name(view.snapshot(), 0.5, 0.25) == "red"
    view.zoom_in()
    assert view.fit_mode is Fit.FREE
    view.fit(Fit.WIDTH)
    assert view.position().zoom == pytest.approx(1.0, abs=0.15)
    view.close_item()
    assert jpeg not in open_files()
    assert colour_name(view.snapshot(), 0.5, 0.25) == "black"


def test_obeys_the_camera(qtbot: QtBot, make_view: MakeView, jpeg: Path) -> None:
    raw = jpeg.read_bytes()
    jpeg.write_bytes(raw[:2] + EXIF_TURNED + raw[2:])
    view = make_view(jpeg, "image/jpeg")
    opened(qtbot, view)
    shown = view.snapshot()
    assert colour_name(shown, 0.55, 0.5) == "red"
    assert colour_name(shown, 0.45, 0.5) == "blue"


def test_a_huge_photo_is_read_smaller(qtbot: QtBot, make_view: MakeView, media_dir: Path) -> None:
    huge = media_dir / "huge.jpg"
    ffmpeg("-f", "lavfi", "-i", "color=lime:s=12000x9000", "-frames:v", "1", huge)
    view = make_view(huge, "image/jpeg")
    assert isinstance(view, ImageView)
    opened(qtbot, view)
    assert colour_name(view.snapshot()) == "green"
    assert 0 < view.image_size.width() * view.image_size.height() <= MAX_PIXELS


def test_bounds_keep_the_shape() -> None:
    assert bounded_size(QSize(800, 600), is_vector=False) == QSize(800, 600)
    small = bounded_size(QSize(12000, 9000), is_vector=False)
    assert small.width() * small.height() <= MAX_PIXELS
    assert small.width() / small.height() == pytest.approx(4 / 3, abs=0.01)
    assert bounded_size(QSize(10, 20), is_vector=True) == QSize(1500, 3000)


def test_a_drawing_is_sharp_at_any_size(qtbot: QtBot, make_view: MakeView, tmp_path: Path) -> None:
    svg = tmp_path / "d.svg"
    svg.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10" width="20" height="10">'
        '<rect width="20" height="5" fill="red"/><rect y="5" width="20" height="5" fill="blue"/>'
        "</svg>"
    )
    view = make_view(svg, "image/svg+xml")
    assert isinstance(view, ImageView)
    opened(qtbot, view)
    assert view.image_size.width() == 3000
    assert colour_name(view.snapshot(), 0.5, 0.4) == "red"


def test_an_animation_moves_and_lets_go(qtbot: QtBot, make_view: MakeView, tmp_path: Path) -> None:
    gif = tmp_path / "a.gif"
    ffmpeg(
        "-f", "lavfi", "-i", "color=red:s=64x32:r=5:d=0.4", "-f", "lavfi", "-i",
        "color=blue:s=64x32:r=5:d=0.4", "-filter_complex", "[0][1]concat=n=2", gif,
    )  # fmt: skip
    view = make_view(gif, "image/gif")
    opened(qtbot, view)
    qtbot.waitUntil(lambda: colour_name(view.snapshot()) == "blue", timeout=30_000)
    qtbot.waitUntil(lambda: colour_name(view.snapshot()) == "red", timeout=30_000)
    assert gif not in open_files()


def bomb_png(side: int) -> bytes:
    """A PNG that says it is huge and holds almost nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.qt_log_ignore("QImageIOHandler", "libpng", "jpeg", "JPEG", "svg", extend=True)
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "media_damaged"),
        (bytes(4000), "media_damaged"),
        (b"<svg", "media_damaged"),
        (b"\x89PNG\r\n\x1a\nxxxx", "media_damaged"),
        (b"GIF89a\1\0\1\0", "media_damaged"),
        (bomb_png(60_000), "image_too_large"),
    ],
)
def test_broken_pictures_are_one_typed_error(
    qtbot: QtBot, make_view: MakeView, tmp_path: Path, content: bytes, code: str
) -> None:
    file = tmp_path / "x.png"
    file.write_bytes(content)
    assert refused(qtbot, make_view(file, "image/png")).codes() == [code]


def test_a_wrong_suffix_does_not_matter(
    qtbot: QtBot, make_view: MakeView, jpeg: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / "really-jpeg.png"
    wrong.write_bytes(jpeg.read_bytes())
    view = make_view(wrong, "image/png")
    opened(qtbot, view)
    assert colour_name(view.snapshot(), 0.5, 0.25) == "red"
