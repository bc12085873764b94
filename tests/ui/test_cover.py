# SPDX-License-Identifier: GPL-3.0-or-later
"""Covers come from anywhere: only a few kinds of picture are decoded, whatever a file is called."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QImage, QImageReader
from pytestqt.qtbot import QtBot

from app.base.errors import KnownError, UnreadableFileError
from app.ui.widgets.cover import read_cover


def picture(path: Path, kind: str) -> Path:
    image = QImage(640, 360, QImage.Format.Format_RGB32)
    image.fill(0x336699)
    assert image.save(str(path), kind)  # type: ignore[call-overload]
    return path


@pytest.mark.parametrize("kind", ["png", "jpg", "bmp", "webp"])
def test_a_cover_is_told_by_its_bytes_and_made_small(
    tmp_path: Path, qtbot: QtBot, kind: str
) -> None:
    image = read_cover(picture(tmp_path / "no-ending", kind), 320)
    assert (image.width(), image.height()) == (320, 180)
    colour = image.pixelColor(100, 100)
    assert max(abs(colour.red() - 0x33), abs(colour.green() - 0x66)) < 8


def test_what_other_decoders_would_take_is_refused(tmp_path: Path, qtbot: QtBot) -> None:
    others = {bytes(kind.data()).decode() for kind in QImageReader.supportedImageFormats()}
    assert "tiff" in others, "or this test shows nothing"
    with pytest.raises(UnreadableFileError):
        read_cover(picture(tmp_path / "cover.png", "tiff"), 320)
    svg = tmp_path / "cover.jpg"
    svg.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    with pytest.raises(UnreadableFileError):
        read_cover(svg, 320)


def test_a_broken_or_missing_cover_is_a_known_error(tmp_path: Path, qtbot: QtBot) -> None:
    whole = picture(tmp_path / "whole", "bmp").read_bytes()
    for content in (b"", whole[:2], whole[:30], b"RIFF\x10\0\0\0WEBP"):
        (tmp_path / "cover").write_bytes(content)
        with pytest.raises(UnreadableFileError):
            read_cover(tmp_path / "cover", 320)
    with pytest.raises(KnownError):
        read_cover(tmp_path / "gone", 320)
