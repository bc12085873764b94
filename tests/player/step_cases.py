# SPDX-License-Identifier: GPL-3.0-or-later
"""Single pictures and dragged bars while held, of a film whose pictures carry their number."""

from __future__ import annotations

from functools import partial
from itertools import cycle
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.player.item import Backend
from app.player.media_view import MediaView
from tests.player.conftest import MakeView
from tests.player.listening import opened

_PICTURES_PER_S = 25


def number(view: MediaView) -> int:
    """Which picture of `counting` is shown, -1 for none."""
    shown = view.surface.frame()
    if shown.isNull():
        return -1
    bars = (shown.pixelColor(shown.width() * (2 * bit + 1) // 16, 90) for bit in range(8))
    return sum((bar.green() > 120) << bit for bit, bar in enumerate(bars))


def shows_next(view: MediaView, before: int) -> bool:
    """A picture later; libvlc leaves out one that no other needs, next to where it was set."""
    return before < number(view) <= before + 2


class StepCases:
    """Subclasses name the backend."""

    backend: Backend

    @pytest.fixture
    def held(self, qtbot: QtBot, make_view: MakeView, counting: Path) -> MediaView:
        """The counting film, held on its first picture."""
        view = make_view(counting, "video/mp4", self.backend)
        assert isinstance(view, MediaView)
        opened(qtbot, view, is_playing=False)
        qtbot.waitUntil(lambda: number(view) == 0 and not view.is_playing, timeout=30_000)
        return view

    def test_every_step_shows_a_new_picture(self, qtbot: QtBot, held: MediaView) -> None:
        for _ in range(8):
            before, position_s = number(held), held.position_s
            held.step_frame()
            qtbot.waitUntil(partial(shows_next, held, before), timeout=30_000)
            assert held.position_s == pytest.approx(position_s + 1 / _PICTURES_PER_S, abs=0.025)
        assert number(held) in (8, 9)

    def test_steps_in_quick_succession_all_count(self, qtbot: QtBot, held: MediaView) -> None:
        held.seek_to(2.0)
        for _ in range(10):
            held.step_frame()
        # libvlc comes down up to four pictures beside the goal of a seek.
        qtbot.waitUntil(lambda: 56 <= number(held) <= 64, timeout=30_000)
        qtbot.waitUntil(lambda: abs(held.position_s - 2.4) < 0.03, timeout=30_000)
        assert not held.is_playing
        held.play()
        qtbot.waitUntil(lambda: number(held) > 75, timeout=30_000)
        assert held.position_s > 2.6

    def test_a_dragged_bar_shows_where_it_is(self, qtbot: QtBot, held: MediaView) -> None:
        seen: set[int] = set()
        assert held.surface.player is not None
        held.surface.player.signals.frame_arrived.connect(lambda: seen.add(number(held)))
        drag = cycle([*range(25, 140), *range(140, 25, -1)])

        def drag_on() -> bool:
            held.seek_to(next(drag) / _PICTURES_PER_S)
            return len(seen - {0}) >= 3

        qtbot.waitUntil(drag_on, timeout=30_000)
