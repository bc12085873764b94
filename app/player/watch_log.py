# SPDX-License-Identifier: GPL-3.0-or-later
"""Says what a medium does as events of the xAPI Video Profile, from what was really shown."""

from __future__ import annotations

from collections.abc import Callable

from app.player.item import PlayerEvent
from app.player.segments import PlayedSegments

# The profile leaves the threshold to the player; nobody watches the last credits.
COMPLETED_FROM = 0.95


class WatchLog:
    """One viewing from `initialized` to `terminated`; knows no player and no clock."""

    def __init__(self, emit: Callable[[PlayerEvent], None]) -> None:
        self._emit = emit
        self._segments = PlayedSegments()
        self._length_s = 0.0
        self._is_begun = self._is_completed = False
        self._seek_from: float | None = None
        self._seek_to = 0.0

    def begin(self, length_s: float) -> None:
        """The medium is open."""
        self._length_s = length_s
        self._is_begun = True
        self._say("initialized", length_s=length_s)

    def learn_length(self, length_s: float) -> None:
        """The length became known or better."""
        self._length_s = length_s

    def play(self, time_s: float) -> None:
        """It runs from `time_s`."""
        if self._is_begun and not self._segments.is_open:
            self.settle_seek()
            self._segments.begin(time_s)
            self._say("played", time_s=time_s)

    def reach(self, time_s: float) -> None:
        """It has run to `time_s`."""
        self._segments.reach(time_s)
        self._complete(time_s)

    def pause(self, time_s: float) -> None:
        """It holds at `time_s`."""
        if self._segments.is_open:
            self.settle_seek()
            self._segments.end(time_s)
            self._say_watched("paused", time_s)
            self._complete(time_s)

    def seek(self, from_s: float, to_s: float) -> None:
        """Someone moved; many moves of one drag become one event through `settle_seek`."""
        if self._segments.is_open:
            self._segments.end(from_s)
            self._segments.begin(to_s)
        if self._seek_from is None:
            self._seek_from = from_s
        self._seek_to = to_s

    def settle_seek(self) -> None:
        """The drag is over."""
        if self._seek_from is not None and self._is_begun:
            self._say("seeked", from_s=self._seek_from, to_s=self._seek_to)
        self._seek_from = None

    def end(self, time_s: float) -> None:
        """The medium came to its end."""
        self.settle_seek()
        self.pause(time_s)

    def terminate(self, time_s: float) -> None:
        """The view closes."""
        if not self._is_begun:
            return
        self.settle_seek()
        self._segments.end(time_s)
        self._complete(time_s)
        self._say_watched("terminated", time_s)
        self._is_begun = False

    def _complete(self, time_s: float) -> None:
        if self._is_begun and not self._is_completed:
            if self._segments.progress(self._length_s) < COMPLETED_FROM:
                return
            self._is_completed = True
            self._say_watched("completed", time_s)

    def _say_watched(self, kind: str, time_s: float) -> None:
        self._emit(
            PlayerEvent(
                kind,
                {
                    "time_s": round(time_s, 3),
                    "progress": self._segments.progress(self._length_s),
                    "length_s": round(self._length_s, 3),
                    "played_segments": self._segments.text(),
                },
            )
        )

    def _say(self, kind: str, **numbers: float) -> None:
        self._emit(PlayerEvent(kind, {name: round(value, 3) for name, value in numbers.items()}))
