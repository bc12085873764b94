# SPDX-License-Identifier: GPL-3.0-or-later
"""When one player fails on a file, the other goes on; when both do, there is one error."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.player.capabilities import Capabilities
from app.player.item import Backend
from app.player.media_view import MediaView
from tests.player.conftest import MakeView
from tests.player.listening import Ear, opened, refused

pytestmark = [
    pytest.mark.media,
    pytest.mark.qt_log_ignore("PulseAudio", "pipewire", "audio device", "RHI", extend=True),
]


@pytest.mark.allow_warnings("app.player")
def test_without_libvlc_plugins_qt_plays(
    qtbot: QtBot, make_view: MakeView, mp4: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.player.vlc_backend.vlc_instance", lambda: None)
    view = make_view(mp4, "video/mp4")
    assert isinstance(view, MediaView)
    ear = opened(qtbot, view)
    assert view.backend is Backend.QT
    assert ear.codes() == []


def test_what_libvlc_cannot_decode_qt_plays(qtbot: QtBot, make_view: MakeView, mp4: Path) -> None:
    view = make_view(mp4, "video/mp4")
    assert isinstance(view, MediaView)
    ear = Ear(view)
    view.open()
    assert type(view.surface.player).__name__ == "VlcPlayer"
    assert view.surface.player is not None
    view.surface.player.signals.failed.emit("no_picture")
    qtbot.waitUntil(lambda: ear.readies == 1, timeout=30_000)
    assert view.backend is Backend.QT
    qtbot.waitUntil(lambda: view.position_s > 0.4, timeout=30_000)
    assert ear.kinds.count("initialized") == 1


def test_what_fails_in_the_middle_goes_on_from_there(
    qtbot: QtBot, make_view: MakeView, mp4: Path
) -> None:
    view = make_view(mp4, "video/mp4")
    assert isinstance(view, MediaView)
    ear = opened(qtbot, view)
    qtbot.waitUntil(lambda: view.position_s > 1.0, timeout=30_000)
    assert view.surface.player is not None
    view.surface.player.signals.failed.emit("damaged")
    qtbot.waitUntil(lambda: view.backend is Backend.QT and view.position_s > 1.4, timeout=30_000)
    assert ear.codes() == []
    view.close_item()
    assert ear.kinds.count("initialized") == 1
    assert ear.kinds.count("terminated") == 1


@pytest.mark.allow_warnings("app.player")
def test_with_no_player_at_all_there_is_one_error(
    qtbot: QtBot, make_view: MakeView, mp4: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_vlc = Capabilities((Backend.VLC,), None, has_pdf=True, has_web=True)
    monkeypatch.setattr("app.player.media_view.capabilities", lambda: only_vlc)
    monkeypatch.setattr("app.player.vlc_backend.vlc_instance", lambda: None)
    assert refused(qtbot, make_view(mp4, "video/mp4")).codes() == ["no_media_backend"]
