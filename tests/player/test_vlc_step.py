# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps are handed out one by one, and a lost one is asked for again."""

from dataclasses import dataclass, field

import pytest
from PySide6.QtGui import QImage, qRgb
from pytestqt.qtbot import QtBot

from app.player.vlc_step import QueuedSteps


@dataclass
class Film:
    """Ten pictures; some requests get lost."""

    lost: tuple[int, ...] = ()
    is_still: bool = False
    is_possible: bool = True
    shown: int = 0
    asked: list[bool] = field(default_factory=list)

    def step(self, is_repeat: bool) -> None:
        """Show the next, unless this request is one that gets lost."""
        self.shown += len(self.asked) not in self.lost
        self.asked.append(is_repeat)

    def picture(self) -> QImage:
        """Each of another colour."""
        image = QImage(8, 8, QImage.Format.Format_RGB32)
        image.fill(qRgb(0 if self.is_still else 20 * self.shown, 0, 0))
        return image


def queue(film: Film) -> QueuedSteps:
    """Steps of this film."""
    return QueuedSteps(film.step, film.picture, lambda: film.is_possible)


@pytest.mark.parametrize(
    ("film", "asked", "shown"),
    [
        (Film(), [False, False, False], 3),
        (Film(lost=(1,)), [False, False, True, False], 3),
        (Film(is_still=True), [False, True, False, True, False, True], 6),
    ],
)
def test_three_steps(qtbot: QtBot, film: Film, asked: list[bool], shown: int) -> None:
    steps = queue(film)
    for _ in range(3):
        steps.add()
    qtbot.waitUntil(lambda: not steps.is_busy, timeout=30_000)
    assert (film.asked, film.shown) == (asked, shown)


def test_steps_wait_until_they_are_possible(qtbot: QtBot) -> None:
    film = Film(is_possible=False)
    steps = queue(film)
    steps.add()
    steps.add()
    with qtbot.waitSignals([steps._timer.timeout] * 2, timeout=30_000):
        assert film.asked == []
    assert film.asked == []
    film.is_possible = True
    qtbot.waitUntil(lambda: film.shown == 2, timeout=30_000)


def test_a_seek_forgets_what_waits(qtbot: QtBot) -> None:
    film = Film(is_possible=False)
    steps = queue(film)
    steps.add()
    steps.drop()
    film.is_possible = True
    assert not steps.is_busy
    steps.add()
    qtbot.waitUntil(lambda: not steps.is_busy, timeout=30_000)
    assert film.shown == 1
