# SPDX-License-Identifier: GPL-3.0-or-later
"""A seek while paused is asked again until its pictures keep coming."""

from dataclasses import dataclass

import pytest
from pytestqt.qtbot import QtBot

from app.player.vlc_seek import InsistentSeek

_LOOK_S = 0.3


@dataclass
class Film:
    """Shows pictures in the given looks; time passes by looks."""

    flowing: tuple[bool, ...]
    is_paused: bool = True
    seeks: int = 0
    looks: int = 0
    has_late_picture: bool = False
    count: int = 5
    shown_at: float = 0.0
    now: float = 1000.0

    def seek(self) -> None:
        """Count it."""
        self.seeks += 1

    def pass_time(self) -> None:
        """Until the next look."""
        if self.has_late_picture and not self.looks:
            self.count, self.shown_at = self.count + 1, self.now
        self.now += _LOOK_S
        if self.looks < len(self.flowing) and self.flowing[self.looks]:
            self.count += 1
            self.shown_at = self.now
        self.looks += 1


def insist(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, film: Film) -> None:
    """Seek and look after it to the end."""
    monkeypatch.setattr("app.player.vlc_seek.time.monotonic", lambda: film.now)
    seeking = InsistentSeek(film, film.seek, lambda: film.is_paused)
    seeking._timer.setInterval(0)
    seeking._timer.timeout.disconnect()
    seeking._timer.timeout.connect(film.pass_time)
    seeking._timer.timeout.connect(seeking._look)
    seeking.begin()
    qtbot.waitUntil(lambda: not seeking.is_busy, timeout=30_000)


@pytest.mark.parametrize(
    ("flowing", "seeks", "looks"),
    [
        ((True, True), 1, 2),
        ((False, True, True), 2, 3),
        ((False, False, True, True), 3, 4),
        # What still came from before the seek was taken up, and then nothing more.
        ((True, False, True, True), 2, 4),
        ((), 20, 20),
    ],
)
def test_a_seek_is_asked_again_while_no_picture_comes(
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    flowing: tuple[bool, ...],
    seeks: int,
    looks: int,
) -> None:
    film = Film(flowing)
    insist(qtbot, monkeypatch, film)
    assert (film.seeks, film.looks) == (seeks, looks)


def test_one_late_picture_is_no_flow(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    film = Film(flowing=(False, True, True), has_late_picture=True)
    insist(qtbot, monkeypatch, film)
    assert film.seeks == 2


def test_a_film_that_plays_again_is_left_alone(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = Film(flowing=(), is_paused=False)
    insist(qtbot, monkeypatch, film)
    assert (film.seeks, film.looks) == (1, 1)
