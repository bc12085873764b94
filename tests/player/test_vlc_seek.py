# SPDX-License-Identifier: GPL-3.0-or-later
"""A seek while paused is asked again until its pictures keep coming."""

from dataclasses import dataclass

import pytest
from pytestqt.qtbot import QtBot

from app.player.vlc_seek import InsistentSeek


@dataclass
class Film:
    """Shows so many pictures in the given looks, then none."""

    came: tuple[int, ...]
    is_paused: bool = True
    seeks: int = 0
    looks: int = 0
    count: int = 5

    def seek(self) -> None:
        """Count it."""
        self.seeks += 1

    def pass_time(self) -> None:
        """Until the next look."""
        self.count += self.came[self.looks] if self.looks < len(self.came) else 0
        self.looks += 1


def insist(qtbot: QtBot, film: Film) -> None:
    """Seek and look after it to the end."""
    seeking = InsistentSeek(film, film.seek, lambda: film.is_paused)
    seeking._timer.setInterval(0)
    seeking._timer.timeout.disconnect()
    seeking._timer.timeout.connect(film.pass_time)
    seeking._timer.timeout.connect(seeking._look)
    seeking.begin()
    qtbot.waitUntil(lambda: not seeking.is_busy, timeout=30_000)


@pytest.mark.parametrize(
    ("came", "seeks", "looks"),
    [
        ((4, 4), 1, 2),
        ((0, 4, 4), 1, 3),
        ((0, 0, 4, 4), 2, 4),
        # What still came from before the seek was taken up, and then nothing more.
        ((2, 0, 0, 4, 4), 2, 5),
        ((1, 1, 0, 0, 4, 4), 2, 6),
        # Slower than the eye, but they keep coming.
        ((1, 0, 1, 0, 1, 2, 2), 1, 7),
        # Decoding from far back is given twice the time each time it has to be asked again.
        ((0, 0, 0, 0, 0, 4, 4), 2, 7),
        ((0, 0, 0, 0, 0, 0, 4, 4), 3, 8),
        ((), 4, 2 + 4 + 8 + 16),
    ],
)
def test_a_seek_is_asked_again_while_no_picture_comes(
    qtbot: QtBot, came: tuple[int, ...], seeks: int, looks: int
) -> None:
    film = Film(came)
    insist(qtbot, film)
    assert (film.seeks, film.looks) == (seeks, looks)


def test_a_film_that_plays_again_is_left_alone(qtbot: QtBot) -> None:
    film = Film((), is_paused=False)
    insist(qtbot, film)
    assert (film.seeks, film.looks) == (1, 1)


def test_a_drag_asks_for_the_next_place_when_a_picture_has_come(qtbot: QtBot) -> None:
    film = Film(())
    seeking = InsistentSeek(film, film.seek, lambda: film.is_paused)
    for _ in range(5):
        seeking.begin()
    assert film.seeks == 1
    with qtbot.waitSignal(seeking._pace.timeout, timeout=30_000):
        pass
    assert film.seeks == 1
    film.count += 1
    qtbot.waitUntil(lambda: film.seeks == 2, timeout=30_000)
    seeking.begin()
    film.count += 1
    qtbot.waitUntil(lambda: film.seeks == 3, timeout=30_000)
    seeking.stop()


def test_a_drag_goes_on_without_pictures(qtbot: QtBot) -> None:
    film = Film(())
    seeking = InsistentSeek(film, film.seek, lambda: film.is_paused)
    seeking.begin()
    seeking.begin()
    qtbot.waitUntil(lambda: film.seeks == 2, timeout=30_000)
    assert not seeking._is_due
    seeking.stop()
