# SPDX-License-Identifier: GPL-3.0-or-later
"""A seek while paused is asked again until its own picture has come."""

import time
from dataclasses import dataclass, field

import pytest
from pytestqt.qtbot import QtBot

from app.player.vlc_seek import InsistentSeek

_LONG_AGO = -1000.0


@dataclass
class Film:
    """Answers the seeks whose numbers are named; others it loses."""

    answers: tuple[int, ...]
    is_paused: bool = True
    seeks: int = 0
    count: int = 5
    shown_at: float = field(default=_LONG_AGO)

    def show(self) -> None:
        """One more picture, now."""
        self.count += 1
        self.shown_at = time.monotonic()

    def seek(self) -> None:
        """Count the seek; answer it or lose it."""
        self.seeks += 1
        if self.seeks in self.answers:
            self.show()


def insist(film: Film) -> InsistentSeek:
    """Looked after without the waits between."""
    seeking = InsistentSeek(film, film.seek, lambda: film.is_paused)
    seeking._timer.setInterval(0)
    seeking.begin()
    return seeking


def settle(qtbot: QtBot, seeking: InsistentSeek) -> None:
    """Until it looks no more."""
    qtbot.waitUntil(lambda: not seeking._timer.isActive(), timeout=30_000)


def test_one_picture_after_quiet_is_the_answer(qtbot: QtBot) -> None:
    film = Film(answers=(1,))
    settle(qtbot, insist(film))
    assert film.seeks == 1


def test_a_lost_seek_is_asked_again(qtbot: QtBot) -> None:
    film = Film(answers=(3,))
    settle(qtbot, insist(film))
    assert film.seeks == 3


def test_a_late_picture_of_before_does_not_pass_for_the_answer(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr("app.player.vlc_seek.time.monotonic", lambda: now)
    film = Film(answers=(2,), shown_at=99.9)  # it was playing a moment ago
    seeking = insist(film)
    film.count += 1  # and one picture was still on its way
    now = 100.3
    settle(qtbot, seeking)
    assert film.seeks == 2


def test_gives_up_at_a_film_that_shows_nothing_more(qtbot: QtBot) -> None:
    film = Film(answers=())
    settle(qtbot, insist(film))
    assert film.seeks == 12


def test_a_film_that_plays_again_is_left_alone(qtbot: QtBot) -> None:
    film = Film(answers=())
    seeking = insist(film)
    film.is_paused = False
    settle(qtbot, seeking)
    assert film.seeks == 1
