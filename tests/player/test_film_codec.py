# SPDX-License-Identifier: GPL-3.0-or-later
"""The codec is known before anybody decodes, and a costly one is said quietly."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.player.film_codec import FilmCodec, read_film_codec
from app.player.item import Backend
from app.player.media_view import MediaView
from app.player.qt_backend import QtPlayer
from tests.player.conftest import MakeView, ffmpeg
from tests.player.listening import Ear, colour_name, opened

pytestmark = [pytest.mark.media, pytest.mark.qt_log_ignore(".*", extend=True)]


def film(path: Path, codec: str, size: str) -> Path:
    """One second of red."""
    ffmpeg(
        *("-f", "lavfi", "-i", f"color=red:s={size}:r=10:d=1", "-c:v", codec),
        *("-preset", "ultrafast", "-pix_fmt", "yuv420p", path),
    )
    return path


def test_reads_the_codec_of_mp4_and_matroska(tmp_path: Path) -> None:
    h265 = read_film_codec(film(tmp_path / "a.mp4", "libx265", "1920x1080"))
    assert h265 == FilmCodec("H.265", 1920, 1080)
    assert h265.is_costly
    assert not read_film_codec(film(tmp_path / "b.mp4", "libx265", "640x360")).is_costly
    assert read_film_codec(film(tmp_path / "c.mp4", "libx264", "1920x1080")).name == "H.264"
    assert read_film_codec(film(tmp_path / "d.mkv", "libx265", "640x360")).name == "H.265"


def test_lying_boxes_say_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    good = film(path, "libx265", "640x360").read_bytes()
    for number in range(0, len(good), 97):
        path.write_bytes(good[:number] + b"\xff\xff\xff\xff" + good[number + 4 :])
        assert read_film_codec(path).name in ("", "H.265")
    for content in (b"", b"\0" * 100, good[:40], b"\0\0\0\x01ftyp" + b"\xff" * 8):
        path.write_bytes(content)
        assert read_film_codec(path) == FilmCodec()


@pytest.mark.parametrize("backend", list(Backend))
def test_large_h265_plays_with_a_quiet_word(
    qtbot: QtBot, make_view: MakeView, tmp_path: Path, backend: Backend
) -> None:
    view = make_view(film(tmp_path / "a.mp4", "libx265", "1920x1080"), "video/mp4", backend)
    assert isinstance(view, MediaView)
    ear = opened(qtbot, view)
    qtbot.waitUntil(lambda: colour_name(view.surface.frame()) == "red", timeout=30_000)
    assert [notice.code for notice in ear.notices] == ["codec_costly"]
    assert ear.notices[0].data["codec"] == "H.265"


def test_a_picture_nobody_decodes_is_named(
    qtbot: QtBot, make_view: MakeView, tmp_path: Path
) -> None:
    view = make_view(film(tmp_path / "a.mp4", "libx265", "640x360"), "video/mp4", Backend.VLC)
    assert isinstance(view, MediaView)
    view.open()
    player = view.surface.player
    assert player is not None
    ear = Ear(view)
    player.signals.failed.emit("no_picture")
    assert ear.codes() == ["codec_missing"]
    assert ear.errors[0].data["codec"] == "H.265"


def test_a_lost_loudspeaker_is_one_sentence(qtbot: QtBot, make_view: MakeView, mp4: Path) -> None:
    view = make_view(mp4, "video/mp4", Backend.QT)
    assert isinstance(view, MediaView)
    ear = opened(qtbot, view)
    player = view.surface.player
    assert isinstance(player, QtPlayer)
    player._has_sound = True  # this machine may have none to lose
    player._devices.audioOutputsChanged.emit()
    assert [notice.code for notice in ear.notices] == ["sound_lost"]
    start = view.position_s
    qtbot.waitUntil(lambda: view.position_s > start + 0.5, timeout=30_000)
    assert ear.codes() == []
