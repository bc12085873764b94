# SPDX-License-Identifier: GPL-3.0-or-later
"""Opened without playing, libvlc runs on unseen for a moment: only the first picture is shown."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.player.vlc_backend import VlcPlayer
from tests.player.conftest import ffmpeg
from tests.player.listening import colour_name

pytestmark = pytest.mark.media


@pytest.fixture
def blink(tmp_path: Path) -> Path:
    """One red picture, then lime for three seconds."""
    path = tmp_path / "blink.mp4"
    colours = "color=red:s=320x180:r=25:d=0.04[a];color=lime:s=320x180:r=25:d=3[b]"
    ffmpeg("-filter_complex", f"{colours};[a][b]concat=n=2[v]", "-map", "[v]", path)
    return path


def test_nothing_but_the_first_picture_is_seen(qtbot: QtBot, blink: Path) -> None:
    player = VlcPlayer()
    seen: list[str] = []
    player.signals.frame_arrived.connect(lambda: seen.append(colour_name(player.current_frame())))
    player.open(blink, start_s=0.0, is_playing=False, wants_video=True)

    def is_held() -> bool:
        if not player.current_frame().isNull():
            seen.append(colour_name(player.current_frame()))
        return player._is_paused and not player._seeking.is_busy

    qtbot.waitUntil(is_held, timeout=30_000)
    assert set(seen) == {"red"}
    player.play()
    qtbot.waitUntil(lambda: colour_name(player.current_frame()) == "green", timeout=30_000)
    player.close()
