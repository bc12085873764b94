# SPDX-License-Identifier: GPL-3.0-or-later
"""Faster and slower, the tone stays the tone: a 440 Hz sound is listened to at twice the speed."""

from __future__ import annotations

import ctypes
import itertools
from array import array
from pathlib import Path
from statistics import median

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.player.qt_backend import QtPlayer
from app.player.vlc_backend import VlcPlayer
from app.player.vlc_library import vlc_module

pytestmark = [pytest.mark.media, pytest.mark.qt_log_ignore(".*", extend=True)]

_SAMPLES_PER_S = 44_100


def tone_of(samples: array[int]) -> float:
    """Hertz, by the usual way from one rise through zero to the next; gaps do not count."""
    pairs = enumerate(itertools.pairwise(samples))
    rises = [at for at, (before, after) in pairs if before < 0 <= after]
    return _SAMPLES_PER_S / median(after - before for before, after in itertools.pairwise(rises))


@pytest.mark.parametrize("rate", [0.5, 1.5, 2.0])
def test_libvlc_keeps_the_pitch(qtbot: QtBot, mp3: Path, rate: float) -> None:
    vlc = vlc_module()
    assert vlc is not None
    heard: array[int] = array("h")

    def take(_data: object, samples: int, count: int, _at: int) -> None:
        heard.frombytes(ctypes.string_at(samples, count * 2))

    player = VlcPlayer()
    play = vlc.CallbackDecorators.AudioPlayCb(take)
    player._media_player.audio_set_format("S16N", _SAMPLES_PER_S, 1)
    player._media_player.audio_set_callbacks(play, None, None, None, None, None)
    player.set_rate(rate)
    player.open(mp3, start_s=0.0, is_playing=True, wants_video=False)
    qtbot.waitUntil(lambda: len(heard) > 1.5 * _SAMPLES_PER_S, timeout=30_000)
    reached_s = player.position_s
    player.close()
    assert reached_s == pytest.approx(len(heard) / _SAMPLES_PER_S * rate, abs=0.6)
    # The first blocks may come from before the speed took hold.
    assert tone_of(heard[len(heard) // 2 :]) == pytest.approx(440, abs=15)


def test_qt_is_told_to_keep_the_pitch(qapp: QApplication) -> None:
    player = QtPlayer()
    assert player._player.pitchCompensation()
    player.set_rate(2.0)
    assert player._player.playbackRate() == 2.0
    assert player._player.pitchCompensation()
    player.close()
