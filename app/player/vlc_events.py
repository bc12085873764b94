# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries libvlc's events over to the window's thread: the functions here only emit signals."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import QObject, Signal


class VlcEvents(QObject):
    """What one libvlc player said; connect queued, since it comes on libvlc's threads."""

    frame = Signal()
    time_moved = Signal(int, float)  # milliseconds, and when it was told (`time.monotonic`)
    state = Signal(str)

    def __init__(self, vlc: Any, parent: QObject) -> None:
        super().__init__(parent)
        self._vlc = vlc

    def attach(self, media_player: Any) -> None:
        """Listen to this player until it is released."""
        kinds = self._vlc.EventType
        # python-vlc's own `event_manager()` keeps every player that was asked, for ever.
        self._manager = self._vlc.libvlc_media_player_event_manager(media_player)
        for kind, word in (
            (kinds.MediaPlayerPlaying, "playing"),
            (kinds.MediaPlayerPaused, "paused"),
            (kinds.MediaPlayerEndReached, "ended"),
            (kinds.MediaPlayerEncounteredError, "failed"),
            (kinds.MediaPlayerLengthChanged, "length"),
        ):
            self._manager.event_attach(kind, self._on_state, word)
        self._manager.event_attach(kinds.MediaPlayerTimeChanged, self._on_time)

    def _on_state(self, _event: Any, word: str) -> None:
        self.state.emit(word)

    def _on_time(self, event: Any) -> None:
        self.time_moved.emit(int(event.u.new_time), time.monotonic())
