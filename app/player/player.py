# SPDX-License-Identifier: GPL-3.0-or-later
"""What the view asks of whoever decodes video and audio."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage


class PlayerSignals(QObject):
    """What a player says; always delivered on the thread of the window.

    Signals:
        frame_arrived(): `current_frame()` has a newer picture.
        opened(): the medium plays, or is paused on its first picture; length and tracks are known.
        length_changed(): `duration_s` became known or better.
        playing_changed(): `is_playing` changed.
        ended(): the medium came to its end by itself.
        subtitle_said(str): what the chosen track inside the medium says now, where the player does
            not write it into the picture itself.
        sound_lost(): the last loudspeaker went away; the medium goes on.
        failed(str): it cannot be played: "damaged", "no_picture", "timeout".
    """

    frame_arrived = Signal()
    opened = Signal()
    length_changed = Signal()
    playing_changed = Signal()
    ended = Signal()
    subtitle_said = Signal(str)
    sound_lost = Signal()
    failed = Signal(str)


class Player(Protocol):
    """One open medium. Times are seconds of the medium."""

    signals: PlayerSignals

    def open(self, path: Path, *, start_s: float, is_playing: bool, wants_video: bool) -> None:
        """Load the file and play it, or hold it on its first picture."""

    def close(self) -> None:
        """Stop, let go of the file and of every thread; the player is not used afterwards."""

    def play(self) -> None:
        """Run on; after the end, from the start."""

    def pause(self) -> None:
        """Hold."""

    def seek(self, seconds: float) -> None:
        """Go there; also while paused or after the end, and the picture follows."""

    def step_frame(self) -> None:
        """Show the next picture; pauses."""

    def set_rate(self, rate: float) -> None:
        """Speed with the pitch kept."""

    def set_volume(self, percent: int) -> None:
        """0–100."""

    def set_muted(self, is_muted: bool) -> None:
        """Silence."""

    def subtitle_tracks(self) -> tuple[str, ...]:
        """Names of the subtitles inside the medium; known once it is open."""

    def show_track(self, index: int | None) -> None:
        """Show one of them, or none."""

    def current_frame(self) -> QImage:
        """The newest picture, null before the first; valid until the next is asked for."""

    @property
    def pixel_aspect(self) -> float:
        """Width of a pixel divided by its height (VCDs have no square ones)."""

    @property
    def has_video(self) -> bool:
        """A picture has come, or a video track is known."""

    @property
    def is_playing(self) -> bool:
        """Runs now."""

    @property
    def position_s(self) -> float:
        """Where it is, precise to a frame or two."""

    @property
    def duration_s(self) -> float:
        """Length, 0 while unknown."""
